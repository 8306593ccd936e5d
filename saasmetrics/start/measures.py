"""What the events of a sheet tell beyond their names: how often an account does a thing, and which columns come with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import polars as pl

from saasmetrics.clock import DAY
from saasmetrics.start.survey import Looked

FULL = 0.95
FEWEST_DAYS, FEWEST_ACCOUNTS, HALF = 4, 3, 0.5
SPANS = {"day": 7 / 5, "week": 7, "month": 30.4375}


class Rhythm(NamedTuple):
    """How often one event comes up in an account."""

    cadence: str
    agree: int
    accounts: int


def rhythms(one: Looked, names: Sequence[str]) -> dict[str, Rhythm]:
    """Of each event the shortest period in at least every second of which most accounts do it (UTC days); none where too few do."""
    day = (one.instants("time") // DAY).alias("day")
    days = one.sheet.frame.select(event=one.text("event"), account=one.text("account"), day=day).filter(pl.col("event").is_in(list(names))).drop_nulls().unique()
    spans = days.group_by("event", "account").agg(n=pl.len(), span=pl.col("day").max() - pl.col("day").min() + 1, **_met())
    found = spans.filter(pl.col("n") >= FEWEST_DAYS).collect(engine="streaming")
    shares = [(pl.col(name) / (pl.col("span") / length).ceil()).alias(name) for name, length in SPANS.items()]
    told = found.with_columns(shares).with_columns(own=pl.coalesce(*(pl.when(pl.col(name) >= HALF).then(pl.lit(name)) for name in SPANS), pl.lit("quarter")))
    counts = told.group_by("event", "own").len().sort(["event", "len", "own"], descending=[False, True, False]).rows()
    made: dict[str, Rhythm] = {}
    for event, own, n in counts:
        every = sum(c for e, _, c in counts if e == event)
        if every >= FEWEST_ACCOUNTS:
            made.setdefault(event, Rhythm(own, n, every))
    return made


def _met() -> dict[str, pl.Expr]:
    return {"day": pl.len().cast(pl.Int64), "week": (pl.col("day") // 7).n_unique(), "month": (pl.col("day").cast(pl.Int32).cast(pl.Date).dt.truncate("1mo")).n_unique()}


def sooner(one: Looked, names: Sequence[str], than: str) -> dict[str, float]:
    """Of the accounts that did that, the share that did each of these no later, for the first time."""
    frame = one.sheet.frame.select(event=one.text("event"), account=one.text("account"), at=one.instants("time")).filter(pl.col("event").is_in([*names, than])).drop_nulls()
    firsts = frame.group_by("event", "account").agg(pl.col("at").min()).collect(engine="streaming")
    main = firsts.filter(pl.col("event") == than).select("account", main="at")
    both = firsts.join(main, on="account").filter(pl.col("at") <= pl.col("main")).group_by("event").len()
    return {event: n / main.height for event, n in both.iter_rows()}


def filled_in(one: Looked, names: Sequence[str], columns: Sequence[str]) -> dict[str, dict[str, float]]:
    """event → column → the share of its rows in which the column says something."""
    if not columns:
        return {name: {} for name in names}
    shares = [pl.col(column).is_not_null().mean().alias(str(at)) for at, column in enumerate(columns)]
    frame = one.sheet.frame.with_columns(_event=one.text("event")).filter(pl.col("_event").is_in(list(names))).group_by("_event").agg(shares)
    rows: list[dict[str, Any]] = frame.collect(engine="streaming").to_dicts()
    return {row["_event"]: {column: row[str(at)] for at, column in enumerate(columns)} for row in rows}


def values_of(one: Looked, column: str, most: int = 40) -> list[str]:
    """The values of a column with few of them, the most frequent first."""
    counts = one.sheet.frame.select(v=pl.col(column).cast(pl.String)).drop_nulls().group_by("v").len()
    return counts.sort(["len", "v"], descending=[True, False]).head(most).collect(engine="streaming")["v"].to_list()


def known_in(one: Looked, events: Looked) -> tuple[int, int]:
    """(accounts of the sheet that have events, accounts of the sheet)."""
    return len(one.accounts.filter(one.accounts.is_in(events.accounts.implode()))), len(one.accounts)


def grouping(one: Looked) -> str | None:
    """The column that parts the users best: nearly every user has one value in it, and each value has several users."""
    user = one.profiles.get(one.kind.columns.get("user", ""))
    taken = set(one.kind.columns.values())
    fitting = [p.name for p in one.profiles.values() if user and p.kind in ("text", "number") and p.name not in taken and 2 <= p.distinct < user.distinct and p.filled >= FULL * p.rows]
    if not fitting or user is None:
        return None
    single = [(pl.col(name).n_unique() == 1).alias(name) for name in fitting]
    shares = one.sheet.frame.filter(pl.col(user.name).is_not_null()).group_by(user.name).agg(single).select(pl.col(fitting).mean()).collect(engine="streaming").row(0, named=True)
    good = [name for name in fitting if (shares[name] or 0) >= FULL]
    return max(good, key=lambda name: (one.profiles[name].distinct, name), default=None)
