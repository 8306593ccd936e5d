"""Bills against plain arithmetic, for any schedule; average prices; slopes and ranks against published implementations."""

from __future__ import annotations

from fractions import Fraction
from math import atanh, ceil, sqrt, tanh

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saasmetrics.definitions.model import Definition
from saasmetrics.definitions.pricing import Schedule, Step
from saasmetrics.facts.pricing.bill_months import bill_months
from saasmetrics.facts.pricing.tariffs import tariffs
from saasmetrics.statistics import spearman, theil_sen

UNIT = 10_000
amounts = st.integers(0, 5_000_000)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    model = draw(st.sampled_from(["flat", "graduated", "volume", "package"]))
    edges = sorted(draw(st.sets(st.integers(1, 400_000), max_size=0 if model == "flat" else 4)))
    steps = tuple(Step.model_construct(up_to=edge, price=draw(amounts), fee=draw(amounts)) for edge in [*edges, None])
    size = draw(st.integers(1, 90_000)) if model == "package" else None
    return Schedule.model_construct(meter="posting", currency=None, model=model, size=size, steps=steps)


def half_up(value: Fraction) -> int:
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def owed(schedule: Schedule, quantity: int) -> int:
    """Step by step, as one would by hand."""
    at = next(at for at, step in enumerate(schedule.steps) if step.up_to is None or quantity <= step.up_to)
    step = schedule.steps[at]
    if schedule.model == "package":
        return step.fee + step.price * ceil(Fraction(quantity, schedule.size or 1))
    if schedule.model != "graduated":
        return step.fee + half_up(Fraction(step.price * quantity, UNIT))
    total, below = sum(known.fee for known in schedule.steps[: at + 1]), 0
    for known in schedule.steps[: at + 1]:
        upto = quantity if known is step else known.up_to or 0
        total, below = total + half_up(Fraction(known.price * (upto - below), UNIT)), upto
    return total


def definition(schedule: Schedule) -> Definition:
    raw = {"version": 1, "sources": {"events": {"files": "e.csv"}}, "workflows": {"posting": {"success": "posted"}}}
    made = Definition.model_validate(raw)
    return made.model_copy(update={"pricing": made.pricing.model_copy(update={"schedules": {"new": schedule}})})


@settings(max_examples=60, deadline=None)
@given(schedules(), st.lists(st.integers(0, 600_000), min_size=1, max_size=6))
def test_a_bill_is_what_the_schedule_says(schedule: Schedule, quantities: list[int]) -> None:
    edges = [step.up_to for step in schedule.steps if step.up_to]
    asked = [0, *quantities, *edges, *(edge + 1 for edge in edges)]
    months = pl.LazyFrame({"account": [str(n) for n in range(len(asked))], "position": 1, "month_day": 0, "ago": 0, "quantity": asked}).with_columns(pl.col("position").cast(pl.Int64))
    found = bill_months(months, tariffs(definition(schedule))).collect()
    assert found.height == len(asked)
    told = dict(found.select("account", "bill").rows())
    assert [told[str(n)] for n in range(len(asked))] == [owed(schedule, quantity) for quantity in asked]


def test_an_unknown_quantity_has_no_bill_and_one_row() -> None:
    schedule = Schedule.model_validate({"meter": "posting", "model": "volume", "steps": [{"up_to": 2, "price": 1}, {"price": 3}]})
    months = pl.LazyFrame({"account": ["a"], "position": [1], "month_day": [0], "ago": [0], "quantity": pl.Series([None], dtype=pl.Int64)})
    assert bill_months(months, tariffs(definition(schedule))).select("bill", "step", "up_to").collect().rows() == [(None, None, None)]


@pytest.mark.parametrize(
    ("body", "falling"),
    [
        ({"steps": [{"price": 2}]}, True), ({"steps": [{"fee": 10, "price": 2}]}, True),
        ({"model": "graduated", "steps": [{"up_to": 10, "price": 2}, {"price": 1}]}, True),
        ({"model": "graduated", "steps": [{"up_to": 10, "price": 1}, {"price": 2}]}, False),
        ({"model": "volume", "steps": [{"up_to": 10, "fee": 10}, {"fee": 30}]}, False),
        ({"model": "volume", "steps": [{"up_to": 10, "price": 3}, {"price": 2}]}, True),
        ({"model": "package", "size": 5, "steps": [{"price": 7}]}, True),
    ],
)  # fmt: skip
def test_whether_the_average_price_ever_rises(body: dict[str, object], falling: bool) -> None:
    found = tariffs(definition(Schedule.model_validate({"meter": "posting", **body}))).collect()
    assert set(found["falling"]) == {falling}


def test_slopes_and_their_interval_with_ties_in_x() -> None:
    """scipy.stats.theilslopes(y, x, 0.95) of scipy 1.17: 0.5, 0.375 to 0.75"""
    x, y = [1, 1, 2, 2, 3, 3, 4, 5, 6, 8], [1.0, 2.0, 2.0, 2.5, 2.5, 3.0, 4.0, 3.5, 4.0, 5.0]
    points = pl.LazyFrame({"key": ["a"] * 10, "x": x, "y": y})
    n, slope, low, high = theil_sen(points, "key").select("n", "slope", "low", "high").collect().row(0)
    assert n == 10 and (slope, low, high) == pytest.approx((0.5, 0.375, 0.75))


def test_rank_correlations_by_group_are_those_of_each_alone() -> None:
    rows = [("a", 1, 2), ("a", 2, 1), ("a", 3, 4), ("a", 4, 3), ("a", 5, 9), ("b", 1, 5), ("b", 2, 4), ("b", 3, 3), ("b", 4, 2), ("b", 5, 2)]
    pairs = pl.LazyFrame(rows, schema=["group", "x", "y"], orient="row")
    together = spearman(pairs, ["group"]).sort("group").collect().rows()
    alone = [(name, *spearman(pairs.filter(pl.col("group") == name).select("x", "y")).collect().row(0)) for name in "ab"]
    assert together == alone


def _ordered(n: int, *swapped: int) -> pl.LazyFrame:
    """n pairs in the same order, the opposite one where n is negative; each y named is swapped with the next."""
    ys = list(range(abs(n)))
    for at in swapped:
        ys[at], ys[at + 1] = ys[at + 1], ys[at]
    return pl.LazyFrame({"x": [index if n > 0 else -index for index in range(abs(n))], "y": ys})


@pytest.mark.parametrize("n", [5, 6, 20, 300])
def test_a_perfect_rank_correlation_lies_in_its_interval_that_has_a_width(n: int) -> None:
    rho, low, high = spearman(_ordered(n)).select("rho", "low", "high").collect().row(0)
    swapped = spearman(_ordered(n, 0)).select("low").collect().item()
    assert rho == high == 1 and swapped < low < 1
    assert spearman(_ordered(-n)).select("rho", "low", "high").collect().row(0) == pytest.approx((-1, -1, -low))


def test_a_perfect_rank_correlation_of_five_is_taken_at_half_a_swap_of_neighbours() -> None:
    low, half = spearman(_ordered(5)).select("low").collect().item(), 1 - 6 / (5**3 - 5)
    assert low == pytest.approx(tanh(atanh(half) - 1.959963984540054 * sqrt((1 + half**2 / 2) / 2)))
