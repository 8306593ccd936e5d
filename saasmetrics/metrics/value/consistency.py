"""Does the account do the job in its rhythm, period after period?

## Why
Value is work done again and again. An account that did the job in eleven of the last twelve weeks gets value; one that
did as much in two busy days may not. How often, by how many roles and how successfully it is done stands beside it: these
are different things, and are never multiplied into one.

## Columns
account       key     the account
workflow      key     the job; an account has a row for each job that it ever did, or one for the main job when it did none
state         label   broken (a run of 4 periods or more, value.run, ended, the last 2, value.missed, are missing, and nothing in the running one), irregular, left (no longer pays), never, returned (none of these periods, but the running one), steady (75 % of the periods, value.consistent), stopped (none of these periods), too young (fewer than 3 periods, value.min_periods), unknown (older than the export, nothing seen)
core          flag    whether it is a core workflow
hit           count   of the periods, those with a success
periods       count   last complete periods looked at: 12 (value.periods), fewer for a younger habit
cadence       label   what a period is: day (working days), week, month, quarter
consistency   share   hit / periods; empty: no period is over yet
low           share   Wilson 95 % interval
high          share   Wilson 95 % interval
current       count   periods with a success without a break, up to the last complete one
longest       count   the longest such run
broken        count   length of the run that ended within these periods; 0: it goes on
per_period    number  successes a period
people        count   people with a success in these periods; empty: the events name no users
in_role       count   of these, those with a role whose job it is (workflows.*.roles); empty: no such roles, or nobody has one
expected      count   people with such a role, working or not
top_share     share   the busiest person's share of what people did; empty: nobody, or no users
roles         count   different roles of the people who did it; empty: unknown
success_rate  share   successes / (successes + failures) in these periods; empty: the workflow declares no failure
since         label   where the periods begin: activation or first success, whichever is later
last_day      date    last day with a success
mrr           money   monthly recurring revenue at T; empty: unknown, never paid, or in several currencies
currency      label   its currency

## Limits
The running period never counts. The first period holds a success by nature, so a young habit looks a little too steady:
read the interval. Days are working days; a day off (`days_off`) counts to the one before it. The success rate counts events:
work given up without a failure is in `value completion`. Of an account older than the export, the runs are those seen.

## Order
state -core -mrr account workflow

## Better with
users          the roles of the people
subscriptions  the money at stake, and who has left

## Covers
V02 V13

## Example: a broken run comes first, volume does not make up for it
habits:
account  workflow   core  cadence  since          last_day
broke    invoicing  true  week     activation     2026-02-20
steady   invoicing  true  week     first success  2026-03-13
consistency:
account  workflow   periods  hit  n   failures  current  longest  broken
broke    invoicing  12       9    90  10        0        9        9
steady   invoicing  12       12   12  ·         12       14       0
standing:
account  workflow   state
broke    invoicing  broken
steady   invoicing  steady
doers:
account  workflow   people  people_n  top_n  in_role  expected  roles
broke    invoicing  2       90        81     2        5         1
steady   invoicing  2       12        6      ·        ·         2
snapshot:
account  mrr     currency
broke    500.00  EUR
steady   100.00  EUR
becomes
account  workflow   state   core  hit  periods  cadence  consistency  low       high      current  longest  broken  per_period  people  in_role  expected  top_share  roles  success_rate  since          last_day    mrr     currency
broke    invoicing  broken  true  9    12       week     0.75         0.467695  0.911058  0        9        9       7.5         2       2        5         0.9        1      0.9           activation     2026-02-20  500.00  EUR
steady   invoicing  steady  true  12   12       week     1            0.757506  1         12       14       0       1           2       ·        ·         0.5        2      ·             first success  2026-03-13  100.00  EUR

## Example: too young, never, unknown and left are four different things
habits:
account  workflow   core  cadence  since          last_day
young    invoicing  true  month    first success  2026-02-20
never    invoicing  true  month    never          ·
old      invoicing  true  month    none seen      ·
gone     invoicing  true  month    activation     2025-11-20
consistency:
account  workflow   periods  hit  n  failures  current  longest  broken
young    invoicing  1        1    2  0         1        1        0
never    invoicing  0        0    0  0         0        0        0
old      invoicing  0        0    0  0         0        0        0
gone     invoicing  12       9    9  0         0        9        9
standing:
account  workflow   state
young    invoicing  too young
never    invoicing  never
old      invoicing  unknown
gone     invoicing  left
doers:
account  workflow   people  people_n  top_n  in_role  expected  roles
young    invoicing  1       2         2      ·        ·         ·
never    invoicing  0       0         ·      ·        ·         0
old      invoicing  ·       ·         ·      ·        ·         ·
gone     invoicing  0       0         ·      0        1         0
snapshot:
account  mrr  currency
young    ·    ·
never    ·    ·
old      ·    ·
gone     ·    ·
becomes
account  workflow   state      core  hit  periods  cadence  consistency  low       high      current  longest  broken  per_period  people  in_role  expected  top_share  roles  success_rate  since          last_day    mrr  currency
gone     invoicing  left       true  9    12       month    0.75         0.467695  0.911058  0        9        9       0.75        0       0        1         ·          0      1             activation     2025-11-20  ·    ·
never    invoicing  never      true  0    0        month    ·            ·         ·         0        0        0       ·           0       ·        ·         ·          0      ·             never          ·           ·    ·
young    invoicing  too young  true  1    1        month    1            0.206549  1         1        1        0       2           1       ·        ·         1          ·      1             first success  2026-02-20  ·    ·
old      invoicing  unknown    true  0    0        month    ·            ·         ·         0        0        0       ·           ·       ·        ·         ·          ·      ·             none seen      ·           ·    ·
"""

from __future__ import annotations

import polars as pl

from saasmetrics.statistics import share, wilson


def consistency(
    habits: pl.LazyFrame, consistency: pl.LazyFrame, standing: pl.LazyFrame, doers: pl.LazyFrame, snapshot: pl.LazyFrame
) -> pl.LazyFrame:
    keys = ["account", "workflow"]
    told = consistency.join(habits.select(*keys, "core", "cadence", "since", "last_day"), on=keys)
    told = told.join(doers, on=keys).join(standing.select(*keys, "state"), on=keys)
    hit, periods, n = pl.col("hit"), pl.col("periods"), pl.col("n")
    low, high = wilson(hit, periods)
    return told.join(snapshot.select("account", "mrr", "currency"), on="account", how="left").with_columns(
        consistency=share(hit, periods), top_share=share(pl.col("top_n"), pl.col("people_n")), low=low, high=high, per_period=share(n, periods), success_rate=share(n, n + pl.col("failures"))
    )
