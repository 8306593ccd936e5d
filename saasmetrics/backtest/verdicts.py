"""From what was observed to three tables: what the score is worth, what its bands mean, what each signal adds."""

from __future__ import annotations

from typing import Any

import polars as pl

from saasmetrics.backtest.kinds import Kind
from saasmetrics.backtest.measures import LEAST, NONE, Estimate, lead_days, ratio_of, share_of, sums, topmost
from saasmetrics.backtest.observing import Observed

Rows = list[tuple[Any, ...]]


def worth(kind: Kind, seen: Observed, top: float) -> Rows:
    """The score by its band, the score by its highest share, and the two naive ways to choose as many."""
    looks = seen.looks.with_columns(one=pl.lit(1, pl.Int64))
    marked = looks.with_columns(
        banded=(pl.col("band") == kind.flag).cast(pl.Float64), topped=topmost("score", top), silent=topmost("silence", top)
    )  # fmt: skip
    ways = {f"band {kind.flag}": "banded", f"top {top:.0%}": "topped", f"days of silence, top {top:.0%}": "silent"}
    hits = marked.with_columns((pl.col(name) * pl.col("y")).alias(f"{name}_hit") for name in ways.values())
    table = sums(hits, ["one", "y", *ways.values(), *(f"{name}_hit" for name in ways.values())])
    rows = [_way(at, kind, label, name, hits, table) for at, (label, name) in enumerate(ways.items(), 1)]
    base, chosen = share_of(table, "y", "one"), table["topped"].sum()
    share = chosen / looks.height if looks.height else None
    chance = (4, f"chance, top {top:.0%}", looks.height, table.height, int(table["y"].sum()), chosen, None, *base, share, *(Estimate(1.0) if table["y"].sum() else NONE), None, *NONE, "baseline")
    return [*rows, chance]


def _way(at: int, kind: Kind, label: str, name: str, looks: pl.DataFrame, table: pl.DataFrame) -> tuple[Any, ...]:
    hits, flagged, came = table[f"{name}_hit"].sum(), table[name].sum(), int(table["y"].sum())
    precision, lift = share_of(table, f"{name}_hit", name), ratio_of(table, f"{name}_hit", name, "y", "one")
    against = NONE if name == "silent" else ratio_of(table, f"{name}_hit", name, "silent_hit", "silent")
    enough = table.filter(pl.col("y") > 0).height >= LEAST
    said = "baseline" if name == "silent" else verdict(lift, against) if enough else "insufficient"
    return (
        at, label, looks.height, table.height, came, flagged, hits, *precision, hits / came if came else None, *lift, lead_days(looks, name), *against, said,
    )  # fmt: skip


def verdict(lift: Estimate, against: Estimate) -> str:
    """In words: beyond doubt better than chance, and than looking who has been silent?"""
    if lift.value is None or lift.low is None or lift.high is None:
        return "insufficient"
    if lift.low <= 1:
        return "worse than chance" if lift.high < 1 else "no better than chance"
    if against.low is not None and against.low > 1:
        return "better than both"
    return "worse than silence" if against.high is not None and against.high < 1 else "better than chance"


def bands(kind: Kind, seen: Observed) -> Rows:
    """How often what was foretold came in each band."""
    looks = seen.looks.with_columns(one=pl.lit(1, pl.Int64))
    found = []
    for at, name in enumerate(kind.bands, 1):
        marked = looks.with_columns(inside=(pl.col("band") == name).cast(pl.Int64)).with_columns(hit=pl.col("inside") * pl.col("y"))
        table = sums(marked, ["one", "y", "inside", "hit"])
        inside = table.filter(pl.col("inside") > 0)
        lift = ratio_of(table, "hit", "inside", "y", "one")
        found.append((at, name, int(inside["inside"].sum()), inside.height, int(inside["hit"].sum()), *share_of(table, "hit", "inside"), *lift, lead_days(marked, "inside")))
    return found


def signals(seen: Observed, top: float) -> Rows:
    """Each signal alone, and what the score loses without it."""
    named = seen.parts.select("position", "signal").unique().sort("position")
    looks = seen.looks.with_columns(topped=topmost("score", top))
    return [_signal(at, name, looks, seen.parts.filter(pl.col("signal") == name), top) for at, name in named.iter_rows()]


def _signal(at: int, name: str, looks: pl.DataFrame, parts: pl.DataFrame, top: float) -> tuple[Any, ...]:
    joined = looks.join(parts.select("account", "day", "state", "part"), on=["account", "day"], how="left")
    state = pl.col("state")
    marked = joined.with_columns(
        fired=(state == "fired").fill_null(False).cast(pl.Int64), judged=state.is_in(["fired", "quiet"]).fill_null(False).cast(pl.Int64),
        without=pl.col("score") - pl.col("part").fill_null(0),
    ).with_columns(untopped=topmost("without", top))  # fmt: skip
    pairs = {"fired": "fired_hit", "judged": "judged_hit", "topped": "topped_hit", "untopped": "untopped_hit"}
    table = sums(marked.with_columns((pl.col(k) * pl.col("y")).alias(hit) for k, hit in pairs.items()), [*pairs, *pairs.values()])
    fired = table.filter(pl.col("fired") > 0)
    adds = ratio_of(table, "topped_hit", "topped", "untopped_hit", "untopped")
    lift = ratio_of(table, "fired_hit", "fired", "judged_hit", "judged")
    return (
        at, name, int(table["judged"].sum()), int(table["fired"].sum()), fired.height, int(table["fired_hit"].sum()),
        *share_of(table, "fired_hit", "fired"), *lift, lead_days(marked, "fired"), *adds, _adds(lift, adds),
    )  # fmt: skip


def _adds(lift: Estimate, adds: Estimate) -> str:
    if lift.low is None or lift.high is None:
        return "insufficient"
    alone = "foretells" if lift.low > 1 else "foretells the contrary" if lift.high < 1 else "not shown"
    more = adds.low is not None and adds.low > 1
    less = adds.high is not None and adds.high < 1
    return f"{alone}, {'adds to the score' if more else 'takes from the score' if less else 'the score is no better for it'}"
