"""The people of each account in each month, as the meters with `of: users` count them.

## Columns
account    key    the account
position   key    number of the meter, as in `meter_terms`
month_day  key    day number of the first day of the month
quantity   money  people, in ten-thousandths; null: the events name no users, or there is no users table
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition
from saasmetrics.definitions.pricing import UNIT
from saasmetrics.facts.pricing.meter_events import first_of_month

KEYS = ["account", "position", "month_day"]


def meter_people(
    paid_months: pl.LazyFrame, user_activity: pl.LazyFrame, members: pl.LazyFrame, people: pl.LazyFrame | None, users_named: bool, definition: Definition,
    clock: Clock,
) -> pl.LazyFrame:  # fmt: skip
    """One row an account, meter and month of `paid_months`."""
    spine, found = paid_months.select("account", "month_day"), [pl.LazyFrame(schema={"account": pl.Categorical, "position": pl.Int64, "month_day": pl.Int32, "quantity": pl.Int64})]
    work = user_activity.select("account", "user", "day", month_day=first_of_month(pl.col("day"), clock))
    counts = {"distinct": (_at_work(work), users_named), "peak": (_busiest_day(work), users_named), "end": (_staff(spine, members, clock), people is not None)}
    for at, meter in enumerate(definition.meters().values(), 1):
        if meter.of == "users":
            n, known = counts[meter.measured]
            told = spine.join(n, on=["account", "month_day"], how="left").with_columns(position=pl.lit(at, pl.Int64))
            found.append(told.select(*KEYS, quantity=pl.when(pl.lit(known)).then(pl.col("n").fill_null(0).cast(pl.Int64) * UNIT)))
    return pl.concat(found, how="vertical_relaxed")


def _at_work(work: pl.LazyFrame) -> pl.LazyFrame:
    return work.group_by("account", "month_day").agg(n=pl.col("user").n_unique())


def _busiest_day(work: pl.LazyFrame) -> pl.LazyFrame:
    return work.group_by("account", "month_day", "day").agg(n=pl.col("user").n_unique()).group_by("account", "month_day").agg(pl.col("n").max())


def _staff(spine: pl.LazyFrame, members: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """Those who had joined by the end of the month and not left; invitations count where no date of joining is known at all."""
    dated = pl.col("joined_at").is_not_null().any()
    since = pl.when(dated).then("joined_at").otherwise("invited_at")
    there = members.filter(~pl.col("service")).with_columns(since=since).filter(pl.col("since").is_not_null() | pl.col("invited_at").is_null())
    days = there.select("account", "user", since=clock.day_of(pl.col("since")), left=clock.day_of(pl.col("left_at")))
    next_month = clock.start(clock.index(pl.col("month_day"), "month") + 1, "month").to_physical()
    joined = spine.join(days, on="account").with_columns(after=next_month)
    stays = (pl.col("since").is_null() | (pl.col("since") < pl.col("after"))) & (pl.col("left").is_null() | (pl.col("left") >= pl.col("after")))
    return joined.filter(stays).group_by("account", "month_day").agg(n=pl.len())
