"""The subscriptions: what an account pays, from its first day to the first day no longer covered (null: open).

Grain: one span. Columns: account, start, end, renews (local day numbers), mrr (ten-thousandths), currency, seats, plan.
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.sources import Subscriptions
from saasmetrics.sources.amounts import amounts
from saasmetrics.sources.numbers import scaled, whole
from saasmetrics.sources.reading import Reader
from saasmetrics.sources.rows import leave_out
from saasmetrics.sources.rows import read as read_rows

TIMES = ["start", "end", "renews"]


def read(reader: Reader, source: Subscriptions, clock: Clock) -> pl.DataFrame:
    """All spans. A span that ends before it starts is left out with its line; overlapping spans add up, and are counted."""
    rows = read_rows(reader, source, "subscriptions", [], TIMES, ["account"])
    spans = leave_out(rows, pl.col("start").is_null(), "without start", "SM320", "no start date", reader)
    amounts(spans, "mrr", scaled(pl.col("mrr")), "amount", reader)
    amounts(spans, "seats", whole(pl.col("seats")), "seats", reader, optional=True)
    backward = pl.col("end") < pl.col("start")
    sound = leave_out(spans, backward, "ends before it starts", "SM314", "ends before it starts", reader)
    days = [clock.day_of(pl.col(name)).alias(name) for name in TIMES]
    kept = sound.frame.with_columns(days)
    _say_overlaps(kept, reader)
    return kept.select("account", *TIMES, "mrr", "currency", "seats", "plan")


def _say_overlaps(spans: pl.DataFrame, reader: Reader) -> None:
    ordered = spans.filter((pl.col("end") > pl.col("start")).fill_null(True)).sort("account", "start", "end", nulls_last=True)
    reach = pl.col("end").fill_null(2**30).cum_max().shift(1).over("account")
    overlaps = ordered.filter(pl.col("start") < reach)["account"].n_unique()
    if overlaps:
        reader.ledger.warn("SM321", f"{overlaps} accounts have subscriptions that overlap: their amounts are added")
