"""Whose bill jumped, when, by how much, and who asked about it?

## Why
Behind every jump stands a customer to talk to, best before the next invoice. The latest jump stands first.

## Columns
account       key    the account
jumps         count  months, of the last pricing.months, at whose end its MRR was higher by more than pricing.shock than at the end of the one before
month         date   the first day of the latest of them; empty: no jump
kind          label  rose without seats, rose with seats, rose but seats unknown
percent       number the rise on the month before, in percent
mrr           money  at the end of that month
before        money  at the end of the month before
currency      label  of both
seats         count  seats at the end of the month; empty: unknown
seats_before  count  seats at the end of the month before; empty: unknown
billing       count  tickets about money opened in the month or the pricing.after days after it; empty: no jump, or no tickets table
mature        flag   these days are over
mrr_now       money  MRR at T; empty: never paid, or several currencies; 0: it left

## Limits
Complete months only. MRR is what was agreed, not what was invoiced. A rise is with seats when the MRR of a seat rose by no more
than pricing.shock.

## Order
-month -percent account

## Needs
subscriptions

## Better with
tickets  who asked about the bill

## Covers

## Example: the latest jump first; months without one are none
accounts:
account
a
b
c
mrr_jumps:
account  month_day   kind                  before  mrr  currency  seats_before  seats  billing  mature
a        2025-12-01  rose with seats       50      100  EUR       2             5      0        true
a        2026-01-01  rose without seats    100     200  EUR       5             5      2        true
a        2026-02-01  did not rise so much  200     200  EUR       5             5      0        true
b        2026-02-01  rose with seats       100     300  EUR       1             3      ·        false
c        2026-02-01  did not rise so much  100     90   EUR       1             1      ·        false
contract_state:
account  mrr
a        200
becomes
account  jumps  month       kind                percent  mrr     before  currency  seats  seats_before  billing  mature  mrr_now
b        1      2026-02-01  rose with seats     200      300.00  100.00  EUR       3      1             ·        false   ·
a        2      2026-01-01  rose without seats  100      200.00  100.00  EUR       5      5             2        true    200.00
c        0      ·           ·                   ·        ·       ·       ·         ·      ·             ·        ·       ·

## Example: nothing to compare is no jump
accounts:
account
new
mrr_jumps:
account  month_day  kind  before  mrr  currency  seats_before  seats  billing  mature
contract_state:
account  mrr
new      10
becomes
account  jumps  month  kind  percent  mrr  before  currency  seats  seats_before  billing  mature  mrr_now
new      0      ·      ·     ·        ·    ·       ·         ·      ·             ·        ·       10.00
"""

from __future__ import annotations

import polars as pl


def bill_shock_accounts(accounts: pl.LazyFrame, mrr_jumps: pl.LazyFrame, contract_state: pl.LazyFrame) -> pl.LazyFrame:
    rose = mrr_jumps.filter(pl.col("kind").str.starts_with("rose")).with_columns(jumps=pl.len().over("account"))
    last = rose.filter(pl.col("month_day") == pl.col("month_day").max().over("account"))
    told = accounts.select("account").join(last, on="account", how="left").join(contract_state.select("account", mrr_now="mrr"), on="account", how="left")
    percent = 100 * (pl.col("mrr") - pl.col("before")).cast(pl.Float64) / pl.col("before")
    return told.with_columns(pl.col("jumps").fill_null(0), month=pl.col("month_day").cast(pl.Date), percent=percent)
