"""How much of each meter each account used in each month, people and machines together.

The months are those of `paid_months`. A month without any is 0; unknown is null: what there is at the end of a month, of an
account older than the export or where more went away than was there; people without user names or a users table; seats that
no subscription tells.

## Columns
account    key    the account
position   key    number of the meter, as in `meter_terms`
month_day  key    day number of the first day of the month
ago        count  months before the last complete one
quantity   money  no money but the quantity, in ten-thousandths; null: unknown
events     count  events that it stands on; null: it counts no events
service    count  of these, those by service users
nameless   count  of these, those that do not say what they ought to: the thing where things are counted, else the user
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.pricing import UNIT
from saasmetrics.facts.pricing.meter_events import first_of_month

KEYS = ["account", "position", "month_day"]
COUNTS = ["events", "service", "nameless"]


def meter_months(
    accounts: pl.LazyFrame, paid_months: pl.LazyFrame, meter_terms: pl.LazyFrame, meter_events: pl.LazyFrame, meter_people: pl.LazyFrame, clock: Clock,
) -> pl.LazyFrame:  # fmt: skip
    """One row an account, meter and month of `paid_months`."""
    months = paid_months.select("account", "month_day", "ago", quantity=pl.col("seats") * UNIT)
    spine = months.drop("quantity").join(meter_terms.select("position", "measure", "machines", "unit"), how="cross")
    monthly = meter_events.group_by("account", "position", month_day=first_of_month(pl.col("day"), clock)).agg(
        pl.col("n", "less", "value", *COUNTS).sum(), peak=pl.col("n").max()
    )
    flows = spine.filter("machines").join(monthly, on=KEYS, how="left").with_columns(pl.col("n", "value", "peak", *COUNTS).fill_null(0))
    told = flows.join(_levels(spine, monthly), on=KEYS, how="left").join(accounts.select("account", "left_truncated"), on="account", how="left")
    level = pl.when(~pl.col("left_truncated") & (pl.col("level") >= 0)).then(pl.col("level") * UNIT)
    amount = (
        pl.when(pl.col("measure") == "end").then(level).when(pl.col("measure") == "sum").then("value")
        .when(pl.col("measure") == "peak").then(pl.col("peak") * UNIT).otherwise(pl.col("n") * UNIT)
    )  # fmt: skip
    paid = spine.filter(pl.col("unit") == "paid seats").join(months.drop("ago"), on=["account", "month_day"], how="left")
    people = spine.filter(~pl.col("machines") & (pl.col("unit") != "paid seats")).join(meter_people, on=KEYS, how="left")
    every = pl.concat([told.with_columns(quantity=amount), paid, people], how="diagonal_relaxed")
    return every.select(*KEYS, "ago", pl.col("quantity").cast(pl.Int64), *COUNTS)


def _levels(spine: pl.LazyFrame, monthly: pl.LazyFrame) -> pl.LazyFrame:
    """What there is at the end of each month: all that came so far, less all that went."""
    stocks = spine.filter(pl.col("machines") & (pl.col("measure") == "end")).select(KEYS)
    moved = monthly.join(stocks.select("position").unique(), on="position", how="semi").select(*KEYS, level=pl.col("n") - pl.col("less"))
    every = pl.concat([stocks.with_columns(level=pl.lit(0, pl.Int64)), moved], how="vertical_relaxed").group_by(KEYS).agg(pl.col("level").sum())
    summed = every.with_columns(pl.col("level").cum_sum().over("account", "position", order_by="month_day"))
    return summed.join(stocks, on=KEYS, how="semi")
