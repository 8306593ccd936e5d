"""Do customers pay in proportion to what they use?

## Why
Where one customer pays ten times what another pays for the same unit, one of them feels cheated and the other is a gift. The
spread of the price per unit says how far today's prices are from this unit as a base.

## Columns
meter     key    the unit, as pricing.meters names it
priced    count  accounts with a price per unit
unused    count  accounts that pay and used none: no price
unknown   count  paying accounts whose quantity or MRR is unknown (a stock's is, of an account older than the export), or whose quantity is below 0
pooled    number all MRR / all of the unit, of those priced and in all of their months: what the average unit brings
median    number the median account's price per unit: what the typical customer pays
p10       number a tenth of them pay less
p90       number a tenth of them pay more
spread    number p90 / p10; 1: all pay alike
gini      share  how far the shares of MRR lie from the shares of use: 0 in proportion, near 1 when who uses little pays nearly all
over      count  pay more than off times the median
over_share share over / priced
low       share  Wilson 95 % interval
high      share  Wilson 95 % interval
under     count  pay less than the median / off
currency  label  of the prices: the one in which most accounts pay; empty: nobody is priced
status    label  final; insufficient: fewer than pricing.min_accounts priced
unit      text   what is counted

## Limits
A price per unit is MRR over quantity of the same months (`pricing meter-accounts`): what an account pays for everything, divided
by this one unit. A base fee makes small users dear. `pooled` weighs customers by use, `median` counts each once: where they
differ, large users pay another price. Quantiles are interpolated between accounts, never taken of other quantiles. Gini: accounts
in the order of their price per unit, 1 − Σ (MRR of all before + MRR up to it) × its quantity / (all MRR × all quantity), each in all of its months.

## Order
spread meter

## Needs
subscriptions

## Account by account
pricing.meter_accounts

## Covers
VM16

## Example: two in proportion, one pays ten times as much; one uses none
meter_terms:
position  meter     unit
1         invoices  invoicing
meter_bases:
account  position  k  unmeasured  quantity  mrr  currency
a        1         2  ·           100       100  EUR
b        1         2  1           200       200  EUR
dear     1         1  ·           10        100  EUR
idle     1         2  ·           0         50   EUR
odd      1         2  ·           50        ·    EUR
dark     1         ·  3           ·         ·    EUR
free     1         ·  ·           ·         ·    EUR
pricing_terms:
min_accounts
20
with off=2.0
becomes
meter     priced  unused  unknown  pooled    median  p10  p90  spread  gini      over  over_share  low       high      under  currency  status        unit
invoices  3       1       2        1.290323  1       1    8.2  8.2     0.217742  1     0.333333    0.061492  0.79234   0      EUR       insufficient  invoicing

## Example: nobody pays: no price
meter_terms:
position  meter  unit
1         seats  paid seats
meter_bases:
account  position  k  unmeasured  quantity  mrr  currency
a        1         2  ·           100       ·    ·
pricing_terms:
min_accounts
20
becomes
meter  priced  unused  unknown  pooled  median  p10  p90  spread  gini  over  over_share  low  high  under  currency  status        unit
seats  0       0       1        ·       ·       ·    ·    ·       ·     0     ·           ·    ·     0      ·         insufficient  paid seats
"""

from __future__ import annotations

import polars as pl

from saasmetrics.statistics import Times, share, wilson


def proportionality(
    meter_terms: pl.LazyFrame, meter_bases: pl.LazyFrame, pricing_terms: pl.LazyFrame, *, off: Times = 2.0
) -> pl.LazyFrame:  # fmt: skip
    known = meter_bases.filter(pl.any_horizontal(pl.col("k", "unmeasured").is_not_null())).with_columns(paid=pl.col("mrr") > 0, some=pl.col("quantity") > 0)
    priced = known.filter(pl.col("paid") & pl.col("some")).with_columns(price=pl.col("mrr") / pl.col("quantity"))
    used = (pl.col("paid") & (pl.col("quantity") >= 0)).fill_null(False)
    others = known.group_by("position").agg(unused=(used & ~pl.col("some")).sum().cast(pl.Int64), unknown=(~used).sum().cast(pl.Int64))
    told = meter_terms.join(_spread(priced, off), on="position", how="left").join(others, on="position", how="left")
    full = told.join(_gini(priced), on="position", how="left").join(pricing_terms, how="cross")
    filled = full.with_columns(pl.col("priced", "unused", "unknown", "over", "under").fill_null(0))
    low, high = wilson(pl.col("over"), pl.col("priced"))
    status = pl.when(pl.col("priced") < pl.col("min_accounts")).then(pl.lit("insufficient")).otherwise(pl.lit("final"))
    return filled.with_columns(spread=share(pl.col("p90"), pl.col("p10")), over_share=share(pl.col("over"), pl.col("priced")), low=low, high=high, status=status)


def _spread(priced: pl.LazyFrame, off: float) -> pl.LazyFrame:
    price, median = pl.col("price"), pl.col("price").median()
    return priced.group_by("position").agg(
        priced=pl.len().cast(pl.Int64), currency=pl.col("currency").first(), pooled=share(pl.col("mrr").sum(), pl.col("quantity").sum()), median=median, p10=price.quantile(0.1, "linear"),
        p90=price.quantile(0.9, "linear"), over=(price / median > off + 1e-9).sum().cast(pl.Int64), under=(price / median * off < 1 - 1e-9).sum().cast(pl.Int64),
    )  # fmt: skip


def _gini(priced: pl.LazyFrame) -> pl.LazyFrame:
    """From whole sums of 128 bits: the order of the rows does not show."""
    wide = priced.with_columns(pl.col("mrr", "quantity").cast(pl.Int128))
    upto = pl.col("mrr").cum_sum().over("position", order_by=["price", "account"])
    areas = wide.with_columns(area=(2 * upto - pl.col("mrr")) * pl.col("quantity"))
    sums = areas.group_by("position").agg(pl.col("area", "mrr", "quantity").sum())
    whole = pl.col("mrr").cast(pl.Float64) * pl.col("quantity").cast(pl.Float64)
    return sums.select("position", gini=(1 - share(pl.col("area").cast(pl.Float64), whole)).clip(0, 1))
