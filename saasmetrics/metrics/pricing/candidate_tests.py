"""What speaks for each unit as a value metric, and what against it?

## Why
A verdict is only as good as the number behind it. Each test has its number with an interval, what it has to be, and how many
accounts it stands on: who doubts a verdict of `pricing candidates` finds its reason here.

## Columns
segment    key    the segment's name; `all`: all accounts
value      key    its value; `all`; empty: the accounts table does not say
meter      key    the unit, as pricing.meters names it
measure    key    what is measured
criterion  label  what a good unit has to be
result     number the number measured; empty: unknown
low        number 95 % interval, where there is one
high       number 95 % interval
limit      text   what it has to be
n          score  accounts it stands on; events where events are counted
verdict    label  passes; fails; unclear: the interval includes the limit; insufficient: n is below pricing.min_accounts; unknown: an input is missing
reason     text   why

## Limits
All tests show what goes together, none what causes it.
Months are complete calendar months that the account lived through from their first day on, seen by the export, and in which it
had MRR on every day; without a subscriptions table, whether it paid or not. Months whose quantity is unknown are left out. Its usual
quantity is the mean of those among the last pricing.recent complete ones, its usual MRR the mean on their last days, over the same
months: unknown when one of them has no MRR, MRR in several currencies, or none in that in which most accounts pay at the end of
the last complete month. A stock is unknown where the export does not hold the account's beginning, or more went than came.
Elasticities: the slope of ln(usual quantity) on ln(size), and of ln(usual MRR) on ln(usual quantity), of accounts with both above
0: the median of the slopes between all two accounts that differ in x (Theil), Sen's interval with ties in x, its ranks rounded
outwards and empty where they lie outside the slopes. Of n accounts, more
than 200, in the order of x, then y, the i-th, from 0, is kept where ⌊200 i / n⌋ is not ⌊200 (i − 1) / n⌋; n says how many there
were. Size is the mean number of people with a success in a month, for a meter of people the mean number of core successes. A slope
of 1 is in proportion. Rank correlations: Spearman, of those who used none too, interval by Fisher's z (Bonett & Wright 2000)
from five accounts on, reaching to 1 where the order is perfect, which counts as half a swap of neighbours short of it; of the
north star, what it counts in the same months; unknown for the meter that counts just that.
Variation: the sample's standard deviation over the mean of the account's months among the last pricing.months, of accounts with
three or more and any use; the median account. Forecast: Σ of the distance to the month before / Σ of the later months, pooled
over all pairs of calendar months in a row. Swung: of the accounts with two such pairs, those in which a quantity changed by more
than pricing.swing of the month before, or began at 0 (Wilson).
Staying: of the accounts that had MRR at the end of the month pricing.horizon months before the last complete one, the share that has
at the end of the last; the highest fifth by the quantity of that month less the lowest (Newcombe 1998). Expansion: of those with MRR
in that currency at both ends, the share with more, by the quantity of the first of the two months / that of pricing.horizon months
before it, where that was above 0. A fifth is ⌈5 × mean rank / n⌉; the lowest is the lowest that holds anybody; without a fifth one, or when all or
none did, it is unknown; n counts all fifths.
Events without what they ought to say: those without a user, where things are told apart those without the thing; of the last
pricing.months, of all accounts that lived through the month. The share of service users is of the same events; unknown without a
users table.

## Order
segment value meter measure

## Better with
subscriptions  what customers pay, stay and expand
users          people and service users told apart
accounts       the segments

## Account by account
pricing.meter_accounts

## Covers
VM03 VM04 VM05 VM06 VM07 VM09 VM11

## Example: the north star is no proof of itself, and few accounts are insufficient
meter_bases:
account  position  k  quantity  mrr  people  work  star  cv   pairs  moved  base  swung  before  grown  kept  expanded  events  service  nameless
a        1         2  20        200  2       9     20    0.1  2      1      20    false  10      1      true  false     20      0        0
b        1         2  80        400  4       30    80    0.2  2      4      80    false  30      3      true  true      90      45       9
c        1         1  0         50   1       3     0     ·    0      0      0     ·      ·       ·      ·     ·         0       0        0
a        2         2  4         200  2       9     20    0.5  2      2      4     true   2       1      true  false     ·       ·        ·
b        2         2  4         400  4       30    80    0.7  2      4      4     true   4       2      true  true      ·       ·        ·
c        2         1  1         50   1       3     0     ·    0      0      0     ·      ·       ·      ·     ·         ·       ·        ·
meter_terms:
position  meter     kind  unit            is_star  machines
1         invoices  flow  invoicing       true     true
2         people    flow  people at work  false    false
accounts:
account
a
b
c
segment_values:
account  segment  value
people_known:
named  listed
true   true
pricing_terms:
min_accounts
2
becomes
segment  value  meter     measure                                         criterion                result    low        high     limit          n    verdict  reason
all      all    invoices  elasticity of MRR with the quantity             goes with what they pay  0.5       ·          ·        at least 0.25  2    passes   who uses more pays more
all      all    invoices  elasticity with the account's size              grows with the customer  2         ·          ·        at least 0.25  2    passes   larger customers use more of it
all      all    invoices  error of the month before as a forecast         predictable              0.05      ·          ·        at most 0.3    2    passes   last month tells this one
all      all    invoices  expanded: highest fifth of growth less lowest   goes with expansion      1         -0.122109  1        at least 0.0   2    unclear  the interval includes the limit
all      all    invoices  median variation from month to month            predictable              0.15      ·          ·        at most 0.5    2    passes   the typical bill would stay in its range
all      all    invoices  rank correlation with MRR                       goes with what they pay  1         ·          ·        at least 0.0   3    passes   who uses more pays more
all      all    invoices  rank correlation with the north star            goes with value          ·         ·          ·        at least 0.0   0    unknown  it is the north star itself, or nothing was done
all      all    invoices  share made by service users                     in their control         0.409091  ·          ·        at most 0.5    110  passes   people make most of it
all      all    invoices  share of accounts that swung                    predictable              0         0          0.65762  at most 0.3    2    unclear  the interval includes the limit
all      all    invoices  share of events without what they ought to say  can be measured          0.081818  ·          ·        at most 0.05   110  fails    too many events say neither who nor what
all      all    invoices  still paying: highest fifth less lowest         goes with staying        ·         ·          ·        at least 0.0   0    unknown  nobody paid at the landmark, nobody left, or all used as much
all      all    people    elasticity of MRR with the quantity             goes with what they pay  1.5       ·          ·        at least 0.25  3    passes   who uses more pays more
all      all    people    elasticity with the account's size              grows with the customer  0.430677  ·          ·        at least 0.25  3    passes   larger customers use more of it
all      all    people    error of the month before as a forecast         predictable              0.75      ·          ·        at most 0.3    2    fails    last month does not tell this one
all      all    people    expanded: highest fifth of growth less lowest   goes with expansion      1         -0.122109  1        at least 0.0   2    unclear  the interval includes the limit
all      all    people    median variation from month to month            predictable              0.6       ·          ·        at most 0.5    2    fails    the typical bill would jump from month to month
all      all    people    rank correlation with MRR                       goes with what they pay  0.866025  ·          ·        at least 0.0   3    passes   who uses more pays more
all      all    people    rank correlation with the north star            goes with value          0.866025  ·          ·        at least 0.0   3    passes   who uses more gets more done
all      all    people    share made by service users                     in their control         ·         ·          ·        at most 0.5    0    unknown  no users table tells machines from people, or it counts no events
all      all    people    share of accounts that swung                    predictable              1         0.34238    1        at most 0.3    2    fails    many would see a swing
all      all    people    share of events without what they ought to say  can be measured          ·         ·          ·        at most 0.05   0    unknown  it counts no events, or there were none
all      all    people    still paying: highest fifth less lowest         goes with staying        ·         ·          ·        at least 0.0   0    unknown  nobody paid at the landmark, nobody left, or all used as much

## Example: nothing to judge by is unknown, not failed
meter_bases:
account  position  k  quantity  mrr  people  work  star  cv  pairs  moved  base  swung  before  grown  kept  expanded  events  service  nameless
a        1         ·  ·         ·    ·       ·     ·     ·   ·      ·      ·     ·      ·       ·      ·     ·         ·       ·        ·
meter_terms:
position  meter  kind   unit        is_star  machines
1         seats  stock  paid seats  false    false
accounts:
account
a
segment_values:
account  segment  value
people_known:
named  listed
false  false
pricing_terms:
min_accounts
20
becomes
segment  value  meter  measure                                         criterion                result  low  high  limit          n  verdict  reason
all      all    seats  elasticity of MRR with the quantity             goes with what they pay  ·       ·    ·     at least 0.25  0  unknown  no MRR known, or all use as much
all      all    seats  elasticity with the account's size              grows with the customer  ·       ·    ·     at least 0.25  0  unknown  nobody used it, or all are of one size
all      all    seats  error of the month before as a forecast         predictable              ·       ·    ·     at most 0.3    0  unknown  no two months in a row
all      all    seats  expanded: highest fifth of growth less lowest   goes with expansion      ·       ·    ·     at least 0.0   0  unknown  nobody paid and used it long enough, or nobody expanded
all      all    seats  median variation from month to month            predictable              ·       ·    ·     at most 0.5    0  unknown  nobody used it for three months
all      all    seats  rank correlation with MRR                       goes with what they pay  ·       ·    ·     at least 0.0   0  unknown  no MRR known, or all pay or use the same
all      all    seats  rank correlation with the north star            goes with value          ·       ·    ·     at least 0.0   0  unknown  it is the north star itself, or nothing was done
all      all    seats  share made by service users                     in their control         ·       ·    ·     at most 0.5    0  unknown  no users table tells machines from people, or it counts no events
all      all    seats  share of accounts that swung                    predictable              ·       ·    ·     at most 0.3    0  unknown  nobody was there for three months
all      all    seats  share of events without what they ought to say  can be measured          ·       ·    ·     at most 0.05   0  unknown  it counts no events, or there were none
all      all    seats  still paying: highest fifth less lowest         goes with staying        ·       ·    ·     at least 0.0   0  unknown  nobody paid at the landmark, nobody left, or all used as much
"""

from __future__ import annotations

import polars as pl

from saasmetrics.criteria import grouped, verdicts


def candidate_tests(
    meter_bases: pl.LazyFrame, meter_terms: pl.LazyFrame, accounts: pl.LazyFrame, segment_values: pl.LazyFrame, people_known: pl.LazyFrame,
    pricing_terms: pl.LazyFrame,
) -> pl.LazyFrame:  # fmt: skip
    told = verdicts(meter_bases, meter_terms, grouped(accounts, segment_values), people_known, pricing_terms)
    return told.join(meter_terms.select("position", "meter"), on="position").with_columns(value="among")
