"""Does a customer bring more than it costs: gross margin, lifetime value, time until its acquisition is paid back?

## Why
Growth that costs more than it brings is bought. Each number here is small arithmetic on the tables of this chapter and the
costs; what is not known is left empty, so that no hole in the costs looks like a profit.

## Columns
period          key    first day of the month
currency        key    of the amounts; empty: the subscriptions do not say
margin          ratio  gross margin: (revenue − cogs) / revenue
lifetime_value  money  arpa × margin × lifetime; only of the last complete month
lifetime_revenue money arpa × lifetime, before any cost; only of the last complete month
cac             money  spend / customers
value_to_cac    number lifetime_value / cac
payback         number months: spend / (new × margin); empty where the margin is not above 0
arpa            money  MRR after the last day / accounts that pay then
lifetime        number months that a customer pays within the first `horizon` ones (restricted mean); with lifetime_by: churn without an end; only of the last complete month
watched         number months for which customers could be followed, at most `horizon`: what the lifetime is restricted to; empty with lifetime_by: churn
revenue         money  recurring revenue earned in the month: the mean over its days of the MRR after each day
cogs            money  spent to serve customers
spend           money  sales and marketing
customers       count  accounts that paid for the first time
new             money  their MRR
status          label  final; provisional: the month ended less than late_after and revenue.gap_grace ago, or is not over

## Headline
value_to_cac

## Limits
The last `periods` months are shown, the running one among them.
Lifetime value is not arpa / churn: that needs a churn that never changes, and reaches far beyond what anybody has seen. Here
it is arpa × margin × the area under the Kaplan–Meier curve of all spells of paying up to T, from 0 to `horizon` months of
30.4375 days, or to the longest spell so far when that is shorter; open spells are censored at T. A spell that begins again
after a gap is a spell of its own. lifetime_by: churn gives the number that billing tools print all the same: lifetime is then the accounts that
paid on the eve of the last complete month / those of them that no longer pay on its last day (1 / logo churn), empty where
nobody left; ChartMogul takes the mean churn of six months. A list that begins later than its oldest customers lacks those who had
left by then: it makes lives longer. Costs of the month are held against the customers of the same month, though winning one
may take longer: read `payback` over several months. Revenue leaves out one-time items. revenue, arpa, cac
and lifetime_value are rounded half away from zero to a ten-thousandth before anything is made of them; arpa
and cac are shown to the nearest cent of what they are, rounded once. Spells are those of all
accounts, whatever their currency. Costs that name no currency are in revenue.currency, else in the only one in which anybody
pays; those in a foreign currency that has a rate for every month from the first of its costs on are worth that of their
month. Where some of a month's costs are in a currency in which nobody pays, what that month cost is unknown; so is what a
month cost that is not over at T. The rows begin with the month of the first movement of all.

## Needs
subscriptions

## Better with
costs  the margin, what a customer is worth after costs, and when its acquisition is paid back

## Order
status -period currency

## Account by account
revenue.accounts

## Covers
G05 R08 R09

## Example: half a month of revenue, two spells of which one ended
ledger:
account  currency  day         before  after  new
a1       EUR       2025-11-02  0       100    100
a2       EUR       2026-01-17  0       62     62
a1       EUR       2026-01-31  100     0      0
paying:
account  start_day   end_day
a1       2025-11-02  2026-01-31
a2       2026-01-17  ·
spending:
month_day   currency  sales_and_marketing  cogs
2026-01-01  EUR       93                   25.35
settling:
final_until
20486
with as_of=2026-02-02 periods=2
becomes
period      currency  margin    lifetime_value  lifetime_revenue  cac    value_to_cac  payback   arpa   lifetime  watched   revenue  cogs   spend  customers  new    status
2026-01-01  EUR       0.800038  146.67          183.33            93.00  1.577077      1.874911  62.00  2.956879  2.956879  126.77   25.35  93.00  1          62.00  final
2026-02-01  EUR       ·         ·               ·                 ·      ·             ·         62.00  ·         ·         62.00    ·      ·      0          0.00   provisional

## Example: without costs there is no margin, and nothing that needs one
ledger:
account  currency  day         before  after  new
a1       EUR       2025-12-01  0       100    100
paying:
account  start_day   end_day
a1       2025-12-01  ·
spending:
month_day  currency  sales_and_marketing  cogs
settling:
final_until
20486
with as_of=2026-02-02 periods=3
becomes
period      currency  margin  lifetime_value  lifetime_revenue  cac  value_to_cac  payback  arpa    lifetime  watched   revenue  cogs  spend  customers  new     status
2026-01-01  EUR       ·       ·               206.98            ·    ·             ·        100.00  2.069815  2.069815  100.00   ·     ·      0          0.00    final
2025-12-01  EUR       ·       ·               ·                 ·    ·             ·        100.00  ·         ·         100.00   ·     ·      1          100.00  final
2026-02-01  EUR       ·       ·               ·                 ·    ·             ·        100.00  ·         ·         100.00   ·     ·      0          0.00    provisional

## Example: one of the two of the eve left in January: a lifetime of two months, if churn stays as it is; who came in it is in no base
ledger:
account  currency  day         before  after  new
a1       EUR       2025-11-02  0       100    100
a2       EUR       2025-11-02  0       62     62
a1       EUR       2026-01-31  100     0      0
a3       EUR       2026-01-01  0       62     62
paying:
account  start_day   end_day
a1       2025-11-02  2026-01-31
a2       2025-11-02  ·
a3       2026-01-01  ·
spending:
month_day   currency  sales_and_marketing  cogs
settling:
final_until
20486
with as_of=2026-02-02 periods=2 lifetime_by=churn
becomes
period      currency  margin  lifetime_value  lifetime_revenue  cac  value_to_cac  payback  arpa   lifetime  watched  revenue  cogs  spend  customers  new    status
2026-01-01  EUR       ·       ·               124.00            ·    ·             ·        62.00  2         ·        220.77   ·     ·      1          62.00  final
2026-02-01  EUR       ·       ·               ·                 ·    ·             ·        62.00  ·         ·        124.00   ·     ·      0          0.00   provisional
"""

