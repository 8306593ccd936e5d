"""Whose bill jumped, when, by how much, and who asked about it?

## Why
Behind every jump stands a customer to talk to, best before the next invoice.

## Columns
account       key    the account
month         key    the month at whose end the MRR was higher by more than pricing.shock than at the end of the one before
kind          label  rose, not by seats; rose with the seats; rose, seats unknown
rise          number MRR / MRR before, less 1
mrr           money  at the end of the month
before        money  at the end of the month before
currency      label  of both
seats         count  seats at the end of the month; empty: unknown
seats_before  count  seats at the end of the month before; empty: unknown
billing       count  tickets about money opened in the month or the pricing.after days after it; empty: no tickets table
mature        flag   these days are over
mrr_now       money  MRR at T; empty: several currencies; 0: it left

## Limits
Of the last pricing.months complete months. MRR is what was agreed, not what was invoiced. A rise is with the seats when the MRR of
a seat rose by no more than pricing.shock.

## Order
-month -rise account

## Needs
subscriptions

## Better with
tickets  who asked about the bill

## Covers

## Example: the latest and largest first; months without a jump are no row
mrr_jumps:
account  month_day   kind                  before  mrr  currency  seats_before  seats  billing  mature
a        2026-01-01  rose, not by seats    100     200  EUR       5             5      2        true
a        2026-02-01  did not rise so much  200     200  EUR       5             5      0        true
b        2026-02-01  rose with the seats   100     300  EUR       1             3      ·        false
contract_state:
account  mrr
a        200
becomes
account  month       kind                 rise  mrr     before  currency  seats  seats_before  billing  mature  mrr_now
b        2026-02-01  rose with the seats  2     300.00  100.00  EUR       3      1             ·        false   ·
a        2026-01-01  rose, not by seats   1     200.00  100.00  EUR       5      5             2        true    200.00

## Example: nothing jumped
mrr_jumps:
account  month_day  kind  before  mrr  currency  seats_before  seats  billing  mature
contract_state:
account  mrr
becomes
account  month  kind  rise  mrr  before  currency  seats  seats_before  billing  mature  mrr_now
"""

from __future__ import annotations

import polars as pl


def bill_shock_accounts(mrr_jumps: pl.LazyFrame, contract_state: pl.LazyFrame) -> pl.LazyFrame:
    rose = mrr_jumps.filter(pl.col("kind").str.starts_with("rose"))
    told = rose.join(contract_state.select("account", mrr_now="mrr"), on="account", how="left")
    return told.with_columns(month=pl.col("month_day").cast(pl.Date), rise=pl.col("mrr").cast(pl.Float64) / pl.col("before") - 1)
