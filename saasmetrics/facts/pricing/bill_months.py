"""What each account would have been billed in each month under each price schedule.

## Columns
account    key    the account
schedule   key    the schedule's name
month_day  key    day number of the first day of the month
ago        count  months before the last complete one
quantity   money  no money but the quantity, in ten-thousandths; null: unknown
step       count  number of the step that it reaches
bill       money  in ten-thousandths; null: the quantity is unknown
up_to      money  no money but the last quantity of that step; null: any
edge       money  what that quantity costs
leap       money  how much more one unit beyond it costs
"""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.pricing import UNIT

KEYS = ["account", "schedule", "month_day"]


def bill_months(meter_months: pl.LazyFrame, tariffs: pl.LazyFrame) -> pl.LazyFrame:
    """One row an account, schedule and month of `meter_months`."""
    steps = tariffs.rename({"meter": "meter_at"}).drop("position")
    placed = meter_months.join(steps, left_on="position", right_on="meter_at")
    reached = (pl.col("quantity") > pl.col("above")) | ((pl.col("step") == 1) & (pl.col("quantity").fill_null(0) == 0))
    within = pl.col("up_to").is_null() | (pl.col("quantity") <= pl.col("up_to")) | pl.col("quantity").is_null()
    one = placed.filter(reached & within)
    known = pl.col("quantity").is_not_null()
    shown = [pl.when(known).then(name).alias(name) for name in ("step", "up_to", "edge", "leap")]
    return one.with_columns(bill=_bill()).select(*KEYS, "ago", "quantity", "bill", *shown)


def _bill() -> pl.Expr:
    """In 128 bits, so that no product overflows."""
    wide = pl.Int128
    units = pl.col("quantity").cast(wide) - pl.when(pl.col("model") == "graduated").then("above").otherwise(0).cast(wide)
    rounded = (pl.col("price").cast(wide) * units + UNIT // 2).floordiv(UNIT)
    packages = -((-pl.col("quantity")).floordiv(pl.col("size")))
    variable = pl.when(pl.col("model") == "package").then(packages.cast(wide) * pl.col("price").cast(wide)).otherwise(rounded)
    return (variable + pl.col("base").cast(wide)).cast(pl.Int64)
