"""How many of the accounts that qualified became customers, how fast, and how many of the others did?

## Why
The rate of the qualified alone says nothing: perhaps everybody buys. So those that had qualified by one day of their life
(the landmark) stand beside those that had not, both on trial on that day, both watched for the same time after it.

## Columns
position      key    order of the rows
group         label  from qualifying: every qualified account, from the day on which it qualified; qualified by day N and not qualified by day N: accounts on trial then, from that day
accounts      count  accounts in the group
immature      count  of these, those whose time is not over: not counted, not failed
eligible      count  the others
paid          count  of the eligible, those that paid within paid_within days
rate          share  paid / eligible
low           share  Wilson 95 % interval
high          share  Wilson 95 % interval
lift          number rate / rate of those not qualified by day N; empty in the first row, which begins on other days
difference    number rate − that rate, in percentage points
diff_low      number 95 % interval of the difference (Newcombe)
diff_high     number 95 % interval of the difference (Newcombe)
paid_ever     share  of all accounts of the group, the share that paid by T
median_days   days   half of them paid so many days after the start (Kaplan–Meier); empty: not reached
p90_days      days   nine in ten did
status        label  final; insufficient: fewer than min_base eligible, here or among those compared with

## Limits
Qualifying goes with buying; it need not bring it about. Accounts that paid before they qualified are not in the first row,
those that paid up to the landmark in neither of the others. Accounts older than the export are in none. Who may have
qualified by signs that the data cannot show does not count as not qualified, and is in neither. Days are local days:
an account that qualified on the 1st and pays on the 2nd took 1 day. An account counts once, with its first purchase;
MetricFlow's conversion metric counts every visit and gives each purchase to the last visit before it. Where accounts
visit and buy once the two are equal, with paid_within one day shorter than its window, of which the first day is not part.

## Needs
subscriptions

## Better with
users     the people invited
accounts  the true dates of creation, and the accounts that never did anything

## Account by account
qualification.accounts

## Covers
P10 P11

## Example: those who qualified late are no evidence for the landmark
accounts:
account  created_day  left_truncated
a1       2026-01-01   false
a2       2026-01-01   false
late     2026-01-01   false
none     2026-01-01   false
dim      2026-01-01   false
qualified:
account  entered_day  possible_day  paid_day
a1       2026-01-05   2026-01-05    2026-01-15
a2       2026-01-06   2026-01-06    ·
late     2026-01-20   2026-01-20    2026-01-25
none     ·            2026-02-01    ·
dim      ·            2026-01-03    ·
with as_of=2026-03-01 min_base=1
becomes
position  group                    accounts  immature  eligible  paid  rate      low       high      lift  difference  diff_low    diff_high  paid_ever  median_days  p90_days  status
1         from qualifying          3         0         3         2     0.666667  0.20766   0.938508  ·     ·           ·           ·          0.666667   10           ·         final
2         qualified by day 10      2         0         2         1     0.5       0.094531  0.905469  1     0           -57.341947  57.341947  0.5        4            ·         final
3         not qualified by day 10  2         0         2         1     0.5       0.094531  0.905469  ·     ·           ·           ·          0.5        14           ·         final

## Example: qualified yesterday is no failure, and who paid before has not converted
accounts:
account  created_day  left_truncated
new      2026-02-20   false
buyer    2026-01-01   false
old      2026-01-01   true
qualified:
account  entered_day  possible_day  paid_day
new      2026-02-27   2026-02-27    ·
buyer    ·            ·             2026-01-04
old      2026-01-02   2026-01-02    2026-01-20
with as_of=2026-03-01
becomes
position  group                    accounts  immature  eligible  paid  rate  low  high  lift  difference  diff_low  diff_high  paid_ever  median_days  p90_days  status
1         from qualifying          1         1         0         0     ·     ·    ·     ·     ·           ·         ·          0          ·            ·         insufficient
2         qualified by day 10      0         0         0         0     ·     ·    ·     ·     ·           ·         ·          ·          ·            ·         insufficient
3         not qualified by day 10  0         0         0         0     ·     ·    ·     ·     ·           ·         ·          ·          ·            ·         insufficient
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from saasmetrics.clock import Clock, Days, Delay
from saasmetrics.statistics import kaplan_meier, newcombe, share, survival_quantile, wilson

COUNTS = ("accounts", "immature", "eligible", "paid", "ever")
QUANTILES = {"median_days": 0.5, "p90_days": 0.9}


def conversion(
    accounts: pl.LazyFrame, qualified: pl.LazyFrame, clock: Clock, *,
    landmark: Days = 10, paid_within: Delay = 30, min_base: int = 5, by: Sequence[str] = (),
) -> pl.LazyFrame:  # fmt: skip
    members = _members(accounts, qualified, clock, landmark, by)
    keys = [*by, "position"]
    end, paid = pl.col("start") + paid_within, pl.col("paid_day")
    over = end < clock.settled
    told = members.group_by(keys).agg(
        accounts=pl.len().cast(pl.Int64), immature=(~over).sum().cast(pl.Int64), eligible=over.sum().cast(pl.Int64),
        paid=(over & (paid <= end)).sum().cast(pl.Int64), ever=paid.is_not_null().sum().cast(pl.Int64),
    )  # fmt: skip
    labels = ["from qualifying", f"qualified by day {landmark}", f"not qualified by day {landmark}"]
    rows = pl.LazyFrame({"position": [1, 2, 3], "group": labels})
    grid = accounts.select(by).unique().join(rows, how="cross") if by else rows
    full = grid.join(told, on=keys, how="left", nulls_equal=True).with_columns(pl.col(COUNTS).fill_null(0))
    watched = members.with_columns(observed=paid.is_not_null(), duration=pl.coalesce(paid, pl.lit(clock.day)) - pl.col("start"))
    curve = kaplan_meier(watched, keys)
    for name, reached in QUANTILES.items():
        full = full.join(survival_quantile(curve, reached, keys, name), on=keys, how="left", nulls_equal=True)
    return _compared(full, by, min_base)


def _members(accounts: pl.LazyFrame, qualified: pl.LazyFrame, clock: Clock, landmark: int, by: Sequence[str]) -> pl.LazyFrame:
    """account, position (the row it stands in), start (the day from which it is watched), paid_day."""
    known = accounts.filter(pl.col("created_day").is_not_null() & ~pl.col("left_truncated")).select("account", "created_day", *by)
    dated = known.join(qualified.select("account", "entered_day", "possible_day", "paid_day"), on="account", how="left")
    mark, paid, entered = pl.col("created_day").cast(pl.Int64) + landmark, pl.col("paid_day"), pl.col("entered_day").cast(pl.Int64)
    first = dated.filter(entered.is_not_null()).with_columns(position=pl.lit(1, pl.Int64), start=entered)
    waiting = dated.filter((mark < clock.settled) & (paid.is_null() | (paid > mark)))
    soon, possible = (entered <= mark).fill_null(False), (pl.col("possible_day") <= mark).fill_null(False)
    marked = waiting.filter(soon | ~possible).with_columns(position=pl.when(soon).then(2).otherwise(3).cast(pl.Int64), start=mark)
    return pl.concat([first, marked])


def _compared(full: pl.LazyFrame, by: Sequence[str], min_base: int) -> pl.LazyFrame:
    """The second row of each segment beside its third."""
    other = full.filter(pl.col("position") == 3).select(*by, position=pl.lit(2, pl.Int64), k="paid", m="eligible")
    both = full.join(other, on=[*by, "position"], how="left", nulls_equal=True)
    paid, n, k, m = pl.col("paid"), pl.col("eligible"), pl.col("k"), pl.col("m")
    low, high = wilson(paid, n)
    diff_low, diff_high = newcombe(paid, n, k, m)
    few = (n < min_base) | (m < min_base).fill_null(False)
    return both.with_columns(
        rate=share(paid, n), low=low, high=high, lift=share(paid * m, n * k), difference=(share(paid, n) - share(k, m)) * 100,
        diff_low=diff_low * 100, diff_high=diff_high * 100, paid_ever=share(pl.col("ever"), pl.col("accounts")),
        status=pl.when(few).then(pl.lit("insufficient")).otherwise(pl.lit("final")),
    )  # fmt: skip
