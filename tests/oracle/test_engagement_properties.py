"""Random worlds with work in them: every table of engagement is the oracle's."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle.busy_worlds import busy, changed, crews, fewer, written_out
from oracle.working import check
from oracle.worlds import Case, thorough

TABLES = {
    "trend": ("engagement.trend",),
    "exposure": ("engagement.frequency", "engagement.stickiness", "engagement.active_periods"),
    "seats": ("engagement.seats", "engagement.seat_use", "engagement.roles"),
    "users": ("engagement.users", "engagement.active_users", "engagement.user_churn", "engagement.user_stickiness"),
    "movers": ("engagement.movers",),
    "rhythm": ("engagement.rhythm",),
}
ALL = tuple(name for names in TABLES.values() for name in names)
PERIODS = ("day", "week", "month")


@pytest.mark.parametrize("names", TABLES.values(), ids=TABLES)
@fewer
@given(case=busy())
def test_the_tables_are_the_oracles(names: tuple[str, ...], case: Case) -> None:
    with written_out(case) as loaded:
        check(loaded, case.world, case.as_of, names)


@fewer
@given(case=busy(), settings=st.fixed_dictionaries({
    "period": st.sampled_from(PERIODS), "periods": st.integers(1, 6), "min_periods": st.integers(1, 3), "days": st.sampled_from((7, 28, 60)),
    "settle": st.sampled_from((0, 30)), "min_base": st.integers(1, 5), "min_change": st.sampled_from((0.1, 0.5)), "window": st.just("month"), "windows": st.just([14, 28]),
    "min_days": st.integers(2, 4), "min_span": st.sampled_from((7, 14)), "min_accounts": st.integers(1, 2),
}))  # fmt: skip
def test_in_every_setting(case: Case, settings: dict[str, Any]) -> None:
    with written_out(case) as loaded:
        check(loaded, case.world, case.as_of, ALL, **settings)


@thorough
@given(case=crews(), days=st.sampled_from((30, 90)), settle=st.sampled_from((0, 14)), champion_weeks=st.sampled_from((2, 4)), spread_share=st.sampled_from((0.34, 0.5)), watched_share=st.sampled_from((0.25, 0.5)))
def test_the_gaps_between_roles_are_the_oracles(case: Case, **settings: Any) -> None:
    with written_out(case) as loaded:
        check(loaded, case.world, case.as_of, ("engagement.role_gaps",), **settings)


@fewer
@given(case=busy())
def test_segments_are_the_oracles(case: Case) -> None:
    case = changed(case, accounts=case.world.accounts or [])
    with written_out(case) as loaded:
        check(loaded, case.world, case.as_of, ALL, by=("plan",))
