"""Random worlds with work in them: every table of value is the oracle's."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle.busy_worlds import busy, changed, fewer, written_out
from oracle.working import check
from oracle.worlds import Case

TABLES = {
    "star": ("value.north_star", "value.north_star_accounts"),
    "habits": ("value.consistency", "value.repeat", "value.statement"),
    "shoulders": ("value.spread", "value.dependency"),
    "attempts": ("value.completion", "value.completion_accounts", "value.signals"),
    "way": ("value.trajectory", "value.survival"),
    "presence": ("value.vanity", "value.vanity_periods"),
}
BY = ("value.north_star", "value.repeat", "value.completion", "value.survival", "value.vanity_periods")


@pytest.mark.parametrize("names", TABLES.values(), ids=TABLES)
@fewer
@given(case=busy())
def test_the_tables_are_the_oracles(names: tuple[str, ...], case: Case) -> None:
    with written_out(case) as loaded:
        check(loaded, case.world, case.as_of, names)


@fewer
@given(case=busy(), settings=st.fixed_dictionaries({
    "star_period": st.sampled_from(("week", "month")), "star_periods": st.integers(1, 14), "max_failure_rate": st.sampled_from((0.0, 0.25, 0.5)),
    "attempt_days": st.sampled_from((7, 30)), "min_attempts": st.just(2), "min_base": st.integers(1, 3), "min_successes": st.integers(1, 3), "min_teams": st.just(1),
    "still": st.sampled_from((0.3, 0.9)), "alone": st.sampled_from((0.6, 1.0)), "after": st.just(7), "tolerance": st.sampled_from((0.0, 0.5)),
    "horizon": st.sampled_from((7, 30)), "weeks": st.sampled_from((2, 6)), "active": st.integers(1, 2),
}))  # fmt: skip
def test_in_every_setting(case: Case, settings: dict[str, Any]) -> None:
    names = ("value.north_star", "value.spread", "value.dependency", "value.completion", "value.trajectory", "value.survival", "value.vanity")
    with written_out(case) as loaded:
        check(loaded, case.world, case.as_of, names, **settings)


@fewer
@given(case=busy())
def test_segments_are_the_oracles(case: Case) -> None:
    case = changed(case, accounts=case.world.accounts or [])
    with written_out(case) as loaded:
        check(loaded, case.world, case.as_of, BY, by=("plan",))
