"""PostHog's funnels: windows, repeats, strict and any order, exclusions, times between the steps, months."""

from __future__ import annotations

from pathlib import Path

import pytest

from .world import World, funnel, reached, sequence, with_accounts

STRICT = {
    "p1": "signed@00", "p2": "viewed@00 signed@01", "p3": "signed@00 viewed@01 else@02 insight@03",
    "p4": "insight@00 else@01 viewed@02 signed@03", "p5": "viewed@00 signed@01 else@02 viewed@03 insight@04",
    "p6": "else@00 signed@01 else@02 viewed@03", "p7": "else@00 signed@01 viewed@02 insight@03 else@04",
    "p8": "insight@00 viewed@01",
}  # fmt: skip
TIMES = {
    "a": "one@08T18:00 two@08T19:00 three@08T21:00",
    "b": "one@09T13:00 two@09T13:37",
    "c": "one@11T07:00 two@12T06:00",
}
MINUTE = "2021-06-{}:00Z"
HOUR = 1 / 24


def world(
    folder: Path, accounts: dict[str, str], pattern: str, *steps: str, order: str = "ordered", within: str = "7d"
) -> World:
    """All these accounts and one funnel."""
    events = [event for name, text in accounts.items() for event in sequence(name, text, pattern)]
    return World(folder, events, activation=funnel(*steps, order=order, within=within))


@pytest.mark.parametrize("order", ["ordered", "any"])
def test_a_skipped_step_stops_the_funnel(tmp_path: Path, order: str) -> None:
    found = world(
        tmp_path, {"a": "signed@00 watched@01"}, "2021-01-01T00:00:{}Z", "signed", "paid", "watched", order=order
    )
    assert reached(found, "2021-03-01") == [1, 0, 0]


@pytest.mark.parametrize(("within", "expected"), [("14d", [3, 2]), ("5m", [3, 1])])
def test_exactly_five_minutes_is_inside(tmp_path: Path, within: str, expected: list[int]) -> None:
    accounts = {"a": "signed@14:00 viewed@14:05", "b": "signed@14:03", "c": "signed@12:00 viewed@12:15"}
    found = world(tmp_path, accounts, "2020-01-02T{}:00Z", "signed", "viewed", within=within)
    assert reached(found, "2020-03-01") == expected


def test_nothing_in_between_is_not_asked_for(tmp_path: Path) -> None:
    """PostHog's strict order gives 7, 2, 1: any other event resets it; with us what lies between does not matter."""
    found = world(tmp_path, STRICT, "2021-01-01T00:00:{}Z", "signed", "viewed", "insight", within="14d")
    assert reached(found, "2021-03-01") == [7, 4, 3]


def test_the_same_rule_three_times_needs_three_events(tmp_path: Path) -> None:
    accounts = {name: text.replace("two", "one").replace("three", "one") for name, text in TIMES.items()}
    found = world(tmp_path, accounts, MINUTE, "one", "one", "one")
    rows = found.rows("activation.steps", "2021-08-01", "reached", "median_days")
    assert rows == [(3, 0), (3, HOUR), (1, None)]


@pytest.mark.parametrize("strange", [False, True])
def test_times_between_steps(tmp_path: Path, strange: bool) -> None:
    """Two hours to step three is PostHog's mean of who got there; with us half the accounts have not: no median."""
    more = {"b": f"{TIMES['b']} else@09T13:38 three@09T13:39", "d": "one@11T07:00 else@12T07:00 two@12T09:00"}
    found = world(tmp_path, TIMES | (more if strange else {}), MINUTE, "one", "two", "three")
    rows = found.rows("activation.steps", "2021-08-01", "reached", "median_days")
    assert rows == ([(4, 0), (4, HOUR), (2, 2 * HOUR)] if strange else [(3, 0), (3, HOUR), (1, None)])


def test_the_median_keeps_those_still_waiting(tmp_path: Path) -> None:
    """PostHog's median of step three is 1.5 h over two accounts; the third still waits, and ours is 2 h."""
    accounts = {
        "a": "joined@01T12 played@01T13 bought@01T15",
        "b": "joined@02T14 played@02T16",
        "c": "joined@02T14 played@02T16 bought@02T17",
    }
    found = world(tmp_path, accounts, "2020-01-{}:00:00Z", "joined", "played", "bought")
    rows = found.rows("activation.steps", "2020-03-01", "reached", "median_days")
    assert rows == [(3, 0), (3, 2 * HOUR), (2, 2 * HOUR)]


