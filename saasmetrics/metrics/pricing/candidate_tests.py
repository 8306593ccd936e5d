"""What speaks for each unit as a value metric, and what against it?

## Why
A verdict is only as good as the number behind it. Each test has its number with an interval, what it has to be, and how many
accounts it stands on: who doubts a verdict of `pricing candidates` finds its reason here.

## Columns
segment    key    the segment's name; `all`: all accounts
value      key    its value; `all`
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
Months are complete calendar months that the account lived through from their first day on, and in which it paid on every day;
without a subscriptions table, whether it paid or not. An account's usual quantity is the mean of those of the last
pricing.recent ones, its usual MRR the mean on their last days, both over the same months. MRR counts in the currency in which
most accounts pay at the end of the last complete month.
Elasticities: the slope of ln(usual quantity) on ln(size), and of ln(usual MRR) on ln(usual quantity), by Theil and Sen (median
of all slopes between two accounts), Sen's interval; of accounts with both above 0; of more than 300 accounts, through 300,
every so-manieth by x. Size is the people at work a month, for a meter of people the core successes a month. A slope of 1 is
in proportion. Rank correlations: Spearman, interval by Fisher's z (Bonett & Wright 2000); of the north star, successes in
the same months, unknown for the meter that counts them itself.
Variation: the sample's standard deviation over the mean of the account's months among the last pricing.months, of accounts with
three or more and any use; the median account. Forecast: Σ of the distance to the month before / Σ of the later months, pooled
over all pairs of months in a row. Swung: of the accounts with two pairs, those in which a quantity changed by more than
pricing.swing of the month before, or began at 0 (Wilson).
Staying: of the accounts that paid at the end of the month pricing.horizon months before the last complete one, the share that
pays at the end of the last; highest fifth by the quantity of that month less lowest (Newcombe 1998). Expansion: of those that
pay at both ends, the share with more MRR, by the quantity of that month / that of pricing.horizon months before it. Fifths
are cut by mean rank, equals stay together; the lowest is the lowest that holds anybody, and without a highest it is unknown.
Events without what they ought to say: those without a user, where things are told apart those without the thing; of the last
pricing.months, of all accounts. The share of service users is of the same events.

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

## Example: each test with its number, and why
meter_terms:
position  meter
1         invoices
meter_verdicts:
segment  among  position  criterion    measure                                  result  low  high  n   limit         verdict  reason
all      all    1         predictable  error of the month before as a forecast  0.4     ·    ·     30  at most 0.3   fails    last month does not tell this one
all      all    1         predictable  median variation from month to month     0.2     ·    ·     28  at most 0.5   passes   the typical bill would stay in its range
becomes
segment  value  meter     measure                                  criterion    result  low  high  limit        n   verdict  reason
all      all    invoices  error of the month before as a forecast  predictable  0.4     ·    ·     at most 0.3  30  fails    last month does not tell this one
all      all    invoices  median variation from month to month     predictable  0.2     ·    ·     at most 0.5  28  passes   the typical bill would stay in its range

## Example: nothing to judge by is unknown, not failed
meter_terms:
position  meter
1         seats
meter_verdicts:
segment  among  position  criterion        measure                                        result  low  high  n  limit         verdict  reason
plan     team   1         can be measured  share of events without what they ought to say  ·       ·    ·     0  at most 0.05  unknown  it counts no events, or there were none
becomes
segment  value  meter  measure                                         criterion        result  low  high  limit         n  verdict  reason
plan     team   seats  share of events without what they ought to say  can be measured  ·       ·    ·     at most 0.05  0  unknown  it counts no events, or there were none
"""

from __future__ import annotations

import polars as pl


def candidate_tests(meter_verdicts: pl.LazyFrame, meter_terms: pl.LazyFrame) -> pl.LazyFrame:
    return meter_verdicts.join(meter_terms.select("position", "meter"), on="position").with_columns(value="among")
