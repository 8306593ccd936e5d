"""One row an account, as of T: how far it got, what it did lately, who did it, what it pays.

## Columns
account           key    the account
age_days          count  whole days since its creation
activated_at      time   when it was activated (µs); null: not yet
done              count  required activation steps done; null: no activation declared
required          count  required activation steps
missing           list   the required steps not done
last_success_day  count  last day number with a core success
n                 count  core successes in the last 28 days
n_before          count  in the 28 days before; null: the export does not hold them
users             count  people with core successes in the last 28 days; null: the events have no user column
users_before      count  in the 28 days before; null likewise
top_share         share  the top person's share of the successes by people; null below 5 successes
weekly            list   core successes in each of the last 12 blocks of 7 days, oldest first; null: the export does not hold the block
level             count  highest tier level of a core workflow
tiers             text   workflow and tier
mrr               money  at T, in ten-thousandths; null: no subscriptions, or several currencies
currency          label  its currency
seats             count  seats paid for
renews_in         count  days to the next renewal; null: unknown
pays              flag   pays at T; null: no subscriptions table
ended_day         count  day number since which it no longer pays
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import DAY, Clock
from saasmetrics.definitions.model import Definition

FEW = 5
TWICE = 56  # days: the 28 looked at and the 28 before


def snapshot(
    accounts: pl.LazyFrame, users_named: bool, activations: pl.LazyFrame, recent: pl.LazyFrame, depth: pl.LazyFrame, contract_state: pl.LazyFrame,
    definition: Definition, clock: Clock,
) -> pl.LazyFrame:  # fmt: skip
    """All the facts of an account side by side; the segments of `accounts` too."""
    frame = accounts
    for more in (activations, recent, depth, contract_state):
        frame = frame.join(more, on="account", how="left")
    held = clock.day - pl.col("observed_from").cast(pl.Int64) >= TWICE
    return frame.with_columns(
        age_days=(clock.now - pl.col("created_at")).floordiv(DAY),
        top_share=pl.when(pl.col("people_n") >= FEW).then(pl.col("top_n") / pl.col("people_n")),
        users=pl.col("users") if users_named else pl.lit(None, pl.Int64),
        n_before=pl.when(held).then("n_before"),
        users_before=pl.when(held).then("users_before") if users_named else pl.lit(None, pl.Int64),
        renews_in=pl.col("renews_day") - clock.day,
        pays=pl.lit(None, pl.Boolean) if definition.sources.subscriptions is None else pl.col("pays").fill_null(False),
    )
