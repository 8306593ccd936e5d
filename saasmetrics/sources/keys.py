"""One row for each key: identical repeats are dropped and counted, contradicting ones refused."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from saasmetrics.messages import refuse
from saasmetrics.sources.reading import Reader
from saasmetrics.sources.rows import Rows


def once(rows: Rows, key: Sequence[str], what: str, reader: Reader) -> pl.DataFrame:
    """The frame with each key once, in the order of the files."""
    if not rows.frame.select(pl.struct(key).is_duplicated().any()).item():
        return rows.frame.sort("_file", "_line")
    content = [name for name in rows.frame.columns if name not in ("_file", "_line")]
    ranked = rows.frame.sort("_file", "_line").with_columns(again=pl.int_range(pl.len()).over(content))
    for (file,), group in ranked.filter(pl.col("again") > 0).partition_by("_file", as_dict=True).items():
        rows.entries[int(str(file))].filter("duplicate", group.height)
    kept = ranked.filter(pl.col("again") == 0).drop("again")
    clash = kept.filter(pl.len().over(key) > 1)
    if clash.height:
        first = clash.row(0, named=True)
        same = clash.filter(pl.all_horizontal(pl.col(name).eq_missing(first[name]) for name in key))
        lines = " and ".join(str(line) for line in same["_line"].head(4))
        named = ", ".join(f"'{first[name]}'" for name in key if name != "valid_from" and first[name] is not None)
        refuse("SM316", f"{what} {named} stands in lines {lines} with different content", rows.entries[first["_file"]].path, first["_line"])
    return kept


def states(rows: Rows, key: Sequence[str], what: str, reader: Reader) -> pl.DataFrame:
    """Each key once; where rows say since when they hold, each of its states. Where none does there is no `valid_from`."""
    if rows.frame["valid_from"].null_count() < rows.frame.height:
        return once(rows, [*key, "valid_from"], what, reader)
    return once(Rows(rows.frame.drop("valid_from"), rows.entries), key, what, reader)
