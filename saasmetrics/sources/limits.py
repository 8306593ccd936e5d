"""The limits: what each plan allows of what is metered.

Grain: one plan and meter; where rows say since when they hold, one state of it, with `valid_from` (µs, null: ever since).
Columns: plan, meter, limit (null: unknown, or unlimited), unlimited, kind (stock, flow), per (of a flow).

A stock is what there is at one time, such as seats. A flow is used up and begins again at 0 with every day, week, month or quarter.
What the file does not say: `seats` are a stock, any other meter is a flow per month.
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from saasmetrics.definitions.sources import Limits
from saasmetrics.sources.amounts import amounts
from saasmetrics.sources.columns import present
from saasmetrics.sources.keys import states
from saasmetrics.sources.numbers import plain, whole
from saasmetrics.sources.reading import Reader
from saasmetrics.sources.rows import Rows, reject, say_strange
from saasmetrics.sources.rows import read as read_rows

WORDS = {"kind": ["stock", "flow"], "per": ["day", "week", "month", "quarter"]}
SEATS = "seats"


def read(reader: Reader, source: Limits, meters: Collection[str]) -> pl.DataFrame:
    """All limits. Of a limit that is neither a whole number, nor empty, nor the word `unlimited`, the row is rejected."""
    rows = read_rows(reader, source, "limits", [], ["valid_from"], ["plan", "meter"])
    for name in WORDS:
        rows = _worded(rows, name, source.mapping[name], reader)
    unlimited = pl.col("limit").str.strip_chars().str.to_lowercase() == "unlimited"
    told = rows.frame.with_columns(unlimited=unlimited.fill_null(False), limit=pl.when(present(pl.col("limit")) & ~unlimited).then("limit"))
    single = Rows(told, rows.entries)
    amounts(single, "limit", whole(plain(pl.col("limit"), source.decimal)), "limit", reader, optional=True)
    kept = Rows(states(single, ["plan", "meter"], "limit", reader), rows.entries)
    say_strange(kept, "meter", [SEATS, *meters], "they count for nothing", reader)
    kind = pl.col("kind").fill_null(pl.when(pl.col("meter") == SEATS).then(pl.lit("stock")).otherwise(pl.lit("flow")))
    per = pl.when(kind == "flow").then(pl.col("per").fill_null("month"))
    return kept.frame.with_columns(kind.alias("kind"), per.alias("per")).drop("_line", "_file")


def _worded(rows: Rows, name: str, column: str, reader: Reader) -> Rows:
    """One of a few words; null where there is none."""
    said = pl.when(present(pl.col(name))).then(pl.col(name).str.strip_chars().str.to_lowercase())
    bad = ~said.is_in(WORDS[name])
    kept = reject(rows, bad, name, column, "SM318", f"is none of {', '.join(WORDS[name])}", reader)
    return Rows(kept.frame.with_columns(said.alias(name)), rows.entries)
