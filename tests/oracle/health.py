"""health.accounts: every part of every account on the same weekday of each of the last weeks, one at a time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from oracle.activation import way
from oracle.contracts import begun, day
from oracle.days import day_of
from oracle.desk import desk
from oracle.recent import Recent
from oracle.risk import administrators
from oracle.split import Rows
from oracle.truth import Account, Truth
from saasmetrics.definitions.health import Health

WIDTHS = {"day": 7, "week": 7, "month": 35, "quarter": 91}
UNKNOWN = {"exclude": 0, "neutral": 500, "worst": 0}
BEST, MIDDLE, WORST = "healthy", "watch", "poor"
Parts = dict[str, int | None]


def graded(amount: Fraction | int, none: float, full: float) -> int:
    """Thousandths, rounded down: 0 at `none`, 1000 at `full`."""
    low, high = Fraction(str(none)), Fraction(str(full))
    return int(1000 * min(max((amount - low) / (high - low), Fraction(0)), Fraction(1)))


def within(days: Sequence[int], first: int, end: int) -> int:
    return bisect_left(days, end) - bisect_left(days, first)


@dataclass
class Life:
    """One account, and what its parts are judged by on any day."""

    truth: Truth
    account: Account
    tickets: Sequence[int] | None

    @cached_property
    def told(self) -> Health:
        return self.truth.definition.health

    @property
    def name(self) -> str:
        return self.account.name

    @cached_property
    def born(self) -> int | None:
        return None if self.account.created is None else self.truth.calendar.local(self.account.created)

    @cached_property
    def seen(self) -> int:
        """Since when anything is known of it."""
        return max(self.truth.calendar.local(self.truth.start or 0), self.born if self.born is not None else -(10**9))

    @cached_property
    def work(self) -> list[int]:
        return sorted(event.day for event in self.truth.successes(self.name))

    @cached_property
    def people(self) -> list[tuple[int, str]]:
        return sorted((event.day, event.user or "") for event in self.truth.successes(self.name) if self.truth.person(event))

    @cached_property
    def done(self) -> list[int]:
        """The days of the required steps."""
        found = way(self.truth, self.name)
        return sorted(self.truth.calendar.local(at) for at, needed in zip(found.at, found.required, strict=True) if needed and at is not None)

    @cached_property
    def admin_days(self) -> list[int] | None:
        admins = administrators(self.truth, self.name)
        return sorted({event.day for event in self.truth.of.get(self.name, []) if event.user in admins}) if admins else None

    def crew(self, first: int, end: int) -> int:
        return len({user for at, user in self.people if first <= at < end})

    def parts(self, today: int) -> Parts:
        trend = self.trend(today)
        renews = self.renews_in(today)
        near = renews is not None and renews <= self.told.signals.renewal.within
        return {
            "activation": self.activation(today), "core_use": self.core_use(today), "trend": trend, "active_users": self.users(today),
            "admins": self.admins(today), "feature_use": self.features(today), "support": self.support(today),
            "renewal": None if renews is None else trend if near else 1000,
        }  # fmt: skip

    def activation(self, today: int) -> int | None:
        activation = self.truth.definition.activation
        if activation is None:
            return None
        required, done = sum(step.required for step in activation.steps.values()), bisect_left(self.done, today)
        if not required:
            return None
        young = self.account.created is not None and self.truth.calendar.midnight(today) - self.account.created < activation.within
        return 1000 if done >= required else None if self.account.truncated or young else 500 if done else 0

    def core_use(self, today: int) -> int | None:
        asked, best = self.told.signals.core_use.periods, (0, 0)
        core = self.truth.definition.core_workflows()
        for name in sorted(core):
            width = WIDTHS[self.truth.definition.workflows[name].cadence]
            days = sorted(event.day for event in self.truth.successes(self.name, [name]))
            hit = sum(within(days, today - width * (back + 1), today - width * back) > 0 for back in range(asked))
            best = (hit, width) if hit > best[0] else best
        width = best[1] or min(WIDTHS[self.truth.definition.workflows[name].cadence] for name in core)
        periods = max(best[0], min(asked, (today - self.seen) // width))
        return 1000 * best[0] // periods if periods else None

    def trend(self, today: int) -> int | None:
        told, before = self.told.signals.trend, within(self.work, today - 56, today - 28)
        if today - self.seen < 56 or before < told.min_base:
            return None
        return graded(Fraction(within(self.work, today - 28, today), before), float(1 - Fraction(str(told.drop))), 1)

    def contract(self, today: int) -> tuple[int | None, int | None]:
        """Seats and days to the renewal, of who pays."""
        spans = [row for start, stop, row in begun(self.truth, self.name) if start < today <= stop]
        if not any(Decimal(row["mrr"] or 0) > 0 for row in spans):
            return None, None
        renewals = [found for row in spans if (found := day(self.truth, row["renews"])) is not None and found >= today]
        seats = sum(int(row["seats"] or 0) for row in spans) if spans and all(row["seats"] for row in spans) else None
        return seats, min(renewals) - today if renewals else None

    def renews_in(self, today: int) -> int | None:
        return self.contract(today)[1]

    def users(self, today: int) -> int | None:
        if not self.truth.named:
            return None
        seats, now, before = self.contract(today)[0], self.crew(today - 28, today), self.crew(today - 56, today - 28)
        if seats:
            return graded(Fraction(now, seats), 0, self.told.signals.active_users.seat_use)
        return graded(Fraction(now, before), 0, 1) if seats is None and before and today - self.seen >= 56 else None

    def admins(self, today: int) -> int | None:
        told = self.told.signals.admins
        if self.admin_days is None:
            return None
        found = bisect_left(self.admin_days, today)
        if not found:
            return 0 if today - self.seen > told.days else None
        return graded(today - 1 - self.admin_days[found - 1], told.days, told.recent)

    def features(self, today: int) -> int | None:
        declared = self.truth.definition.features
        if not declared:
            return None
        used = sum(any(today - 28 <= event.day < today for event in self.truth.rule(self.name, feature.rule)) for feature in declared.values())
        return graded(used, 0, min(self.told.signals.feature_use.least, len(declared)))

    def support(self, today: int) -> int | None:
        if self.tickets is None:
            return None
        asked, done = within(self.tickets, today - 28, today), within(self.work, today - 28, today)
        told = self.told.signals.support
        return graded(Fraction(100 * asked, done), told.heavy, told.calm) if done else 0 if asked else None


@dataclass(frozen=True)
class Sum:
    """The score of one day; `points` add up to it, whatever the coverage."""

    points: dict[str, int]
    coverage: float
    score: int | None


def add_up(parts: Parts, told: Health) -> Sum:
    weights = {name: signal.points for name, signal in told.signals.named().items() if signal.points}
    total = sum(weights.values())
    known = sum(weight for name, weight in weights.items() if parts[name] is not None)
    base, upto, shown = known if told.missing == "exclude" else total, 0, 0
    points = {}
    for name, weight in weights.items():
        value = parts[name]
        upto += weight * (UNKNOWN[told.missing] if value is None else value)
        now = int(Fraction(upto * total, 1000 * base) + Fraction(1, 2)) if base else 0
        points[name], shown = now - shown, now
    coverage = Fraction(known, max(total, 1))
    return Sum(points, known / max(total, 1), shown if coverage >= Fraction(str(told.min_coverage)) else None)


def bands(sums: Sequence[Sum], told: Health) -> list[str]:
    """The oldest first."""
    limits, above, found = {BEST: told.bands.healthy, MIDDLE: told.bands.watch}, dict[str, bool](), []
    for at, one in enumerate(sums):
        lately = [each.score for each in sums[max(0, at - told.settle + 1) : at + 1]]
        for name, limit in limits.items() if one.score is not None else ():
            clear = len(lately) == told.settle and all(score is not None and score >= min(limit + told.margin, 100) for score in lately)
            above[name] = (one.score or 0) >= limit and (clear or above.get(name, True))
        best = above.get(BEST) and one.coverage >= told.full_coverage
        found.append("unknown" if one.score is None else BEST if best else MIDDLE if above[MIDDLE] else WORST)
    return found


def accounts(truth: Truth, accounts: Sequence[Account]) -> Rows:
    opened: dict[str, list[int]] = {}
    for ticket in desk(truth):
        opened.setdefault(ticket.account, []).append(ticket.day)
    known = truth.world.tickets is not None and truth.definition.sources.tickets is not None
    return [row(truth, account, sorted(opened.get(account.name, [])) if known else None) for account in accounts]


def row(truth: Truth, account: Account, tickets: Sequence[int] | None) -> dict[str, Any]:
    recent, told = Recent(truth, account), truth.definition.health
    contract = recent.contract
    mrr = contract.mrr if contract else None
    paid = {"renews_in": contract.renews_in if contract else None, "mrr": None if mrr is None else mrr.quantize(Decimal("0.01"), ROUND_HALF_UP), "currency": contract.currency if contract else None}
    if recent.ended:
        empty = dict.fromkeys(("score", "before", "entered_at", "weakest", "contributions", "coverage", "weekly", "priority"))
        return {"account": account.name, "band": "left", "model": None, **empty, **paid}
    life = Life(truth, account, tickets)
    agos = [ago for ago in range(told.weeks, -1, -1) if truth.today - 7 * ago > life.seen]
    return {"account": account.name, "model": None, **judged(life, agos, told, mrr), **paid}


def judged(life: Life, agos: list[int], told: Health, mrr: Decimal | None) -> dict[str, Any]:
    parts = {ago: life.parts(life.truth.today - 7 * ago) for ago in agos}
    sums = {ago: add_up(parts[ago], told) for ago in agos}
    found = bands(list(sums.values()), told)
    began = next((at for at in range(len(found) - 1, 0, -1) if found[at - 1] != found[at]), 0)
    known = began > 0 or agos[0] < told.weeks
    now, score = sums[0], sums[0].score
    money = None if score is None or mrr is None or found[-1] == BEST else ((100 - score) * mrr / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return {
        "band": found[-1], "score": score, "before": sums[4].score if 4 in sums else None,
        "entered_at": day_of(life.truth.today - 7 * agos[began]) if known else None, "weakest": weakest(parts[0], told) if score is not None else None,
        "contributions": None if score is None else [f"{points} {name}{' (unknown)' * (parts[0][name] is None)}" for name, points in now.points.items() if points > 0],
        "coverage": now.coverage, "weekly": [one.score for ago, one in sums.items() if ago < 12], "priority": money,
    }  # fmt: skip


def weakest(parts: Mapping[str, int | None], told: Health) -> str | None:
    lost = {name: signal.points * (1000 - value) for name, signal in told.signals.named().items() if signal.points and (value := parts[name]) is not None}
    return max(lost, key=lambda name: lost[name]) if lost and max(lost.values()) > 0 else None


TABLES = {"health.accounts": accounts}
