"""The oracle's own statistics, against the libraries."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter

from oracle.days import DAY
from oracle.numbers import reached_by, survival
from oracle.worlds import thorough

WAITS = st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=1, max_size=30)


@thorough
@given(waits=WAITS)
def test_survival_is_that_of_lifelines(waits: list[tuple[int, bool]]) -> None:
    times, reached = zip(*waits, strict=True)
    fitted = KaplanMeierFitter().fit(times, reached)
    for time, left in survival(waits):
        assert abs(float(fitted.survival_function_at_times(time).iloc[0]) - left) <= 1e-12


def test_a_quarter_is_reached_exactly_at_a_quarter() -> None:
    waits = [(n * DAY, True) for n in range(1, 11)]
    assert reached_by(waits, Fraction(9, 10)) == 9 * DAY
    assert reached_by(waits, Fraction(1, 2)) == 5 * DAY
