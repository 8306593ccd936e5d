"""Every day on which an account's recurring revenue moves, and how: start + new + expansion + reactivation − contraction −
churn + fx = end.

The amounts of a currency with `rates` are worth, in each month, the amount times the month's rate, rounded half away from
zero, for each account and currency. A change of the rate moves them on the first day of the month, before anything else of
that day: that is fx. Other movements are worth what the difference makes at the day's rate. All amounts of one day and
reporting currency are one movement: new when the account, which paid in no currency and never had, begins to pay;
reactivation when it had paid before; churn when it pays in no currency any more; else expansion or contraction, by the sign
of the sum. Only an account that paid and pays has reasons, also when they are none on balance, `changes` says which; where on one day an amount in one currency ends, and one in
another begins, these currencies' part is by_currency. In foreign currency the reasons are converted one after the other, in
the order of the columns, each as the difference that it makes to the converted amount.

## Columns
account       key    the account
currency      key    of the amounts: revenue.currency where they are converted, else as written; null: not given
day           key    local day number
before        money  in ten-thousandths, until then
after         money  from then on
new           money  of accounts that never paid before
expansion     money  more from an account that paid and pays
reactivation  money  of accounts that had ceased to pay
contraction   money  less from an account that paid and pays; not negative
churn         money  of accounts that cease to pay; not negative
fx            money  what changed rates did
by_seats      money  of expansion less contraction, what the number of seats did
by_volume     money  what subscriptions of kind usage did
by_modules    money  plans or modules added or dropped
by_plan       money  a plan changed for another
by_price      money  the same seats of the same plan at another price
by_currency   money  an amount in one currency changed for one in another
unexplained   money  the rest
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.facts.money.changes import REASONS as OWN
from saasmetrics.statistics import exchanged, telescoped

PLACE, DAY, MONTH = ["account", "currency", "day"], ["account", "day"], ["currency", "month_day"]
REASONS = (*OWN[:-1], "by_currency", OWN[-1])
MOVES = ("new", "expansion", "reactivation", "contraction", "churn", "fx")


def ledger(changes: pl.LazyFrame, paying: pl.LazyFrame, rates: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """changes, the spells in which accounts pay, rates → one row an account, reporting currency and day on which anything moved."""
    month = clock.start(clock.index(pl.col("day"), "month"), "month").to_physical()
    priced = _switched(changes).with_columns(month_day=month).join(rates, on=MONTH, how="left")
    parts = [_worth(priced), _drift(changes, rates, clock)]
    rows = pl.concat(parts, how="diagonal").with_columns(currency=pl.coalesce("into", "currency")).group_by(PLACE).agg(pl.col("move", "fx", *REASONS).sum())
    moved = rows.filter(pl.any_horizontal(pl.col("move", "fx", *REASONS) != 0))
    told = _named(moved, paying)
    after = (pl.col("move") + pl.col("fx")).cum_sum().over("account", "currency", order_by="day")
    levels = told.with_columns(after=after, before=after - pl.col("move") - pl.col("fx"))
    return levels.select(*PLACE, "before", "after", *MOVES, *REASONS)


def _switched(changes: pl.LazyFrame) -> pl.LazyFrame:
    """The reasons of amounts that leave one currency for another on one day are that."""
    ends, begins = (pl.col("before") > 0) & (pl.col("after") == 0), (pl.col("before") == 0) & (pl.col("after") > 0)
    switch = (ends | begins) & ends.any().over(DAY) & begins.any().over(DAY)
    marked = changes.with_columns(switch=switch)
    kept = [pl.when("switch").then(0).otherwise(name).alias(name) for name in OWN]
    return marked.with_columns(*kept, by_currency=pl.when("switch").then(pl.col("after") - pl.col("before")).otherwise(0))


def _worth(priced: pl.LazyFrame) -> pl.LazyFrame:
    """The changes at the rate of their day."""
    worth = telescoped(pl.col("before"), {name: pl.col(name) for name in REASONS}, lambda amount: exchanged(amount, pl.col("rate")))
    move = exchanged(pl.col("after"), pl.col("rate")) - exchanged(pl.col("before"), pl.col("rate"))
    return priced.select(*PLACE, "into", move=move, **worth)


def _drift(changes: pl.LazyFrame, rates: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """On the first day of each month: what the new rate does to the amount of the eve."""
    until = pl.col("day").shift(-1).over("account", "currency", order_by="day").fill_null(clock.day - 1)
    held = changes.join(rates.select("currency").unique(), on="currency", how="semi").with_columns(until=until).filter(pl.col("after") > 0)
    first, last = (clock.index(pl.col(name), "month") for name in ("day", "until"))
    months = held.select("account", "currency", "after", month=pl.int_ranges(first + 1, last + 1)).explode("month").drop_nulls("month")
    following = clock.start(clock.index(pl.col("month_day"), "month") + 1, "month").to_physical()
    then = rates.select("currency", month_day=following, rate_before="rate")
    dated = months.with_columns(month_day=clock.start(pl.col("month"), "month").to_physical())
    both = dated.join(rates, on=MONTH).join(then, on=MONTH)
    fx = exchanged(pl.col("after"), pl.col("rate")) - exchanged(pl.col("after"), pl.col("rate_before"))
    return both.select("account", "currency", day="month_day", into="into", fx=fx)


def _named(moved: pl.LazyFrame, paying: pl.LazyFrame) -> pl.LazyFrame:
    """What kind of movement each one is, by whether the account began or ceased to pay on that day."""
    spells = paying.with_columns(first=pl.col("start_day") == pl.col("start_day").min().over("account"))
    begins = spells.select("account", "first", day="start_day")
    ends = spells.filter(pl.col("end_day").is_not_null()).select("account", day="end_day", gone=pl.lit(True))
    told = moved.join(begins, on=DAY, how="left").join(ends, on=DAY, how="left")
    move, inside = pl.col("move"), pl.col("first").is_null() & pl.col("gone").is_null()
    kinds = {
        "new": (pl.col("first"), move), "reactivation": (~pl.col("first"), move), "churn": (pl.col("gone"), -move),
        "expansion": (inside & (move > 0), move), "contraction": (inside & (move < 0), -move),
    }  # fmt: skip
    named = {name: pl.when(holds).then(value).otherwise(0) for name, (holds, value) in kinds.items()}
    return told.with_columns(**named, **{name: pl.when(inside).then(name).otherwise(0) for name in REASONS})
