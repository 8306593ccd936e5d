"""Which unit would be a good value metric, among all accounts and in each segment?

## Why
A price is fair when it follows the value. A good unit grows with the customer, goes with what they pay, get and keep, can be
foreseen, and can be measured. No unit is best at everything; one unit may not fit all segments.

## Columns
segment      key    the segment's name; `all`: all accounts
value        key    its value; `all`
meter        key    the unit, as pricing.meters names it
rank         score  1 is the best here; by passes − fails, then by used; equals share a place; empty: used by fewer than pricing.min_accounts
passes       score  criteria that pass
fails        score  criteria that fail
differs      flag   the best unit here is none of the best among all accounts; empty: no rank here, or none there
scales       label  grows with the customer
pays         label  goes with what they pay
gets         label  goes with value
steady       label  predictable
stays        label  goes with staying
expands      label  goes with expansion
measured     label  can be measured
control      label  in their control
kind         label  flow: begins anew each month; stock: what there is at the end of a month
accounts     count  accounts that paid and whose quantity is known in one of the last pricing.recent complete months
used         count  of these, those that used any
median       number their median quantity a month
unit         text   what is counted

## Limits
What goes together is an association, no proof: a unit that is priced today goes with MRR because it is priced. MRR stands in
for what customers would be willing to pay, the north star for the value they get. Each criterion says the first of
fails, unclear, passes, insufficient, unknown that one of its tests in `pricing candidate-tests` says. Whether a unit is easy to understand no data tell: ask customers. Duplicates of events never count: the ledger
says how many there were.

## Order
segment value rank meter

## Account by account
pricing.meter_accounts

## Covers
VM01 VM02 VM12 VM13

## Example: another unit is the best one in a segment
meter_terms:
position  meter     kind  unit
1         invoices  flow  invoicing
2         people    flow  people at work
meter_verdicts:
segment  among  position  at  criterion                verdict
all      all    1         2   goes with what they pay  passes
all      all    1         3   goes with what they pay  unclear
all      all    1         5   predictable              passes
all      all    2         2   goes with what they pay  fails
all      all    2         5   predictable              passes
plan     team   1         2   goes with what they pay  fails
plan     team   1         3   goes with what they pay  passes
plan     team   2         2   goes with what they pay  passes
plan     trial  1         2   goes with what they pay  insufficient
plan     trial  2         2   goes with what they pay  unknown
meter_bases:
account  position  k  quantity
a        1         2  10
b        1         1  0
a        2         2  4
b        2         1  1
accounts:
account
a
b
segment_values:
account  segment  value
a        plan     team
b        plan     team
pricing_terms:
min_accounts
1
becomes
segment  value  meter     rank  passes  fails  differs  scales   pays          gets     steady   stays    expands  measured  control  kind  accounts  used  median  unit
all      all    invoices  1     1       0      ·        unknown  unclear       unknown  passes   unknown  unknown  unknown   unknown  flow  2         1     2.5     invoicing
all      all    people    2     1       1      ·        unknown  fails         unknown  passes   unknown  unknown  unknown   unknown  flow  2         2     1.5     people at work
plan     team   people    1     1       0      true     unknown  passes        unknown  unknown  unknown  unknown  unknown   unknown  flow  2         2     1.5     people at work
plan     team   invoices  2     0       1      true     unknown  fails         unknown  unknown  unknown  unknown  unknown   unknown  flow  2         1     2.5     invoicing
plan     trial  invoices  ·     0       0      ·        unknown  insufficient  unknown  unknown  unknown  unknown  unknown   unknown  flow  0         0     ·       invoicing
plan     trial  people    ·     0       0      ·        unknown  unknown       unknown  unknown  unknown  unknown  unknown   unknown  flow  0         0     ·       people at work

## Example: two units as good as each other are both the best
meter_terms:
position  meter  kind   unit
1         seats  stock  paid seats
2         calls  flow   api_called
meter_verdicts:
segment  among  position  at  criterion    verdict
all      all    1         5   predictable  passes
all      all    2         5   predictable  passes
meter_bases:
account  position  k  quantity
a        1         3  30
a        2         3  900
accounts:
account
a
segment_values:
account  segment  value
pricing_terms:
min_accounts
1
becomes
segment  value  meter  rank  passes  fails  differs  scales   pays     gets     steady  stays    expands  measured  control  kind   accounts  used  median  unit
all      all    calls  1     1       0      ·        unknown  unknown  unknown  passes  unknown  unknown  unknown   unknown  flow   1         1     300     api_called
all      all    seats  1     1       0      ·        unknown  unknown  unknown  passes  unknown  unknown  unknown   unknown  stock  1         1     10      paid seats
"""

