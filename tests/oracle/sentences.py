"""value.statement: what can be said of each account in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from oracle.beats import pays
from oracle.contracts import spells
from oracle.days import DAY, day_of
from oracle.habits import Habit
from oracle.shoulders import main
from oracle.split import Rows
from oracle.text import Says
from oracle.truth import Account, Truth

NAMES = {"day": "working day", "week": "week", "month": "month", "quarter": "quarter"}


def statement(truth: Truth, accounts: Sequence[Account]) -> Rows:
    found = [main(truth, account) for account in accounts]
    return [{"account": habit.account.name, "state": habit.state, "statement": Says(habit.account.name, *parts(truth, habit)), **pays(truth, habit.account)} for habit in found]


def parts(truth: Truth, habit: Habit) -> list[Any]:
    """What the sentence has to hold."""
    did = habit.flow.did or "completed " + habit.workflow
    last = day_of(habit.events[-1].day) if habit.events else None
    first = day_of(habit.events[0].day) if habit.events else None
    age = (truth.now - (habit.account.created or 0)) // DAY
    match habit.state:
        case "left":
            return ["no longer pays", day_of(spells(truth, habit.account.name)[-1][1]), *([last] if last else [])]
        case "unknown":
            return ["is unknown", "older than the export"]
        case "never":
            return ["gets no value yet", "since it began", *([f"{age} days"] if age > 1 else [])]
        case "too young":
            return ["is too new to tell", first]
        case "stopped":
            return ["gets no value now", last, periods(habit)]
        case "returned":
            return ["is back", last]
    start = {"broken": "is losing value", "steady": "gets value because", "irregular": "gets value only now and then"}[habit.state]
    return [start, did if habit.flow.did else "", periods(habit), *workers(habit)]


def periods(habit: Habit) -> str:
    n, unit = len(habit.window), NAMES[habit.flow.cadence]
    return f"the last {n} {unit}s" if n > 1 else f"the last {unit}"


def workers(habit: Habit) -> list[str]:
    return [] if habit.done else ["no person did any of it"]


TABLES = {"value.statement": statement}
