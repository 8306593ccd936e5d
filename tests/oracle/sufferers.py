"""friction.accounts and friction.workflow_accounts: whom it is hard to get work done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from oracle.aftermath import asks, sessions, topics
from oracle.beats import begins
from oracle.contracts import contract
from oracle.days import DAY, day_of
from oracle.desk import Ticket, desk
from oracle.friction import PER, Kind, count, interval, kinds
from oracle.scores import money
from oracle.split import Rows
from oracle.truth import Account, Truth


def windows(truth: Truth, friction_days: int) -> tuple[range, range | None]:
    """The last days, none before the export's first; the days before them where the export holds them all."""
    start, since = begins(truth), truth.today - friction_days
    covered = start is not None and start <= since - friction_days
    return range(since if start is None else max(start, since), truth.today), range(since - friction_days, since) if covered else None


def workflow_accounts(truth: Truth, accounts: Sequence[Account], friction_days: int = 90) -> Rows:
    shown, before = windows(truth, friction_days)
    found = [(kind, account.name) for kind in kinds(truth) for account in accounts]
    rows = [{"account": name, "measure": kind.measure, "workflow": kind.workflow, **felt(kind, name, shown, before)} for kind, name in found]
    return [row for row in rows if row["events"] or row["base"]]


def felt(kind: Kind, name: str, shown: range, before: range | None) -> dict[str, Any]:
    (factor, _), bare = PER[kind.measure], kind.base is None
    k, n = (count(days, name, shown) for days in (kind.events, kind.base or {}))
    low, high = interval(k, n)
    days = [day for day, times in kind.events.get(name, {}).items() if times and day in shown]
    return {
        "rate": factor * k / n if n else None, "low": low and factor * low, "high": high and factor * high, "per": kind.per, "events": k, "base": None if bare else n,
        "events_before": None if before is None else count(kind.events, name, before), "base_before": None if before is None or bare else count(kind.base or {}, name, before),
        "without": k > 0 and n == 0 and not bare, "last_day": day_of(max(days)) if days else None,
    }  # fmt: skip


def accounts(
    truth: Truth, accounts: Sequence[Account], friction_days: int = 90, repeat_days: int = 14, solved_days: int = 7, hurt_from: float = 10.0
) -> Rows:
    shown, before = windows(truth, friction_days)
    told, tickets = list(kinds(truth)), desk(truth)
    return [account(truth, one.name, told, [ticket for ticket in tickets if ticket.account == one.name], shown, before, friction_days, repeat_days, solved_days, hurt_from) for one in accounts]


def account(
    truth: Truth, name: str, told: Sequence[Kind], tickets: Sequence[Ticket], shown: range, before: range | None,
    friction_days: int, repeat_days: int, solved_days: int, hurt_from: float,
) -> dict[str, Any]:  # fmt: skip
    known, paid = truth.world.tickets is not None, contract(truth, name)
    row: dict[str, Any] = {"account": name, **dict.fromkeys(("waiting", "waiting_days", "tickets", "per_100", "low", "successes", "mostly", "repeated", "before", "last_ticket"))}
    if known:
        done = sum(count(kind.base or {}, name, shown) for kind in told if kind.measure == "tickets")
        row |= asked(truth, tickets, shown, before, repeat_days) | {"successes": done}
        low, _ = interval(row["tickets"], done)
        row |= {"per_100": 100 * row["tickets"] / done if done else None, "low": None if low is None else 100 * low}
    clicks = {measure: clicked(told, measure, name, shown) for measure in ("refunds", "help", "dismissed")}
    row |= {**clicks, **reading(truth, name, tickets, friction_days, solved_days), "mrr": money(paid.mrr if paid else None), "currency": paid.currency if paid else None}
    return row | {"state": state(row, known, paid is not None and paid.ended, hurt_from)}


def state(row: dict[str, Any], known: bool, left: bool, hurt_from: float) -> str:
    if not known:
        return "unknown"
    if left:
        return "left"
    if row["waiting"]:
        return "blocked"
    if row["tickets"] and not row["successes"]:
        return "fruitless"
    return "hurt" if row["low"] is not None and row["low"] > hurt_from else "inconspicuous"


def asked(truth: Truth, tickets: Sequence[Ticket], shown: range, before: range | None, repeat_days: int) -> dict[str, Any]:
    """What its tickets say, in the order in which they were opened."""
    recent = [(n, one) for n, one in enumerate(tickets) if one.day in shown]
    open_ = [one for one in tickets if one.solved is None]
    stuck = [one.at for one in open_ if one.blocking]
    kinds_ = Counter(one.category for _, one in recent if one.category is not None)
    again = sum(any(one.category is not None and other.category == one.category and one.day - other.day <= repeat_days for other in tickets[:n]) for n, one in recent)
    return {
        "waiting": len(stuck) if stuck or all(one.blocking is not None for one in open_) else None, "waiting_days": (truth.now - min(stuck)) // DAY if stuck else None,
        "tickets": len(recent), "mostly": min(kinds_, key=lambda kind: (-kinds_[kind], kind)) if kinds_ else None, "repeated": again,
        "before": None if before is None else sum(one.day in before for one in tickets), "last_ticket": day_of(max(one.day for one in tickets)) if tickets else None,
    }  # fmt: skip


def clicked(told: Sequence[Kind], measure: str, name: str, shown: range) -> int | None:
    declared = [kind for kind in told if kind.measure == measure and kind.lacks != f"needs friction.{measure}"]
    return sum(count(kind.events, name, shown) for kind in declared) if declared else None


def reading(truth: Truth, name: str, tickets: Sequence[Ticket], friction_days: int, solved_days: int) -> dict[str, int | None]:
    local = truth.calendar.local
    every = [one for topic, rules in topics(truth).items() for one in sessions(truth, name, topic, rules)]
    lately = [one for one in every if local(one.ended) >= truth.today - friction_days]
    followed = sum(any(asks(one, ticket) and ticket.day <= local(one.ended) + solved_days for ticket in tickets) for one in lately)
    there, known = bool(topics(truth)), truth.world.tickets is not None
    return {"read": len(lately) if there else None, "then_asked": followed if there and known else None}


TABLES = {"friction.accounts": accounts, "friction.workflow_accounts": workflow_accounts}
