"""A table, and the one that calls its accounts something, under every choice of convention: from one reading where that will do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from saasmetrics import catalog
from saasmetrics.catalog import Room
from saasmetrics.commands.conventions import Choice
from saasmetrics.commands.numbers import state_of
from saasmetrics.definitions.read import Loaded

if TYPE_CHECKING:
    import polars as pl

    from saasmetrics.facts._book import Book
    from saasmetrics.tables import Asked

READ_ANEW = ("timezone", "internal.users")  # the days of the events, and whose they are, are settled while reading
Frames = dict[str, "pl.DataFrame"]


class Turned(NamedTuple):
    """The tables as declared and by convention and choice, and where they come from."""

    declared: Frames
    otherwise: dict[tuple[str, str], Frames]
    states: Room | None
    meta: dict[str, Any]


def turned(loaded: Loaded, room: Room, choices: Sequence[Choice], how: Asked) -> Turned:
    """T is that of the declared definition for all of them."""
    from saasmetrics.tables import meta, running

    states = _states(loaded, room)
    rooms = [room, *([states] if states and states != room else [])]
    others = [(choice.key, choice.loaded) for choice in choices if choice.loaded]
    with running(loaded, [*rooms, _outputs(loaded, rooms, others)], how, replayed=True) as run:
        declared = _frames(rooms, run.book, how)
        found = {key: _frames(rooms, _under(other, run.book), how) for key, other in others if key[0] not in READ_ANEW}
    at = replace(how, as_of=run.book.clock.as_of)
    found |= {key: _anew(rooms, other, at) for key, other in others if key[0] in READ_ANEW}
    return Turned(declared, found, states, meta(loaded, run.book, run.notes))


def _states(loaded: Loaded, room: Room) -> Room | None:
    """The table that calls accounts something: this one, or the one behind it where that can be had."""
    from saasmetrics import checks

    behind = catalog.rooms().get(room.behind, room)
    return behind if state_of(behind) and checks.possible(behind, loaded, skip=True) else None


def _outputs(loaded: Loaded, rooms: Sequence[Room], others: Sequence[tuple[Any, Loaded]]) -> Room:
    """What any of the definitions needs of the fold, as a table of its own that is never made."""
    from saasmetrics.facts._closure import closure
    from saasmetrics.facts._fold import FOLDS

    needs = {need for room in rooms for need in room.needs}
    found = {name for _, other in others for name in closure(needs, other.definition) if name in FOLDS}
    return Room("sensitivity", "facts", loaded.path, "", tuple(sorted(found)), {})


def _frames(rooms: Sequence[Room], book: Book, how: Asked) -> Frames:
    from saasmetrics.tables import frame

    return {room.key: frame(room, book, how) for room in rooms}


def _under(other: Loaded, book: Book) -> Book:
    """The facts of the same reading under another definition."""
    from saasmetrics.facts._replay import Replay

    return Replay(other.definition, book.reader, book.clock.as_of, book.wanted, replayed=True, later=book)


def _anew(rooms: Sequence[Room], other: Loaded, how: Asked) -> Frames:
    from saasmetrics.tables import compute

    return {table.name: table.frame for table in compute(other, rooms, how)[0]}
