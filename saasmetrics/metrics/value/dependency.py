"""Would the account still be active without its top user?

## Why
An account would miss the product when the work goes on whoever is away. Three things have to hold, and each stands here
with its number: the work is regular, it rests on several people, and it goes on without the busiest one.

## Columns
account          key     the account
state            label   dependent on one, irregular, narrow, spread, too little; unknown: no user column, or nothing seen of an account older than the export
workflow         label   the core workflow it does most regularly, one that is too young to tell after all others
hit              count   of its last complete periods, those with a success
periods          count   periods looked at
consistency      share   hit / periods
without_top      share   the same over its core workflows, counting only the successes of the other people
effective_users  number  (Σ n)² / Σ n² of the people's core successes in the trailing days; empty: too few successes
before           number  effective users in the 90 days before the last 28, or what the export holds of them; empty: nobody
people           count   people with a core success in the trailing days (value.trailing, 84)
top_user         label   the person with the most core successes
top_share        share   that person's share
renews_in        count   days to the renewal; empty: unknown
mrr              money   monthly recurring revenue at T; empty: unknown, never paid, or in several currencies
currency         label   its currency

## Limits
irregular: in fewer than `consistent` of the periods. dependent on one: without the top user the account would be active in
less than `still` of the periods in which it is, or that person does at least `alone` of the work. narrow: it would go on, but
rests on fewer effective users than `effective`. spread: all three hold. too little: fewer than value.min_periods complete periods
or min_successes by people. What service users do is not lost with anyone, but does not count here. Accounts that no longer
pay are left out. Others might take over what the top user does: that cannot be known.

## Order
state -mrr -top_share account

## Better with
users          which users are no people
subscriptions  the money at stake, and who has left

## Covers
V06

## Example: busy, regular, and gone with one person
standing:
account  workflow  core  cadence  state      main
champ    invoices  true  week     steady     true
team     invoices  true  week     steady     true
pair     invoices  true  week     steady     true
rare     invoices  true  week     irregular  true
consistency:
account  workflow  periods  hit  n
champ    invoices  12       12   50
team     invoices  12       11   40
pair     invoices  12       12   30
rare     invoices  12       4    9
doers:
account  workflow  others_hit
champ    invoices  1
team     invoices  10
pair     invoices  9
rare     invoices  4
spread:
account  people  people_n  top_user  top_n  squares
champ    2       50        ada       49     2402
team     4       40        ben       10     400
pair     2       30        cem       24     612
rare     3       9         dan       3      27
snapshot:
account  ended_day  renews_in  mrr      currency
champ    ·          40         1000.00  EUR
team     ·          90         200.00   EUR
pair     ·          ·          200.00   EUR
rare     ·          ·          ·        ·
recent:
account  effective_before
champ    2.5
team     4
pair     1.5
rare     ·
becomes
account  state             workflow  hit  periods  consistency  without_top  effective_users  before  people  top_user  top_share  renews_in  mrr      currency
champ    dependent on one  invoices  12   12       1            0.083333     1.040799         2.5     2       ada       0.98       40         1000.00  EUR
rare     irregular         invoices  4    12       0.333333     0.333333     3                ·       3       dan       0.333333   ·          ·        ·
pair     narrow            invoices  12   12       1            0.75         1.470588         1.5     2       cem       0.8        ·          200.00   EUR
team     spread            invoices  11   12       0.916667     0.833333     4                4       4       ben       0.25       90         200.00   EUR

## Example: another core workflow, done by others, goes on; a new account is not judged, and one that left is not shown
standing:
account  workflow  core   cadence  state      main
two      invoices  true   week     steady     true
two      bills     true   week     steady     false
two      claims    false  week     steady     false
new      invoices  true   week     too young  true
gone     invoices  true   week     left       true
none     invoices  true   week     never      true
consistency:
account  workflow  periods  hit  n
two      invoices  12       12   60
two      bills     10       9    10
two      claims    12       12   99
new      invoices  1        1    40
gone     invoices  12       12   40
none     invoices  0        0    0
doers:
account  workflow  others_hit
two      invoices  0
two      bills     9
two      claims    0
new      invoices  1
gone     invoices  9
none     invoices  0
spread:
account  people  people_n  top_user  top_n  squares
two      2       70        ada       60     3700
new      4       40        ben       10     400
gone     4       40        ben       10     400
none     0       0         ·         ·      0
snapshot:
account  ended_day   renews_in  mrr  currency
two      ·           ·          ·    ·
new      ·           ·          ·    ·
gone     2026-01-01  ·          ·    ·
none     ·           ·          ·    ·
recent:
account  effective_before
two      ·
new      ·
gone     ·
none     ·
becomes
account  state       workflow  hit  periods  consistency  without_top  effective_users  before  people  top_user  top_share  renews_in  mrr  currency
two      narrow      invoices  12   12       1            0.9          1.324324         ·       2       ada       0.857143   ·          ·    ·
new      too little  invoices  1    1        ·            ·            4                ·       4       ben       0.25       ·          ·    ·
none     too little  invoices  0    0        ·            ·            ·                ·       0       ·         ·          ·          ·    ·
"""

