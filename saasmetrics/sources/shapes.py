"""Movements and monthly snapshots as spans: one internal form for whatever the billing system exports.

A movement changes what its account pays in its currency from its day on; seats, plan, kind, term and renewal are those of
the day's last row. A snapshot says what an account pays through one month; what it paid in the last month that began before
T it goes on paying, because nothing later is known. No later row says when something ends.
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.sources.reading import Reader
from saasmetrics.sources.rows import Rows

PAYER = ["account", "currency"]


def movements(rows: Rows, clock: Clock, reader: Reader) -> Rows:
    """Changes → levels, each from its day to the next change. An account that gives back more than it paid is rejected."""
    ordered = rows.frame.sort("_file", "_line")
    last = pl.all().exclude(*PAYER, "start", "mrr").last()
    daily = ordered.group_by(*PAYER, "start", maintain_order=True).agg(last, pl.col("mrr").sum())
    following = pl.col("start").shift(-1).over(PAYER, order_by="start")
    levels = daily.with_columns(pl.col("mrr").cum_sum().over(PAYER, order_by="start"), end=pl.when(following < clock.day).then(following))
    sound = _never_below(Rows(levels, rows.entries), reader)
    return Rows(sound.frame.filter(pl.col("mrr") > 0), rows.entries)


def snapshots(rows: Rows, clock: Clock) -> Rows:
    """Amounts of a month → spans of that month; of the last month known at T, open ones."""
    month = clock.index(pl.col("start"), "month")
    first, after = (clock.start(index, "month").to_physical() for index in (month, month + 1))
    known = month.filter(first < clock.day)
    placed = rows.frame.with_columns(start=first, end=pl.when(month < known.max()).then(after))
    return Rows(placed, rows.entries)


def _never_below(levels: Rows, reader: Reader) -> Rows:
    below = pl.col("mrr") < 0
    for (file,), wrong in sorted(levels.frame.filter(below).sort("_line").partition_by("_file", as_dict=True).items()):
        places = [(line, f"line {line}: takes account '{account}' below nothing: is the export's beginning missing?") for line, account in wrong.select("_line", "account").rows()]
        reader.ledger.reject(levels.entries[int(str(file))], "SM314", "more lost than was there", places)
    return Rows(levels.frame.filter(~below.any().over(PAYER)), levels.entries)
