"""Many random histories, each an account or a group of them, against the answer that a loop over the rows gives."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest

from .world import Event, World, funnel, reached, with_accounts

BASE = datetime(2025, 1, 1, tzinfo=UTC)
History = list[tuple[int, str]]  # second, event
ONE_VISIT_QUALIFIES = {"min_signals": 1, "signals": {"volume": {"successes": 1}}}


def histories(seed: int, first: str = "") -> dict[str, History]:
    """Up to nine events in twelve seconds: ties, repeats, steps out of order, and one event that is no step."""
    chance = Random(seed)
    told = {f"x{n}": [(chance.randrange(12), chance.choice("abcz")) for _ in range(chance.randrange(1, 9))] for n in range(200)}
    return {name: [(0, first), *events] if first else events for name, events in told.items()}


def spelled(told: dict[str, History]) -> list[Event]:
    return [(name, event, f"{BASE + timedelta(seconds=at):%Y-%m-%dT%H:%M:%SZ}") for name, events in told.items() for at, event in events]


def level(left: History, steps: str, after: int = 0) -> int:
    """Steps done by events of their own, each at or after the one before: the best of all ways to choose them."""
    chosen = {place for place in left if steps and place[1] == steps[0] and place[0] >= after}
    return max((1 + level(without(left, place), steps[1:], place[0]) for place in chosen), default=0)


def without(events: History, place: tuple[int, str]) -> History:
    at = events.index(place)
    return events[:at] + events[at + 1 :]


@pytest.mark.parametrize("steps", ["abc", "aba", "aaa", "babc"])
def test_chains(tmp_path: Path, steps: str) -> None:
    told = histories(len(steps) + ord(steps[1]))
    world = World(tmp_path, spelled(told), activation=funnel(*steps, within="500d"))
    assert dict(world.rows("activation.accounts", "2025-06-01", "account", "done")) == {name: level(events, steps) for name, events in told.items()}


@pytest.mark.parametrize(("steps", "window"), [("abc", 3), ("aba", 5), ("aab", 1), ("abcz", 8)])
def test_windows_that_begin_with_the_account(tmp_path: Path, steps: str, window: int) -> None:
    """The same as PostHog's, where an account's first event is its first step; that tries later first steps, too."""
    told = histories(window, first=steps[0])
    world = World(tmp_path, spelled(told), activation=funnel(*steps, within=f"{window}s"))
    levels = [level([place for place in events if place[0] <= window], steps) for events in told.values()]
    assert reached(world, "2025-06-01") == [sum(found > at for found in levels) for at in range(len(steps))]


def test_in_any_order_it_is_how_many_were_done(tmp_path: Path) -> None:
    told = histories(9)
    world = World(tmp_path, spelled(told), activation=funnel(*"abc", order="any", within="500d"))
    done = {name: len({event for _, event in events} & {*"abc"}) for name, events in told.items()}
    assert dict(world.rows("activation.accounts", "2025-06-01", "account", "done")) == done


def quantile(times: list[tuple[int, bool]], share: Fraction) -> float | None:
    """Kaplan–Meier in exact fractions."""
    staying = Fraction(1)
    for at in sorted({time for time, _ in times}):
        staying *= 1 - Fraction(sum(time == at and seen for time, seen in times), sum(time >= at for time, _ in times))
        if staying <= 1 - share:
            return at
    return None


def test_quantiles_of_durations(tmp_path: Path) -> None:
    """lifelines agrees but where the curve stands at exactly the share asked for: there it rounds to the one side or the other."""
    chance, today = Random(4), datetime(2026, 1, 1, tzinfo=UTC)
    events, rows, groups = [("first", "other", "2025-06-01T00:00:00Z")], [("first", "2025-06-01T00:00:00Z", "none")], {}
    for at in range(600):
        age, took = chance.choice([chance.randrange(1, 40), 10]), chance.choice([chance.randrange(40), 5])
        began = today - timedelta(days=age)
        rows.append((f"a{at}", f"{began:%Y-%m-%dT%H:%M:%SZ}", f"g{at % 60}"))
        events += [(f"a{at}", "left", f"{began + timedelta(days=took):%Y-%m-%dT%H:%M:%SZ}")] if took < age else []
        groups.setdefault(f"g{at % 60}", []).append((min(took, age), took < age))
    sources = with_accounts(tmp_path, ("account_id", "created_at", "group"), rows, ["group"])
    world = World(tmp_path, events, sources=sources, activation=funnel("left", within="500d"))
    found = world.rows("activation.time_to_value", "2026-01-01", "group", "quarter_days", "median_days", "p90_days", by=["group"])
    wanted = {name: tuple(quantile(times, Fraction(*share)) for share in ((1, 4), (1, 2), (9, 10))) for name, times in groups.items()}
    assert {name: tuple(days) for name, *days in found if name != "none"} == wanted


@pytest.mark.parametrize("kind", ["on", "unbounded"])
def test_one_event_begins_and_another_keeps(tmp_path: Path, kind: str) -> None:
    """PostHog's first-time retention with a start and a return event: the start is the only activation step."""
    chance = Random(7)
    days = {f"x{n}": [(chance.randrange(20), chance.choice(["began", "worked"])) for _ in range(chance.randrange(1, 9))] for n in range(200)}
    told = {name: [(day * 86_400 + chance.randrange(86_400), event) for day, event in events] for name, events in days.items()}
    world = World(tmp_path, spelled(told), activation=funnel("began"))
    asked = {"period": "day", "periods": 19, "anchor": "activation", "kind": kind}
    rows = world.rows("retention.cohorts", "2025-01-21", "cohort", "period", "accounts", "retained", "eligible", **asked)
    first = {name: min(day for day, event in events if event == "began") for name, events in days.items() if any(event == "began" for _, event in events)}
    wanted = {}
    for start in set(first.values()):
        active = [{day for day, event in days[name] if event == "worked"} for name, day in first.items() if day == start]
        for k in range(20 - start):
            wanted[str(date(2025, 1, 1 + start)), k] = len(active), sum(start + k in one if kind == "on" else max(one, default=-1) >= start + k for one in active)
    assert {(cohort, k): (size, kept) for cohort, k, size, kept, eligible in rows if cohort != "all" and eligible} == wanted


