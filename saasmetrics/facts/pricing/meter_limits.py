"""What each account's plans at T allow of each meter.

## Columns
account    key    the account
position   key    number of the meter, as in `meter_terms`
plan       label  its plan or plans; null: unknown
limit      money  no money but the quantity allowed, in ten-thousandths; null: unknown, or unlimited. Several plans add up
unlimited  flag   one of its plans allows any amount
known      flag   the limit of every plan is known, for a month or as a stock as the meter is
"""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.pricing import UNIT

KEYS = ["account", "position"]


def meter_limits(account_plans: pl.LazyFrame, limits: pl.LazyFrame, meter_terms: pl.LazyFrame) -> pl.LazyFrame:
    """One row an account with a plan, and meter."""
    asked = account_plans.join(meter_terms.select("position", "limited", "kind"), how="cross").with_columns(pl.col("plan").cast(pl.String))
    told = asked.join(limits.rename({"kind": "limited_as"}), left_on=["plan", "limited"], right_on=["plan", "meter"], how="left")
    fits = (pl.col("limited_as") == pl.col("kind")) & (pl.col("per").is_null() | (pl.col("per") == "month"))
    free = fits.fill_null(False) & pl.col("unlimited").fill_null(False)
    amount = pl.when(fits.fill_null(False) & ~free).then("limit")
    parts = told.select(*KEYS, "plan", free=free, amount=amount)
    sums = parts.group_by(KEYS).agg(
        plan=pl.col("plan").sort().str.join(" + "), unlimited=pl.col("free").any(), summed=pl.col("amount").sum(),
        known=(pl.col("free") | pl.col("amount").is_not_null()).all(),
    )  # fmt: skip
    bound = pl.col("known") & ~pl.col("unlimited")
    return sums.select(*KEYS, "plan", "unlimited", limit=pl.when(bound).then(pl.col("summed") * UNIT), known="known")
