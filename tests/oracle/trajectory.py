"""value.trajectory and value.survival: where each account is on its way to value, and who stays."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import groupby
from typing import Any

from oracle.beats import Beat, begins, born, ended, pays, told
from oracle.contracts import spells
from oracle.days import DAY, day_of
from oracle.numbers import rated
from oracle.split import Rows
from oracle.text import Says
from oracle.truth import Account, Truth

STAGES = ("none", "adopted", "repeating", "spreading", "fading", "unknown", "all")
LENGTHS = {"week": 26, "month": 12, "quarter": 8}


def rhythm(truth: Truth) -> Beat:
    """Weeks, unless no core workflow comes up that often."""
    cadences = {truth.definition.workflows[name].cadence for name in truth.definition.core_workflows()}
    return Beat(truth, "week" if cadences & {"day", "week"} else "month" if "month" in cadences else "quarter")


def by_the_week(cadence: str) -> str:
    return "week" if cadence == "day" else cadence


class Course:
    """The stages of one account, period by period."""

    def __init__(self, truth: Truth, account: Account) -> None:
        self.truth, self.account, self.name, self.beat = truth, account, account.name, rhythm(truth)
        self.core = {flow: Beat(truth, by_the_week(truth.definition.workflows[flow].cadence)) for flow in truth.definition.core_workflows()}
        self.work = {flow: truth.successes(self.name, [flow]) for flow in truth.definition.workflows}
        self.hits = {flow: {beat.index(event.day) for event in self.work[flow]} for flow, beat in self.core.items()}
        start = born(truth, account)
        self.begun = self.beat.index(0 if start is None else start)
        self.shown = range(max(self.begun, self.beat.last - LENGTHS[self.beat.cadence] + 1), self.beat.last + 1)

    def complete(self, flow: str, end: int) -> int:
        """The workflow's last period that is over when this day begins."""
        return self.core[flow].index(end) - 1

    def recent(self, flow: str, last: int) -> int:
        return sum(index in self.hits[flow] for index in range(last - 3, last + 1))

    def often(self, index: int) -> int:
        """Of the last four periods of a core workflow, those with a success: of the one with the most."""
        return max(self.recent(flow, self.complete(flow, self.beat.first(index + 1))) for flow in self.core)

    @cached_property
    def repeating(self) -> dict[int, bool]:
        """Three of four, and since then two of four at least, of whichever core workflow."""
        on, found = False, {}
        for index in range(self.begun, self.beat.last + 1):
            found[index] = on = self.often(index) >= (2 if on else 3)
        return found

    def silent(self, end: int) -> bool:
        """The last core success is more than four periods of its workflow ago."""
        found = [(event.day, flow) for flow in self.core for event in self.work[flow] if event.day < end]
        if not found:
            return False
        latest = max(day for day, _ in found)
        return all(self.complete(flow, end) - self.core[flow].index(day) >= 4 for day, flow in found if day == latest)

    def wide(self, end: int) -> tuple[int, int]:
        """Workflows of any kind, and teams with core work, in the last four periods."""
        first = self.beat.first(self.beat.index(end) - 4)
        inside = [(flow, event) for flow, events in self.work.items() for event in events if first <= event.day < end]
        teams = {told(self.truth, self.name, event.user or "", "team") for flow, event in inside if flow in self.core and self.truth.person(event)}
        return len({flow for flow, _ in inside}), len(teams - {None})

    def stage(self, index: int) -> str:
        end = self.beat.first(index + 1)
        if self.repeating[index]:
            return "spreading" if max(self.wide(end)) >= 2 else "repeating"
        if any(on for other, on in self.repeating.items() if other <= index):
            return "fading"
        if self.account.truncated:
            return "unknown"
        if not any(event.day < end for flow in self.core for event in self.work[flow]):
            return "none"
        return "fading" if self.silent(end) else "adopted"

    @cached_property
    def path(self) -> list[tuple[str, int]]:
        return [(stage, len(list(found))) for stage, found in groupby(self.stage(index) for index in self.shown)]

    @property
    def since(self) -> int | None:
        """The first period of its stage; None: it is older than the periods looked at."""
        first = self.shown.stop - self.path[-1][1]
        return first if first > self.shown.start or self.shown.start == self.begun else None

    @property
    def unseen(self) -> bool:
        """Whether it was there in the last 56 days before the export was."""
        begun = begins(self.truth)
        return begun is not None and begun > self.truth.today - 56 and (self.account.created is None or born(self.truth, self.account) < begun)

    def events(self, far: int, near: int) -> int:
        return sum(self.truth.today - far <= event.day < self.truth.today - near and self.truth.person(event) for event in self.truth.of.get(self.name, []))


def trajectory(truth: Truth, accounts: Sequence[Account], after: int = 60, tolerance: float = 0.1) -> Rows:
    found = [Course(truth, account) for account in accounts if not ended(truth, account)]
    return [row(truth, one, after, tolerance) for one in found if one.shown]


def row(truth: Truth, course: Course, after: int, tolerance: float) -> dict[str, Any]:
    stage, account = course.path[-1][0], course.account
    age = None if account.created is None else (truth.now - account.created) // DAY
    now, before = course.events(28, 0), None if course.unseen else course.events(56, 28)
    waits = stage in ("none", "adopted", "fading") and age is not None and age >= after and now > 0
    diverges = None if waits and before is None else waits and before is not None and now >= (1 - tolerance) * before
    workflows, teams = course.wide(course.beat.first(course.shown.stop))
    return {
        "account": account.name, "stage": stage, "diverges": diverges, "why": Says(age, now, before) if diverges else None,
        "since": None if course.since is None else day_of(course.beat.first(course.since)), "before": course.path[-2][0] if len(course.path) > 1 else None,
        "path": ", ".join(f"{name} {length}" for name, length in course.path), "age_days": age, "workflows": workflows, "teams": teams,
        "events": now, "events_before": before, **pays(truth, account),
    }  # fmt: skip


def survival(truth: Truth, accounts: Sequence[Account], horizon: int = 90, min_base: int = 5) -> Rows:
    beat = rhythm(truth)
    index = beat.last
    while beat.first(index + 1) + horizon > truth.today:
        index -= 1
    landmark, found = beat.first(index + 1), []
    for account in accounts:
        course = Course(truth, account)
        if index in course.shown:
            found.append((course.stage(index), *stayed(truth, account, landmark, landmark + horizon)))
    return [survival_row(name, [one[1:] for one in found if name in ("all", one[0])], n, landmark, min_base) for n, name in enumerate(STAGES, 1) if name in {*(one[0] for one in found), "all"} and found]


def stayed(truth: Truth, account: Account, first: int, end: int) -> tuple[bool, bool]:
    """Whether it paid on the landmark, and went on."""
    here = [stop for start, stop in spells(truth, account.name) if start <= first < stop]
    return bool(here), any(stop >= end for stop in here)


def survival_row(name: str, found: Sequence[tuple[bool, bool]], position: int, landmark: int, min_base: int) -> dict[str, Any]:
    paid, kept = sum(paid for paid, _ in found), sum(kept for _, kept in found)
    return {
        "position": position, "stage": name, "landmark": day_of(landmark), "paying": paid, "not_paying": len(found) - paid, "stayed": kept,
        **rated(kept, paid), "status": "insufficient" if paid < min_base else "final",
    }  # fmt: skip


TABLES = {"value.trajectory": trajectory, "value.survival": survival}