def test_any_order(tmp_path: Path) -> None:
    """The counts are PostHog's; its times belong to the n-th step done (means 1.5 h, 2 h), ours to the named step."""
    accounts = {
        "a": "signed@02T00",
        "b": "viewed@02T00 signed@02T01",
        "c": "insight@02T00 signed@02T02 viewed@02T04 viewed@03T00 insight@03T03 signed@03T06",
    }
    found = world(tmp_path, accounts, "2021-05-{}:00:00Z", "signed", "viewed", "insight", order="any", within="1d")
    assert reached(found, "2021-08-01") == [3, 2, 1]
    assert found.rows("activation.accounts", "2021-08-01", "account", "days")[-1] == ("c", 4 * HOUR)


def test_how_many_steps_whichever_they_were(tmp_path: Path) -> None:
    """PostHog's steps of an unordered funnel, 8, 5, 3, are the accounts with so many `done`; ours are the named ones."""
    texts = "signed;viewed signed;signed viewed else insight;insight viewed signed;viewed signed else insight;else insight;viewed else;insight viewed"
    accounts = {f"p{n}": " ".join(f"{event}@0{at}" for at, event in enumerate(text.split())) for n, text in enumerate(texts.split(";"), 1)}
    found = world(tmp_path, accounts, "2021-05-02T{}:00:00Z", "signed", "viewed", "insight", order="any", within="14d")
    done = [row[0] for row in found.rows("activation.accounts", "2021-08-01", "done")]
    assert [sum(steps >= n for steps in done) for n in (1, 2, 3)] == [8, 5, 3]
    assert reached(found, "2021-08-01") == [5, 4, 3]


def test_tries_that_come_later_change_nothing(tmp_path: Path) -> None:
    """One account went through on the 1st in an hour a step, and began twice more without an end: PostHog's hour, too."""
    accounts = {"a": "signed@01T01 viewed@01T02 else@01T03 signed@03T04 viewed@03T05 signed@04T07 viewed@04T10"}
    for order in ("ordered", "any"):
        found = world(tmp_path, accounts, "2021-05-{}:00:00Z", "signed", "viewed", "else", order=order, within="1d")
        assert found.rows("activation.steps", "2021-08-01", "reached", "median_days") == [(1, 0), (1, HOUR), (1, HOUR)]


def test_an_event_in_between_does_not_exclude(tmp_path: Path) -> None:
    """PostHog's exclusion stops b at step one; activation has no events that undo it."""
    accounts = {"a": "signed@01:00 paid@02:00", "b": "signed@03:00 x@03:30 paid@04:00", "c": "signed@05:00 paid@06:00"}
    found = world(tmp_path, accounts, "2021-05-01T{}:00Z", "signed", "paid", order="any", within="14d")
    assert reached(found, "2021-08-01") == [3, 3]


def test_segments_are_of_the_account(tmp_path: Path) -> None:
    """PostHog takes the segment from the first step's event; its strict order gives 1, 0 for Chrome."""
    sources = with_accounts(
        tmp_path,
        ("account_id", "created_at", "browser"),
        [("a", "2020-01-01T12:00Z", "Chrome"), ("b", "2020-01-02T13:00Z", "Safari")],
        ["browser"],
    )
    events = sequence("a", "signed@01T12 else@01T13 played@01T14", "2020-01-{}:00:00Z")
    events += sequence("b", "signed@02T13 played@02T14", "2020-01-{}:00:00Z")
    made = World(tmp_path, events, sources=sources, activation=funnel("signed", "played", within="7d"))
    rows = made.rows("activation.steps", "2020-03-01", "browser", "reached", "median_days", by=["browser"])
    assert rows == [("Chrome", 1, 0), ("Chrome", 1, 2 * HOUR), ("Safari", 1, 0), ("Safari", 1, HOUR)]


@pytest.mark.parametrize(("zone", "month"), [("UTC", "2020-05-01"), ("US/Pacific", "2020-04-01")])
def test_the_zone_moves_an_account_into_another_month(tmp_path: Path, zone: str, month: str) -> None:
    """PostHog has a row of zeros for each month without accounts; our cohorts begin with an account."""
    events = sequence("a", "one@00 two@01 three@02", "2020-05-01T{}:00:00Z")
    steps = funnel("one", "two", "three", within="7d")
    made = World(tmp_path, events, timezone=zone, activation=steps)
    for anchor in ("created", "activation"):
        rows = made.rows("retention.cohorts", "2020-08-01", "cohort", "accounts", anchor=anchor, periods=0)
        assert rows == [(month, 1), ("all", 1)]
