"""expansion.seats, expansion.volume, expansion.integrations, expansion.premium: through what an account could grow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from math import exp, log1p
from statistics import median
from typing import Any

from oracle.contracts import begun
from oracle.days import DAY, day_of
from oracle.features import uses
from oracle.habits import role_of
from oracle.numbers import rated
from oracle.people import before
from oracle.plans import entitled, plans
from oracle.recent import Recent
from oracle.scores import money
from oracle.seats import persons
from oracle.slopes import sen
from oracle.split import Rows
from oracle.truth import Account, Truth

Lives = Callable[[Recent], Iterable[dict[str, Any]]]


def each(truth: Truth, accounts: Sequence[Account], rows: Lives) -> Rows:
    """The rows of every account that has not left, with what it pays."""
    found: Rows = []
    for recent in (Recent(truth, account) for account in accounts):
        contract = recent.contract
        paid = {"mrr": money(contract.mrr if contract else None), "currency": contract.currency if contract else None}
        found += [{"account": recent.name, **row, **paid} for row in rows(recent) if not recent.ended]
    return found


def integrations(truth: Truth, accounts: Sequence[Account], integration_days: int = 28) -> Rows:
    return each(truth, accounts, lambda recent: [integration_row(recent, integration_days)])


def integration_row(recent: Recent, span: int) -> dict[str, Any]:
    truth, names = recent.truth, [name for name, feature in recent.truth.definition.features.items() if feature.integration]
    days = {name: found for name in names if (found := uses(truth, recent.account, name))}
    since = truth.today - span
    live = [name for name, found in days.items() if max(found) >= since]
    new = [name for name in live if min(days[name]) >= since]
    lost = [name for name, found in days.items() if name not in live and max(found) >= since - span]
    old = recent.account.truncated
    return {
        "live": len(live), "started": None if old else len(new), "silent": len(lost), "open": len(names) - len(days), "names": listed(live),
        "new_names": None if old else listed(new), "lost_names": listed(lost), "last_day": day_of(max(map(max, days.values()))) if days else None,
    }  # fmt: skip


def listed(names: Iterable[str], separator: str = ", ") -> str | None:
    return separator.join(sorted(names)) or None


def premium(truth: Truth, accounts: Sequence[Account]) -> Rows:
    return each(truth, accounts, lambda recent: [row for name in truth.definition.features if (row := premium_row(recent, name))])


def premium_row(recent: Recent, name: str) -> dict[str, Any] | None:
    truth, feature = recent.truth, recent.truth.definition.features[name]
    if not (feature.premium or feature.paywall or feature.plans):
        return None
    used = uses(truth, recent.account, name)
    hit = [event.day for event in truth.rule(recent.name, feature.paywall)] if feature.paywall else []
    may, (hits, done) = entitled(truth, recent.account, feature.plans), (sum(day >= truth.today - 28 for day in days) for days in (hit, used))
    state = "unsaid" if feature.premium and not feature.plans else "unknown" if may is None else "included" if may else "above"
    if state == "included" and not hits:
        return None
    long = truth.start is None or truth.calendar.local(truth.start) <= truth.today - 56
    return {
        "feature": name, "pull": hits + done, "hits": hits if feature.paywall else None, "uses": done, "before": sum(truth.today - 56 <= day < truth.today - 28 for day in [*used, *hit]) if long else None,
        "state": state, "plan": listed(plans(truth, recent.account), " + "), "plans": ", ".join(feature.plans) or None,
        "last_day": day_of(max([*used, *hit])) if used or hit else None,
    }  # fmt: skip


def seats(truth: Truth, accounts: Sequence[Account], seat_days: int = 90, settle_days: int = 14) -> Rows:
    return each(truth, accounts, lambda recent: [seat_row(recent, seat_days, settle_days)])


def seat_row(recent: Recent, seat_days: int, settle_days: int) -> dict[str, Any]:
    truth, everybody = recent.truth, persons(recent.truth, recent.account)
    paid, earlier = recent.contract.seats if recent.contract else None, paid_before(recent, seat_days)
    now, then = set(recent.people(28, 0)), set(recent.people(seat_days + 28, seat_days))
    seen = truth.start is not None and truth.calendar.local(truth.start) <= truth.today - seat_days - 28
    asked = [(at, one) for one in everybody if (at := before(truth, one.row.get("invited"))) is not None and at >= truth.now - seat_days * DAY]
    sent = [one for at, one in asked if at <= truth.now - settle_days * DAY]
    accepted = sum(one.joined for one in sent)
    roles, old = ({role for one in everybody if one.user in users and (role := role_of(truth, one.row))} for users in (now, then))
    return {
        "paid": paid, "paid_before": earlier, "added": None if paid is None or earlier is None else paid - earlier, "active": len(now),
        "active_before": len(then) if seen else None, "grown": len(now) - len(then) if seen else None, "sent": len(sent), "accepted": accepted,
        **rated(accepted, len(sent)), "immature": len(asked) - len(sent), "new_roles": listed(roles - old) if seen else None,
    }  # fmt: skip


def paid_before(recent: Recent, days: int) -> int | None:
    """Of all that ran on the day before, but for modules and usage."""
    then = recent.truth.today - days
    ran = [row for start, stop, row in begun(recent.truth, recent.name) if start < then <= stop]
    told = [row["seats"] for row in ran if (row.get("kind") or "recurring") == "recurring"]
    pays = sum(Decimal(row["mrr"] or 0) for row in ran) > 0
    return sum(int(seats or 0) for seats in told) if pays and told and all(told) else None


def volume(truth: Truth, accounts: Sequence[Account], volume_weeks: int = 12, min_weeks: int = 6) -> Rows:
    return each(truth, accounts, lambda recent: volumes(recent, volume_weeks, min_weeks))


def volumes(recent: Recent, span: int, min_weeks: int) -> Rows:
    truth, index = recent.truth, recent.truth.calendar.index
    last = next(n for n in range(index(truth.today, "week"), 0, -1) if truth.over(truth.calendar.first(n + 1, "week")))
    weeks = range(last - span + 1, last + 1)
    done: dict[tuple[str | None, str], list[tuple[int, Decimal]]] = {(None, "successes"): [(index(event.day, "week"), Decimal(1)) for event in recent.work]}
    for name, flow in truth.definition.workflows.items():
        events = [(index(event.day, "week"), event) for event in truth.rule(recent.name, flow.success)]
        done[name, "successes"] = [(week, Decimal(1)) for week, _ in events]
        if flow.value:
            done[name, "value"] = [(week, Decimal(event.row.get(flow.value) or 0)) for week, event in events]
    return [row for key, found in done.items() if (row := series(recent, key, found, weeks, min_weeks))]


def series(recent: Recent, key: tuple[str | None, str], found: Sequence[tuple[int, Decimal]], weeks: range, min_weeks: int) -> dict[str, Any] | None:
    truth, sums = recent.truth, {week: max(sum((n for at, n in found if at == week), Decimal(0)), Decimal(0)) for week in weeks}
    begins = max(truth.calendar.local(at) for at in (truth.start, recent.account.created, 0) if at is not None)
    amounts = [sums[week] for week in weeks if truth.calendar.first(week, "week") >= begins]
    if key[0] and not any(amounts):
        return None
    enough = sum(amount > 0 for amount in amounts) >= min_weeks
    slope, low, high = trend([log1p(amount) for amount in amounts]) if enough else (None, None, None)
    state = "insufficient" if low is None or high is None else "rising" if low > 0 else "falling" if high < 0 else "steady"
    return {
        "workflow": key[0], "measure": key[1], "state": state, **{name: None if one is None else exp(one) - 1 for name, one in (("growth", slope), ("low", low), ("high", high))},
        "weeks": len(amounts), "busy": sum(amount > 0 for amount in amounts), "lately": float(sum(amounts[-4:])), "before": float(sum(amounts[-8:-4])) if len(amounts) >= 8 else None,
    }  # fmt: skip


def trend(values: Sequence[float]) -> tuple[float | None, float | None, float | None]:
    """The median change from week to week, and its interval from the fourth week on."""
    slopes = sorted((values[b] - values[a]) / (b - a) for a, b in combinations(range(len(values)), 2))
    low, high = sen(slopes, [Fraction(week) for week in range(len(values))]) if len(values) >= 4 else (None, None)
    return (median(slopes) if slopes else None), low, high


TABLES = {"expansion.integrations": integrations, "expansion.premium": premium, "expansion.seats": seats, "expansion.volume": volume}
