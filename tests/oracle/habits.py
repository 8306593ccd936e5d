"""value.consistency and value.repeat: is the job done in its rhythm?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from oracle.activation import HALF, way
from oracle.beats import Beat, different, ended, pays, people, top
from oracle.days import day_of
from oracle.numbers import rated, reached_by, share, wilson
from oracle.people import before, members
from oracle.split import Rows
from oracle.truth import Account, Truth
from oracle.world import Event, Row


@dataclass
class Habit:
    """One job of one account."""

    truth: Truth
    account: Account
    workflow: str

    @cached_property
    def flow(self) -> Any:
        return self.truth.definition.workflows[self.workflow]

    @cached_property
    def beat(self) -> Beat:
        return Beat(self.truth, self.flow.cadence, working=True)

    @cached_property
    def events(self) -> list[Event]:
        return self.truth.successes(self.account.name, [self.workflow])

    @cached_property
    def activated(self) -> int | None:
        return way(self.truth, self.account.name).activated if self.truth.definition.activation else None

    @property
    def begins_active(self) -> bool:
        """Whether the periods begin with the activation."""
        return bool(self.events) and self.activated is not None and self.activated >= self.events[0].time

    @property
    def since(self) -> str:
        if not self.events:
            return "none seen" if self.account.truncated else "never"
        return "activation" if self.begins_active else "first success seen" if self.account.truncated else "first success"

    @cached_property
    def start(self) -> int:
        """The period with which the habit begins."""
        time = self.activated if self.begins_active and self.activated is not None else self.events[0].time
        return self.beat.index(self.truth.calendar.local(time))

    @cached_property
    def window(self) -> range:
        if not self.events:
            return range(0)
        last = self.beat.last
        return range(max(self.start, last - self.truth.definition.value.periods + 1), last + 1)

    @cached_property
    def inside(self) -> list[Event]:
        return [event for event in self.events if self.beat.index(event.day) in self.window]

    @cached_property
    def seen(self) -> set[int]:
        """Complete periods with a success since the habit began."""
        return {index for event in self.events if self.start <= (index := self.beat.index(event.day)) <= self.beat.last}

    @cached_property
    def hit(self) -> int:
        return len({self.beat.index(event.day) for event in self.inside})

    @property
    def consistency(self) -> Fraction | None:
        return Fraction(self.hit, len(self.window)) if len(self.window) else None

    @property
    def judged(self) -> bool:
        """Whether there are enough periods to tell."""
        return len(self.window) >= self.truth.definition.value.min_periods

    def run(self, end: int) -> int:
        """Length of the run that ends with this period."""
        length = 0
        while end - length in self.seen:
            length += 1
        return length

    @property
    def broken(self) -> int:
        end = max(self.seen, default=None)
        return self.run(end) if end is not None and end in self.window and end != self.beat.last else 0

    @property
    def running(self) -> bool:
        """A success in a period that is not complete."""
        return any(self.beat.index(event.day) > self.beat.last for event in self.events)

    @property
    def quiet(self) -> int | None:
        """Complete periods since the last one with a success."""
        return self.beat.last - max(self.seen) if self.seen else None

    @cached_property
    def state(self) -> str:
        rules = self.truth.definition.value
        if ended(self.truth, self.account):
            return "left"
        if not self.events:
            return "unknown" if self.account.truncated else "never"
        if not self.judged:
            return "too young"
        if not self.hit:
            return "returned" if self.running else "stopped"
        if self.broken >= rules.run and (self.quiet or 0) >= rules.missed and not self.running:
            return "broken"
        return "steady" if self.hit >= Fraction(str(rules.consistent)) * len(self.window) else "irregular"

    @cached_property
    def done(self) -> Counter[str]:
        return people(self.truth, self.inside)


def habits(truth: Truth, account: Account) -> list[Habit]:
    """Of every job that it ever did; and of the first core one when it did none of these."""
    core = truth.definition.core_workflows()
    done = [habit for workflow in truth.definition.workflows if (habit := Habit(truth, account, workflow)).events]
    return done if any(habit.workflow in core for habit in done) else [Habit(truth, account, core[0]), *done]


def role_of(truth: Truth, row: Row) -> str | None:
    """The declared role of that spelling, else as it is spelled."""
    return called(truth, row.get("role"))


def called(truth: Truth, role: str | None) -> str | None:
    return {spelling: name for name, spellings in truth.definition.roles.items() for spelling in spellings}.get(role or "", role)


def dated(truth: Truth) -> bool:
    """Whether anybody has a date of joining; where nobody has, everybody listed joined."""
    return any(before(truth, row["joined"]) is not None for name in truth.accounts for _, row in members(truth, name))


def there(truth: Truth, row: Row) -> bool:
    """Joined and not left."""
    return (not dated(truth) or before(truth, row["joined"]) is not None) and before(truth, row["deactivated"]) is None


def expected(habit: Habit) -> tuple[int | None, int | None]:
    """Of those who did it, those whose job it is; and all whose job it is."""
    truth, name = habit.truth, habit.account.name
    wanted = {called(truth, role) for role in habit.flow.roles}
    right = {user: row for user, row in members(truth, name) if role_of(truth, row) in wanted}
    working = [user for user in right if habit.done[user]]
    waiting = [user for user, row in right.items() if not habit.done[user] and there(truth, row)]
    return (len(working), len(working) + len(waiting)) if working or waiting else (None, None)


def consistency(truth: Truth, accounts: Sequence[Account]) -> Rows:
    return [row(truth, habit) for account in accounts for habit in habits(truth, account)]


def row(truth: Truth, habit: Habit) -> dict[str, Any]:
    in_role, all_ = expected(habit)
    low, high = wilson(habit.hit, len(habit.window))
    failures = habit.beat.inside(truth.rule(habit.account.name, habit.flow.failure), *ends(habit)) if habit.flow.failure and habit.window else []
    return {
        "account": habit.account.name, "workflow": habit.workflow, "state": habit.state, "core": habit.workflow in truth.definition.core_workflows(),
        "hit": habit.hit, "periods": len(habit.window), "cadence": habit.flow.cadence, "consistency": share(habit.hit, len(habit.window)), "low": low, "high": high,
        "current": habit.run(habit.beat.last), "longest": max((habit.run(end) for end in habit.seen), default=0), "broken": habit.broken,
        "per_period": share(len(habit.inside), len(habit.window)), "people": len(habit.done), "in_role": in_role, "expected": all_,
        "top_share": share(habit.done[top(habit.done) or ""], habit.done.total()), "roles": different(truth, habit.account.name, habit.done, "role"),
        "success_rate": share(len(habit.inside), len(habit.inside) + len(failures)) if habit.flow.failure else None, "since": habit.since,
        "last_day": day_of(habit.events[-1].day) if habit.events else None, **pays(truth, habit.account),
    }  # fmt: skip


def ends(habit: Habit) -> tuple[int, int]:
    return habit.window[0], habit.window[-1]


def repeat(truth: Truth, accounts: Sequence[Account], min_base: int = 5) -> Rows:
    return [repeat_row(truth, [Habit(truth, account, workflow) for account in accounts], workflow, min_base) for workflow in truth.definition.workflows]


def repeat_row(truth: Truth, found: Sequence[Habit], workflow: str, min_base: int) -> dict[str, Any]:
    done = [habit for habit in found if habit.events]
    started = [habit for habit in done if not habit.account.truncated]
    waits = [again(habit) for habit in started]
    old = [(wait, repeated) for habit, (wait, repeated) in zip(started, waits, strict=True) if habit.beat.last - first(habit) >= 2]
    repeated = sum(repeated for _, repeated in old)
    return {
        "workflow": workflow, "started": len(started), "unknown": len(done) - len(started), "immature": len(started) - len(old), "eligible": len(old),
        "repeated": repeated, **rated(repeated, len(old)), "median_periods": reached_by(waits, HALF), "cadence": truth.definition.workflows[workflow].cadence,
        "status": "insufficient" if len(old) < min_base else "final",
    }  # fmt: skip


def first(habit: Habit) -> int:
    return habit.beat.index(habit.events[0].day)


def again(habit: Habit) -> tuple[int, bool]:
    """Periods until two more had a success, or as far as it was watched."""
    later = sorted(index for index in habit.seen if index > first(habit))
    return (later[1] - first(habit), True) if len(later) > 1 else (max(habit.beat.last - first(habit), 0), False)


TABLES = {"value.consistency": consistency, "value.repeat": repeat}
