"""How often do bills jump for another reason than seats, and do customers ask about it?

## Why
A customer who adds people expects a higher bill. One whose bill jumps without them feels surprised, and asks. Tickets about money
after such months, held against those after other months, say how much it hurts.

## Columns
kind        key    rose without seats, rose with seats, rose but seats unknown: by more than pricing.shock in a month, all three; did not rise so much
months      count  account-months in which the account paid at the end of this month and the one before, of the last pricing.months
accounts    count  accounts with such a month
share       share  months / all account-months
mature      count  of the months, those whose pricing.after days after their end are over
immature    count  the others: not asked, not free of tickets
asked       count  of the mature, those with a ticket about money in the month or these days after it; empty: no tickets table
rate        share  asked / mature
low         share  Wilson 95 % interval
high        share  Wilson 95 % interval
percent     number the median rise of the MRR on the month before, in percent
status      label  final; insufficient: fewer than pricing.min_accounts mature months; no tickets: nobody knows who asked

## Limits
MRR is that of the contracts: what was agreed, not what was invoiced or used beyond it. A rise is with the seats when the MRR of a
seat rose by no more than pricing.shock. Tickets about money are those of the categories in pricing.billing; one ticket may
belong to two months. More tickets after a jump are an association. Accounts in several currencies, or that changed it, are left out.
Both months are complete, among the last pricing.months, within the export, and begin on or after the account's creation. A rise
is unknown where a recurring subscription does not say its seats at either end; those of modules and usage are no further ones.
Categories are compared without regard to case;
the days after are over at T, whatever late_after says.

## Order
-kind

## Needs
subscriptions

## Better with
tickets  who asked about the bill

## Account by account
pricing.bill_shock_accounts

## Covers
VM18

## Example: what is too young is not asked, and no ticket is no rate of nought without a tickets table
mrr_jumps:
account  month_day   kind                  before  mrr     billing  mature
a        2026-01-01  rose without seats    100     200     2        true
a        2026-02-01  did not rise so much  200     200     0        true
b        2026-01-01  rose without seats    100     150     0        true
b        2026-02-01  rose without seats    150     300     0        false
c        2026-01-01  rose with seats       100     300     ·        true
pricing_terms:
min_accounts
2
becomes
kind                  months  accounts  share  mature  immature  asked  rate  low       high      percent  status
rose without seats    3       2         0.6    2       1         1      0.5   0.094531  0.905469  100      final
rose with seats       1       1         0.2    1       0         ·      ·     ·         ·         200      no tickets
did not rise so much  1       1         0.2    1       0         0      0     0         0.793451  0        insufficient

## Example: no month to compare gives no row
mrr_jumps:
account  month_day  kind  before  mrr  billing  mature
pricing_terms:
min_accounts
2
becomes
kind  months  accounts  share  mature  immature  asked  rate  low  high  percent  status
"""

from __future__ import annotations

import polars as pl

from saasmetrics.statistics import share, wilson


def bill_shock(mrr_jumps: pl.LazyFrame, pricing_terms: pl.LazyFrame) -> pl.LazyFrame:
    old, known = pl.col("mature"), pl.col("billing").is_not_null()
    each = mrr_jumps.group_by("kind").agg(
        months=pl.len().cast(pl.Int64), accounts=pl.col("account").n_unique().cast(pl.Int64), mature=old.sum().cast(pl.Int64),
        asked=pl.when(known.any()).then((old & (pl.col("billing") > 0)).sum().cast(pl.Int64)),
        percent=(100 * (pl.col("mrr") - pl.col("before")).cast(pl.Float64) / pl.col("before")).median(),
    )  # fmt: skip
    told = each.join(each.select(whole=pl.col("months").sum()), how="cross").join(pricing_terms, how="cross")
    low, high = wilson(pl.col("asked"), pl.col("mature"))
    few = pl.col("mature") < pl.col("min_accounts")
    status = pl.when(pl.col("asked").is_null()).then(pl.lit("no tickets")).when(few).then(pl.lit("insufficient")).otherwise(pl.lit("final"))
    return told.with_columns(
        share=share(pl.col("months"), pl.col("whole")), immature=pl.col("months") - pl.col("mature"), rate=share(pl.col("asked"), pl.col("mature")),
        low=low, high=high, status=status,
    )  # fmt: skip
