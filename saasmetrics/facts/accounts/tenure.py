"""For how many complete periods of each length every account was there, and seen, from their first to their last day.

## Columns
account   key    the account
cadence   key    day (of the calendar), workday, week, month, quarter
lived     count  complete periods since its creation, or since the export begins; the one it began in counts when it began on its first day
left      flag   had a subscription and no longer pays
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import ROLLING_DAYS, Clock


def tenure(accounts: pl.LazyFrame, contract_state: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """accounts → one row an account and length of period; unknown where its creation is."""
    gone = contract_state.select("account", left=pl.col("ended_day").is_not_null())
    there = accounts.select("account", start=_start()).join(gone, on="account", how="left").with_columns(pl.col("left").fill_null(False))
    frames = [there.select("account", "left", cadence=pl.lit(period), lived=_lived(period, clock)) for period in (*ROLLING_DAYS, "workday")]
    return pl.concat(frames)


def _start() -> pl.Expr:
    """The first day on which it was there and seen; an account without a date of creation has none."""
    return pl.when(pl.col("created_day").is_not_null()).then(pl.max_horizontal("created_day", "observed_from"))


def _lived(period: str, clock: Clock) -> pl.Expr:
    before = clock.index(pl.col("start") - 1, period)  # type: ignore[arg-type]
    return (clock.last_complete(period) - before).clip(lower_bound=0).cast(pl.Int64)  # type: ignore[arg-type]
