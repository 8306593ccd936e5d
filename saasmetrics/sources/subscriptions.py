"""The subscriptions: what an account pays, from its first day to the first day no longer covered (null: open).

Grain: one span. Columns: account, start, end, renews (local day numbers), mrr (ten-thousandths), currency, seats, plan.
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.sources import Subscriptions
from saasmetrics.sources.ledger import Entry
from saasmetrics.sources.numbers import scaled, whole
from saasmetrics.sources.reading import Reader
from saasmetrics.sources.rows import Rows
from saasmetrics.sources.rows import read as read_rows

TIMES = ["start", "end", "renews"]


def read(reader: Reader, source: Subscriptions, clock: Clock) -> pl.DataFrame:
    """All spans. A span that ends before it starts is left out with its line; overlapping spans add up, and are counted."""
    rows = read_rows(reader, source, "subscriptions", [], TIMES, ["account"])
    spans = Rows(rows.frame.filter(pl.col("start").is_not_null()).with_columns(mrr_text="mrr", mrr=scaled(pl.col("mrr")), seats=whole(pl.col("seats"))), rows.entries)
    _count_startless(rows, reader)
    _reject_amounts(spans, reader)
    backward = pl.col("end") < pl.col("start")
    for entry, line in spans.places(backward):
        reader.ledger.warn("SM314", f"line {line}: ends before it starts: left out", entry.path, line)
    _count(spans, backward, "ends before it starts")
    days = [clock.day_of(pl.col(name)).alias(name) for name in TIMES]
    kept = spans.frame.filter(~backward.fill_null(False)).with_columns(days)
    _say_overlaps(kept, reader)
    return kept.select("account", *TIMES, "mrr", "currency", "seats", "plan")


def _reject_amounts(spans: Rows, reader: Reader) -> None:
    bad = spans.frame.filter(pl.col("mrr").is_null())
    for (file,), rows in sorted(bad.partition_by("_file", as_dict=True).items()):
        places = [(line, f"line {line}: amount '{text}' unreadable") for line, text in rows.select("_line", "mrr_text").rows()]
        reader.ledger.reject(spans.entries[int(str(file))], "SM313", "amount unreadable", places)
    spans.frame = spans.frame.filter(pl.col("mrr").is_not_null())


def _count_startless(rows: Rows, reader: Reader) -> None:
    missing = Rows(rows.frame, rows.entries)
    _count(missing, pl.col("start").is_null(), "without start")
    for entry, line in missing.places(pl.col("start").is_null()):
        reader.ledger.warn("SM320", f"line {line}: no start date: left out", entry.path, line)


def _count(rows: Rows, mask: pl.Expr, rule: str) -> None:
    counts: list[tuple[int, int]] = rows.frame.filter(mask).group_by("_file").len().rows()
    for file, gone in counts:
        entry: Entry = rows.entries[file]
        entry.filter(rule, gone)


def _say_overlaps(spans: pl.DataFrame, reader: Reader) -> None:
    ordered = spans.filter((pl.col("end") > pl.col("start")).fill_null(True)).sort("account", "start", "end", nulls_last=True)
    reach = pl.col("end").fill_null(2**30).cum_max().shift(1).over("account")
    overlaps = ordered.filter(pl.col("start") < reach)["account"].n_unique()
    if overlaps:
        reader.ledger.warn("SM321", f"{overlaps} accounts have subscriptions that overlap: their amounts are added")