from __future__ import annotations

from typing import Literal

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.statistics import divided, kaplan_meier, levels, proportion

MONTH, MONTHS, DAYS, PARTS = 30.4375, 16, 487, 10**9
"""Days of a month on average, which are 487 in 16 months; areas are added up as whole numbers of these parts, in any order the same."""


def unit_economics(
    ledger: pl.LazyFrame, paying: pl.LazyFrame, spending: pl.LazyFrame, settling: pl.LazyFrame, clock: Clock, *, periods: int = 13, horizon: int = 36,
    lifetime_by: Literal["survival", "churn"] = "survival",
) -> pl.LazyFrame:  # fmt: skip
    now, index = clock.running("month"), clock.index(pl.col("day"), "month").cast(pl.Int64)
    after = pl.min_horizontal(clock.start(index + 1, "month").to_physical(), pl.lit(clock.day, pl.Int32))
    change, there = pl.col("after") - pl.col("before"), [(pl.col(name) > 0).cast(pl.Int64) for name in ("before", "after")]
    flows = ledger.select(
        "currency", "new", index=index, change=change, weighed=change * (after - pl.col("day")).cast(pl.Int64),
        customers=(pl.col("new") > 0).cast(pl.Int64), paying=there[1] - there[0],
    )  # fmt: skip
    told = levels(flows, ["currency"], now, periods)
    count = levels(flows.select("currency", "index", change="paying"), ["currency"], now, periods).select("currency", "index", paying="end")
    both = told.drop("paying").join(count, on=["currency", "index"], nulls_equal=True)
    dated = both.with_columns(period=clock.start(pl.col("index"), "month")).with_columns(month_day=pl.col("period").to_physical())
    spent = dated.join(spending, on=["currency", "month_day"], how="left", nulls_equal=True)
    lifetime = _lifetime(paying, clock, horizon) if lifetime_by == "survival" else _without_end(paying, clock)
    return _judged(_earned(spent, clock).join(lifetime, how="cross").join(settling, how="cross"), clock)


