"""How many people each account had at work in each month, and how much they got done. Months without work have no row.

## Columns
account    key    the account
month_day  key    day number of the first day of the month
people     count  people with a success in any workflow; null: the events name no users
work       count  successes of core workflows
star       count  what the north star counts
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.facts.pricing.meter_events import first_of_month

KEYS = ["account", "month_day"]


def account_months(user_activity: pl.LazyFrame, activity: pl.LazyFrame, star: pl.LazyFrame, users_named: bool, clock: Clock) -> pl.LazyFrame:
    """One row an account and month with any work."""
    month = first_of_month(pl.col("day"), clock)
    people = user_activity.group_by("account", month_day=month).agg(people=pl.col("user").n_unique().cast(pl.Int64))
    work = activity.filter("core").group_by("account", month_day=month).agg(work=pl.col("n").sum())
    stars = star.group_by("account", month_day=month).agg(star=pl.col("n").sum())
    full = work.join(people, on=KEYS, how="full", coalesce=True).join(stars, on=KEYS, how="full", coalesce=True)
    known = pl.when(pl.lit(users_named)).then(pl.col("people").fill_null(0))
    return full.select(*KEYS, people=known, work=pl.col("work").fill_null(0), star=pl.col("star").fill_null(0))
