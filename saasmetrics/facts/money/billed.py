"""The subscriptions as they count for revenue, by the conventions of the definition's `revenue` block.

With churn_recognition: cancelled a span ends on the day of its cancellation, when that is earlier. With gap_grace an
account's gap of at most so many days, closed before T, is none: the spans that end where it begins last until it ends.

## Columns
account   key    the account
start     count  first local day number
end       count  first day number on which it no longer counts; null: open
mrr       money  in ten-thousandths
currency  label  as written, in capitals; null: not given
kind      label  recurring, usage, module
plan      label  the plan
seats     count  seats paid for; null: not said
months    count  months of one term; null: not said
renews    count  day number of the next renewal; null: unknown
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition
from saasmetrics.facts.money.mrr import mrr
from saasmetrics.facts.money.paying import paying

COLUMNS = ["account", "start", "end", "mrr", "currency", "kind", "plan", "seats", "months", "renews"]


def billed(contracts: pl.LazyFrame, definition: Definition, clock: Clock) -> pl.LazyFrame:
    """contracts → spans of at least one day."""
    told = definition.revenue
    ends = pl.min_horizontal("end", "cancelled") if told.churn_recognition == "cancelled" else pl.col("end")
    spans = contracts.with_columns(end=ends).filter(pl.col("end").is_null() | (pl.col("end") > pl.col("start"))).select(COLUMNS)
    return _bridged(spans, told.gap_grace, clock) if told.gap_grace else spans


def _bridged(spans: pl.LazyFrame, grace: int, clock: Clock) -> pl.LazyFrame:
    back = pl.col("start_day").shift(-1).over("account", order_by="start_day")
    gaps = paying(mrr(spans, clock)).select("account", end="end_day", back=back)
    short = gaps.filter(pl.col("back") - pl.col("end") <= grace)
    return spans.join(short, on=["account", "end"], how="left").with_columns(end=pl.coalesce("back", "end")).drop("back")
