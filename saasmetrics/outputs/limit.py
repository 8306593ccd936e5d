"""The rows that are worth a screen: the first ones, or the latest where a table runs along time."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from saasmetrics.tables import Table


def shorten(table: Table, limit: int) -> tuple[Table, str]:
    """At most `limit` rows (of a triangle: cohorts; 0: all), and what was left out, in words."""
    by = _time_of(table)
    rows = table.frame[by].unique(maintain_order=True) if by else pl.Series(range(table.frame.height))
    left_out = rows.len() - limit
    if limit <= 0 or left_out <= 0:
        return table, ""
    if not by:
        return replace(
            table, frame=table.frame.head(limit)
        ), f"{left_out} more row{'s' * (left_out != 1)}: -n 0 shows all"
    latest = rows.sort(nulls_last=False).tail(limit)
    kept = table.frame.filter(pl.col(by).is_in(latest.implode(), nulls_equal=True))
    return replace(table, frame=kept), f"{left_out} earlier, by {by}: -n 0 shows all"


def _time_of(table: Table) -> str | None:
    """The column whose latest values matter most: a triangle's cohort, or a date that leads the keys."""
    if table.picture[:1] == ("triangle",):
        return table.picture[1]
    first = next((column.name for column in table.columns if column.unit == "key"), None)
    return first if first and table.frame.schema[first].is_temporal() else None
