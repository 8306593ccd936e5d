"""Which accounts moved recurring revenue in the last complete period, why, and what do they pay now?

## Why
Every total of this chapter is a sum of these rows: who left, who pays less and through what stands first.

## Columns
account       key    the account
currency      key    of the amounts; empty: the subscriptions do not say
movement      label  of the last complete period: churn, contraction, new, reactivation, expansion, several, none; never paid
start         money  MRR on the eve of the last complete period
end           money  MRR after the period's last day
mrr           money  at T
reasons       text   what made expansion and contraction: seats, volume, modules, plan, price, currency, unexplained
finding       text   what does not fit together: it left and works on, it worked long before it first paid
new           money  in it: the account never paid before
expansion     money  in it: more, and it paid before
contraction   money  in it: less, and it still pays
churn         money  in it: it ceased to pay
reactivation  money  in it: the account had ceased to pay
fx            money  in it: what changed exchange rates did
committed     money  of that, what comes from subscriptions without an end date
ends_day      date   the next end date, at T or later, of the others that cost anything; empty: none has one
renews_day    date   the next renewal, at T or later, that the subscriptions which cover T name, cancelled or not; empty: unknown
since         date   first day on which it ever paid

## Headline
mrr

## Limits
An account that never paid has no amounts. The last complete period is the last calendar period that was over late_after
before T. `reasons` tells the net of each reason over the period, in cents, as `revenue drivers` splits it; an expansion and a
contraction of the same reason may hide each other in it. Foreign amounts are converted as in `revenue mrr`. Core work of an account that paid once, on or after the
day from which no subscription covers it any more, not even one that costs nothing, and core work more than early_days before
it first paid, are findings: either the subscriptions are incomplete, or somebody uses the product for nothing. Amounts are
rounded to the cent as in `revenue movements`: each row adds up as it is shown.

## Needs
subscriptions

## Order
-churn -contraction -reactivation -new -expansion -mrr account currency

## Covers

## Example: who left stands first; reasons of an expansion
ledger:
account  currency  day         before  after  new  expansion  reactivation  contraction  churn  fx  by_seats  by_volume  by_modules  by_plan  by_price  by_currency  unexplained
a1       EUR       2025-12-05  0       30     30   0          0             0            0      0   0         0          0           0        0         0            0
a1       EUR       2026-01-05  30      38.5   0    8.5        0             0            0      0   10        0          0           0        -1.5      0            0
a2       EUR       2025-12-07  0       20     20   0          0             0            0      0   0         0          0           0        0         0            0
a2       EUR       2026-01-20  20      0      0    0          0             0            20     0   0         0          0           0        0         0            0
accounts:
account
a1
a2
never
contract_state:
account  renews_day
a1       2026-12-05
a2       ·
coverage:
account  covered_day
a1       ·
a2       2026-01-20
committed:
account  currency  committed  ends_day
a1       EUR       38.5       ·
activity:
account  day         core
a1       2025-12-20  true
a2       2026-01-25  true
with as_of=2026-02-02
becomes
account  currency  movement    start  end    mrr    reasons                    finding               new   expansion  contraction  churn  reactivation  fx    committed  ends_day  renews_day  since
a2       EUR       churn       20.00  0.00   0.00   ·                          it left and works on  0.00  0.00       0.00         20.00  0.00          0.00  0.00       ·         ·           2025-12-07
a1       EUR       expansion   30.00  38.50  38.50  seats +10.00, price -1.50  ·                     0.00  8.50       0.00         0.00   0.00          0.00  38.50      ·         2026-12-05  2025-12-05
never    ·         never paid  ·      ·      ·      ·                          ·                     ·     ·          ·            ·      ·             ·     ·          ·         ·           ·

## Example: nothing moved in the last complete month; the running one is not told
ledger:
account  currency  day         before  after  new  expansion  reactivation  contraction  churn  fx  by_seats  by_volume  by_modules  by_plan  by_price  by_currency  unexplained
a1       EUR       2025-12-05  0       30     30   0          0             0            0      0   0         0          0           0        0         0            0
a1       EUR       2026-02-01  30      38     0    8          0             0            0      0   0         0          8           0        0         0            0
accounts:
account
a1
contract_state:
account  renews_day
a1       ·
coverage:
account  covered_day
a1       2026-05-01
committed:
account  currency  committed  ends_day
a1       EUR       0          2026-05-01
activity:
account  day         core
a1       2025-08-20  true
with as_of=2026-02-03
becomes
account  currency  movement  start  end    mrr    reasons  finding                              new   expansion  contraction  churn  reactivation  fx    committed  ends_day    renews_day  since
a1       EUR       none      30.00  30.00  38.00  ·        it worked long before it first paid  0.00  0.00       0.00         0.00   0.00          0.00  0.00       2026-05-01  ·           2025-12-05
"""

