"""Whether what is asked for is there: refused in words before a table of zeros or of somebody else's numbers is made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import attrgetter

import polars as pl

from saasmetrics.catalog import Room, facts
from saasmetrics.definitions import uses
from saasmetrics.definitions.read import Loaded
from saasmetrics.definitions.sources import Sources
from saasmetrics.facts._book import FEW, Book
from saasmetrics.facts._findings import unheard, unmatched
from saasmetrics.messages import Problem, Refused, did_you_mean, refuse
from saasmetrics.rules import Place, covers
from saasmetrics.rules.nearly_same_event import nearly_same_event

SOURCES = {name: f"no {name} table (sources.{name})" for name in Sources.model_fields if name != "events"}
BLOCKS = {"activation": "activation", "schedules": "pricing.schedules", "syncs": "reliability.syncs"}  # needed by some tables as a source is


def possible(room: Room, loaded: Loaded, skip: bool) -> bool:
    """Whether all that a table cannot do without is declared; refused unless it may be skipped."""
    declared = {name for name in SOURCES if getattr(loaded.definition.sources, name) is not None}
    declared |= {name for name, path in BLOCKS.items() if attrgetter(path)(loaded.definition)}
    missing = [need for need in room.sections.get("Needs", "").split() if need not in declared]
    if missing and not skip:
        named = " and ".join(f"`{BLOCKS.get(need, f'sources.{need}')}:`" for need in missing)
        refuse("SM131", f"{room.key} needs {named} in the definition file", str(loaded.path))
    return not missing


def internal(loaded: Loaded) -> None:
    """Without its table only the id itself tells who is internal."""
    definition = loaded.definition
    for name, key in (("accounts", "account"), ("users", "user")):
        asked = [condition.column for condition in getattr(definition.internal, name) if condition.column != key]
        if asked and getattr(definition.sources, name) is None:
            place = loaded.place("internal", name, asked[0])
            refuse("SM131", f"internal.{name} asks for '{asked[0]}', which needs `sources.{name}:`", str(loaded.path), *place)


def segments(loaded: Loaded, rooms: Sequence[Room], by: Sequence[str], where: Sequence[tuple[str, str]]) -> None:
    """Every segment named is declared, and a table can be split by it."""
    source = loaded.definition.sources.accounts
    declared = list(source.segments) if source else []
    for name in [*by, *(column for column, _ in where if column != "account")]:
        if name not in declared:
            hint = did_you_mean(name, declared) or f"; declared are {', '.join(declared) or 'none'}"
            refuse("SM130", f"'{name}' is no segment (sources.accounts.segments){hint}")
    _own_names(loaded, rooms, by, declared)
    without = [room.key for room in rooms if "by" not in room.settings]
    if by and len(without) == len(rooms):
        refuse("SM130", f"{', '.join(without)} cannot be split with --by; filter with --where instead")


def _own_names(loaded: Loaded, rooms: Sequence[Room], by: Sequence[str], declared: Sequence[str]) -> None:
    """A segment that is named as a column of the table, or twice, would stand in one frame with it."""
    twice = next((name for name in by if by.count(name) > 1), None)
    if twice is not None:
        refuse("SM130", f"--by {twice} is given twice")
    for room, names in [(facts()["accounts"], declared), *((room, by) for room in rooms if "by" in room.settings)]:
        taken = next((column.name for column in room.columns if column.name in names), None)
        if taken is not None:
            place = loaded.place("sources", "accounts", "segments")
            refuse("SM112", f"segment '{taken}' has the name of a column of {room.key}: give it another one in the accounts table", str(loaded.path), *place)


def values(book: Book, where: Sequence[tuple[str, str]]) -> None:
    """A value that no account has is a slip of the pen, not an empty table."""
    accounts = book.get("accounts") if where else pl.LazyFrame()
    for column, value in where:
        found = accounts.select(pl.col(column).cast(pl.String)).unique().sort(column).collect()[column].drop_nulls().to_list()
        if found and value not in found:
            hint = did_you_mean(value, found) or f"; there are {', '.join(found[:8])}{', …' * (len(found) > 8)}"
            refuse("SM130", f"no account has {column}={value}{hint}")


def events(loaded: Loaded, book: Book, allow_empty: bool) -> None:
    """No event at all, or none of what activation or a core workflow stands on, is no table of zeros."""
    if not sum(entry.rows_read for entry in book.origin.entries) and not allow_empty:
        refuse("SM315", "no rows in the event files (pass --allow-empty if that is right)")
    problems = [] if allow_empty else unmatched(book)
    if problems:
        places = [loaded.place(*path) for _, path in problems]
        left_out = [warning for warning in book.reader.ledger.warnings if warning.code == "SM320"]
        raise Refused([*left_out, *(Problem("SM202", text, str(loaded.path), *place) for (text, _), place in zip(problems, places, strict=True))])
    for text in unheard(book):
        book.reader.ledger.warn("SM201", text, str(loaded.path))
    for path, text in _spelt_twice(loaded, book):
        book.reader.ledger.warn("SM203", text, str(loaded.path), loaded.place(*path)[0])


def _spelt_twice(loaded: Loaded, book: Book) -> Iterator[tuple[Place, str]]:
    """Events beside those of the tables whose names are nearly theirs. Of many rows `check --data` tells it: all names would be read for it."""
    if book.database or sum(entry.rows_read for entry in book.origin.entries) > FEW:
        return
    d, accepted = book.definition, book.definition.accepted.get("SM203")
    asked = {event for rule in book.rules for event in d.rule(rule).event}
    others = {event for event, _ in uses.events(d)} - asked
    names = {name: n for name, n in book.event_names.items() if name not in others}
    yield from ((path, text) for path, text in nearly_same_event(d, names) if not (accepted and covers(accepted, path)))
