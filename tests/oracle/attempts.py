"""value.completion and value.completion_accounts: what became of the attempts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from oracle.activation import HALF, NINE
from oracle.days import SECOND, day_of
from oracle.numbers import quantile, rated, reached_by, share
from oracle.split import Rows
from oracle.truth import Account, Truth
from oracle.world import Event

HOUR = 3600 * SECOND
NEVER = 10**18


@dataclass(frozen=True)
class Attempt:
    """One logical attempt; outcome: completed, failed, abandoned, open, unpaired."""

    account: str
    at: int
    outcome: str
    wait: tuple[int, bool] = (0, False)


def attempts(truth: Truth, account: str, workflow: str, attempt_days: int) -> list[Attempt]:
    flow = truth.definition.workflows[workflow]
    tried, done, failed = (truth.rule(account, rule) if rule else [] for rule in (flow.attempt, flow.success, flow.failure))
    found = one_each(truth, account, flow, tried, done, failed) if flow.entity else in_turn(truth, account, flow, tried, done, failed)
    return [one for one in found if truth.calendar.local(one.at) >= truth.today - attempt_days]


def one_each(truth: Truth, account: str, flow: Any, *events: Sequence[Event]) -> list[Attempt]:
    tried, done, failed = ([(event.time, event.row.get(flow.entity)) for event in found] for found in events)
    first = {thing: at for at, thing in reversed(tried) if thing is not None}
    ours = [ended(truth, account, flow, at, NEVER, *([time for time, other in found if other == thing] for found in (done, failed))) for thing, at in first.items()]
    return ours + [Attempt(account, at, "unpaired") for at, thing in tried if thing is None]


def in_turn(truth: Truth, account: str, flow: Any, *events: Sequence[Event]) -> list[Attempt]:
    """Up to the next moment of an attempt; of those begun together the first has the first success, the last the first failure."""
    begun, done, failed = ([event.time for event in found] for found in events)
    moments, found = sorted(set(begun)), []
    for at, after in zip(moments, [*moments, NEVER][1:], strict=True):
        together = begun.count(at)
        successes, failures = (sorted(time for time in times if at <= time < after) for times in (done, failed))
        pairs = [(successes[n : n + 1], failures[together - 1 - n :][:1]) for n in range(together)]
        found += [ended(truth, account, flow, at, after, *pair) for pair in pairs]
    return found


def ended(truth: Truth, account: str, flow: Any, at: int, until: int, done: Sequence[int], failed: Sequence[int]) -> Attempt:
    """What happened from its beginning on, up to the next attempt."""
    due = at + flow.within
    success, failure = (min((time for time in times if at <= time < until), default=None) for times in (done, failed))
    lost = failure is not None and failure <= due
    in_time = success is not None and success <= due
    outcome = "completed" if in_time else "failed" if lost else "abandoned"
    over = due <= truth.final  # until then even a failed one may succeed
    wait = (success - at, True) if success is not None else (NEVER if lost and over else truth.now - at, False)
    return Attempt(account, at, outcome if over else "open", wait)


def completion(truth: Truth, accounts: Sequence[Account], attempt_days: int = 90, min_attempts: int = 20) -> Rows:
    return [
        {"workflow": workflow, **row([one for account in accounts for one in attempts(truth, account.name, workflow, attempt_days)], min_attempts)}
        for workflow, flow in truth.definition.workflows.items() if flow.attempt
    ]  # fmt: skip


def counted(found: Sequence[Attempt]) -> dict[str, int]:
    outcomes = [one.outcome for one in found]
    over = {name: outcomes.count(name) for name in ("completed", "failed", "abandoned")}
    return {"attempts": sum(over.values()), **over, "immature": outcomes.count("open"), "unpaired": outcomes.count("unpaired")}


def row(found: Sequence[Attempt], min_attempts: int) -> dict[str, Any]:
    told = counted(found)
    n, done, failed = told["attempts"], told["completed"], told["failed"]
    waits = [one.wait for one in found if one.outcome != "unpaired"]
    each = [counted([one for one in found if one.account == name]) for name in {one.account for one in found}]
    rates = [share(one["completed"], one["attempts"]) for one in each if one["attempts"]]
    return {
        **told, **rated(done, n), "accounts": len(rates), "account_median": float(quantile(rates, 0.5)) if rates else None,  # type: ignore[arg-type]
        "ended": share(done + failed, n), "of_ended": share(done, done + failed), "median_hours": hours(reached_by(waits, HALF)),
        "p90_hours": hours(reached_by(waits, NINE)), "status": "no attempts" if not n else "insufficient" if n < min_attempts else "final",
    }  # fmt: skip


def hours(length: int | None) -> float | None:
    return None if length is None else length / HOUR


def completion_accounts(truth: Truth, accounts: Sequence[Account], attempt_days: int = 90) -> Rows:
    rows = []
    for account in accounts:
        for workflow, flow in truth.definition.workflows.items():
            if flow.attempt and (found := attempts(truth, account.name, workflow, attempt_days)):
                rows.append({"account": account.name, "workflow": workflow, **account_row(truth, found)})
    return rows


def account_row(truth: Truth, found: Sequence[Attempt]) -> dict[str, Any]:
    told = counted(found)
    lost = [one.at for one in found if one.outcome in ("failed", "abandoned")]
    day = truth.calendar.local
    return {
        **told, "unsolved": len(lost), **rated(told["completed"], told["attempts"]), "last_tried": day_of(day(max(one.at for one in found))),
        "last_lost": day_of(day(max(lost))) if lost else None,
    }  # fmt: skip


TABLES = {"value.completion": completion, "value.completion_accounts": completion_accounts}
