"""The signs of churn risk, C01 to C09."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from oracle.activation import way
from oracle.contracts import spells
from oracle.days import DAY
from oracle.numbers import quantile
from oracle.readings import FULL_BASE, silence
from oracle.recent import INSUFFICIENT, UNKNOWN, Found, Recent, judged
from oracle.truth import Truth
from saasmetrics.definitions.churn_risk import (
    DecliningWorkflow,
    FewerActiveUsers,
    LessHighValueUse,
    LongerGaps,
    LowAdoption,
    NeverSeen,
    NoAdminActivity,
    SingleUser,
    UsageDownBeforeRenewal,
    WeakOnboarding,
)


def fell(now: int, before: int | Fraction, drop: float) -> bool:
    """Whether the fall is at least that share of what was before, exactly."""
    return now <= (1 - Fraction(str(drop))) * before


def declining_workflow(recent: Recent, limits: DecliningWorkflow) -> Found:
    """Fired for any core workflow, else quiet for any, else too little use in all."""
    if recent.young:
        return UNKNOWN
    found = [decline(recent, workflow, limits) for workflow in recent.truth.definition.core_workflows()]
    fired = [one for one in found if one.state == "fired"]
    quiet = [one for one in found if one.state == "quiet"]
    return (fired or quiet or [INSUFFICIENT])[0]


def decline(recent: Recent, workflow: str, limits: DecliningWorkflow) -> Found:
    truth, cadence = recent.truth, recent.truth.definition.workflows[workflow].cadence
    cadence = "week" if cadence == "day" else cadence  # two quiet days are a weekend
    days = [event.day for event in truth.successes(recent.name, [workflow])]
    last = next(n for n in range(truth.calendar.index(truth.today, cadence), 0, -1) if truth.over(truth.calendar.first(n + 1, cadence)))
    backs = [last - truth.calendar.index(day, cadence) for day in days]
    silent = min((back for back in backs if back >= 0), default=0)
    since = max(limits.periods, silent if recent.contract and not recent.ended else 0)  # who pays has not left: silence is no base
    lately, base = [backs.count(back) for back in range(limits.periods)], range(since, since + 4)
    whole = [back for back in base if recent.there_from(truth.calendar.first(last - back, cadence))]
    before, lived = sum(backs.count(back) for back in whole), len(whole)
    if before < limits.min_base or lived < FULL_BASE:
        return INSUFFICIENT
    mean = Fraction(before, lived)
    return judged(all(fell(count, mean, limits.drop) for count in lately), *reversed(lately))


def fewer_active_users(recent: Recent, limits: FewerActiveUsers) -> Found:
    now, before = recent.users, recent.users_before
    if now is None or before is None or recent.young:
        return UNKNOWN
    if before == 0:
        return INSUFFICIENT
    return judged(before - now >= limits.min_drop and fell(now, before, limits.drop), now, before)


def less_high_value_use(recent: Recent, limits: LessHighValueUse) -> Found:
    if not any(feature.high_value for feature in recent.truth.definition.features.values()):
        return UNKNOWN
    now, before = recent.uses("high_value")
    return INSUFFICIENT if before < limits.min_base or not recent.held else judged(fell(now, before, limits.drop), now, before)


def longer_gaps(recent: Recent, limits: LongerGaps) -> Found:
    days = recent.truth.active[recent.name]
    gaps = [after - day for day, after in pairwise(days)]
    if len(gaps) < max(limits.min_gaps, 1):
        return INSUFFICIENT
    silent = silence(recent.truth.today, days[-1])
    return judged(silent > quantile(gaps, limits.quantile), silent, len(gaps))


def administrators(truth: Truth, account: str) -> set[str | None]:
    spelled = {name.casefold() for name in truth.definition.roles.get("admin", ("admin",))}
    return {user for (name, user), row in truth.people.items() if name == account and (row["role"] or "").casefold() in spelled and user not in truth.colleagues}


def no_admin_activity(recent: Recent, limits: NoAdminActivity) -> Found:
    admins = administrators(recent.truth, recent.name)
    if not admins:
        return UNKNOWN
    days = [event.day for event in recent.truth.of.get(recent.name, []) if event.user in admins]
    if days:
        silent = silence(recent.truth.today, max(days))
        return judged(silent > limits.days, silent)
    return UNKNOWN if recent.age is None else judged(min(recent.age // DAY, recent.watched) > limits.days)


def weak_onboarding(recent: Recent, limits: WeakOnboarding) -> Found:
    activation = recent.truth.definition.activation
    if activation is None or not recent.account.known:
        return UNKNOWN
    found = way(recent.truth, recent.name)
    required = sum(found.required)
    done = required - len(found.missing)
    if (recent.age or 0) < activation.within:
        return UNKNOWN
    return judged(done < Fraction(str(limits.share)) * required, done, required)


def low_adoption(recent: Recent, limits: LowAdoption) -> Found:
    if recent.age is None:
        return UNKNOWN
    if recent.age // DAY <= limits.after:
        return judged(False)
    seen = min(recent.age // DAY, recent.watched)
    flat, idle = shallow(recent, limits), idle_seats(recent, limits)
    flat = None if flat and seen <= limits.after else flat
    if flat is None and idle is None:
        return UNKNOWN
    seats = recent.contract.seats if recent.contract else None
    return judged(bool(flat or idle), *([seen] if flat else []), *([recent.users, seats] if idle else []))


def shallow(recent: Recent, limits: LowAdoption) -> bool | None:
    """Whether it holds the tier in no core workflow; None: no workflow has it."""
    flows = recent.truth.definition.workflows
    needed = {name: list(flows[name].tiers).index(limits.tier) + 1 for name in recent.truth.definition.core_workflows() if limits.tier in flows[name].tiers}
    held = [recent.depth.get(name, (0, ""))[0] >= level for name, level in needed.items()]
    return not any(held) if needed else None


def idle_seats(recent: Recent, limits: LowAdoption) -> bool | None:
    seats = recent.contract.seats if recent.contract else None
    return None if not seats or recent.users is None else recent.users < Fraction(str(limits.seat_use)) * seats


def usage_down_before_renewal(recent: Recent, limits: UsageDownBeforeRenewal) -> Found:
    renews = recent.contract.renews_in if recent.contract else None
    if renews is None:
        return UNKNOWN
    if renews > limits.within:
        return judged(False, renews)
    found = declining_workflow(recent, recent.truth.definition.churn_risk.signals.declining_workflow)
    return judged(found.state == "fired", renews) if found.state in ("fired", "quiet") else found


def single_user(recent: Recent, limits: SingleUser) -> Found:
    if recent.users is None:
        return UNKNOWN
    before = recent.people(118, 28)
    if recent.top_share is None or not before:
        return INSUFFICIENT
    effective = Fraction(before.total() ** 2, sum(n * n for n in before.values()))
    people = recent.people(28, 0)
    top = Fraction(max(people.values()), people.total())
    return judged(top >= Fraction(str(limits.top_share)) and effective >= limits.was, people.total())


def never_seen(recent: Recent, limits: NeverSeen) -> Found:
    """Of those that pay: the days for which they paid while the export watched."""
    truth = recent.truth
    if recent.contract is None or truth.start is None:
        return UNKNOWN
    since = max(spells(truth, recent.name)[-1][0], truth.calendar.local(truth.start))
    return judged(not truth.of.get(recent.name) and truth.today - since >= limits.days, truth.today - since)


RISKS = {
    "declining_workflow": declining_workflow, "fewer_active_users": fewer_active_users, "less_high_value_use": less_high_value_use,
    "longer_gaps": longer_gaps, "no_admin_activity": no_admin_activity, "weak_onboarding": weak_onboarding,
    "low_adoption": low_adoption, "usage_down_before_renewal": usage_down_before_renewal, "single_user": single_user,
    "never_seen": never_seen,
}  # fmt: skip
MONEY = Decimal("0.01")
