"""What moved recurring revenue in each period: new, expansion, reactivation, contraction, churn?

## Why
A total that grows can hide customers who leave. Every change of every account has one kind here, and the kinds add up to the
cent: start + new + expansion − contraction − churn + reactivation + fx = end.

## Columns
period       key    first day of the month (or week, quarter, day)
currency     key    of the amounts; empty: the subscriptions do not say
start        money  MRR on the eve of the period
new          money  of accounts that never paid before
expansion    money  more from accounts that paid and pay
contraction  money  less from accounts that paid and pay
churn        money  of accounts that ceased to pay
reactivation money  of accounts that had ceased to pay
fx           money  what changed exchange rates did
end          money  MRR after the period's last day
net          money  new + expansion + reactivation − contraction − churn
quick_ratio  number (new + expansion + reactivation) / (contraction + churn); empty when nothing was lost
gross_churn  ratio  (contraction + churn) / start; empty where there was nothing at the start
net_churn    ratio  (contraction + churn − expansion − reactivation) / start; below 0 more was won back or grew than was lost
quick        label  what the ratio says: grows, shrinks, even; nothing lost: there is no ratio; nothing moved
came         count  accounts with new MRR
grew         count  accounts with expansion
shrank       count  accounts with contraction
left         count  accounts with churn
returned     count  accounts with reactivation
status       label  final; provisional: the period is not over, or ended less than late_after and revenue.gap_grace ago

## Headline
net

## Limits
The last `periods` periods are shown, the running one among them.
All that an account does in one currency on one day is one movement; subscriptions of one account that end and begin on one
day are a change, not churn. Within a longer period the kinds stand beside each other: an account that came and left in one
month is in both `new` and `churn`. intra_period: net takes for each account and currency only the difference between its
start and its end, without fx: new or reactivation where it was such a movement that began it from nothing, churn where one
ended it at nothing, else expansion or contraction by its sign; nothing at both ends moved nothing. ignore leaves out only
the latter, and shows the others day by day. Churn is dated on the first day no longer covered. Foreign amounts move at the
rate of their month; what the rate itself does is fx. Start and end are rounded to the cent; each kind is what it makes of
the rounded sum, in the order of the columns, so that the row adds up as it is shown. Where currencies are not converted, an
account that changes from one to the other expands in one and contracts in the other. gross_churn
and net_churn are of all movements of the period, those of accounts that came within it too: the accounts of the start alone are in
`revenue retention`. churn_formula: daily adds up the days of the period, each with what moved on it over what its eve left
(as ChartMogul's formula for Shopify and consumers does); a day that begins with nothing has no rate, and days are as they
were, whatever intra_period says. quick_ratio counts who came back, as that of Baremetrics does not. Who comes back is
reactivation however late (Maxio: new after 90 days). The rows begin with the period of the first movement of all.

## Needs
subscriptions

## Order
status -period currency

## Account by account
revenue.accounts

## Covers
Z01 R04 R05 R12

## Example: a quick ratio of 3.5
ledger:
account  currency  day         before  after  new  expansion  reactivation  contraction  churn  fx
a1       EUR       2025-12-05  0       30     30   0          0             0            0      0
a1       EUR       2026-01-05  30      38     0    8          0             0            0      0
a2       EUR       2026-01-07  0       20     20   0          0             0            0      0
a3       EUR       2025-12-07  0       3      3    0          0             0            0      0
a3       EUR       2026-01-08  3       0      0    0          0             0            3      0
a4       EUR       2025-12-08  0       9      9    0          0             0            0      0
a4       EUR       2026-01-09  9       4      0    0          0             5            0      0
accounts:
account
a1
a2
a3
a4
settling:
final_until
20486
with as_of=2026-02-01 periods=1
becomes
period      currency  start  new    expansion  contraction  churn  reactivation  fx    end    net    quick_ratio  gross_churn  net_churn  quick  came  grew  shrank  left  returned  status
2026-01-01  EUR       42.00  20.00  8.00       5.00         3.00   0.00          0.00  62.00  20.00  3.5          0.190476     0          grows  1     1     1       1     0         final

## Example: who came and left in one month counts as nothing when that is asked for
ledger:
account  currency  day         before  after  new  expansion  reactivation  contraction  churn  fx
a1       EUR       2026-01-05  0       30     30   0          0             0            0      0
a2       EUR       2026-01-07  0       20     20   0          0             0            0      0
a2       EUR       2026-01-20  20      0      0    0          0             0            20     0
accounts:
account
a1
a2
settling:
final_until
20486
with as_of=2026-02-01 periods=1 intra_period=ignore
becomes
period      currency  start  new    expansion  contraction  churn  reactivation  fx    end    net    quick_ratio  gross_churn  net_churn  quick         came  grew  shrank  left  returned  status
2026-01-01  EUR       0.00   30.00  0.00       0.00         0.00   0.00          0.00  30.00  30.00  ·            ·            ·          nothing lost  1     0     0       0     0         final
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.statistics import cents, levels, telescoped

GAINS, LOSSES = ("new", "expansion", "reactivation"), ("contraction", "churn")
COUNTS = {"new": "came", "expansion": "grew", "reactivation": "returned", "contraction": "shrank", "churn": "left"}


def movements(
    ledger: pl.LazyFrame, accounts: pl.LazyFrame, settling: pl.LazyFrame, clock: Clock, *,
    period: Literal["day", "week", "month", "quarter"] = "month", periods: int = 13, intra_period: Literal["show", "net", "ignore"] = "show",
    churn_formula: Literal["start", "daily"] = "start", by: Sequence[str] = (),
) -> pl.LazyFrame:  # fmt: skip
    keys = [*by, "currency"]
    rows = ledger.join(accounts.select("account", *by), on="account").with_columns(index=clock.index(pl.col("day"), period).cast(pl.Int64))
    recent = pl.col("index") > clock.running(period) - periods
    early = rows.filter(~recent).select(*keys, "index", change=pl.col("after") - pl.col("before"))
    each = rows.filter(recent).sort("day").group_by(*keys, "account", "index", maintain_order=True).agg(
        pl.col(*GAINS, *LOSSES, "fx").sum(), before=pl.col("before").first(), after=pl.col("after").last()
    )
    told = {"show": each, "net": _netted(each), "ignore": _without_passers(each)}[intra_period]
    counts = {count: (pl.col(name) > 0).cast(pl.Int64) for name, count in COUNTS.items()}
    shown = told.select(*keys, "index", *GAINS, *LOSSES, "fx", change=pl.col("after") - pl.col("before"), **counts)
    flows = pl.concat([early, shown], how="diagonal")
    sums = levels(flows, keys, clock.running(period), periods)
    rated = sums.with_columns(_rates()) if churn_formula == "start" else sums.join(_daily(rows, keys, clock, period, periods), on=[*keys, "index"], how="left", nulls_equal=True)
    return _shown(rated.join(settling, how="cross"), clock, period)


def _rates() -> list[pl.Expr]:
    """Over what there was at the start."""
    lost, more = pl.col("contraction") + pl.col("churn"), pl.col("expansion") + pl.col("reactivation")
    known = pl.when(pl.col("start") > 0)
    return [known.then(lost / pl.col("start")).alias("gross_churn"), known.then((lost - more) / pl.col("start")).alias("net_churn")]


def _daily(rows: pl.LazyFrame, keys: Sequence[str], clock: Clock, period: Literal["day", "week", "month", "quarter"], periods: int) -> pl.LazyFrame:
    """*keys, index, gross_churn, net_churn: the rates of the days, added up in the order of their size, so that it is always the same."""
    flows = rows.select(*keys, *GAINS, *LOSSES, index=pl.col("day").cast(pl.Int64), change=pl.col("after") - pl.col("before"))
    days = levels(flows, keys, clock.day - 1, clock.day - clock.first_day(clock.running(period) - periods + 1, period)).with_columns(_rates())
    known = days.filter(pl.col("start") > 0).with_columns(index=clock.index(pl.col("index"), period).cast(pl.Int64))
    return known.group_by(*keys, "index").agg(pl.col("gross_churn", "net_churn").sort().sum())


def _without_passers(each: pl.LazyFrame) -> pl.LazyFrame:
    """Accounts that did not pay at the start and do not at the end moved nothing."""
    passed = (pl.col("before") == 0) & (pl.col("after") == 0)
    return each.with_columns(pl.when(passed).then(0).otherwise(name).alias(name) for name in (*GAINS, *LOSSES, "fx"))


def _netted(each: pl.LazyFrame) -> pl.LazyFrame:
    """One movement an account: by what it paid at the start and pays at the end."""
    rest = _without_passers(each)
    net = pl.sum_horizontal(GAINS) - pl.sum_horizontal(LOSSES)
    fresh, gone = pl.col("before") == 0, pl.col("after") == 0
    kind = (
        pl.when(fresh & (pl.col("new") > 0)).then(pl.lit("new")).when(fresh & (pl.col("reactivation") > 0)).then(pl.lit("reactivation"))
        .when(gone & (pl.col("churn") > 0)).then(pl.lit("churn"))
        .when(net > 0).then(pl.lit("expansion")).otherwise(pl.lit("contraction"))
    )  # fmt: skip
    sized = rest.with_columns(kind=kind, net=net)
    signs = {**dict.fromkeys(GAINS, pl.col("net")), **dict.fromkeys(LOSSES, -pl.col("net"))}
    return sized.with_columns(**{name: pl.when(pl.col("kind") == name).then(net).otherwise(0) for name, net in signs.items()})


def _shown(told: pl.LazyFrame, clock: Clock, period: Literal["day", "week", "month", "quarter"]) -> pl.LazyFrame:
    signs = {"new": 1, "expansion": 1, "contraction": -1, "churn": -1, "reactivation": 1, "fx": 1}
    shown = telescoped(pl.col("start"), {name: pl.col(name) * sign for name, sign in signs.items()}, cents)
    gained, lost = pl.sum_horizontal(GAINS), pl.sum_horizontal(LOSSES)
    over = clock.start(pl.col("index") + 1, period).to_physical() <= pl.col("final_until")
    quick = (
        pl.when((gained == 0) & (lost == 0)).then(pl.lit("nothing moved")).when(lost == 0).then(pl.lit("nothing lost"))
        .when(gained > lost).then(pl.lit("grows")).when(gained < lost).then(pl.lit("shrinks")).otherwise(pl.lit("even"))
    )  # fmt: skip
    return told.with_columns(
        **{name: part * signs[name] for name, part in shown.items()}, net=pl.sum_horizontal(shown[name] for name in (*GAINS, *LOSSES)),
        period=clock.start(pl.col("index"), period), quick_ratio=pl.when(lost > 0).then(gained / lost), quick=quick,
        status=pl.when(over).then(pl.lit("final")).otherwise(pl.lit("provisional")),
    )  # fmt: skip
