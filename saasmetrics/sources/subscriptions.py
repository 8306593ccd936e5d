"""The subscriptions: what an account pays, from its first day to the first day no longer covered (null: open).

Grain: one span. Columns: account, start, end, renews (local day numbers), mrr (ten-thousandths), currency, seats, plan.
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.sources import Subscriptions
from saasmetrics.messages import refuse
from saasmetrics.sources.numbers import scaled, whole
from saasmetrics.sources.reading import Reader
from saasmetrics.sources.rows import Rows
from saasmetrics.sources.rows import read as read_rows

TIMES = ["start", "end", "renews"]


def read(reader: Reader, source: Subscriptions, clock: Clock) -> pl.DataFrame:
    """All spans. A span that ends before it starts is left out with its line; overlapping spans add up, and are counted."""
    rows = read_rows(reader, source, "subscriptions", [], TIMES, ["account"])
    for entry, line in rows.places(pl.col("start").is_null()):
        reader.ledger.warn("SM320", f"line {line}: no start date: left out", entry.path, line)
    spans = rows.without(pl.col("start").is_null(), "without start")
    _amounts(spans, "mrr", scaled(pl.col("mrr")), "amount", reader)
    _amounts(spans, "seats", whole(pl.col("seats")), "seats", reader, optional=True)
    backward = pl.col("end") < pl.col("start")
    for entry, line in spans.places(backward):
        reader.ledger.warn("SM314", f"line {line}: ends before it starts: left out", entry.path, line)
    days = [clock.day_of(pl.col(name)).alias(name) for name in TIMES]
    kept = spans.without(backward, "ends before it starts").frame.with_columns(days)
    _say_overlaps(kept, reader)
    return kept.select("account", *TIMES, "mrr", "currency", "seats", "plan")


def _amounts(spans: Rows, name: str, read_: pl.Expr, what: str, reader: Reader, *, optional: bool = False) -> None:
    """Text → numbers, in place; rows where one is unreadable, negative or (unless optional) missing are rejected."""
    judged = spans.frame.with_columns(read_=read_)
    if judged["read_"].cast(pl.Float64).abs().sum() > 2**62:
        refuse("SM313", f"{what}: too large to add up exactly")
    bad = pl.when(pl.col("read_").is_null()).then(pl.col(name).is_not_null() | (not optional)).otherwise(pl.col("read_") < 0)
    for (file,), rows in sorted(judged.filter(bad).partition_by("_file", as_dict=True).items()):
        listed = rows.select("_line", name, "read_").rows()
        places = [(line, f"line {line}: {what} {_trouble(text, number)}") for line, text, number in listed]
        reader.ledger.reject(spans.entries[int(str(file))], "SM313", f"{what} unreadable", places)
    spans.frame = judged.filter(~bad).with_columns(pl.col("read_").alias(name)).drop("read_")


def _trouble(text: str | None, number: int | None) -> str:
    return "missing" if text is None else f"'{text}' unreadable" if number is None else f"'{text}' is negative"


def _say_overlaps(spans: pl.DataFrame, reader: Reader) -> None:
    ordered = spans.filter((pl.col("end") > pl.col("start")).fill_null(True)).sort("account", "start", "end", nulls_last=True)
    reach = pl.col("end").fill_null(2**30).cum_max().shift(1).over("account")
    overlaps = ordered.filter(pl.col("start") < reach)["account"].n_unique()
    if overlaps:
        reader.ledger.warn("SM321", f"{overlaps} accounts have subscriptions that overlap: their amounts are added")
