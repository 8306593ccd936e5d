"""Reliability in random worlds, worked out again in plain Python from what the tables say of themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from math import sqrt
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
from small import Rows
from test_reliability import DEFINITION, World

START, NOW, LATE = datetime(2025, 10, 6, tzinfo=UTC), datetime(2026, 1, 13, tzinfo=UTC), timedelta(days=1)
END = datetime(2026, 1, 12, tzinfo=UTC)  # of the last complete week
PARTS = {
    "selling": {"attempt": ["sell_clicked"], "success": ["sold"], "failure": ["sell_failed"], "timeout": ["sell_timed_out"], "retry": ["sell_again"]},
    "api": {"attempt": ["called"], "success": [], "failure": ["refused", "broken"], "timeout": ["too_slow"], "retry": []},
    "tax": {"attempt": ["tax_clicked"], "success": ["tax_saved"], "failure": ["tax_failed"], "timeout": [], "retry": []},
}
ORDER = ("attempt", "success", "failure", "timeout", "retry")
PAIRED, WITHIN = {"selling"}, {"selling": timedelta(days=1), "api": timedelta(hours=1), "tax": timedelta(hours=1)}
COUNTS = ("attempts", "failed", "timed_out", "retries", "retried", "recovered", "abandoned", "accounts", "affected", "immature", "unpaired", "failures", "worst_day")


class Event(NamedTuple):
    account: str
    name: str
    at: datetime
    thing: str

    def line(self) -> str:
        return f"{self.account} {self.name} {self.at:%Y-%m-%dT%H:%M} {self.thing}"


class Try(NamedTuple):
    account: str
    at: datetime
    failures: int
    timeouts: int
    retries: int
    done: bool


def events(rng: Random) -> list[Event]:
    """Days apart and minutes apart, on few things and accounts; no two events at the same time."""
    names = [name for parts in PARTS.values() for refs in parts.values() for name in refs]
    moments = {START + timedelta(minutes=rng.randrange(99 * 1440) if rng.random() < 0.7 else 97 * 1440 + rng.randrange(400)) for _ in range(900)}
    weights = [4 if name.endswith(("clicked", "sold", "called", "saved")) else 1 for name in names]
    return [Event(rng.choice("abcdef"), rng.choices(names, weights)[0], at, rng.choice(("-", *(f"i{n}" for n in range(40))))) for at in sorted(moments)]


def tries(name: str, happened: list[Event]) -> tuple[list[Try], list[Event]]:
    """The logical attempts at an operation, and the attempts that name no thing."""
    parts, threads = PARTS[name], defaultdict(list)
    for event in happened:
        part = next((part for part in ORDER if event.name in parts[part]), None)
        if part:
            threads[event.account, event.thing if name in PAIRED else ""].append((event, part))
    nameless = [e for (_, thing), found in threads.items() if name in PAIRED and thing == "-" for e, part in found if part == "attempt"]
    return [made for (_, thing), found in threads.items() if thing != "-" for made in begun(name, found)], nameless


def begun(name: str, found: list[tuple[Event, str]]) -> Iterator[Try]:
    starts = [n for n, (_, part) in enumerate(found) if part == "attempt"]
    for turn, n in enumerate(starts[:1] if name in PAIRED else starts):
        first, due = found[n][0], found[n][0].at + WITHIN[name]
        own = found[n:] if name in PAIRED else found[n : starts[turn + 1] if turn + 1 < len(starts) else None]
        inside = [part for event, part in own if event.at <= due]
        again = inside.count("attempt") - 1 if name in PAIRED else 0
        done = any(part == "success" and event.at <= due for event, part in found[n:])
        yield Try(first.account, first.at, inside.count("failure"), inside.count("timeout"), again + inside.count("retry"), done)


def told(name: str, happened: list[Event], weeks: int) -> dict[str, int | None]:
    """One row of `failures`, without its rates."""
    every, nameless = tries(name, happened)
    since = END - timedelta(weeks=weeks)
    inside = [one for one in every if since <= one.at < END]
    over = [one for one in inside if one.at + WITHIN[name] <= NOW - LATE]
    wrong = [one for one in over if one.failures + one.timeouts]
    days = [e.at.date() for e in happened if e.name in (*PARTS[name]["failure"], *PARTS[name]["timeout"]) and since <= e.at < END]
    retried, ends, timed = [one for one in over if one.retries], bool(PARTS[name]["success"]), bool(PARTS[name]["timeout"])
    values = (
        len(over), len(wrong), sum(one.timeouts > 0 for one in over) if timed else None, sum(one.retries for one in over), len(retried),
        sum(one.done for one in retried) if ends else None, sum(not one.done for one in wrong) if ends else None, len({one.account for one in over}),
        len({one.account for one in wrong}), len(inside) - len(over), sum(since <= e.at < END for e in nameless), len(days), max(map(days.count, days), default=0),
    )  # fmt: skip
    return dict(zip(COUNTS, values, strict=True))


@pytest.mark.parametrize("seed", range(6))
def test_failures_are_those_of_plain_python(tmp_path: Path, seed: int) -> None:
    happened = events(Random(seed))
    world = World(tmp_path, DEFINITION).events(*(event.line() for event in happened))
    for weeks in (1, 13):
        rows = {row["name"]: row for row in world.rows("failures", weeks=weeks)}
        assert {name: {count: rows[name][count] for count in COUNTS} for name in PARTS} == {name: told(name, happened, weeks) for name in PARTS}


# Lost trust


def periods(rng: Random) -> dict[str, dict[int, tuple[int, int]]]:
    """Account → week → (successes, failures); the data end with week 13, which is complete, and a day of week 14."""
    made: dict[str, dict[int, tuple[int, int]]] = {}
    for n in range(60):
        busy, last = rng.choice((1, 1, 3)), rng.choice((6, 8, 10, 14))
        made[f"a{n}"] = {week: (rng.randrange(busy + 1), int(rng.random() < 0.2)) for week in range(rng.randrange(4), last)}
    return made


def written(worked: dict[str, dict[int, tuple[int, int]]]) -> Iterator[str]:
    for account, weeks in worked.items():
        for week, (done, failed) in weeks.items():
            day = START + timedelta(weeks=week)
            yield from (f"{account} sold {day + timedelta(hours=n):%Y-%m-%dT%H:%M} {account}-{week}-{n}" for n in range(done))
            yield from (f"{account} sell_failed {day:%Y-%m-%dT%H}:30 {account}-{week}-x" for _ in range(failed))


def landmarks(worked: dict[str, dict[int, tuple[int, int]]]) -> Rows:
    found: Rows = []
    for account, weeks in worked.items():
        for week in range(5, 14):  # the first of the data counts as not whole
            before = sum(weeks.get(earlier, (0, 0))[0] for earlier in range(week - 4, week))
            done, failed = weeks.get(week, (0, 0))
            if before and (done or failed):
                after = any(weeks.get(later, (0, 0))[0] for later in range(week + 1, week + 5))
                often = 2 ** (before.bit_length() - 1)
                found.append({"account": account, "group": (week, often), "failed": bool(failed), "known": week + 4 <= 13, "stopped": not after})
    return found


@pytest.mark.parametrize("seed", range(6))
def test_lost_trust_is_that_of_plain_python(tmp_path: Path, seed: int) -> None:
    worked = periods(Random(seed))
    (row,) = World(tmp_path, DEFINITION).events(*written(worked)).rows("trust_loss", min_failed=5)
    every = landmarks(worked)
    groups: dict[object, tuple[Rows, Rows]] = defaultdict(lambda: ([], []))
    for one in every:
        if one["known"]:
            groups[one["group"]][not one["failed"]].append(one)
    matched = [(hit, others) for hit, others in groups.values() if hit and others]
    failed, own = sum(len(hit) for hit, _ in matched), defaultdict(float)
    rates = [sum(one["stopped"] for one in others) / len(others) for _, others in matched]
    q = sum(len(hit) * p for (hit, _), p in zip(matched, rates, strict=True)) / failed
    stopped = sum(one["stopped"] for hit, _ in matched for one in hit)
    for (hit, others), p in zip(matched, rates, strict=True):
        for one in hit:
            own[one["account"]] += one["stopped"] - p - (stopped / failed - q)
        for one in others:
            own[one["account"]] -= (one["stopped"] - q) * len(hit) / len(others)
    difference, half = 100 * (stopped / failed - q), 100 * 1.959963984540054 * sqrt(sum(u * u for u in own.values())) / failed
    assert failed > 5
    assert (row["failed"], row["stopped"], row["others"]) == (failed, stopped, sum(len(others) for _, others in matched))
    assert row["accounts"] == len({one["account"] for hit, _ in matched for one in hit})
    assert row["unmatched"] == sum(len(hit) for hit, others in groups.values() if not others)
    assert row["immature"] == sum(one["failed"] and not one["known"] for one in every)
    assert (row["difference"], row["diff_low"], row["diff_high"]) == pytest.approx((difference, difference - half, difference + half), abs=1e-6)