def _earned(told: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """The mean of the MRR over the days of the month; of the running one, over those before T."""
    after = pl.min_horizontal(clock.start(pl.col("index") + 1, "month").to_physical(), pl.lit(clock.day, pl.Int32))
    days = (after - pl.col("month_day")).cast(pl.Int64)
    return told.with_columns(revenue=proportion(pl.lit(1), pl.col("start") * days + pl.col("weighed"), days))


def _lifetime(paying: pl.LazyFrame, clock: Clock, horizon: int) -> pl.LazyFrame:
    """One row: the area under the curve of all spells up to the horizon, and how far that goes, in months."""
    limit = horizon * MONTH
    ends = pl.col("end_day").fill_null(clock.day)
    curve = kaplan_meier(paying.select(duration=ends - pl.col("start_day"), observed=pl.col("end_day").is_not_null()))
    ordered = curve.select("duration", "survival").sort("duration")
    until = pl.min_horizontal("duration", pl.lit(limit))
    width = until - until.shift(1, fill_value=0.0)
    area = (width * pl.col("survival").shift(1, fill_value=1.0) * PARTS).round().cast(pl.Int64).sum()
    sums = ordered.select(area=pl.when(pl.len() > 0).then(area), most=until.max())
    return sums.select(lifetime=divided(divided(pl.col("area"), PARTS) * MONTHS, DAYS), watched=divided(pl.col("most") * MONTHS, DAYS))


def _without_end(paying: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """One row: how long customers would stay if each month lost as many as the last complete one."""
    first, after = (clock.first_day(clock.last_complete("month") + n, "month") for n in (0, 1))
    end, start = pl.col("end_day").fill_null(clock.day), pl.col("start_day")
    eve, last = (((start < day) & (end >= day)).any() for day in (first, after))
    each = paying.group_by("account").agg(there=eve, stays=last).filter("there")
    lost = (~pl.col("stays")).sum().cast(pl.Int64)
    return each.select(lifetime=pl.when(lost > 0).then(pl.len() / lost), watched=pl.lit(None, pl.Float64))


def _judged(told: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    share = (pl.col("revenue") - pl.col("cogs")) / pl.col("revenue")
    over = clock.start(pl.col("index") + 1, "month").to_physical() <= pl.col("final_until")
    head = pl.when(pl.col("index") == clock.last_complete("month"))
    sized = told.with_columns(
        share=pl.when(pl.col("revenue") > 0).then(share), spend="sales_and_marketing", arpa=proportion(pl.lit(1), pl.col("end"), pl.col("paying")),
        lifetime=head.then("lifetime"), watched=head.then("watched"),
        cac=proportion(pl.lit(1), pl.col("sales_and_marketing"), pl.col("customers")),
        status=pl.when(over).then(pl.lit("final")).otherwise(pl.lit("provisional")),
    )  # fmt: skip
    value, before = ((worth * pl.col("lifetime")).round().cast(pl.Int64) for worth in (pl.col("arpa") * pl.col("share"), pl.col("arpa")))
    payback = pl.when((pl.col("share") > 0) & (pl.col("new") > 0)).then(pl.col("spend") / (pl.col("new") * pl.col("share")))
    shown = {"arpa": _cents_of("end", "paying"), "cac": _cents_of("sales_and_marketing", "customers")}
    return sized.with_columns(
        margin="share", lifetime_value=value, lifetime_revenue=before, payback=payback, value_to_cac=pl.when(pl.col("cac") > 0).then(value / pl.col("cac")), **shown
    )


def _cents_of(amount: str, whole: str) -> pl.Expr:
    """The nearest whole cents of a mean, in ten-thousandths: one that was rounded before would be rounded twice."""
    return proportion(pl.lit(1), pl.col(amount), pl.col(whole) * 100) * 100
