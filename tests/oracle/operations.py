"""reliability.failures: what became of the attempts at each workflow, endpoint, job and form."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from oracle.beats import Beat
from oracle.numbers import share, wilson
from oracle.split import Rows
from oracle.truth import Account, Truth
from oracle.world import Event

PARTS = ("attempt", "success", "failure", "timeout", "retry")


@dataclass(frozen=True)
class Operation:
    """Something that the product does: the rules of its parts, none where a part is not declared."""

    kind: str
    name: str
    rules: dict[str, tuple[str, ...]]
    entity: str | None
    within: int

    def has(self, *parts: str) -> bool:
        return any(self.rules[part] for part in parts)


@dataclass
class Try:
    """One logical attempt, and what came in its time."""

    account: str
    at: int
    due: int
    thing: str | None
    came: dict[str, int] = field(default_factory=lambda: dict.fromkeys(PARTS, 0))

    @property
    def failed(self) -> bool:
        return bool(self.came["failure"] or self.came["timeout"])


def operations(truth: Truth) -> Iterator[Operation]:
    block = truth.definition.reliability
    for name, flow in truth.definition.workflows.items():
        own, more = {part: getattr(flow, part) for part in PARTS[:3]}, block.workflows.get(name)
        rules = {part: (own[part],) if own.get(part) else tuple(getattr(more, part, None) or ()) for part in PARTS}
        yield Operation("workflow", name, rules, flow.entity, flow.within)
    for kind, name, one in block.operations():
        yield Operation(kind, name, {part: tuple(getattr(one, part) or ()) for part in PARTS}, one.entity, one.within)


def events(truth: Truth, account: str, rules: Iterable[str]) -> list[Event]:
    """Each once, also where several rules hold."""
    found = {id(event): event for rule in rules for event in truth.rule(account, rule)}
    return sorted(found.values(), key=lambda event: event.time)


def tries(truth: Truth, one: Operation, account: str) -> tuple[list[Try], list[int]]:
    """The logical attempts, and the times of those whose event does not name its thing."""
    found = {part: [(event.time, event.row.get(one.entity) if one.entity else None) for event in events(truth, account, one.rules[part])] for part in PARTS}
    start = partial(begin, account, one.within)
    if one.entity:
        first = {thing: at for at, thing in reversed(found["attempt"]) if thing is not None}
        named = {thing: start(at, thing) for thing, at in first.items()}
        put_named(named, found)
        return list(named.values()), sorted({at for at, thing in found["attempt"] if thing is None})
    begun = [start(at, None) for at in sorted(at for at, _ in found["attempt"])]
    put_in_turn(begun, found)
    return begun, []


def begin(account: str, within: int, at: int, thing: str | None) -> Try:
    return Try(account, at, at + within, thing)


def put_named(named: dict[str, Try], found: dict[str, list[tuple[int, str | None]]]) -> None:
    """To the attempt at the same thing, when it came in its time; the attempts after the first are retries."""
    for part, came in found.items():
        for time, thing in came:
            attempt = named.get(thing or "")
            if thing is not None and attempt is not None and attempt.at <= time <= attempt.due:
                attempt.came[part] += 1
    for attempt in named.values():
        attempt.came["retry"] += attempt.came["attempt"] - 1


def put_in_turn(begun: Sequence[Try], found: dict[str, list[tuple[int, str | None]]]) -> None:
    """To the last attempt before it, in turn where several were begun together; a success to every attempt in whose time it came."""
    starts = [attempt.at for attempt in begun]
    for part in ("failure", "timeout", "retry"):
        turns: Counter[int] = Counter()
        for time, _ in found[part]:
            last = bisect_right(starts, time) - 1
            if last >= 0 and time <= begun[last].due:
                together = begun[bisect_left(starts, starts[last]) : last + 1]
                together[turns[starts[last]] % len(together)].came[part] += 1
                turns[starts[last]] += 1
    for attempt in begun:
        attempt.came["success"] = sum(attempt.at <= time <= attempt.due for time, _ in found["success"])


def failures(truth: Truth, accounts: Sequence[Account], weeks: int = 4, min_attempts: int = 20) -> Rows:
    beat = Beat(truth, "week")
    days = range(beat.first(beat.last - weeks + 1), beat.first(beat.last + 1))
    return [{"kind": one.kind, "name": one.name, **row(truth, one, accounts, days, min_attempts)} for one in operations(truth)]


def row(truth: Truth, one: Operation, accounts: Sequence[Account], days: range, min_attempts: int) -> dict[str, Any]:
    found, nameless = [], 0
    for account in accounts:
        begun, unnamed = tries(truth, one, account.name)
        found += [attempt for attempt in begun if truth.calendar.local(attempt.at) in days]
        nameless += sum(truth.calendar.local(at) in days for at in unnamed)
    over = [attempt for attempt in found if attempt.due <= truth.final]
    told = outcome(one, over)
    return {
        **told, **mishaps(truth, one, accounts, days), "immature": len(found) - len(over), "unpaired": nameless,
        "status": status(one, len(over), min_attempts),
    }  # fmt: skip


def outcome(one: Operation, over: Sequence[Try]) -> dict[str, Any]:
    bad, again = [attempt for attempt in over if attempt.failed], [attempt for attempt in over if attempt.came["retry"]]
    timed, lost = sum(attempt.came["timeout"] > 0 for attempt in over), sum(not attempt.came["success"] for attempt in bad)
    n, k, retries = len(over), len(bad), sum(attempt.came["retry"] for attempt in again)
    saved = sum(attempt.came["success"] > 0 for attempt in again)
    fails, ends, times = one.has("failure", "timeout"), one.has("success"), one.has("timeout")
    low, high = wilson(k, n) if fails else (None, None)
    return {
        "attempts": n, "failed": k if fails else None, "failure_rate": share(k, n) if fails else None, "low": low, "high": high,
        "per_1000": 1000 * k / n if fails and n else None, "timed_out": timed if times else None, "timeout_rate": share(timed, n) if times else None,
        "retries": retries, "retry_rate": share(retries, n), "retried": len(again),
        "recovered": saved if ends else None, "recovered_share": share(saved, len(again)) if ends else None,
        "abandoned": lost if fails and ends else None, "abandoned_share": share(lost, k) if fails and ends else None,
        "accounts": len({attempt.account for attempt in over}), "affected": len({attempt.account for attempt in bad}) if fails else None,
    }  # fmt: skip


def mishaps(truth: Truth, one: Operation, accounts: Sequence[Account], days: range) -> dict[str, Any]:
    """Failures and timeouts as events."""
    if not one.has("failure", "timeout"):
        return {"failures": None, "per_day": None, "worst_day": None}
    a_day: Counter[int] = Counter()
    for account in accounts:
        for part in ("failure", "timeout"):
            a_day.update(event.day for event in events(truth, account.name, one.rules[part]) if event.day in days)
    return {"failures": a_day.total(), "per_day": a_day.total() / len(days), "worst_day": max(a_day.values(), default=0)}


def status(one: Operation, n: int, min_attempts: int) -> str:
    if not one.has("failure", "timeout"):
        return "no failure declared"
    if not one.has("attempt"):
        return "no attempt declared"
    return "no attempts" if not n else "insufficient" if n < min_attempts else "final"


TABLES = {"reliability.failures": failures}
