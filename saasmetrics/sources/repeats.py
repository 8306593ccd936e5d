"""Rows that repeat another one: the same id and the same content, in one file or in several, to be counted once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import polars as pl

from saasmetrics.sources.events import Part
from saasmetrics.sources.ledger import Entry
from saasmetrics.sources.reading import Reader

MOST = 6  # places that are named


def suspects(parts: Sequence[Part]) -> pl.DataFrame:
    """All rows whose id occurs more than once, with `_part` (its place) and `_line`."""
    found = [rows_of(parts[at], some).with_columns(_part=pl.lit(at)) for at, some in _repeated(parts).items() if some.height]
    return pl.concat(found) if found else pl.DataFrame()


def _repeated(parts: Sequence[Part]) -> dict[int, pl.DataFrame]:
    """Part by part the keys that occur more than once, as `placed`."""
    own = {at: keys(part).to_series() for at, part in enumerate(parts) if "key" in part.frame.collect_schema()}
    twice = doubled([*own.values()])
    return {at: placed(every, twice) for at, every in own.items() if len(twice)}


def duplicates(rows: pl.DataFrame, entries: Sequence[Entry], reader: Reader) -> Part | None:
    """The rows, of all that `suspects` gives, that repeat an earlier one with the same id and content, to be taken off again, each with
    the `place` of its file; counted per file."""
    if rows.is_empty():
        return None
    found = marked(judged(rows))
    say_conflicts(found.filter("contested"), entries, reader)
    again = found.filter("again")
    count(again.group_by("_part").len().rows(), entries)
    low, high = again.select(pl.col("time").min().alias("low"), pl.col("time").max().alias("high")).row(0)
    return taken(again.lazy(), (low, high), entries) if again.height else None


def judged(rows: pl.DataFrame) -> pl.DataFrame:
    """rows, of some ids all: + again, where it repeats an earlier one with the same id and content."""
    content = [name for name in rows.columns if name not in ("_part", "_line")]
    texts = rows.sort("_part", "_line").with_columns(again=~pl.struct(content).is_first_distinct())
    return texts.with_columns(pl.col(pl.String).cast(pl.Categorical))


def marked(rows: pl.DataFrame) -> pl.DataFrame:
    """Of `judged` rows those that are `again` there, and those of the first ids that are used for other contents, too: `contested`."""
    contested = pl.col("key").is_in(_shared(rows)["key"].implode())
    return rows.with_columns(contested=contested).filter(pl.col("again") | pl.col("contested"))


def taken(again: pl.LazyFrame, span: tuple[int, int], entries: Sequence[Entry]) -> Part:
    """Repeated rows as a part of the events."""
    texts = [name for name in again.collect_schema() if name in ("account", "user", "event") or name.startswith("p:")]
    frame = again.select(*texts, "time", place=pl.col("_part").cast(pl.Int32))
    return Part(entries[0], frame, frame, span)


def count(repeated: Iterable[tuple[int, int]], entries: Sequence[Entry]) -> None:
    """Tell of each file, by its place, how many of its rows repeat another one."""
    for place, rows in repeated:
        entries[place].filter("duplicate", rows)


def keys(part: Part) -> pl.DataFrame:
    """The hash of the id of each row, null where it has none."""
    return part.collect(part.frame.select("key"))


def doubled(keys: Sequence[pl.Series]) -> pl.Series:
    """The keys that occur more than once: sorted by the eighth, two of them at a time, so that little more than the keys is in memory."""
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(partial(_doubled, keys), range(8 if keys else 0))
        return pl.concat([pl.Series("key", [], pl.UInt64), *found])


def _doubled(keys: Sequence[pl.Series], eighth: int) -> pl.Series:
    low, high = eighth * 2**61, (eighth + 1) * 2**61 - 1
    some = pl.concat(key.filter(key.is_between(low, high)) for key in keys).sort(multithreaded=False)
    return some.filter(some == some.shift(1)).unique()


def placed(every: pl.Series, some: pl.Series) -> pl.DataFrame:
    """Of the keys of all rows some, each with the place of its row."""
    at = every.is_in(some.implode()).arg_true()
    return pl.DataFrame({"key": every.gather(at), "at": at})


def rows_of(part: Part, some: pl.DataFrame) -> pl.DataFrame:
    """The rows of these keys, in full."""
    texts = [pl.col(name).cast(pl.String) for name in sorted(part.frame.collect_schema()) if name not in ("key", "time")]
    return part.collect(part.at(some["at"]).select("time", *texts, "_line")).select(some["key"], pl.all())


def say_conflicts(rows: pl.DataFrame, entries: Sequence[Entry], reader: Reader) -> None:
    """One id with different contents is reported and kept: it is not for us to choose. `rows` are those that are contested."""
    for number, key in _shared(rows).unique(maintain_order=True).rows():
        same = rows.filter(pl.col("key") == key).sort("_part", "_line")
        here, others = same.filter(_part=number)["_line"].to_list(), same.filter(pl.col("_part") != number).select("_part", "_line").rows()
        lines = [f"lines {', '.join(map(str, here[:MOST]))}"] if len(here) > 1 else []
        where = lines + [f"{entries[part].path}:{line}" for part, line in others[:MOST]]
        what = f"line {here[0]}: its event id is used for another event too ({', '.join(where)}); both are kept"
        reader.ledger.warn("SM321", what, entries[number].path, here[0])


def _shared(rows: pl.DataFrame) -> pl.DataFrame:
    """_part, key of the first rows of different contents under one id."""
    distinct = rows.filter(~pl.col("again"))
    return distinct.filter(pl.len().over("key") > 1).sort("_part", "time", "key").select("_part", "key").head(MOST)
