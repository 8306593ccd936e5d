"""What share of new accounts gets set up, works, invites people, connects a system and comes back, and how fast?

## Why
Between signing up and staying lie a few milestones that every account passes or does not. The one with the lowest rate
among those you need is where onboarding has to help.

## Columns
position     key    order of the milestone
milestone    label  setup completed: all required setup steps; key workflow: first success of a core workflow; person invited: the first after the founder; integration: first successful use of an integration or import; repeated: a core workflow succeeded on a second day
done         count  of the eligible, those that got there within `within` of their creation
eligible     count  accounts at least that old at T
immature     count  younger accounts: not counted, not failed
unknown      count  accounts without a known start, or older than the export: what they did first was not seen
rate         share  done / eligible
low          share  Wilson 95 % interval
high         share   upper end of the interval
median_days  days   by then half of all accounts with a known start got there (Kaplan–Meier); empty: not reached yet
p90_days     days   by then nine in ten
failures     count  failed uses of integrations that the eligible accounts had before their first success; empty: none are declared
status       label  final; provisional: late events may still change it; insufficient: fewer than min_base eligible

## Limits
A milestone that the definition cannot show has no row: setup needs steps of kind setup, integration needs features with
integration: true or steps of kind integration or import. The first person of an account, when invited no later than it
was created, founded it and was not invited. On a day with both failures and the first success, at least one failure is
counted. A day here is 24 hours, except in `repeated`, which asks for two local days.
`repeated` needs the same core workflow on two days. `person invited` has a row wherever a users table is given.

## Better with
accounts  the accounts that signed up and never did anything
users     the people invited

## Picture
bars rate

## Account by account
activation.accounts

## Covers
B03 B04 B06 B07

## Example: in time, too late, and a median over all of them
accounts:
account  created_at        left_truncated
a1       2026-01-01 00:00  false
a2       2026-01-01 00:00  false
a3       2026-01-01 00:00  false
milestones:
account  position  milestone     at                failures
a1       2         key workflow  2026-01-03 00:00  ·
a2       2         key workflow  2026-01-21 00:00  ·
a3       2         key workflow  ·                 ·
with as_of=2026-03-01 min_base=1
becomes
position  milestone     done     eligible  immature  unknown  rate      low       high     median_days  p90_days  failures  status
2         key workflow  1        3         0         0        0.333333  0.061492  0.79234  20           ·         ·         final

## Example: young accounts and those older than the export are neither success nor failure
accounts:
account  created_at        left_truncated
a1       2026-01-01 00:00  false
young    2026-02-25 00:00  false
old      2020-01-01 00:00  true
milestones:
account  position  milestone    at                failures
a1       4         integration  2026-01-02 00:00  3
young    4         integration  2026-02-26 00:00  0
old      4         integration  2026-02-01 00:00  5
with as_of=2026-03-01
becomes
position  milestone    done     eligible  immature  unknown  rate  low       high  median_days  p90_days  failures  status
4         integration  1        1         1         1        1     0.206549  1     1            1         3         insufficient
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from saasmetrics.clock import DAY, Clock, Duration
from saasmetrics.statistics import divided, kaplan_meier, share, survival_quantile, wilson


def onboarding(
    accounts: pl.LazyFrame, milestones: pl.LazyFrame, clock: Clock, *,
    within: Duration = 1_209_600_000_000, min_base: int = 5, by: Sequence[str] = (),
) -> pl.LazyFrame:  # fmt: skip
    every = milestones.join(accounts.select("account", "created_at", "left_truncated", *by), on="account")
    known, end = pl.col("created_at").is_not_null() & ~pl.col("left_truncated"), pl.col("created_at") + within
    old = known & (end <= clock.now)
    told = every.group_by(*by, "position", "milestone").agg(
        done=(old & (pl.col("at") <= end)).fill_null(False).sum().cast(pl.Int64),
        eligible=old.fill_null(False).sum().cast(pl.Int64),
        immature=(known & (end > clock.now)).sum().cast(pl.Int64),
        unknown=(~known).sum().cast(pl.Int64),
        failures=pl.when(pl.col("failures").is_not_null().any()).then(pl.col("failures").filter(old).sum()),
        fresh=(old & (end > clock.final)).any(),
    )
    for name, times in _times(every.filter(known), clock, [*by, "position"]).items():
        told = told.join(times.with_columns(divided(pl.col(name), DAY)), on=[*by, "position"], how="left", nulls_equal=True)
    return _judged(told, min_base)


def _times(known: pl.LazyFrame, clock: Clock, keys: Sequence[str]) -> dict[str, pl.LazyFrame]:
    duration = pl.coalesce("at", pl.lit(clock.now)) - pl.col("created_at")
    watched = known.with_columns(observed=pl.col("at").is_not_null(), duration=duration.clip(lower_bound=0))
    curve = kaplan_meier(watched, keys)
    return {name: survival_quantile(curve, q, keys, name) for name, q in (("median_days", 0.5), ("p90_days", 0.9))}


def _judged(told: pl.LazyFrame, min_base: int) -> pl.LazyFrame:
    k, n = pl.col("done"), pl.col("eligible")
    low, high = wilson(k, n)
    fresh = pl.when("fresh").then(pl.lit("provisional")).otherwise(pl.lit("final"))
    status = pl.when(n < min_base).then(pl.lit("insufficient")).otherwise(fresh)
    return told.with_columns(rate=share(k, n), low=low, high=high, status=status)
