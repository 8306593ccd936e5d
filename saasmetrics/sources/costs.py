"""The costs: what winning and serving customers cost, month by month.

Grain: one month and currency. Columns: month (its first local day, a day number), sales_and_marketing, cogs (ten-thousandths; null: unknown),
currency.
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.sources import Costs
from saasmetrics.sources.amounts import amounts
from saasmetrics.sources.columns import present
from saasmetrics.sources.keys import once
from saasmetrics.sources.numbers import plain, scaled
from saasmetrics.sources.reading import Reader
from saasmetrics.sources.rows import Rows, leave_out
from saasmetrics.sources.rows import read as read_rows

AMOUNTS = ["sales_and_marketing", "cogs"]


def read(reader: Reader, source: Costs, clock: Clock) -> pl.DataFrame:
    """All months that are over at T. A month is written as 2026-01, or as any time in it."""
    written = read_rows(reader, source, "costs", [], [], [])
    _say_unread(written, reader)
    rows = _dated(written, source, reader)
    dated = leave_out(rows, pl.col("month").is_null(), "without month", "SM320", "no month", reader)
    for name in AMOUNTS:
        amounts(dated, name, scaled(plain(pl.col(name), source.decimal)), source.mapping[name], reader, optional=True)
    index = clock.index(clock.day_of(pl.col("month")), "month")
    placed = dated.frame.with_columns(written="month", month=_first(clock, index), after=_first(clock, index + 1))
    over = Rows(placed, rows.entries).without(pl.col("after").to_physical() > clock.day, "month not over at as_of")
    over.frame = over.frame.drop("after").with_columns(currency=pl.when(present(pl.col("currency"))).then("currency"))
    return once(over, ["month", "currency"], "costs of", reader).select(pl.col("month").to_physical(), *AMOUNTS, "currency")


def _say_unread(rows: Rows, reader: Reader) -> None:
    """Costs that stand under another name would be unknown, and nobody told why."""
    for entry in rows.entries:
        for name in AMOUNTS:
            if other := entry.unread.get(name):
                reader.ledger.warn("SM321", f"a column '{other}' is not read; declare it as `{name}` if it says that", entry.path, entry.head)


def _first(clock: Clock, month: pl.Expr) -> pl.Expr:
    """The first day of a month."""
    return clock.start(month, "month")


def _dated(rows: Rows, source: Costs, reader: Reader) -> Rows:
    """Months as instants; rows where one is unreadable are rejected."""
    text = pl.col("month").str.strip_chars()
    day = pl.when(text.str.contains(r"^\d{4}-\d{2}$")).then(text + "-01").otherwise(text)
    parts = rows.frame.with_columns(month=day).partition_by("_file", as_dict=True)
    read_ = [reader.read_times(part, ["month"], source, rows.entries[int(str(file))]) for (file,), part in sorted(parts.items())]
    nothing = rows.frame.clear().with_columns(pl.col("month").cast(pl.Int64))
    return Rows(pl.concat([nothing, *read_]), rows.entries)
