"""friction.self_serve and reliability.sync_lag: what came after somebody read, and after something changed elsewhere."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from oracle.beats import Beat
from oracle.days import DAY, SECOND, day_of
from oracle.desk import Ticket, desk, intervals
from oracle.numbers import rated, reached_by, share
from oracle.operations import events
from oracle.split import Rows
from oracle.truth import Account, Truth

MINUTE, HOUR = 60 * SECOND, DAY // 24


class Session(NamedTuple):
    """What is read in an account about one topic without a gap."""

    account: str
    topic: str | None
    begun: int
    ended: int


def topics(truth: Truth) -> dict[str | None, tuple[str, ...]]:
    """Topic → its rules; None: about anything."""
    told = truth.definition.friction
    general: dict[str | None, tuple[str, ...]] = {None: tuple(told.knowledge)} if told.knowledge else {}
    return general | {name: tuple(rules) for name, rules in told.topics.items()}


def sessions(truth: Truth, account: str, topic: str | None, rules: tuple[str, ...]) -> list[Session]:
    found: list[Session] = []
    for at in sorted(event.time for event in events(truth, account, rules)):
        if found and at - found[-1].ended < truth.definition.activity.gap:
            found[-1] = found[-1]._replace(ended=at)
        else:
            found.append(Session(account, topic, at, at))
    return found


def asks(one: Session, ticket: Ticket) -> bool:
    return ticket.account == one.account and ticket.at >= one.begun and (one.topic is None or ticket.category in (one.topic, None))


def self_serve(truth: Truth, accounts: Sequence[Account], friction_days: int = 90, solved_days: int = 7, min_sessions: int = 20) -> Rows:
    every = [one for account in accounts for topic, rules in topics(truth).items() for one in sessions(truth, account.name, topic, rules)]
    recent = [one for one in every if truth.calendar.local(one.ended) >= truth.today - friction_days]
    tickets = desk(truth)
    kinds: list[tuple[str, str | None]] = [("all", None), *(("no topic" if topic is None else "topic", topic) for topic in topics(truth))]
    rows = []
    for kind, topic in kinds:
        part = [one for one in recent if kind == "all" or one.topic == topic]
        rows.append({"kind": kind, "topic": topic, **served(truth, part, tickets, solved_days, min_sessions)})
    return rows


def served(truth: Truth, part: Sequence[Session], tickets: Sequence[Ticket], solved_days: int, min_sessions: int) -> dict[str, Any]:
    day = truth.calendar.local
    old = [one for one in part if truth.over(day(one.ended) + solved_days + 1)]
    solved = [one for one in old if not any(asks(one, ticket) and ticket.day <= day(one.ended) + solved_days for ticket in tickets)]
    worked = sum(any(event.time >= one.ended and event.day <= day(one.ended) + solved_days for event in truth.successes(one.account)) for one in solved)
    k, n = len(solved), len(old)
    status = "none" if not n else "insufficient" if n < min_sessions else "final"
    return {
        "sessions": n, "solved": k, "rate": share(k, n), **intervals("", k, n), "worked": worked, "work_rate": share(worked, n), "asked": n - k,
        "immature": len(part) - n, "accounts": len({one.account for one in old}), "status": status if topics(truth) else "needs friction.knowledge",
    }  # fmt: skip


def sync_lag(truth: Truth, accounts: Sequence[Account], weeks: int = 4, min_changes: int = 20) -> Rows:
    beat = Beat(truth, "week")
    rows = []
    for name, sync in truth.definition.reliability.syncs.items():
        changed = [one for account in accounts for one in changes(truth, account.name, sync)]
        for week in range(beat.last - weeks + 1, beat.last + 1):
            part = [(at, came) for at, came in changed if beat.index(truth.calendar.local(at)) == week]
            rows += [{"name": name, "week": day_of(beat.first(week)), **lag(truth, part, min_changes)}] if part else []
    return rows


def changes(truth: Truth, account: str, sync: Any) -> list[tuple[int, int | None]]:
    """When each thing first changed, and when it first arrived; None: not by T; below nought: the event names no thing."""
    source, synced = ([(event.time, event.row.get(sync.entity)) for event in events(truth, account, rules)] for rules in (sync.source, sync.synced))
    first = {thing: at for at, thing in reversed(source) if thing is not None}
    arrived = {thing: sorted(at for at, other in synced if other == thing) for thing in first}
    named = [(at, (arrived[thing][place] if (place := bisect_left(arrived[thing], at)) < len(arrived[thing]) else None)) for thing, at in first.items()]
    return [*named, *((at, -1) for at, thing in source if thing is None)]


def lag(truth: Truth, part: Sequence[tuple[int, int | None]], min_changes: int) -> dict[str, Any]:
    named = [(at, came) for at, came in part if came is None or came >= 0]
    waits = [(truth.now - at if came is None else came - at, came is not None) for at, came in named]
    missing = [wait for wait, came in waits if not came]
    k, n = len(waits) - len(missing), len(waits)
    found = {name: reached_by(waits, share) for name, share in (("p50_minutes", Fraction(1, 2)), ("p95_minutes", Fraction(19, 20)))}
    rates = rated(k, n)
    return {
        "changes": n, "synced": k, "missing": len(missing), "synced_share": rates["rate"], "low": rates["low"], "high": rates["high"],
        **{name: None if wait is None else wait / MINUTE for name, wait in found.items()}, "oldest_hours": max(missing) / HOUR if missing else None,
        "unpaired": len(part) - n, "status": "insufficient" if n < min_changes else "final",
    }  # fmt: skip


TABLES = {"friction.self_serve": self_serve, "reliability.sync_lag": sync_lag}
