"""Core work of the last 28 days before T beside that of the 28 days before them.

## Columns
account           key    the account
last_success_day  count  last day number with a core success; null: never
n                 count  core successes in the last 28 days
n_before          count  in the 28 days before
users             count  people with a core success in the last 28 days
users_before      count  in the 28 days before
top_n             count  successes of the person with the most, in the last 28 days
people_n          count  successes of people in the last 28 days
effective_before  share  not a share but a number: (Σn)² / Σn² of the people in the 90 days before; null: nobody
weekly            list   core successes in each of the last 12 blocks of 7 days, oldest first; null: the export does not hold the block
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock

DAYS, LONG, BLOCKS = 28, 90, 12


def recent(activity: pl.LazyFrame, user_activity: pl.LazyFrame, accounts: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """activity, user_activity → one row an account, zeros where it did nothing."""
    core = activity.filter("core")
    frame = accounts.select("account", begins=pl.col("observed_from").cast(pl.Int64))
    for found in (core.group_by("account").agg(last_success_day=pl.col("day").max()), _amounts(core, clock), _people(user_activity.filter("core"), clock)):
        frame = frame.join(found, on="account", how="left")
    blocks = [f"block_{k}" for k in reversed(range(BLOCKS))]
    counts = ["n", "n_before", "users", "users_before", "top_n", "people_n", *blocks]
    return frame.with_columns(pl.col(counts).fill_null(0).cast(pl.Int64)).with_columns(weekly=pl.concat_list(_held(k, clock) for k in reversed(range(BLOCKS)))).drop("begins", *blocks)


def _held(block: int, clock: Clock) -> pl.Expr:
    return pl.when((pl.col("begins") <= clock.day - 7 * (block + 1)).fill_null(True)).then(f"block_{block}")


def _amounts(core: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    age = clock.day - pl.col("day")
    blocks = {f"block_{k}": pl.when((age - 1).floordiv(7) == k).then("n").sum() for k in range(BLOCKS)}
    now, before = (pl.when(age.is_between(low, low + DAYS - 1)).then("n").sum() for low in (1, 1 + DAYS))
    return core.filter(age <= 7 * BLOCKS).group_by("account").agg(n=now, n_before=before, **blocks)


def _people(core: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    age = clock.day - pl.col("day")
    now, before, longer = age <= DAYS, age.is_between(DAYS + 1, 2 * DAYS), age.is_between(DAYS + 1, DAYS + LONG)
    each = core.filter(age <= DAYS + LONG).group_by("account", "user").agg(
        now=pl.when(now).then("n").sum(), before=pl.when(before).then("n").sum(), longer=pl.when(longer).then("n").sum()
    )
    total, squares = pl.col("longer").sum(), (pl.col("longer") ** 2).sum()
    return each.group_by("account").agg(
        users=(pl.col("now") > 0).sum(), users_before=(pl.col("before") > 0).sum(), top_n=pl.col("now").max(),
        people_n=pl.col("now").sum(), effective_before=pl.when(squares > 0).then(total**2 / squares),
    )  # fmt: skip
