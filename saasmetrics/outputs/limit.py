"""The rows that are worth a screen: the first ones, or the latest where a table runs along time."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from saasmetrics.messages import noun
from saasmetrics.tables import Table


def shorten(table: Table, limit: int) -> tuple[Table, str]:
    """At most `limit` rows (of a triangle: cohorts; 0: all), and what was left out, in words."""
    if table.picture[:1] == ("triangle",):
        return _latest_cohorts(table, table.picture[1], limit)
    left_out = table.frame.height - limit
    if limit <= 0 or left_out <= 0:
        return table, ""
    late = _runs_along_time(table)
    kept = table.frame.tail(limit) if late else table.frame.head(limit)
    picture = () if table.picture[:1] == ("funnel",) else table.picture  # a part of a funnel has no biggest drop
    return replace(table, frame=kept, picture=picture), _told(left_out, "earlier" if late else "more", "row")


def _latest_cohorts(table: Table, cohort: str, limit: int) -> tuple[Table, str]:
    cohorts = table.frame[cohort].unique().sort()
    left_out = cohorts.len() - limit
    if limit <= 0 or left_out <= 0:
        return table, ""
    kept = table.frame.filter(pl.col(cohort).is_in(cohorts.tail(limit).implode(), nulls_equal=True))
    return replace(table, frame=kept), _told(left_out, "earlier", cohort)


def _runs_along_time(table: Table) -> bool:
    """Is it sorted by a date that leads its keys?"""
    first = next((column.name for column in table.columns if column.unit == "key"), None)
    return first is not None and table.frame.schema[first].is_temporal() and table.frame[first].is_sorted()


def _told(left_out: int, where: str, what: str) -> str:
    return f"{left_out} {where} {noun(left_out, what)}: -n 0 shows all"
