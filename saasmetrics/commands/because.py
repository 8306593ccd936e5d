"""`explain TABLE --account ID`: what a table makes of one account, and the events that made it so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from saasmetrics import catalog
from saasmetrics.catalog import Column, Room
from saasmetrics.definitions.read import Loaded
from saasmetrics.messages import did_you_mean, refuse

if TYPE_CHECKING:
    import polars as pl

    from saasmetrics.facts._book import Book
    from saasmetrics.tables import Asked, Table

EVENTS = (
    Column("rule", "key", "what the table counts: a name under rules, else the event of that name"),
    Column("first_ever", "flag", "nobody of the account did it before, as far as the export goes: these rows come first, then the newest"),
    Column("day", "key", "the local day"),
    Column("user", "key", "who did it"),
    Column("n", "count", "how often on that day"),
    Column("first_at", "time", "when first"),
    Column("last_at", "time", "when last"),
    Column("events", "text", "the events of the rule, where they have other names"),
)


def because(room: Room, ident: str, loaded: Loaded, how: Asked) -> list[Table]:
    """The table for this account alone, its row in the table behind that, and the events that the two look at."""
    from saasmetrics.tables import Table, columns, meta, running

    behind = catalog.rooms().get(room.behind) if "account" not in room.keys else None
    rooms = [room, *([behind] if behind else [])]
    with running(loaded, [*rooms, Room("explain", "facts", loaded.path, "", ("usage",), {})], how) as run:
        _known(ident, run.book)
        frames = [_alone(one, ident, run.book, how) for one in rooms]
        events = _events(run.book, _rules(run.book, rooms), ident)
    about = meta(loaded, run.book, [f"of account {ident} alone", *run.notes])
    made = [Table(one.key, one.title, columns(one, ()), found, tuple(one.picture), about) for one, found in zip(rooms, frames, strict=True)]
    return [*made, Table("explain.events", f"Which events of {ident} does {room.key} look at?", EVENTS, events, meta=about)]


def _alone(room: Room, ident: str, book: Book, how: Asked) -> pl.DataFrame:
    """Its own rows; of totals those that it would give if there were no other account."""
    import polars as pl

    from saasmetrics.tables import frame

    if "account" in room.keys:
        return frame(room, book, how).filter(pl.col("account") == ident)
    return frame(room, book, replace(how, where=(("account", ident),)))


def _known(ident: str, book: Book) -> None:
    import polars as pl

    names = book.get("accounts").select(pl.col("account").cast(pl.String)).collect()["account"].to_list()
    if ident not in names:
        refuse("SM132", f"there is no account '{ident}' among {len(names)}{did_you_mean(ident, names)}")


def _rules(book: Book, rooms: Sequence[Room]) -> tuple[str, ...]:
    """Those that these tables need."""
    needs = frozenset(need for room in rooms for need in room.needs)
    return replace(book, wanted=needs, _made={}).rules


def _events(book: Book, rules: Sequence[str], ident: str) -> pl.DataFrame:
    """By rule, day and person."""
    import polars as pl

    names = {number: rule for number, rule in enumerate(book.rules) if rule in rules}
    told = {number: ", ".join(book.definition.rule(rule).event) for number, rule in names.items()}
    looked_at = book.get("usage").filter(pl.col("account").cast(pl.String) == ident, pl.col("rule").is_in(list(names)))
    summed = looked_at.group_by("rule", "user", "day").agg(pl.col("n").sum(), pl.col("first_at").min(), pl.col("last_at").max())
    own = summed.filter(pl.col("n") > 0).with_columns(  # a repeat of a row in another file is taken off in a row of its own
        first_ever=pl.col("first_at") == pl.col("first_at").min().over("rule"), events=pl.col("rule").replace_strict(told, return_dtype=pl.String),
        rule=pl.col("rule").replace_strict(names, return_dtype=pl.String), day=pl.col("day").cast(pl.Date), user=pl.col("user").cast(pl.String),
    ).with_columns(events=pl.when(pl.col("events") != pl.col("rule")).then("events"))  # fmt: skip
    ordered = own.sort(~pl.col("first_ever"), pl.col("first_at") * pl.when("first_ever").then(1).otherwise(-1), "rule", "user", nulls_last=True)
    times = (pl.col(name).cast(pl.Datetime("us", "UTC")) for name in ("first_at", "last_at"))
    made: pl.DataFrame = ordered.with_columns(times).select(column.name for column in EVENTS).collect()
    return made