def test_a_day_less_than_the_window_of_others(tmp_path: Path) -> None:
    """MetricFlow's window of seven days ends before the seventh day after the visit; `paid_within` counts its last day."""
    chance, began = Random(3), date(2025, 3, 1)
    visits = {f"a{n}": began + timedelta(days=chance.randrange(40)) for n in range(200)}
    buys = {name: day + timedelta(days=chance.choice([1, 5, 6, 7, 8, 20])) for name, day in visits.items() if chance.random() < 0.6}
    sources = with_accounts(tmp_path, ("account_id", "created_at"), [(name, str(day)) for name, day in visits.items()])
    lines = ["account_id,start_date,end_date,mrr,currency,seats,plan,renewal_date", *(f"{name},{day},,10,EUR,,," for name, day in buys.items())]
    (tmp_path / "subscriptions.csv").write_text("\n".join(lines) + "\n", "utf-8")
    sources["subscriptions"] = {"files": "subscriptions.csv"}
    events = [("z", "seen", "2025-01-01T00:00:00Z"), *((name, "worked", f"{day}T12:00:00Z") for name, day in visits.items())]
    world = World(tmp_path, events, sources=sources, qualification=ONE_VISIT_QUALIFIES)
    for window in (6, 7, 8):
        theirs = sum(buys[name] - timedelta(days=window) < visits[name] <= buys[name] for name in buys)
        rows = world.rows("qualification.conversion", "2025-09-01", "position", "eligible", "paid", paid_within=window - 1)
        assert rows[0] == (1, 200, theirs)
