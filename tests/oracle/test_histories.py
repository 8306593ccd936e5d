"""Random worlds in which people change their roles and teams: what held at T is the oracle's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from oracle import chapters, compare
from oracle.days import DAY, number, written
from oracle.rich import rich_cases
from oracle.truth import Truth
from oracle.world import Row
from oracle.worlds import Case, thorough
from oracle.writing import write

SCORES = ("churn_risk.accounts", "expansion.accounts")
CHAPTERS = ("expansion.seats", "adoption.invites", "activation.onboarding_invites")
NEAR = (-60, -28, -1, 0, 1, 7, 30, 100)  # days before T


@st.composite
def changing(draw: st.DrawFn) -> Case:
    """People with up to three rows each, in any order; some have none that says since ever."""
    case, chance = draw(rich_cases()), draw(st.randoms(use_true_random=False))
    now = case.calendar.midnight(number(case.as_of))
    users = [state for row in case.world.users or [] for state in states(chance, row, now)]
    chance.shuffle(users)
    return replace(case, world=replace(case.world, users=users if case.world.users is not None else None))


def states(chance: Random, row: Row, now: int) -> list[Row]:
    days = chance.sample(NEAR, chance.randint(0, 2))
    times = [written(now - day * DAY - chance.choice((0, 0, 1, -1))) for day in days]
    found = [{**row, "role": chance.choice(("admin", "owner", "clerk", "service", None)), "team": chance.choice(("red", "blue", None)), "valid_from": time} for time in times]
    return found if found and chance.random() < 0.3 else [{**row, "valid_from": None}, *found]


@thorough
@given(case=changing())
def test_roles_and_teams_are_those_of_t(case: Case) -> None:
    with TemporaryDirectory() as folder:
        loaded = write(Path(folder), case.world, case.blocks)
        truth = Truth(loaded.definition, case.world, case.as_of)
        compare.check(loaded, truth, case.as_of, SCORES)
        chapters.check(loaded, truth, case.as_of, [name for name in CHAPTERS if name in chapters.TABLES])
