"""How a fact of T becomes that of an earlier day, as its own `## Cut` says: a line for each way, with the columns concerned.

rows   rows from that day on are not there yet
over   nor are those of a week that was not over
known  what happened from that day on is not known: null
lasts  what was not over lasts until then; the second column says that it is not over
stands known beforehand, or the same whenever it is asked for
gone   what else depends on T: nobody may look at it
anew   the fact is worked out for that day (no columns)
same   the fact knows no time (no columns)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import polars as pl

from saasmetrics.catalog import Room
from saasmetrics.clock import Clock

ANEW: list[tuple[str, list[str]]] = [("anew", [])]


def ways(fact: Room) -> list[tuple[str, list[str]]]:
    """Each way with its columns, as declared; a fact that declares none cannot be cut."""
    return [(words[0], words[1:]) for line in fact.sections["Cut"].splitlines() if (words := line.split())]


def cut(frame: pl.LazyFrame | None, fact: Room, clock: Clock) -> pl.LazyFrame | None:
    """The fact as of the clock's day, from that of a later one."""
    units = {column.name: column.unit for column in fact.columns}
    for way, names in ways(fact) if frame is not None else ():
        frame = WAYS[way](frame, names, {name: clock.now if units[name] == "time" else clock.day for name in names}, clock)
    return frame


def _rows(frame: pl.LazyFrame, names: Sequence[str], bound: Mapping[str, int], _: Clock) -> pl.LazyFrame:
    return frame.filter(pl.col(name) < bound[name] for name in names)


def _over(frame: pl.LazyFrame, names: Sequence[str], _: Mapping[str, int], clock: Clock) -> pl.LazyFrame:
    return frame.filter(pl.col(name) <= clock.last_complete("week") for name in names)


def _known(frame: pl.LazyFrame, names: Sequence[str], bound: Mapping[str, int], _: Clock) -> pl.LazyFrame:
    return frame.with_columns(pl.when(pl.col(name) < bound[name]).then(name).alias(name) for name in names)


def _lasts(frame: pl.LazyFrame, names: Sequence[str], bound: Mapping[str, int], _: Clock) -> pl.LazyFrame:
    end, lasting = names
    return frame.with_columns(pl.min_horizontal(end, bound[end]).alias(end), (pl.col(lasting) | (pl.col(end) >= bound[end])).alias(lasting))


def _as_it_is(frame: pl.LazyFrame, *_: object) -> pl.LazyFrame:
    return frame


def _gone(frame: pl.LazyFrame, names: Sequence[str], *_: object) -> pl.LazyFrame:
    return frame.drop(names)


WAYS: dict[str, Callable[..., pl.LazyFrame]] = {
    "rows": _rows, "over": _over, "known": _known, "lasts": _lasts, "stands": _as_it_is, "gone": _gone, "same": _as_it_is,
}  # fmt: skip
