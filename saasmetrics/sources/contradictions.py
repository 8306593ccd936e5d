"""Subscriptions that contradict themselves: each is named at its line, none is averaged away."""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.sources import Subscriptions
from saasmetrics.sources.columns import present
from saasmetrics.sources.reading import Reader
from saasmetrics.sources.rows import Rows, leave_out
from saasmetrics.sources.tickets import NO, YES


def once_each(rows: Rows, reader: Reader, *, again: bool) -> Rows:
    """A row of a subscription that has an id and stands twice, word for word, counts once (unless `again`: a change may
    happen again); an id of two accounts is told."""
    named, content = present(pl.col("subscription")), [name for name in rows.frame.columns if name not in ("_file", "_line")]
    ordered = Rows(rows.frame.sort("_file", "_line").with_columns(again=pl.int_range(pl.len()).over(content) > 0), rows.entries)
    single = ordered if again else ordered.without(named & pl.col("again"), "duplicate")
    shared = named & (pl.col("account") != pl.col("account").first().over("subscription"))
    for entry, line in single.places(shared):
        reader.ledger.warn("SM314", f"line {line}: its subscription id belongs to another account too: both are counted", entry.path, line)
    return Rows(single.frame.drop("again"), rows.entries)


def overdiscounted(rows: Rows, reader: Reader) -> Rows:
    """A discount that is larger than the amount is no discount."""
    return leave_out(rows, pl.col("discount") > pl.col("mrr"), "discount above the amount", "SM314", "its discount is larger than its amount", reader)


def of_dates(rows: Rows, source: Subscriptions, clock: Clock, reader: Reader) -> Rows:
    """Spans that end before they start are left out; a flag that says otherwise than the dates is told, the dates decide."""
    sound = leave_out(rows, pl.col("end") < pl.col("start"), "ends before it starts", "SM314", "ends before it starts", reader)
    said = pl.col("churned").str.strip_chars().str.to_lowercase()
    ended = (pl.col("end") <= clock.now).fill_null(False)
    flag = source.mapping["churned"]
    told = {
        f"{flag} says that it left, but it has no end date: it counts on": said.is_in(YES) & pl.col("end").is_null(),
        f"{flag} says that it has not left, but its end date is past: it has ended": said.is_in(NO) & ended,
        f"{source.mapping['kind']} says that it is over, but it has no end date: it counts on": pl.col("over") & pl.col("end").is_null(),
    }
    for what, holds in told.items():
        for entry, line in sound.places(holds):
            reader.ledger.warn("SM314", f"line {line}: {what}", entry.path, line)
    return sound
