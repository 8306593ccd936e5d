"""The rows to be taken off again, of files that a store knows: which they are is kept from run to run, and what tells them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from saasmetrics.definitions.fingerprint import letters
from saasmetrics.facts import _merges
from saasmetrics.facts._digest import HASHES, hashed
from saasmetrics.facts._kept_file import KeptFile
from saasmetrics.facts._kept_ids import grown, ranks, suspects
from saasmetrics.sources import repeats
from saasmetrics.store import Store

NONE = {"key": pl.UInt64, "time": pl.Int64, "place": pl.Int32, "again": pl.Boolean, "contested": pl.Boolean}
BY = ("key", "account", "user", "event", "time")  # what tells a row; its properties follow, and not every run asks for them


@dataclass(frozen=True)
class Twins:
    """Rows as `repeats.marked` gives them, each with `_part`, the place of its file among the entries; and what is known of each file."""

    rows: pl.LazyFrame
    told: pl.DataFrame  # _part; n, low, high of the rows to be taken off and the HASHES that tell them; how many are contested

    def letters(self, now: int) -> list[int]:
        """What tells the rows before T that are to be taken off."""
        over, cut = self.told.filter(pl.col("high") < now), self.told.filter(pl.col("low") < now, pl.col("high") >= now)["_part"]
        early = self.rows.filter(pl.col("_part").is_in(cut.implode()), pl.col("time") < now)
        told = [over, _told(early, "_part").collect()] if len(cut) else [over]
        return [*pl.concat(one.select(HASHES) for one in told).sum().row(0)]

    def letters_of(self, places: Collection[int]) -> list[int]:
        """What tells all that are to be taken off in some files."""
        return [*self.told.filter(pl.col("_part").is_in(places)).select(HASHES).sum().row(0)]


def twins(store: Store, files: Sequence[KeptFile], places: Sequence[int], columns: Sequence[str], merged: Mapping[str, str]) -> Twins:
    """Of files of which the latest is the last: a new one is held against what is known of the others."""

    def make(known: pl.DataFrame | None) -> pl.DataFrame:
        every, order = suspects(store, files, columns) if files else pl.DataFrame(schema=NONE), ranks(places)
        if every.is_empty():
            return pl.DataFrame(schema=NONE)
        last = pl.col("key").is_in(every.filter(place=len(files) - 1)["key"].unique().implode())
        rows = _merges.moved((every if known is None else every.filter(last)).lazy(), merged)
        fresh = repeats.judged(rows.with_columns(_part=_replaced(order)).drop("place").collect())
        others = [] if known is None or known.is_empty() else [known.filter(~last).with_columns(_part=_replaced(order)).select(fresh.columns)]
        back = pl.col("_part").replace_strict(order, range(len(order)), return_dtype=pl.Int32)
        return repeats.marked(pl.concat([*others, fresh])).with_columns(place=back).drop("_part")

    chunk = grown(store, files, ["twins", sorted(columns), sorted(merged.items())], make, places)
    told = store.once(letters(["twins told", chunk.about["sha256"]]), "twins told", lambda: _told(chunk.scan(), "place").collect()).read()
    return Twins(chunk.scan().with_columns(_part=_replaced(places)), told.with_columns(_part=_replaced(places)).drop("place"))


def _told(rows: pl.LazyFrame, place: str) -> pl.LazyFrame:
    """File by file."""
    lettered = hashed(rows, place, "time", "again", "contested", without={*rows.collect_schema()} - {*BY})
    again = pl.col("again")
    sums = {name: pl.col(name).filter(again).sum() for name in HASHES}
    spans = {"low": pl.col("time").filter(again).min(), "high": pl.col("time").filter(again).max()}
    return lettered.group_by(place).agg(n=again.sum().cast(pl.Int64), contested=pl.col("contested").sum().cast(pl.Int64), **spans, **sums).sort(place)


def _replaced(places: Sequence[int]) -> pl.Expr:
    return pl.col("place").replace_strict(range(len(places)), places, return_dtype=pl.Int64)