from __future__ import annotations

from typing import Literal

import polars as pl

from saasmetrics.clock import Clock, Days
from saasmetrics.sentences import sentence
from saasmetrics.statistics import cents, telescoped

MOVES = ("new", "expansion", "reactivation", "contraction", "churn")
SIGNS = {"new": 1, "expansion": 1, "contraction": -1, "churn": -1, "reactivation": 1, "fx": 1}
REASONS = {f"by_{name}": name for name in ("seats", "volume", "modules", "plan", "price", "currency")} | {"unexplained": "unexplained"}


def accounts(
    accounts: pl.LazyFrame, ledger: pl.LazyFrame, contract_state: pl.LazyFrame, committed: pl.LazyFrame, coverage: pl.LazyFrame, activity: pl.LazyFrame,
    clock: Clock, *, period: Literal["day", "week", "month", "quarter"] = "month", early_days: Days = 60,
) -> pl.LazyFrame:  # fmt: skip
    last = clock.last_complete(period)
    first, after = (clock.first_day(index, period) for index in (last, last + 1))
    told = accounts.select("account").join(_each(ledger, first, after), on="account", how="left")
    worked = activity.filter("core").group_by("account").agg(work_first=pl.col("day").min(), work_last=pl.col("day").max())
    state = contract_state.select("account", "renews_day")
    for more, keys in ((committed, ["account", "currency"]), (state, ["account"]), (coverage, ["account"]), (worked, ["account"])):
        told = told.join(more, on=keys, how="left", nulls_equal=True)
    moves = telescoped(pl.col("start"), {name: pl.col(name) * sign for name, sign in SIGNS.items()}, cents)
    return told.with_columns(
        **{name: part * SIGNS[name] for name, part in moves.items()}, movement=_movement(), reasons=_reasons(), finding=_finding(early_days)
    ).with_columns(
        pl.when(pl.col("mrr").is_not_null()).then(pl.col("committed").fill_null(0)), pl.col("ends_day", "renews_day", "since").cast(pl.Int64)
    )


def _each(ledger: pl.LazyFrame, first: int, after: int) -> pl.LazyFrame:
    """One row an account and currency: before, in and after the period; since when the account pays at all."""
    change, day = pl.col("after") - pl.col("before"), pl.col("day")
    inside = (day >= first) & (day < after)
    sums = {name: pl.col(name).filter(inside).sum() for name in (*MOVES, "fx", *REASONS)}
    told = ledger.group_by("account", "currency").agg(
        start=change.filter(day < first).sum(), end=change.filter(day < after).sum(), mrr=change.sum(), since=day.min(), **sums
    )
    return told.with_columns(pl.col("since").min().over("account"))


def _movement() -> pl.Expr:
    moved = [pl.col(name) > 0 for name in MOVES]
    found = pl.coalesce(*(pl.when(holds).then(pl.lit(name)) for holds, name in zip(moved, MOVES, strict=True)), pl.lit("none"))
    paid = pl.when(pl.col("mrr").is_null()).then(pl.lit("never paid"))
    return paid.when(pl.sum_horizontal(moved) > 1).then(pl.lit("several")).otherwise(found)


def _reasons() -> pl.Expr:
    parts = [pl.when(pl.col(column).abs() >= 50).then(sentence(f"{name} {{}}", _signed(pl.col(column)))) for column, name in REASONS.items()]
    text = pl.concat_str(parts, separator=", ", ignore_nulls=True)
    return pl.when(text != "").then(text)


def _signed(amount: pl.Expr) -> pl.Expr:
    """+12.50, half away from zero."""
    cents = (amount.abs() + 50).floordiv(100)
    sign = pl.when(amount < 0).then(pl.lit("-")).otherwise(pl.lit("+"))
    return sentence("{}{}.{}", sign, cents.floordiv(100), (cents % 100).cast(pl.String).str.zfill(2))


def _finding(early: int) -> pl.Expr:
    on = pl.when(pl.col("since").is_not_null() & (pl.col("work_last") >= pl.col("covered_day"))).then(pl.lit("it left and works on"))
    before = pl.when(pl.col("work_first") < pl.col("since") - early).then(pl.lit("it worked long before it first paid"))
    text = pl.concat_str([on, before], separator="; ", ignore_nulls=True)
    return pl.when(text != "").then(text)