from __future__ import annotations

import polars as pl

from saasmetrics.statistics import Share, share


def dependency(
    standing: pl.LazyFrame, consistency: pl.LazyFrame, doers: pl.LazyFrame, spread: pl.LazyFrame, recent: pl.LazyFrame, snapshot: pl.LazyFrame, *,
    consistent: Share = 0.75, effective: float = 2.0, still: Share = 0.5, alone: Share = 0.9, min_successes: int = 5,
) -> pl.LazyFrame:  # fmt: skip
    told = snapshot.filter(pl.col("ended_day").is_null()).select("account", "renews_in", "mrr", "currency")
    for more in (*_regular(standing, consistency, doers), spread, recent.select("account", before="effective_before")):
        told = told.join(more, on="account", how="left")
    n = pl.col("people_n")
    enough = pl.when(n >= min_successes)
    shared = told.with_columns(effective_users=enough.then(n**2 / pl.col("squares")), top_share=enough.then(share(pl.col("top_n"), n)))
    return shared.with_columns(state=_state(consistent, effective, still, alone))


def _state(consistent: float, effective: float, still: float, alone: float) -> pl.Expr:
    """The first of these that holds; a number that is missing decides nothing."""
    tiny = 1e-9
    return (
        pl.when(pl.col("people_n").is_null() | (pl.col("state") == "unknown")).then(pl.lit("unknown"))
        .when(pl.col("top_share").is_null() | pl.col("consistency").is_null()).then(pl.lit("too little"))
        .when(pl.col("consistency") < consistent - tiny).then(pl.lit("irregular"))
        .when((pl.col("without_top") < still * pl.col("consistency") - tiny) | (pl.col("top_share") >= alone - tiny)).then(pl.lit("dependent on one"))
        .when(pl.col("effective_users") < effective - tiny).then(pl.lit("narrow"))
        .otherwise(pl.lit("spread"))
    )  # fmt: skip


def _regular(standing: pl.LazyFrame, consistency: pl.LazyFrame, doers: pl.LazyFrame) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """Each account's main job, and how regular any core job would be without the top user."""
    keys = ["account", "workflow"]
    told = standing.filter("core").join(consistency, on=keys).join(doers.select(*keys, "others_hit"), on=keys)
    old = pl.when(~pl.col("state").is_in(["too young", "never", "unknown"]))
    rated = told.with_columns(consistency=old.then(share(pl.col("hit"), pl.col("periods"))), without=old.then(share(pl.col("others_hit"), pl.col("periods"))))
    main = rated.filter("main").select("account", "workflow", "state", "hit", "periods", "consistency")
    return main, rated.group_by("account").agg(without_top=pl.col("without").max())