from __future__ import annotations

import polars as pl

from saasmetrics.statistics import divided

CELL = ["segment", "among", "position"]
UNIT, MANY = 10_000, 10**12
NAMES = {
    "scales": "grows with the customer", "pays": "goes with what they pay", "gets": "goes with value", "steady": "predictable",
    "stays": "goes with staying", "expands": "goes with expansion", "measured": "can be measured", "control": "in their control",
}  # fmt: skip
WORDS = ["fails", "unclear", "passes", "insufficient", "unknown"]


def candidates(
    meter_verdicts: pl.LazyFrame, meter_bases: pl.LazyFrame, meter_terms: pl.LazyFrame, accounts: pl.LazyFrame, segment_values: pl.LazyFrame,
    pricing_terms: pl.LazyFrame,
) -> pl.LazyFrame:  # fmt: skip
    told = _criteria(meter_verdicts).join(_use(meter_bases, accounts, segment_values), on=CELL, how="left").join(meter_terms, on="position")
    counted = told.join(pricing_terms, how="cross").with_columns(pl.col("accounts", "used").fill_null(0))
    enough = pl.when(pl.col("used") >= pl.col("min_accounts")).then((pl.col("passes") - pl.col("fails")) * MANY + pl.col("used"))
    placed = counted.with_columns(scored=enough).with_columns(rank=pl.col("scored").rank("min", descending=True).over("segment", "among").cast(pl.Int64))
    best = placed.filter((pl.col("segment") == "all") & (pl.col("rank") == 1)).select("position", best=pl.lit(True))
    full = placed.join(best, on="position", how="left").join(best.select(there=pl.len() > 0), how="cross")
    alike = (pl.col("best").fill_null(False) & (pl.col("rank") == 1)).any().over("segment", "among")
    asked = pl.col("there") & (pl.col("segment") != "all") & pl.col("rank").is_not_null().any().over("segment", "among")
    return full.with_columns(differs=pl.when(asked).then(~alike), value="among", median=divided(pl.col("median"), UNIT))


def _criteria(verdicts: pl.LazyFrame) -> pl.LazyFrame:
    """One row a cell: the first word that holds of each criterion, and how many pass and fail."""
    order = pl.Enum(WORDS)
    each = verdicts.group_by(*CELL, "criterion").agg(word=pl.col("verdict").cast(order).min().cast(pl.String))
    words = {name: pl.col("word").filter(pl.col("criterion") == criterion).first().fill_null("unknown") for name, criterion in NAMES.items()}
    counts = {name: (pl.col("word") == name).sum().cast(pl.Int64) for name in ("passes", "fails")}
    return each.group_by(CELL).agg(**words, **counts)


def _use(bases: pl.LazyFrame, accounts: pl.LazyFrame, segment_values: pl.LazyFrame) -> pl.LazyFrame:
    whole = accounts.select("account", segment=pl.lit("all"), among=pl.lit("all"))
    groups = pl.concat([whole, segment_values.select("account", "segment", among="value")])
    known = bases.filter(pl.col("k").is_not_null()).join(groups, on="account")
    return known.group_by(CELL).agg(accounts=pl.len().cast(pl.Int64), used=(pl.col("quantity") > 0).sum().cast(pl.Int64), median=(pl.col("quantity") / pl.col("k")).median())
