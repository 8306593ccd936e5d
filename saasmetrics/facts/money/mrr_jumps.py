"""How the MRR of each account changed from the end of one complete month to the end of the next, and who asked about the bill.

Only where the account pays at both ends, in one currency and the same; of the last `pricing.months`.

## Columns
account       key    the account
month_day     key    day number of the first day of the later month
kind          label  rose without seats, rose with seats, rose but seats unknown (by more than `pricing.shock` all three); did not rise so much
before        money  MRR at the end of the month before, in ten-thousandths
mrr           money  MRR at the end of the month
currency      label  of both
seats_before  count  seats at the end of the month before; null: unknown
seats         count  seats at the end of the month; null: unknown
billing       count  tickets about money opened in the month or the `pricing.after` days after it; null: no tickets table
mature        flag   these days are over
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition

MONTH = ["account", "month_day"]
QUIET = "did not rise so much"


def mrr_jumps(paid_months: pl.LazyFrame, tickets: pl.LazyFrame, tickets_known: pl.LazyFrame, definition: Definition, clock: Clock) -> pl.LazyFrame:
    """One row an account and month that follows another."""
    told = definition.pricing
    earlier = paid_months.select("account", ago=pl.col("ago") - 1, before="mrr", seats_before="seats", was="currency")
    both = paid_months.filter(pl.col("ago") < told.months - 1).join(earlier, on=["account", "ago"])
    paid = both.filter((pl.col("mrr") > 0) & (pl.col("before") > 0) & pl.col("currency").eq_missing(pl.col("was")))
    until = clock.start(clock.index(pl.col("month_day"), "month") + 1, "month").to_physical() + told.after
    judged = paid.with_columns(kind=_kind(told.shock), until=until, mature=until <= clock.day)
    asked = tickets.filter(pl.col("category").str.to_lowercase().is_in([name.lower() for name in told.billing])).select("account", "opened_day")
    near = judged.select(*MONTH, "until").join(asked, on="account").filter(pl.col("opened_day").is_between(pl.col("month_day"), pl.col("until") - 1))
    counted = judged.join(near.group_by(MONTH).agg(billing=pl.len().cast(pl.Int64)), on=MONTH, how="left").join(tickets_known, how="cross")
    return counted.with_columns(billing=pl.when("ticketed").then(pl.col("billing").fill_null(0))).select(
        *MONTH, "kind", "before", "mrr", "currency", "seats_before", "seats", "billing", "mature"
    )


def _kind(shock: float) -> pl.Expr:
    """A rise that the seats explain leaves the price of a seat where it was, or lets it rise by no more than `shock`."""
    wide = {name: pl.col(name).cast(pl.Float64) for name in ("mrr", "before", "seats", "seats_before")}
    rose = wide["mrr"] > (1 + shock) * wide["before"] + 1e-9
    dearer = wide["mrr"] * wide["seats_before"] > (1 + shock) * wide["before"] * wide["seats"] + 1e-9
    return (
        pl.when(~rose).then(pl.lit(QUIET)).when(dearer.is_null()).then(pl.lit("rose but seats unknown"))
        .when(dearer).then(pl.lit("rose without seats")).otherwise(pl.lit("rose with seats"))
    )  # fmt: skip
