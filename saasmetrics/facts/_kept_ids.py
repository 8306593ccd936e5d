"""Rows whose ids occur more than once in files that a store knows.

A new file mostly is the latest: what is known of all the others together is kept, and only what that one adds is looked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl

from saasmetrics.definitions.fingerprint import letters
from saasmetrics.facts._held import placed
from saasmetrics.facts._kept_file import KeptFile
from saasmetrics.sources import repeats
from saasmetrics.store import Chunk, Store

KEYS = {"key": pl.UInt64}
SHARED = {**KEYS, "place": pl.Int32}  # of a file among the files, of which the latest is the last


def suspects(store: Store, files: Sequence[KeptFile], columns: Sequence[str]) -> pl.DataFrame:
    """The rows in full, each with the `place` of its file."""

    def make(known: pl.DataFrame | None) -> pl.DataFrame:
        before, shared = pl.DataFrame(schema=SHARED) if known is None else known, _shared(store, files).sort(*SHARED)
        touched = pl.col("place").is_in(shared.join(before, on=[*SHARED], how="anti")["place"].unique().implode())
        fresh = shared.filter(touched).partition_by("place", as_dict=True)
        found = [_rows(files[at], some["key"], columns).with_columns(place=pl.lit(at, pl.Int32)) for (at,), some in fresh.items()]
        return pl.concat([before.filter(~touched), *found] if before.height else found or [before])

    return grown(store, files, ["suspects", sorted(columns)], make).read()


def _shared(store: Store, files: Sequence[KeptFile]) -> pl.DataFrame:
    """Their ids, each with every file that has it."""

    def make(known: pl.DataFrame | None) -> pl.DataFrame:
        tables = [file.table("keys", repeats.keys) for file in files]
        return _holding(tables, repeats.doubled([*map(_ids, tables)])) if known is None else _with_last(known, tables)

    return grown(store, files, ["shared"], make).read()


def grown(
    store: Store, files: Sequence[KeptFile], told: Sequence[Any], make: Callable[[pl.DataFrame | None], pl.DataFrame], places: Sequence[int] = ()
) -> Chunk:
    """A table of all files, made from that of all but the latest where it is kept; `places` where their order among the entries matters."""

    def known(number: int) -> str:
        return letters([*told, [file.key for file in files[:number]], ranks(places[:number])])

    def made() -> pl.DataFrame:
        before = store.found(known(len(files) - 1))
        return make(before.read() if before else None)

    return store.once(known(len(files)), told[0], made)


def ranks(places: Sequence[int]) -> list[int]:
    """Which is the first of some places, which the second …"""
    numbers = {place: at for at, place in enumerate(sorted(places))}
    return [numbers[place] for place in places]


def _with_last(known: pl.DataFrame, tables: Sequence[Chunk]) -> pl.DataFrame:
    """The ids of the last table alone are held against those of the others."""
    *before, last = tables
    ids = _ids(last)
    told = pl.concat([known, _holding(before, ids)])
    twice = pl.concat([told["key"], repeats.doubled([ids])])
    own = ids.filter(ids.is_in(twice.implode())).to_frame().select("key", place=pl.lit(len(before), pl.Int32))
    return pl.concat([told, own]).unique()


def _holding(tables: Sequence[Chunk], ids: pl.Series) -> pl.DataFrame:
    """Which of the tables hold which of these ids."""
    return placed(tables, KEYS).join(pl.LazyFrame({"key": ids}), on="key", how="semi").unique().collect()


def _rows(file: KeptFile, ids: pl.Series, columns: Sequence[str]) -> pl.DataFrame:
    """The rows of a file that have these ids."""
    own = repeats.placed(_ids(file.table("keys", repeats.keys)), ids)
    return file.table(f"rows {letters([ids.to_list(), sorted(columns)])}", lambda part: repeats.rows_of(part, own)).read()


def _ids(table: Chunk) -> pl.Series:
    return table.read().to_series()
