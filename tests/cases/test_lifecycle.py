"""PostHog's lifecycle: new, returning, resurrected, dormant; its dormant counts are negative, ours are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from .world import Event, World, days, with_accounts

NOON = "2020-01-{}T12:00:00Z"
COLUMNS = ("period", "new", "returning", "resurrected", "dormant")
PEOPLE = {"p1": "11 12 13 15 17 19", "p2": "09 12", "p3": "12", "p4": "15"}
FROM_THE_12TH = {
    12: "1 1 1 0",
    13: "0 1 0 2",
    14: "0 0 0 1",
    15: "1 0 1 0",
    16: "0 0 0 2",
    17: "0 0 1 0",
    18: "0 0 0 1",
    19: "0 0 1 0",
}


def told(world: World, first: int = 9) -> dict[int, str]:
    """Day of January 2020 → `new returning resurrected dormant`."""
    rows = world.rows("engagement.active_accounts", "2020-01-20", *COLUMNS, period="day")
    return {row[0].day: " ".join(map(str, row[1:])) for row in rows if row[0].day >= first}


def test_four_users_of_one_organisation_are_one_account(tmp_path: Path) -> None:
    days_ = "11 12 13 15 17 19 09 12 12 15 18"
    found = told(World(tmp_path, days({"org:5": days_}, NOON)))
    quiet, back, on = "0 0 0 1", "0 0 1 0", "0 1 0 0"
    first = {9: "1 0 0 0", 10: quiet, 11: back, 12: on, 13: on, 14: quiet, 15: back, 16: quiet}
    assert found == first | {17: back, 18: on, 19: on}


def test_new_is_by_first_work_not_by_creation(tmp_path: Path) -> None:
    """PostHog calls company 2 resurrected on the 12th, as a person in it is older; with us it is new."""
    work = {"company:1": "11 19 09 12 13 18", "company:2": "12 13 15 17 12 16"}
    found = told(World(tmp_path, days(work, NOON)))
    first = {9: "1 0 0 0", 10: "0 0 0 1", 11: "0 0 1 0", 12: "1 1 0 0", 13: "0 2 0 0", 14: "0 0 0 2", 15: "0 0 1 0"}
    assert found == first | {16: "0 1 0 0", 17: "0 1 0 0", 18: "0 0 1 1", 19: "0 1 0 0"}


def test_an_earlier_creation_does_not_change_what_is_new(tmp_path: Path) -> None:
    """Unless the account is older than the export by more than a week: then its first work is unclear, not new."""
    for created, way in (("2020-01-05", "new"), ("2019-06-01", "unclear")):
        sources = with_accounts(tmp_path, ("account_id", "created_at"), [("p4", created)])
        world = World(tmp_path, days(PEOPLE, NOON), sources=sources)
        assert world.rows("engagement.active_accounts", "2020-01-20", way, period="day")[6] == (1,)


def any_event() -> list[Event]:
    """p3 and p4 do something else than the others."""
    others = {name: PEOPLE[name] for name in ("p3", "p4")}
    return days({"p1": PEOPLE["p1"], "p2": PEOPLE["p2"]}, NOON) + days(others, NOON, "other")


@pytest.mark.parametrize("every", [False, True])
def test_what_came_before_the_days_shown_counts(tmp_path: Path, every: bool) -> None:
    """PostHog's `any event` is a rule that lists the events."""
    rules = {"anything": {"event": ["worked", "other"]}, "only": {"event": "worked"}}
    work = {"work": {"core": True, "success": "anything" if every else "only"}}
    events = any_event() if every else days(PEOPLE, NOON)
    assert told(World(tmp_path, events, rules=rules, workflows=work), 12) == FROM_THE_12TH


def test_the_running_day_has_no_dormant_accounts(tmp_path: Path) -> None:
    """PostHog shows them; with us they are unknown until late_after is over (0d: the days before T are final)."""
    world = World(tmp_path, days(PEOPLE, NOON), late_after="1d")
    rows = world.rows("engagement.active_accounts", "2020-01-18", "dormant", "status", period="day")
    assert rows[-2:] == [(2, "final"), (None, "provisional")]
