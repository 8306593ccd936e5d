"""Depth of use, account by account and cohort by cohort: adoption.accounts, tier_times, tier_cohorts, stalls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from oracle.activation import HALF, NINE, days
from oracle.days import DAY, day_of
from oracle.engagement import levels, reached
from oracle.friction import about, opened
from oracle.friction import tickets as asked
from oracle.numbers import rated, reached_by, share
from oracle.plans import entitled
from oracle.recent import Recent
from oracle.scores import money
from oracle.shaky import mean_days
from oracle.split import Rows
from oracle.truth import Account, Truth

Got = list[tuple[int, int, str]]  # of the tiers reached, from the lowest: when, last day on which all was still done, name


def tiered(truth: Truth) -> list[str]:
    return [name for name, workflow in truth.definition.workflows.items() if workflow.tiers]


def got(truth: Truth, account: str, workflow: str) -> Got:
    found = [(reached(truth, account, rules), tier) for _, tier, rules in levels(truth, workflow)]
    return [(*one, tier) for one, tier in found if one is not None]


def held(truth: Truth, tiers: Got, trailing_days: int) -> int:
    """The number of the highest tier still held; 0: none."""
    return sum(last >= truth.today - trailing_days for _, last, _ in tiers)


def accounts(truth: Truth, accounts: Sequence[Account], trailing_days: int = 90) -> Rows:
    return [row for account in accounts for row in account_rows(truth, account, trailing_days)]


def account_rows(truth: Truth, account: Account, trailing_days: int) -> Rows:
    found = {workflow: got(truth, account.name, workflow) for workflow in tiered(truth)}
    levels_held = {workflow: held(truth, tiers, trailing_days) for workflow, tiers in found.items()}
    return [{
        "account": account.name, "workflow": workflow, "reached": tiers[-1][2] if tiers else None,
        "held": tiers[levels_held[workflow] - 1][2] if levels_held[workflow] else None, "lost": len(tiers) - levels_held[workflow],
        "reached_level": len(tiers), "held_level": levels_held[workflow], "reached_at": tiers[-1][0] if tiers else None,
        "last_day": day_of(tiers[-1][1]) if tiers else None, "workflows_ever": sum(map(bool, found.values())),
        "workflows_held": sum(map(bool, levels_held.values())), "entitled": entitled(truth, account, truth.definition.workflows[workflow].plans),
        "older": account.truncated,
    } for workflow, tiers in found.items()]  # fmt: skip


def steps(truth: Truth, accounts: Sequence[Account], workflow: str, level: int) -> list[tuple[int, int | None]]:
    """Of each account that holds the tier below: since when, and when it reached this one."""
    found = []
    for account in accounts:
        tiers = got(truth, account.name, workflow)
        since = account.created if level == 1 else tiers[level - 2][0] if len(tiers) >= level - 1 else None
        if since is not None:
            found.append((since, tiers[level - 1][0] if len(tiers) >= level else None))
    return found


def timed(truth: Truth, found: Sequence[tuple[int, int | None]], within_days: int, min_base: int) -> dict[str, Any]:
    """Of those that had the whole time, how many did it in that time."""
    length = within_days * DAY
    old = [(since, at) for since, at in found if since + length <= truth.now]
    done = sum(at is not None and at <= since + length for since, at in old)
    late = any(since + length > truth.final for since, _ in old)
    return {
        "eligible": len(old), "immature": len(found) - len(old), "in_time": done, **rated(done, len(old)),
        "status": "insufficient" if len(old) < min_base else "provisional" if late else "final",
    }  # fmt: skip


def waiting(truth: Truth, found: Sequence[tuple[int, int | None]]) -> list[tuple[int, bool]]:
    return [((truth.now if at is None else at) - since, at is not None) for since, at in found]


def tier_times(truth: Truth, accounts: Sequence[Account], within_days: int = 90, stalled_after: int = 60, min_base: int = 5) -> Rows:
    known, others = ([account for account in accounts if account.known is is_known] for is_known in (True, False))
    rows = []
    for workflow in tiered(truth):
        names = ["created", *truth.definition.workflows[workflow].tiers]
        for level, tier in enumerate(names[1:], 1):
            found = steps(truth, known, workflow, level)
            still = [truth.now - since for since, at in found if at is None]
            waits = waiting(truth, found)
            rows.append({
                "workflow": workflow, "level": level, "tier": tier, "after": names[level - 1], "holders": len(found),
                "median_days": days(reached_by(waits, HALF)), "p90_days": days(reached_by(waits, NINE)), "moved_up": len(found) - len(still),
                "waiting": len(still), "stalled": sum(wait >= stalled_after * DAY for wait in still), "share_moved": share(len(found) - len(still), len(found)),
                "unknown": len(others) if level == 1 else len(steps(truth, others, workflow, level)), **timed(truth, found, within_days, min_base),
            })  # fmt: skip
    return rows


def tier_cohorts(truth: Truth, accounts: Sequence[Account], within_days: int = 90) -> Rows:
    cohorts: dict[str, list[Account]] = {}
    for account in accounts:
        if account.known:
            month = truth.calendar.first(truth.calendar.index(truth.calendar.local(account.created or 0), "month"), "month")
            for name in (str(day_of(month)), "all"):
                cohorts.setdefault(name, []).append(account)
    return [
        {"cohort": cohort, "workflow": workflow, "level": level, "tier": tier, **cohort_row(truth, members, workflow, level, within_days, cohort == "all")}
        for cohort, members in cohorts.items() for workflow in tiered(truth) for level, tier, _ in levels(truth, workflow)
    ]  # fmt: skip


def cohort_row(truth: Truth, members: Sequence[Account], workflow: str, level: int, within_days: int, pooled: bool) -> dict[str, Any]:
    """Counted from the creation, whatever the tier."""
    got_it = {account.name: got(truth, account.name, workflow) for account in members}
    found = [(account.created or 0, got_it[account.name][level - 1][0] if len(got_it[account.name]) >= level else None) for account in members]
    told = timed(truth, found, within_days, 0)
    spans = [(first, first + within_days) for first in (truth.calendar.local(since) for since, _ in found if since + within_days * DAY <= truth.now)]
    status = "censored" if not told["eligible"] else "final" if pooled else "provisional" if told["immature"] else told["status"]
    return {**{name: told[name] for name in ("eligible", "immature", "rate", "low", "high")}, "reached": told["in_time"], "status": status, "unstable_days": mean_days(truth, spans)}


def stalls(truth: Truth, accounts: Sequence[Account], stalled_after: int = 60, trailing_days: int = 90, before: int = 28) -> Rows:
    found = [(account, workflow, got(truth, account.name, workflow)) for account in accounts for workflow in tiered(truth)]
    rows = [stall(truth, account, workflow, tiers, stalled_after, trailing_days, before) for account, workflow, tiers in found if tiers]
    return [row for row in rows if row]


def stall(truth: Truth, account: Account, workflow: str, tiers: Got, stalled_after: int, trailing_days: int, before: int) -> dict[str, Any] | None:
    declared, still = list(levels(truth, workflow)), held(truth, tiers, trailing_days)
    at, last, tier = tiers[-1]
    fallen = still < len(tiers)
    stalled = not account.truncated and len(tiers) < len(declared) and truth.now - at >= stalled_after * DAY
    if not fallen and not stalled:
        return None
    since = last + trailing_days + 1 if fallen else truth.calendar.local(at)
    rules = ordered(truth, workflow, len(tiers) + (not fallen))
    recent = {rule for rule in rules if (events := truth.rule(account.name, rule)) and (not fallen or events[-1].day >= truth.today - trailing_days)}
    contract = Recent(truth, account).contract
    return {
        "account": account.name, "workflow": workflow, "state": "fallen" if fallen else "stalled", "tier": tier, "days": float(truth.today - since),
        "missing": ", ".join(rule for rule in rules if rule not in recent) or None, "mrr": money(contract.mrr if contract else None),
        "currency": contract.currency if contract else None, "since": day_of(since), "now": tiers[still - 1][2] if still else None,
        "next": None if fallen else declared[len(tiers)][1], "held_until": day_of(last), **last_step(truth, account.name, workflow, before),
        "standing": "no subscription" if contract is None else "left" if contract.ended else "pays",
    }  # fmt: skip


def ordered(truth: Truth, workflow: str, level: int) -> list[str]:
    """The steps of a tier and of those below it: tier by tier, in each by name."""
    tiers = list(truth.definition.workflows[workflow].tiers.values())[:level]
    return list(dict.fromkeys(rule for rules in tiers for rule in sorted(rules)))


def last_step(truth: Truth, account: str, workflow: str, before: int) -> dict[str, Any]:
    """The last thing it did or tried in the workflow, and what failed in the days up to it."""
    flow = truth.definition.workflows[workflow]
    rules = list(dict.fromkeys([flow.attempt, *(rule for rules in flow.tiers.values() for rule in sorted(rules)), flow.success, flow.failure]))
    day, _, step = max((found[-1].day, n, rule) for n, rule in enumerate(rules) if rule and (found := truth.rule(account, rule)))
    near = {name: sum(day - before < event.day <= day for event in truth.rule(account, rule)) if rule else None for name, rule in (("failures", flow.failure), ("attempts", flow.attempt))}
    return {"last_step": step, "last_day": day_of(day), **near, "tickets": tickets(truth, account, workflow, day, before)}


def tickets(truth: Truth, account: str, workflow: str, day: int, before: int) -> int | None:
    """Opened in these days, about this workflow or about none in particular."""
    days = [opened(truth, row) for row in asked(truth) if row["account"] == account and about(truth, row) in (None, workflow)]
    return None if truth.world.tickets is None else sum(day - before < one <= day for one in days)


TABLES = {"adoption.accounts": accounts, "adoption.tier_times": tier_times, "adoption.tier_cohorts": tier_cohorts, "adoption.stalls": stalls}
