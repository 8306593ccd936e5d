"""expansion.limits: how far each account is from what its plans allow, and on which day it gets there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any

from oracle.beats import Beat, begins
from oracle.contracts import contract
from oracle.days import day_of
from oracle.people import before
from oracle.plans import plans
from oracle.scores import money
from oracle.seats import Person, persons
from oracle.split import Rows
from oracle.truth import Account, Truth
from oracle.world import Row, instant

PACED = 28


@dataclass(frozen=True)
class Ceiling:
    """What the plans of an account allow of one meter: None where one of them does not say."""

    limit: int | None
    unlimited: bool
    kind: str | None
    per: str | None


@dataclass(frozen=True)
class Use:
    """How much of it was used; None: unknown."""

    used: int | None
    last: int | None = None
    gain: int | None = None
    end: int | None = None


def limits(truth: Truth, accounts: Sequence[Account], table: Iterable[Row], near: float = 0.8, horizon_days: int = 90) -> Rows:
    told = {(row["plan"] or "", row["meter"] or ""): row for row in table}
    meters = sorted({meter for _, meter in told})
    there = [account for account in accounts if not ((paid := contract(truth, account.name)) and paid.ended)]
    return [row(truth, account, meter, told, near, horizon_days) for account in there for meter in meters]


def ceiling(names: Sequence[str], meter: str, told: dict[tuple[str, str], Row]) -> Ceiling:
    rows = [told.get((name, meter)) for name in names]
    known = [found for found in rows if found]
    free = any((found["limit"] or "").strip().lower() == "unlimited" for found in known)
    said = [(found["limit"] or "").strip().lower() for found in known]
    kinds = {found.get("kind") or ("stock" if meter == "seats" else "flow") for found in known}
    pers = {found.get("per") or "month" for found in known} if kinds == {"flow"} else set()
    if len(kinds) > 1 or len(pers) > 1:
        return Ceiling(None, free, None, None)
    full = bool(rows) and len(known) == len(rows) and all(said) and not free
    return Ceiling(sum(map(int, said)) if full else None, free, kinds.pop() if kinds else None, pers.pop() if pers else None)


def row(truth: Truth, account: Account, meter: str, told: dict[tuple[str, str], Row], near: float, horizon_days: int) -> dict[str, Any]:
    names = sorted(plans(truth, account))
    found, paid = ceiling(names, meter, told), contract(truth, account.name)
    use = used(truth, account, meter, found)
    pace, last = None if use.gain is None else Fraction(use.gain, PACED), None if found.limit is None or use.last is None else use.last >= found.limit
    state, hits = judged(truth, found, use, pace, near, horizon_days)
    return {
        "account": account.name, "meter": meter, "state": state, "hits_on": None if hits is None else day_of(hits), "used": use.used, "limit": found.limit,
        "filled": None if use.used is None or not found.limit else use.used / found.limit, "last_used": use.last, "hit_last": last,
        "pace": None if pace is None else float(pace), "per": found.per, "plan": " + ".join(names) or None,
        "mrr": money(paid.mrr if paid else None), "currency": paid.currency if paid else None,
    }  # fmt: skip


def judged(truth: Truth, found: Ceiling, use: Use, pace: Fraction | None, near: float, horizon_days: int) -> tuple[str, int | None]:
    """The state, and the day number on which it gets there."""
    if found.unlimited:
        return "unlimited", None
    if found.limit is None or use.used is None:
        return "unknown", None
    if use.used >= found.limit:
        return "at limit", None
    hits = truth.today - 1 + ceil((found.limit - use.used) / pace) if pace is not None and pace > 0 else None
    if hits is not None and (hits < use.end if use.end is not None else hits < truth.today + horizon_days):
        return "bound for it", hits
    return "close" if use.used >= Fraction(str(near)) * found.limit else "far", None


def old_enough(truth: Truth, account: Account) -> bool:
    start, since = begins(truth), truth.today - PACED
    return start is not None and start <= since and account.created is not None and truth.calendar.local(account.created) <= since


def used(truth: Truth, account: Account, meter: str, found: Ceiling) -> Use:
    """Another stock than seats cannot be told from events, nor what neither a workflow nor a rule is."""
    flows = truth.definition.workflows
    if found.kind == "stock":
        return people(truth, account) if meter == "seats" and truth.world.users is not None else Use(None)
    if found.per is None or meter not in flows and meter not in truth.definition.rules:
        return Use(None)
    return flow(truth, account, flows[meter].success if meter in flows else meter, Beat(truth, found.per))


def flow(truth: Truth, account: Account, rule: str, beat: Beat) -> Use:
    days = [event.day for event in truth.rule(account.name, rule)]
    gain = sum(day >= truth.today - PACED for day in days) if old_enough(truth, account) else None
    periods = [beat.index(day) for day in days]
    return Use(periods.count(beat.running), periods.count(beat.last), gain, beat.first(beat.running + 1))


def people(truth: Truth, account: Account) -> Use:
    found, since = [one for one in persons(truth, account) if one.joined], truth.calendar.midnight(truth.today - PACED)
    now = sum(not one.left for one in found)
    then = sum((began(truth, one) or 0) < since and not (one.left and (instant(one.row.get("deactivated")) or 0) < since) for one in found)
    known = (truth.anybody("joined") or truth.anybody("invited")) and old_enough(truth, account)
    return Use(now, None, now - then if known or not found and old_enough(truth, account) else None)


def began(truth: Truth, one: Person) -> int | None:
    """When somebody joined or was first seen at work; else, or where the table has no such dates, when they were invited."""
    joined, invited = (before(truth, one.row.get(name)) for name in ("joined", "invited"))
    times = [time for time in (joined, one.worked[0].time if one.worked else None) if time is not None] if truth.anybody("joined") else []
    return min(times, default=invited)


TABLES = {"expansion.limits": limits}
