"""What goes with staying: compared among equals, by what was used early, and called by its name only beyond doubt."""

from __future__ import annotations

import math
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saasmetrics.clock import Clock, day_number
from saasmetrics.metrics.retention.drivers import drivers
from saasmetrics.statistics import Z95
from saasmetrics.strata import stratified

SIDE = st.integers(0, 30).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))


@settings(max_examples=60)
@given(st.lists(st.tuples(SIDE, SIDE), min_size=1, max_size=5))
def test_the_pooled_difference_is_that_of_the_books(strata: list[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    rows = [{"key": "a", "n": n, "k": k, "other_n": m, "other_k": other} for (n, k), (m, other) in strata]
    made = stratified(pl.LazyFrame(rows, schema=dict.fromkeys(rows[0], pl.Int64) | {"key": pl.String}), ["key"]).collect().to_dicts()
    usable = [(n, k, m, other) for (n, k), (m, other) in strata if n and m]
    if not usable:
        assert made == []
        return
    weight = sum(Fraction(n * m, n + m) for n, _, m, _ in usable)
    gap = sum(Fraction(k * m - other * n, n + m) for n, k, m, other in usable)
    tilt = sum(Fraction(n * n * other - m * m * k, (n + m) ** 2) + Fraction(n * m * (m - n), 2 * (n + m) ** 2) for n, k, m, other in usable)
    noise = sum(Fraction(k * (m - other) + other * (n - k), 2 * (n + m)) for n, k, m, other in usable)
    spread = sum(Fraction(n * m * (k + other) * (n + m - k - other), (n + m) ** 2 * (n + m - 1)) for n, k, m, other in usable)
    difference = gap / weight
    half = Z95 * math.sqrt(max(0.0, float(difference * tilt + noise))) / float(weight)
    row: dict[str, Any] = made[0]
    assert row["adjusted"] == pytest.approx(float(difference), abs=1e-6)
    assert row["low"] == pytest.approx(max(-1.0, float(difference) - half), abs=1e-3)
    assert row["high"] == pytest.approx(min(1.0, float(difference) + half), abs=1e-3)
    tail = math.erfc(abs(float(gap)) / math.sqrt(float(spread)) / math.sqrt(2)) if spread else 1.0
    assert row["p"] == pytest.approx(tail, abs=1e-6)


START = date(2026, 1, 1)


def told(lives: list[tuple[int, bool, bool]], used_on: int = 3, **settings: Any) -> dict[str, Any]:
    """Accounts by (early core work, uses the feature, stays) → the feature's row."""
    names = [f"a{at}" for at in range(len(lives))]
    first = day_number(START)
    work = [(name, "selling", first + day, True, n) for name, (early, _, stays) in zip(names, lives, strict=True)
            for day, n in ((2, early), (30, 1), (80, int(stays))) if n]  # fmt: skip
    frames = {
        "accounts": pl.LazyFrame({"account": names, "created_day": [first] * len(names), "left_truncated": [False] * len(names)}),
        "features": pl.LazyFrame({"feature": ["export"]}),
        "feature_days": pl.LazyFrame([(name, "export", first + used_on) for name, (_, uses, _) in zip(names, lives, strict=True) if uses], schema={"account": pl.String, "feature": pl.String, "day": pl.Int64}, orient="row"),
        "workflows": pl.LazyFrame(schema={"workflow": pl.String}),
        "activity": pl.LazyFrame(work, schema={"account": pl.String, "workflow": pl.String, "day": pl.Int64, "core": pl.Boolean, "n": pl.Int64}, orient="row"),
    }  # fmt: skip
    made = drivers(*frames.values(), Clock(START + timedelta(days=200)), **settings).collect().to_dicts()
    return made[0]


def group(count: int, early: int, uses: bool, stay: int) -> list[tuple[int, bool, bool]]:
    return [(early, uses, at < stay) for at in range(count)]


def test_what_only_goes_with_doing_more_is_no_value_path() -> None:
    """Of the busy nine in ten stay, of the idle three in ten, whether they use it or not; the busy use it more."""
    row = told([*group(80, 20, True, 72), *group(20, 20, False, 18), *group(20, 1, True, 6), *group(80, 1, False, 24)])
    assert row["rate"] - row["others_rate"] > 0.3
    assert (row["adjusted"], row["path"]) == (pytest.approx(0, abs=1e-6), "unclear")
    assert told([*group(400, 20, True, 360), *group(400, 20, False, 360)])["path"] == "neutral"


def test_what_goes_with_staying_among_equals_is_one() -> None:
    row = told([*group(50, 20, True, 45), *group(50, 20, False, 25), *group(50, 1, True, 35), *group(50, 1, False, 15)])
    assert row["path"] == "value path"
    assert row["adjusted"] == pytest.approx(40)
    assert row["diff_low"] < 40 < row["diff_high"]
    assert told([*group(50, 20, True, 20), *group(50, 20, False, 45)])["path"] == "against it"


def test_trap_32_what_is_used_after_the_landmark_counts_for_nothing() -> None:
    lives = [*group(40, 5, True, 40), *group(40, 5, False, 10)]
    assert told(lives, used_on=13)["users"] == 40
    assert (told(lives, used_on=14)["users"], told(lives, used_on=14)["path"]) == (0, "insufficient")


def test_trap_43_few_are_no_evidence() -> None:
    row = told([*group(9, 5, True, 9), *group(40, 5, False, 10)])
    assert (row["path"], row["adjusted"], row["q"]) == ("insufficient", None, None)
