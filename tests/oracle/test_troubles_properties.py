"""Random worlds with troubles in them: the tables of reliability and friction are the oracle's."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle import chapters, compare
from oracle.busy_worlds import changed
from oracle.trouble_worlds import troubled, written_out
from oracle.troubles import SPLIT, TABLES, check
from oracle.worlds import Case, fewer, thorough

CHAPTERS = ("reliability", "friction")
MARKED = {compare: ("activation.rate", "retention.cohorts", "retention.logos"), chapters: ("adoption.tier_cohorts", "adoption.invites")}
DAYS = st.sampled_from((1, 7, 30))


@pytest.mark.parametrize("chapter", CHAPTERS)
@thorough
@given(case=troubled(), settings=st.fixed_dictionaries({
    "period": st.sampled_from(("week", "month", "quarter")), "attempt_days": st.sampled_from((7, 90)), "days_back": st.sampled_from((7, 180)), "hurt_from": st.sampled_from((0.0, 10.0, 100.0)),
}))  # fmt: skip
def test_the_tables_are_the_oracles(chapter: str, case: Case, settings: dict[str, Any]) -> None:
    with written_out(case) as loaded:
        check(loaded, case.world, case.as_of, [name for name in TABLES if name.startswith(chapter)], **settings)


@thorough
@given(case=troubled())
def test_segments_are_the_oracles(case: Case) -> None:
    case = changed(case, accounts=case.world.accounts or [])
    with written_out(case) as loaded:
        check(loaded, case.world, case.as_of, SPLIT, by=("plan",))


@fewer
@given(case=troubled(), mode=st.sampled_from(("calendar", "rolling")), period=st.sampled_from(("day", "week", "month")))
def test_days_of_unstable_weeks_are_the_oracles(case: Case, mode: str, period: str) -> None:
    with written_out(case) as loaded:
        for module, names in MARKED.items():
            module.check(loaded, case.world, case.as_of, names, mode=mode, period=period, within_days=30, windows=(1, 7))


@thorough
@given(case=troubled(), stalled_after=DAYS, trailing_days=DAYS, asked_within=DAYS)
def test_reasons_of_stalls_are_the_oracles(case: Case, **settings: int) -> None:
    with written_out(case) as loaded:
        chapters.check(loaded, case.world, case.as_of, ("adoption.stalls", "adoption.stall_reasons"), **settings)
