"""Of the revenue that was there at the start, how much stayed, and how much was there at the end?

## Why
New customers can hide that old ones leave. Here the accounts are closed at the start: gross retention (GRR) is what stayed
of their revenue and cannot exceed 100 %, net retention (NRR) adds what the same accounts pay more. Neither counts anybody
who came later. Whether contracts that ran out were renewed is another question and stands beside them: `renewal_rate`.

## Columns
period       key    first day of the month (or week, quarter, day) that the window ends with
window       key    periods looked back over, this one included
currency     key    of the amounts; empty: the subscriptions do not say
grr          share  (start − contraction − churn) / start
nrr          ratio  end / start; with reactivation: include (end + reactivation) / start
accounts     count  that paid on the eve of the window: the base
start        money  their MRR then
expansion    money  more from those of them who pay more at the end
contraction  money  less from those who pay less at the end
churn        money  the MRR of those who pay nothing at the end
end          money  their MRR at the end: start + expansion − contraction − churn
reactivation money  MRR at the end of accounts that had paid before, but not on the eve of the window: beside the others, in none of them
lost         share  (contraction + churn) / start: gross revenue churn
net_lost     ratio  1 − nrr: net revenue churn; below 0 they pay more
left         count  accounts of the base that pay nothing at the end
renewal_rate share  renewed / due
low          share  Wilson 95 % interval of it
high         share  Wilson 95 % interval of it
due          count  renewals that were due in the window, of all accounts
renewed      count  of these, those that were renewed
status       label  the first that holds: unknown: the window begins on or before the day of the first subscription; provisional: it ends less than late_after and revenue.gap_grace ago, or is not over; insufficient: fewer than min_base accounts; final

## Headline
nrr

## Limits
Each of the last `periods` periods, the running one among them, ends a window of each of the `windows`, which are numbers of periods.
Only start and end of the window are compared: an account that left and came back within it has stayed, with what it pays at
the end. Foreign amounts are valued at both ends at the rate of the month in which the eve of the window lies, the one in
force on its first day (constant currency): each account and currency rounded half away from zero to a ten-thousandth. Where
currencies are not converted, an account that changed from one to the other has left the one and is no part of the other. An
account that comes back after the window's start is in no base. Whether it mends what others lost is a convention: by default it
does not; with reactivation: include its MRR at the end counts for nrr and net_lost, as in ChartMogul's net MRR churn. What
was lost within the window, too, is in `revenue movements` alone. A renewal is due when a term ends: it needs the columns
`term`, `interval` or `renews`; without them nothing is due, and the rate is empty. A subscription that costs something and
whose term is known (`term`, else `interval`) is due every so many months after its start, or before and after its renewal day
where that is known (a day that the month does not have is its last); without a term on its renewal day alone; always after
its start, up to its end and before T. It is renewed when the account paid on the eve and pays on the day, in whatever
currency. A gap that revenue.gap_grace fills belongs to the subscriptions before it. Due on one day with several subscriptions
of one currency is due once; one that ends before it is due was not due. The two rates have different bases: an account in the
middle of a term of two years is in GRR and not in the renewal rate. An account may be due several times in a window. Where
the window is unknown all is. The rows begin with the period of the first subscription, also of one that costs nothing;
currencies in which nobody ever paid have none. Rates are of unrounded amounts; the amounts of a row add up as they are shown,
as in `revenue movements`.

## Needs
subscriptions

## Order
status -period window currency

## Account by account
revenue.accounts

## Covers
G03 G04 K02 K07 K08 R06 R07

## Example: more from some does not heal what others lost
mrr:
account  currency  day         mrr
up       EUR       2025-12-01  100
up       EUR       2026-01-10  150
down     EUR       2025-12-01  100
down     EUR       2026-01-10  80
gone     EUR       2025-12-01  50
gone     EUR       2026-01-31  0
new      EUR       2026-01-05  500
accounts:
account
up
down
gone
new
rates:
currency  month_day  rate  into
renewals:
account  currency  day         renewed
up       EUR       2026-01-10  true
gone     EUR       2026-01-31  false
settling:
final_until
20486
with as_of=2026-02-01 periods=1 windows=[1] min_base=3
becomes
period      window  currency  grr   nrr   accounts  start   expansion  contraction  churn  end     reactivation  lost  net_lost  left  renewal_rate  low       high      due  renewed  status
2026-01-01  1       EUR       0.72  0.92  3         250.00  50.00      20.00        50.00  230.00  0.00          0.28  0.08      1     0.5           0.094531  0.905469  2    1        final

## Example: a weaker dollar is no lost revenue; before the first subscription nothing is known
mrr:
account  currency  day         mrr
a1       USD       2025-12-01  100
a2       USD       2025-12-01  100
a2       USD       2026-01-20  50
free     CHF       2025-12-01  0
accounts:
account
a1
a2
free
rates:
currency  month_day   rate           into
USD       2025-12-01  1000000000000  EUR
USD       2026-01-01  500000000000   EUR
renewals:
account  currency  day         renewed
a2       EUR       2026-01-20  true
settling:
final_until
20486
with as_of=2026-02-01 periods=1 windows=[1,12] min_base=1
becomes
period      window  currency  grr   nrr   accounts  start   expansion  contraction  churn  end     reactivation  lost  net_lost  left  renewal_rate  low       high  due  renewed  status
2026-01-01  1       EUR       0.75  0.75  2         200.00  0.00       50.00        0.00   150.00  0.00          0.25  0.25      0     1             0.206549  1     1    1        final
2026-01-01  12      EUR       ·     ·     ·         ·       ·          ·            ·      ·       ·             ·     ·         ·     ·             ·         ·     ·    ·        unknown

## Example: who comes back mends nothing, unless that is asked for; whoever never paid before never does
mrr:
account  currency  day         mrr
stays    EUR       2025-10-01  80
leaves   EUR       2025-10-01  20
leaves   EUR       2026-01-10  0
back     EUR       2025-10-01  5
back     EUR       2025-11-01  0
back     EUR       2026-01-15  7
new      EUR       2026-01-15  9
accounts:
account
stays
leaves
back
new
rates:
currency  month_day  rate  into
renewals:
account  currency  day  renewed
settling:
final_until
20486
with as_of=2026-02-01 periods=1 windows=[1] min_base=1 reactivation=include
becomes
period      window  currency  grr  nrr   accounts  start   expansion  contraction  churn  end    reactivation  lost  net_lost  left  renewal_rate  low  high  due  renewed  status
2026-01-01  1       EUR       0.8  0.87  2         100.00  0.00       0.00         20.00  80.00  7.00          0.2   0.13      1     ·             ·    ·     0    0        final
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.statistics import cents, exchanged, share, telescoped, wilson

Grain = Literal["day", "week", "month", "quarter"]
MONEY, COUNTS = ("start", "expansion", "contraction", "churn", "end", "reactivation"), ("accounts", "left", "due", "renewed")


def retention(
    mrr: pl.LazyFrame, accounts: pl.LazyFrame, rates: pl.LazyFrame, renewals: pl.LazyFrame, settling: pl.LazyFrame, clock: Clock, *,
    period: Literal["day", "week", "month", "quarter"] = "month", periods: int = 13, windows: Sequence[int] = (1, 12), min_base: int = 10,
    reactivation: Literal["exclude", "include"] = "exclude", by: Sequence[str] = (),
) -> pl.LazyFrame:  # fmt: skip
    keys, last = [*by, "currency"], clock.running(period)
    members = accounts.select("account", *by)
    standing = _standing(mrr, clock, period, last - periods - max(windows) + 1)
    born = mrr.select(pl.col("day").min()).collect().item()
    shown = range(max(last - periods + 1, last if born is None else clock.index_of(born, period)), last + 1)
    into = rates.select("currency", "into").unique()
    home = mrr.filter(pl.col("mrr") > 0).join(members, on="account").join(into, on="currency", how="left").with_columns(currency=pl.coalesce("into", "currency"))
    grid = home.select(keys).unique().join(pl.LazyFrame({"index": shown}, schema={"index": pl.Int64}), how="cross")
    due = renewals.join(members, on="account")
    older = mrr.filter(pl.col("mrr") > 0).group_by("account").agg(since=pl.col("day").min())
    frames = [_window(standing, members.join(older, on="account", how="left"), rates, due, grid, clock, period, size, keys, born) for size in windows]
    return _judged(pl.concat(frames).join(settling, how="cross"), clock, period, min_base, reactivation == "include")


def _standing(mrr: pl.LazyFrame, clock: Clock, period: Grain, since: int) -> pl.LazyFrame:
    """account, currency, index, mrr: what it pays on the eve of each period from `since` on; after the last day before T, too."""
    end = clock.first_day(clock.running(period) + 1, period)
    until = pl.col("day").shift(-1).over("account", "currency", order_by="day").fill_null(end)
    held = mrr.with_columns(until=until).filter(pl.col("mrr") > 0)
    first, after = (clock.index(pl.col(name), period).cast(pl.Int64) + 1 for name in ("day", "until"))
    late = pl.max_horizontal(first, pl.lit(since, pl.Int64))
    return held.filter(after > since).select("account", "currency", "mrr", index=pl.int_ranges(late, after)).explode("index").drop_nulls("index")


def _window(
    standing: pl.LazyFrame, members: pl.LazyFrame, rates: pl.LazyFrame, renewals: pl.LazyFrame, grid: pl.LazyFrame, clock: Clock, period: Grain,
    size: int, keys: Sequence[str], born: int | None,
) -> pl.LazyFrame:  # fmt: skip
    """The start cohorts of all windows of one size, and what became of them."""
    who = ["account", "currency", "index"]
    early = standing.with_columns(pl.col("index") + size - 1).filter(pl.col("index") <= clock.running(period))
    later = standing.select("account", "currency", pl.col("index") - 1, end="mrr")
    paid = early.select("account", "index", paid=pl.lit(True)).unique()
    both = early.rename({"mrr": "start"}).join(later, on=who, how="full", coalesce=True, nulls_equal=True).join(paid, on=["account", "index"], how="left")
    begun = clock.start(pl.col("index") - size + 1, period).to_physical()
    month = clock.start(clock.index(begun - 1, "month"), "month").to_physical()
    priced = both.with_columns(month_day=month).join(rates, on=["currency", "month_day"], how="left")
    worth = priced.with_columns(exchanged(pl.col(name).fill_null(0), pl.col("rate")).alias(name) for name in ("start", "end"))
    home = worth.with_columns(currency=pl.coalesce("into", "currency"), begun=begun).drop("month_day", "rate", "into")
    back = pl.col("paid").is_null() & (pl.col("since") < pl.col("begun"))
    each = home.join(members, on="account").with_columns(back=back).group_by(*keys, "account", "index", "back").agg(pl.col("start", "end").sum())
    told = grid.join(_became(each, keys), on=[*keys, "index"], how="left", nulls_equal=True)
    due = _due(renewals, clock, period, size, keys)
    whole = told.join(due, on=[*keys, "index"], how="left", nulls_equal=True).with_columns(pl.col(*MONEY, *COUNTS).fill_null(0))
    return whole.with_columns(window=pl.lit(size, pl.Int64), censored=pl.lit(True) if born is None else begun <= born)


def _became(each: pl.LazyFrame, keys: Sequence[str]) -> pl.LazyFrame:
    rise, gone, base = pl.col("end") - pl.col("start"), pl.col("end") == 0, pl.col("start") > 0
    return each.group_by(*keys, "index").agg(
        pl.col("start", "end").filter(base).sum(), accounts=base.sum().cast(pl.Int64), expansion=rise.filter(base & (rise > 0)).sum(),
        contraction=-rise.filter(base & (rise < 0) & ~gone).sum(), churn=pl.col("start").filter(base & gone).sum(),
        left=(base & gone).sum().cast(pl.Int64), reactivation=pl.col("end").filter("back").sum(),
    )  # fmt: skip


def _due(renewals: pl.LazyFrame, clock: Clock, period: Grain, size: int, keys: Sequence[str]) -> pl.LazyFrame:
    index = clock.index(pl.col("day"), period).cast(pl.Int64)
    counted = renewals.with_columns(index=index).group_by(*keys, "index").agg(due=pl.len().cast(pl.Int64), renewed=pl.col("renewed").sum().cast(pl.Int64))
    reach = pl.int_ranges(pl.col("index"), pl.col("index") + size)
    spread = counted.with_columns(index=reach).explode("index")
    return spread.group_by(*keys, "index").agg(pl.col("due", "renewed").sum())


def _judged(told: pl.LazyFrame, clock: Clock, period: Grain, min_base: int, again: bool) -> pl.LazyFrame:
    start, lost = pl.col("start"), pl.col("contraction") + pl.col("churn")
    end = pl.col("end") + pl.col("reactivation") if again else pl.col("end")
    over = clock.start(pl.col("index") + 1, period).to_physical() <= pl.col("final_until")
    status = (
        pl.when("censored").then(pl.lit("unknown")).when(~over).then(pl.lit("provisional"))
        .when(pl.col("accounts") < min_base).then(pl.lit("insufficient")).otherwise(pl.lit("final"))
    )  # fmt: skip
    known, (low, high) = pl.when((start > 0) & ~pl.col("censored")), wilson(pl.col("renewed"), pl.col("due"))
    renewal = {"renewal_rate": share(pl.col("renewed"), pl.col("due")), "low": low, "high": high}
    signs = {"expansion": 1, "contraction": -1, "churn": -1}
    parts = telescoped(start, {name: pl.col(name) * sign for name, sign in signs.items()}, cents)
    money = {"start": start, "end": pl.col("end"), "reactivation": pl.col("reactivation"), **{name: part * signs[name] for name, part in parts.items()}}
    counted = {name: pl.col(name) for name in COUNTS} | money | renewal
    seen = [pl.when(~pl.col("censored")).then(value).alias(name) for name, value in counted.items()]
    return told.with_columns(
        *seen, period=clock.start(pl.col("index"), period), grr=known.then((start - lost) / start), nrr=known.then(end / start),
        lost=known.then(lost / start), net_lost=known.then((start - end) / start), status=status,
    )  # fmt: skip
