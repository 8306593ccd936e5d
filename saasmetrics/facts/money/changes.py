"""Every day on which an account's amount in one currency changes, and through what. Amounts are as written, before any
conversion.

Subscriptions of one account, currency, kind and plan are one item. An item that is there before and after the change moved
by its seats, (seats after − seats before) × amount before / seats before, rounded half away from zero; the rest is its
price. Where the seats are not said it is unexplained, and so is the rest where the plan is not said. An item of kind usage
moves by volume alone. On a day on which one plan ends and another begins the seats are taken out in the same way, over all
that end and begin; the rest is the plan. A plan that only begins or only ends is a module, and so is every item of kind
module that does.

## Columns
account      key    the account
currency     key    as written, in capitals; null: not given
day          key    local day number
before       money  until then, in ten-thousandths
after        money  from then on
by_seats     money  of the difference, what the number of seats did
by_volume    money  what subscriptions of kind usage did
by_modules   money  plans or modules added or dropped
by_plan      money  a plan changed for another
by_price     money  the same seats of the same plan at another price
unexplained  money  the rest
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.statistics import proportion

ITEM, PLACE = ["account", "currency", "kind", "plan"], ["account", "currency", "day"]
MEASURES = ("amount", "spans", "seats", "unsaid")
REASONS = ("by_seats", "by_volume", "by_modules", "by_plan", "by_price", "unexplained")


def changes(billed: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """billed → one row an account, currency and day before T; also where a change is on balance none."""
    items = _items(billed, clock).with_columns(amount=pl.col("amount_after") - pl.col("amount_before"))
    days = _reasons(items).group_by(PLACE).agg(pl.all().exclude(PLACE).sum())
    told = days.with_columns(**_exchanges())
    after = pl.col("amount").cum_sum().over("account", "currency", order_by="day")
    return told.with_columns(after=after, before=after - pl.col("amount")).select(*PLACE, "before", "after", *REASONS)


def _items(billed: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """One row an item and day: amount, spans, seats, and spans that do not say their seats, before and after."""
    measures = billed.with_columns(
        amount="mrr", spans=pl.lit(1, pl.Int64), unsaid=pl.col("seats").is_null().cast(pl.Int64), seats=pl.col("seats").fill_null(0)
    )
    starts = measures.select(*ITEM, *MEASURES, day="start")
    ends = measures.filter(pl.col("end").is_not_null()).select(*ITEM, *(-pl.col(name) for name in MEASURES), day="end")
    steps = pl.concat([starts, ends]).filter(pl.col("day") < clock.day).group_by(*ITEM, "day").agg(pl.col(MEASURES).sum())
    upto = {name: pl.col(name).cum_sum().over(ITEM) for name in MEASURES}
    return steps.sort("day").select(
        *ITEM, "day", **{f"{name}_after": sums for name, sums in upto.items()},
        **{f"{name}_before": sums - pl.col(name) for name, sums in upto.items()},
    )  # fmt: skip


def _reasons(items: pl.LazyFrame) -> pl.LazyFrame:
    """What each item's own change came through; of plans that begin (came) or end (went), what they were."""
    there, stays = pl.col("spans_before") > 0, pl.col("spans_after") > 0
    metered, module = pl.col("kind") == "usage", pl.col("kind") == "module"
    told = (pl.col("unsaid_before") == 0) & (pl.col("unsaid_after") == 0) & (pl.col("seats_before") > 0)
    kept, swap = there & stays & ~metered, (there != stays) & ~metered & ~module
    seats = proportion(pl.col("seats_after") - pl.col("seats_before"), pl.col("amount_before"), pl.col("seats_before"))
    split = items.with_columns(by_seats=_where(kept & told, seats))
    rest, priced = pl.col("amount") - pl.col("by_seats"), told & pl.col("plan").is_not_null()
    sides = {"came": "after", "went": "before"}
    return split.select(
        *PLACE, "amount", "by_seats", by_volume=_where(metered, pl.col("amount")), by_modules=_where((there != stays) & module, pl.col("amount")),
        by_price=_where(kept & priced, rest), unexplained=_where(kept & ~priced, rest), nameless=(swap & pl.col("plan").is_null()).cast(pl.Int64),
        **{f"{side}_{name}": _where(swap, pl.col(f"{name}_{at}")) for side, at in sides.items() for name in MEASURES},
    )  # fmt: skip


def _exchanges() -> dict[str, pl.Expr]:
    """The plans of the day that begin and end, put to a reason."""
    came, went = pl.col("came_amount"), pl.col("went_amount")
    both = (pl.col("came_spans") > 0) & (pl.col("went_spans") > 0)
    told = (pl.col("came_unsaid") + pl.col("went_unsaid") == 0) & (pl.col("went_seats") > 0)
    seats = _where(both & told, proportion(pl.col("came_seats") - pl.col("went_seats"), went, pl.col("went_seats")))
    rest, named = came - went - seats, pl.col("nameless") == 0
    return {
        "by_seats": pl.col("by_seats") + seats,
        "by_plan": _where(both & named, rest),
        "by_modules": pl.col("by_modules") + _where(~both & named, rest),
        "unexplained": pl.col("unexplained") + _where(~named, rest),
    }


def _where(holds: pl.Expr, value: pl.Expr) -> pl.Expr:
    return pl.when(holds).then(value).otherwise(0)
