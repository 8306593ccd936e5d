"""Random worlds with work in them: every table of the journey is the oracle's."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from oracle.busy_worlds import busy, changed, fewer, written_out
from oracle.working import check
from oracle.worlds import Case

TABLES = ("journey.accounts", "journey.flows", "journey.stages")


@fewer
@given(case=busy(), since=st.sampled_from((1, 7, 30)), mature=st.sampled_from((0, 30, 120)))
def test_the_tables_are_the_oracles(case: Case, since: int, mature: int) -> None:
    with written_out(case) as loaded:
        check(loaded, case.world, case.as_of, TABLES, since=since, mature_days=mature)


@fewer
@given(case=busy())
def test_segments_are_the_oracles(case: Case) -> None:
    case = changed(case, accounts=case.world.accounts or [])
    with written_out(case) as loaded:
        check(loaded, case.world, case.as_of, ("journey.stages", "journey.flows"), by=("plan",))
