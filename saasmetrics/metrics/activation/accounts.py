"""Which accounts are activated, when, and what each of the others is missing.

## Columns
account       key    the account
state         label  activated (in time), activated late (after the time was over), waiting (still in time), late (the time is over), unknown (older than the export)
created_at    time   when it was created
activated_at  time   when it was activated; empty: not yet
days          days   from creation to activation
quick         flag   activated among the fastest quarter (Kaplan–Meier over all accounts)
done          count  required steps done
required      count  required steps
stuck_at      label  the required step it waits at; empty: none, or unknown
missing       list   all required steps not done, or not seen done
age_days      days   since creation, at T
known         flag   it began within the export, so that its first steps were seen; false: older, or without a date of creation

## Limits
An account that is activated late has its value, but does not count in the rate of its window. `within` decides what is late, its last
moment included. Of an account older than the export that is activated nobody knows whether it was in time: it is called activated.

## Needs
activation

## Order
-known -state -created_at account

## Better with
accounts  the true dates of creation, and the accounts that never did anything

## Covers
A01 A02 A03 A08 A09 A10 B10 X01

## Example: activated in time and late, waiting and late
accounts:
account  created_at        left_truncated
fast     2026-01-01 00:00  false
last     2026-01-01 00:00  false
after    2026-01-01 00:00  false
slow     2026-01-01 00:00  false
young    2026-01-25 00:00  false
activations:
account  activated_at      done  required  missing
fast     2026-01-03 00:00  2     2         []
last     2026-01-15 00:00  2     2         []
after    2026-01-21 00:00  2     2         []
slow     ·                 1     2         [post]
young    ·                 0     2         [setup,post]
with as_of=2026-02-01
becomes
account  state           created_at        activated_at      days  quick  done  required  stuck_at  missing       age_days  known
young    waiting         2026-01-25 00:00  ·                 ·     false  0     2         setup     [setup,post]  7         true
slow     late            2026-01-01 00:00  ·                 ·     false  1     2         post      [post]        31        true
after    activated late  2026-01-01 00:00  2026-01-21 00:00  20    false  2     2         ·         []            31        true
fast     activated       2026-01-01 00:00  2026-01-03 00:00  2     true   2     2         ·         []            31        true
last     activated       2026-01-01 00:00  2026-01-15 00:00  14    true   2     2         ·         []            31        true

## Example: an account older than the export is unknown, not late, and stands below those that are
accounts:
account  created_at        left_truncated
old      2020-01-01 00:00  true
slow     2026-01-01 00:00  false
activations:
account  activated_at  done  required  missing
old      ·             0     1         [post]
slow     ·             0     1         [post]
with as_of=2026-02-01
becomes
account  state    created_at        activated_at  days  quick  done  required  stuck_at  missing  age_days  known
slow     late     2026-01-01 00:00  ·             ·     false  0     1         post      [post]   31        true
old      unknown  2020-01-01 00:00  ·             ·     false  0     1         ·         [post]   2223      false
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import DAY, Clock, Duration
from saasmetrics.statistics import divided, kaplan_meier, survival_quantile


def accounts(
    accounts: pl.LazyFrame, activations: pl.LazyFrame, clock: Clock, *, within: Duration = 1_209_600_000_000
) -> pl.LazyFrame:
    every = accounts.join(activations, on="account", how="left")
    known = pl.col("created_at").is_not_null() & ~pl.col("left_truncated")
    took = pl.col("activated_at") - pl.col("created_at")
    quarter = _quarter(every.filter(known), clock)
    state = (
        pl.when(known & (took > within)).then(pl.lit("activated late"))
        .when(pl.col("activated_at").is_not_null()).then(pl.lit("activated"))
        .when(~known).then(pl.lit("unknown"))
        .when(pl.col("created_at") + within <= clock.now).then(pl.lit("late"))
        .otherwise(pl.lit("waiting"))
    )  # fmt: skip
    return every.join(quarter, how="cross").with_columns(
        state=state,
        days=divided(took, DAY),
        quick=(known & (took <= pl.col("quarter"))).fill_null(False),
        stuck_at=pl.when(state != "unknown").then(pl.col("missing").list.get(0, null_on_oob=True)),
        age_days=divided(clock.now - pl.col("created_at"), DAY),
        known=known,
    )


def _quarter(known: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    end = pl.coalesce("activated_at", pl.lit(clock.now))
    watched = known.with_columns(observed=pl.col("activated_at").is_not_null(), duration=end - pl.col("created_at"))
    return survival_quantile(kaplan_meier(watched), 0.25, name="quarter")
