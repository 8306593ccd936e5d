"""Which unit would be a good value metric, among all accounts and in each segment?

## Why
A price is fair when it follows the value. A good unit grows with the customer, goes with what they pay, get and keep, can be
foreseen, and can be measured. No unit is best at everything; one unit may not fit all segments.

## Columns
segment      key    the segment's name; `all`: all accounts
value        key    its value; `all`; empty: the accounts table does not say
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

## Headline
passes

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

## Example: of two units as good as each other, the one that more accounts use
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
a        plan     team
b        plan     pro
people_known:
named  listed
true   true
pricing_terms:
min_accounts
2
becomes
segment  value  meter     rank  passes  fails  differs  scales   pays     gets     steady        stays    expands  measured  control  kind  accounts  used  median  unit
all      all    people    1     3       1      ·        passes   passes   passes   fails         unknown  unclear  unknown   unknown  flow  3         3     2       people at work
all      all    invoices  2     3       1      ·        passes   passes   unknown  unclear       unknown  unclear  fails     passes   flow  3         2     10      invoicing
plan     pro    invoices  ·     1       1      ·        unknown  unknown  unknown  insufficient  unknown  unknown  fails     passes   flow  1         1     40      invoicing
plan     pro    people    ·     0       0      ·        unknown  unknown  unknown  insufficient  unknown  unknown  unknown   unknown  flow  1         1     2       people at work
plan     team   invoices  ·     2       0      ·        unknown  unknown  unknown  insufficient  unknown  unknown  passes    passes   flow  1         1     10      invoicing
plan     team   people    ·     0       0      ·        unknown  unknown  unknown  insufficient  unknown  unknown  unknown   unknown  flow  1         1     2       people at work

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
segment  value  meter  rank  passes  fails  differs  scales   pays     gets     steady   stays    expands  measured  control  kind   accounts  used  median  unit
all      all    seats  ·     0       0      ·        unknown  unknown  unknown  unknown  unknown  unknown  unknown   unknown  stock  0         0     ·       paid seats
"""

from __future__ import annotations

import polars as pl

from saasmetrics.criteria import grouped, verdicts
from saasmetrics.statistics import divided

CELL = ["segment", "among", "position"]
UNIT, MANY = 10_000, 10**12
NAMES = {
    "scales": "grows with the customer", "pays": "goes with what they pay", "gets": "goes with value", "steady": "predictable",
    "stays": "goes with staying", "expands": "goes with expansion", "measured": "can be measured", "control": "in their control",
}  # fmt: skip
WORDS = ["fails", "unclear", "passes", "insufficient", "unknown"]


def candidates(
    meter_bases: pl.LazyFrame, meter_terms: pl.LazyFrame, accounts: pl.LazyFrame, segment_values: pl.LazyFrame, people_known: pl.LazyFrame,
    pricing_terms: pl.LazyFrame,
) -> pl.LazyFrame:  # fmt: skip
    groups = grouped(accounts, segment_values)
    judged = _criteria(verdicts(meter_bases, meter_terms, groups, people_known, pricing_terms))
    told = judged.join(_use(meter_bases, groups), on=CELL, how="left", nulls_equal=True).join(meter_terms, on="position")
    counted = told.join(pricing_terms, how="cross").with_columns(pl.col("accounts", "used").fill_null(0))
    enough = pl.when(pl.col("used") >= pl.col("min_accounts")).then((pl.col("passes") - pl.col("fails")) * MANY + pl.col("used"))
    ranked = counted.with_columns(scored=enough).with_columns(rank=pl.col("scored").rank("min", descending=True).over("segment", "among").cast(pl.Int64))
    placed = ranked.collect().lazy()  # it is asked for twice: the tests are worked out once
    best = placed.filter((pl.col("segment") == "all") & (pl.col("rank") == 1)).select("position", best=pl.lit(True))
    full = placed.join(best, on="position", how="left").join(best.select(there=pl.len() > 0), how="cross")
    alike = (pl.col("best").fill_null(False) & (pl.col("rank") == 1)).any().over("segment", "among")
    asked = pl.col("there") & (pl.col("segment") != "all") & pl.col("rank").is_not_null().any().over("segment", "among")
    return full.with_columns(differs=pl.when(asked).then(~alike), value="among", median=divided(pl.col("median"), UNIT))


def _criteria(judged: pl.LazyFrame) -> pl.LazyFrame:
    """One row a cell: the first word that holds of each criterion, and how many pass and fail."""
    order = pl.Enum(WORDS)
    each = judged.group_by(*CELL, "criterion").agg(word=pl.col("verdict").cast(order).min().cast(pl.String))
    words = {name: pl.col("word").filter(pl.col("criterion") == criterion).first().fill_null("unknown") for name, criterion in NAMES.items()}
    counts = {name: (pl.col("word") == name).sum().cast(pl.Int64) for name in ("passes", "fails")}
    return each.group_by(CELL).agg(**words, **counts)


def _use(bases: pl.LazyFrame, groups: pl.LazyFrame) -> pl.LazyFrame:
    known = bases.filter(pl.col("k").is_not_null()).join(groups, on="account")
    return known.group_by(CELL).agg(accounts=pl.len().cast(pl.Int64), used=(pl.col("quantity") > 0).sum().cast(pl.Int64), median=(pl.col("quantity") / pl.col("k")).median())
