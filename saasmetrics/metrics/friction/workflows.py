"""How much pain goes with each piece of work that gets done?

## Why
The number of tickets says how large the product is. Tickets for every hundred invoices posted say how hard it is to post one.
A product that needs constant support is not a product, it is a service.

## Columns
measure         key    tickets, refunds (asked for), help (clicks on help), dismissed (errors clicked away)
workflow        key    the workflow; empty: what is about none (see Limits)
rate            number per × events / base, all accounts pooled, also those without any base
low             number 95 % score interval of that rate, its events taken as independent
high            number 95 % score interval
per             label  what the rate is told for: 100 successes, 1000 transactions, 100 attempts
events          count  tickets, refunds, clicks on the days looked at: the friction_days before T, but none before the export's first day
base            count  successes, transactions or attempts on these days; empty: counted only
rate_before     number the same rate of the friction_days before; empty: the export does not cover them, or nothing to count against
accounts        count  accounts with any base on these days
account_median  number the median of the accounts' own rates, over these accounts
account_p90     number nine in ten of them have at most this (linear interpolation)
without         count  accounts with such events and no base at all: they have no rate of their own
without_events  count  the events of these accounts: they are in `events` and `rate`
status          label  final; insufficient: a base below min_base; no base; counted: there is nothing to count it against; or what the definition lacks

## Limits
The pooled rate answers how much support the work takes, the median how the usual account fares: a few large accounts make the
first, many small ones the second. Tickets count by the workflow that they name, on the day they were opened. Clicks count by the
workflow's own rules (friction.workflows); those of a general rule for every workflow without an own one that the same person
attempted on that day (who is not named is one person), so that they may count for two; name a click either here or there. Without a workflow stand
tickets that name none, general clicks on a day without any such attempt, and refunds that are declared for the whole product:
these are counted against friction.transactions, else the successes of all core workflows. A success takes no account of how much
work it is. Tickets of one trouble come in bunches, which makes the true interval wider.
A workflow without an attempt has no row for general clicks; clicks of its own stand there with `needs workflows.NAME.attempt`.
Refunds are told for 1000 transactions, or 1000 successes where no transactions are declared.

## Better with
tickets   tickets for every hundred successes
accounts  the segments to split by

## Order
-measure -rate workflow

## Account by account
friction.workflow_accounts

## Covers
F02 F03 F04 F05 F06 F07

## Example: the pooled rate is not the mean of the accounts' rates, and who never succeeds is not dropped
accounts:
account  observed_from
big      2025-01-01
small    2025-01-01
none     2025-01-01
friction_kinds:
measure  workflow   per  base       lacks
tickets  invoicing  100  successes  ·
friction:
account  workflow   measure  day         events  base
big      invoicing  tickets  2026-05-01  1       0
big      invoicing  tickets  2026-05-02  0       99
small    invoicing  tickets  2026-05-02  1       1
none     invoicing  tickets  2026-05-03  2       0
with as_of=2026-06-01
becomes
measure  workflow   rate  low       high       per            events  base  rate_before  accounts  account_median  account_p90  without  without_events  status
tickets  invoicing  4     1.555522  10.285937  100 successes  4       100   ·            2         50.505051       90.10101     1        2               final

## Example: what has no base is counted, what is not declared says so, and days that nobody saw are not days without trouble
accounts:
account  observed_from
a1       2026-01-10
friction_kinds:
measure    workflow   per  base       lacks
tickets    invoicing  100  successes  ·
tickets    ·          100  ·          ·
help       invoicing  100  attempts   ·
dismissed  ·          100  ·          needs friction.dismissed
friction:
account  workflow   measure  day         events  base
a1       invoicing  tickets  2026-01-10  1       50
a1       ·          tickets  2026-01-11  3       0
a1       invoicing  help     2026-01-12  2       0
with as_of=2026-02-01
becomes
measure    workflow   rate  low       high       per            events  base  rate_before  accounts  account_median  account_p90  without  without_events  status
tickets    invoicing  2     0.353049  11.329869  100 successes  1       50    ·            1         2               2            0        0               insufficient
tickets    ·          ·     ·         ·          ·              3       ·     ·            0         ·               ·            1        3               counted
help       invoicing  ·     ·         ·          100 attempts   2       0     ·            0         ·               ·            1        2               no base
dismissed  ·          ·     ·         ·          ·              0       ·     ·            0         ·               ·            0        0               needs friction.dismissed
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from saasmetrics.clock import Clock, Days
from saasmetrics.sentences import sentence
from saasmetrics.statistics import poisson

COUNTS = ["events", "accounts", "without", "without_events"]


def workflows(
    accounts: pl.LazyFrame, friction_kinds: pl.LazyFrame, friction: pl.LazyFrame, clock: Clock, *,
    friction_days: Days = 90, min_base: int = 100, by: Sequence[str] = (),
) -> pl.LazyFrame:  # fmt: skip
    rows = friction_kinds.join(accounts.select(by).unique(), how="cross") if by else friction_kinds
    keys, since = [*by, "measure", "workflow"], clock.day - friction_days
    told = friction.join(accounts.select("account", "observed_from", *by), on="account")
    seen = told.filter((pl.col("day") < since) & (pl.col("day") >= since - friction_days) & (pl.col("observed_from") <= since - friction_days))
    before = seen.group_by(keys).agg(pl.col("events", "base").sum().name.suffix("_before"))
    full = rows.join(_counted(told.filter(pl.col("day") >= since), friction_kinds, keys), on=keys, how="left", nulls_equal=True).join(before, on=keys, how="left", nulls_equal=True)
    n, per = pl.col("n").fill_null(0), pl.col("per")
    k = pl.col("events").fill_null(0)
    low, high = poisson(k, n, per)
    earlier = pl.when(pl.col("base_before") > 0).then(per * pl.col("events_before") / pl.col("base_before"))
    return full.with_columns(
        pl.col(COUNTS).fill_null(0), rate=pl.when(n > 0).then(per * k / n), low=low, high=high, rate_before=earlier,
        per=sentence("{} {}", "per", "base"), base=pl.when(pl.col("base").is_not_null()).then(n), status=_status(n, min_base),
    )  # fmt: skip


def _counted(recent: pl.LazyFrame, kinds: pl.LazyFrame, keys: Sequence[str]) -> pl.LazyFrame:
    """Sums over all accounts, and the spread of the rates of those that have one."""
    each = recent.group_by(*keys, "account").agg(pl.col("events", "base").sum())
    rated = each.join(kinds.select("measure", "workflow", "per"), on=["measure", "workflow"], nulls_equal=True)
    some, lost = pl.col("base") > 0, (pl.col("base") == 0) & (pl.col("events") > 0)
    own = (pl.col("per") * pl.col("events") / pl.col("base")).filter(some)
    return rated.group_by(keys).agg(
        pl.col("events").sum(), n=pl.col("base").sum(), accounts=some.sum().cast(pl.Int64), account_median=own.median(),
        account_p90=own.quantile(0.9, "linear"), without=lost.sum().cast(pl.Int64), without_events=pl.col("events").filter(lost).sum(),
    )  # fmt: skip


def _status(n: pl.Expr, min_base: int) -> pl.Expr:
    return (
        pl.when(pl.col("lacks").is_not_null()).then("lacks")
        .when(pl.col("base").is_null()).then(pl.lit("counted"))
        .when(n == 0).then(pl.lit("no base"))
        .when(n < min_base).then(pl.lit("insufficient"))
        .otherwise(pl.lit("final"))
    )  # fmt: skip
