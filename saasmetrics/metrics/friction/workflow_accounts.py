"""In which accounts does which work hurt?

## Why
The pooled rate hides the account that asks for help at every step, and the one that asks and never succeeds.

## Columns
account      key    the account
measure      key    tickets, refunds (asked for), help (clicks on help), dismissed (errors clicked away)
workflow     key    the workflow; empty: what is about none, see `friction workflows`
rate         number per × events / base; empty: no base
low          number 95 % score interval of that rate, its events taken as independent
high         number 95 % score interval
per          label  what the rate is told for: 100 successes, 1000 transactions, 100 attempts
events       count  tickets, refunds, clicks in the friction_days before T, but none before the export's first day
base         count  successes, transactions or attempts on these days; empty: counted only
events_before count  events of the friction_days before; empty: the export does not cover them
base_before  count  base of the friction_days before; empty: the export does not cover them
without      flag   there are such events and no base, of what is not counted only
last_day     date   the last of these days with such an event; empty: none

## Limits
Accounts without a base first, then those whose rate is high beyond luck: by the lower bound of the interval. An account with
neither events nor base on these days has no row. What counts, and for which workflow, is said in `friction workflows`.

## Better with
tickets   tickets for every hundred successes
accounts  the segments to filter by

## Order
-measure -without -low -events account workflow

## Covers

## Example: beyond luck, not by the bare rate; who never succeeded stands first
accounts:
account  observed_from
lucky    2025-01-01
hurt     2025-01-01
none     2025-01-01
friction_kinds:
measure  workflow   per  base       lacks
tickets  invoicing  100  successes  ·
friction:
account  workflow   measure  day         events  base
lucky    invoicing  tickets  2026-05-01  1       2
hurt     invoicing  tickets  2026-05-02  20      100
hurt     invoicing  tickets  2026-02-20  1       90
none     invoicing  tickets  2026-05-03  2       0
with as_of=2026-06-01
becomes
account  measure  workflow   rate  low        high        per            events  base  events_before  base_before  without  last_day
none     tickets  invoicing  ·     ·          ·           100 successes  2       0     0              0            true     2026-05-03
hurt     tickets  invoicing  20    12.947526  30.893933   100 successes  20      100   1              90           false    2026-05-02
lucky    tickets  invoicing  50    8.826228   283.246713  100 successes  1       2     0              0            false    2026-05-01

## Example: half a window of the days before is not compared
accounts:
account  observed_from
a1       2026-02-01
friction_kinds:
measure  workflow   per  base      lacks
help     invoicing  100  attempts  ·
friction:
account  workflow   measure  day         events  base
a1       invoicing  help     2026-02-20  3       10
a1       invoicing  help     2026-05-20  0       10
with as_of=2026-06-01
becomes
account  measure  workflow   rate  low  high       per           events  base  events_before  base_before  without  last_day
a1       help     invoicing  0     0    38.414588  100 attempts  0       10    ·              ·            false    ·
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock, Days
from saasmetrics.sentences import sentence
from saasmetrics.statistics import poisson

KEYS = ["account", "measure", "workflow"]


def workflow_accounts(
    accounts: pl.LazyFrame, friction_kinds: pl.LazyFrame, friction: pl.LazyFrame, clock: Clock, *, friction_days: Days = 90
) -> pl.LazyFrame:
    since = clock.day - friction_days
    told = friction.join(accounts.select("account", "observed_from"), on="account")
    recent, covered = pl.col("day") >= since, pl.col("observed_from").first() <= since - friction_days
    earlier = ~recent & (pl.col("day") >= since - friction_days)
    each = told.group_by(KEYS).agg(
        *(pl.when(recent).then(name).sum() for name in ("events", "base")),
        *(pl.when(covered).then(pl.when(earlier).then(name).sum()).alias(f"{name}_before") for name in ("events", "base")),
        last_day=pl.when(recent & (pl.col("events") > 0)).then("day").max(),
    ).filter((pl.col("events") > 0) | (pl.col("base") > 0))  # fmt: skip
    rated = each.join(friction_kinds.select("measure", "workflow", "per", of="base"), on=["measure", "workflow"], nulls_equal=True)
    k, n, counted = pl.col("events"), pl.col("base"), pl.col("of").is_not_null()
    low, high = poisson(k, n, pl.col("per"))
    return rated.with_columns(
        rate=pl.when(n > 0).then(pl.col("per") * k / n), low=low, high=high, base=pl.when(counted).then(n),
        base_before=pl.when(counted).then("base_before"), without=counted & (n == 0) & (k > 0),
        per=sentence("{} {}", "per", "of"),
    )  # fmt: skip
