"""value.north_star and value.north_star_accounts: the one number, period by period, account by account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from oracle.beats import Beat, begins, born, middle
from oracle.days import DAY, day_of
from oracle.numbers import share
from oracle.split import Rows
from oracle.truth import Account, Truth
from oracle.world import Event


@dataclass(frozen=True)
class Done:
    """One success, or one thing, and whether it was taken back."""

    day: int
    value: Decimal
    undone: bool = False


class Star:
    """What the north star counts."""

    def __init__(self, truth: Truth, period: str) -> None:
        self.truth, self.star = truth, truth.definition.star()
        self.flow = truth.definition.workflows[self.star.workflow]
        rhythm = "month" if self.flow.cadence in ("month", "quarter") else "week"
        self.beat = Beat(truth, rhythm if period == "rhythm" else period)
        self.priced = self.flow.value is not None and self.star.measure != "entities"

    def done(self, account: str) -> list[Done]:
        if self.star.measure == "entities":
            return self.things(account)
        return [Done(event.day, self.amount(event)) for event in self.truth.rule(account, self.flow.success)]

    def amount(self, event: Event) -> Decimal:
        return Decimal(event.row.get(self.flow.value or "") or 0)

    def first(self, account: str, rule: str) -> dict[str, Event]:
        """Thing → the first time."""
        found: dict[str, Event] = {}
        for event in self.truth.rule(account, rule):
            thing = event.row.get(self.flow.entity or "")
            if thing is not None:
                found.setdefault(thing, event)
        return found

    def things(self, account: str) -> list[Done]:
        first = self.first(account, self.flow.success)
        also = self.first(account, self.star.also) if self.star.also else first
        whole = {thing: max(event, also[thing], key=lambda one: one.time) for thing, event in first.items() if thing in also}
        return [Done(event.day, Decimal(0), self.taken_back(account, thing, event)) for thing, event in whole.items()]

    def taken_back(self, account: str, thing: str, done: Event) -> bool:
        unless = self.star.unless
        if unless is None:
            return False
        back = [event.time for event in self.truth.rule(account, unless.rule) if event.row.get(self.flow.entity or "") == thing]
        return any(done.time <= time <= done.time + unless.within for time in back)

    def failures(self, account: str) -> list[Event]:
        return self.truth.rule(account, self.flow.failure) if self.flow.failure else []

    def failed(self, account: str, index: int) -> int:
        return len(self.beat.inside(self.failures(account), index, index))

    def in_period(self, account: str, index: int) -> list[Done]:
        return [done for done in self.done(account) if self.beat.index(done.day) == index]

    def settled(self, index: int) -> bool:
        """Whether nothing can be taken back any more: whole days, and one more for days of 25 hours."""
        days = -(-self.star.unless.within // DAY) + 1 if self.star.unless else 0
        return self.truth.over(self.beat.first(index + 1) + days)


def north_star(truth: Truth, accounts: Sequence[Account], star_period: str = "rhythm", star_periods: int = 12, max_failure_rate: float = 1.0) -> Rows:
    star = Star(truth, star_period)
    last = star.beat.last
    days = [one.day for name in truth.accounts for one in star.done(name)] + [one.day for name in truth.accounts for one in star.failures(name)]
    first = min(map(star.beat.index, days), default=star.beat.running)
    shown = range(max(first, last - star_periods + 1), star.beat.running + 1)
    rows = {index: star_row(star, [account.name for account in accounts], index, max_failure_rate) for index in range(shown.start - 1, shown.stop)}
    for index in shown:
        rows[index]["trend"] = trend(star, rows, index)
    return [rows[index] for index in shown]


def trend(star: Star, rows: dict[int, dict[str, Any]], index: int) -> float | None:
    name = "value" if star.star.measure == "value" else "n"
    now, before = rows[index][name], rows[index - 1][name]
    whole = index <= star.beat.last and all(rows[one]["status"] != "partial" for one in (index, index - 1))
    return float(Fraction(now) / Fraction(before) - 1) if whole and before and before > 0 else None


def star_row(star: Star, accounts: Sequence[str], index: int, limit: float) -> dict[str, Any]:
    all_ = {name: star.in_period(name, index) for name in accounts}
    good = {name: [one for one in found if not one.undone] for name, found in all_.items()}
    unclean = {name for name, found in good.items() if dirty(star, name, index, len(found), limit)}
    counted = {name: found for name, found in good.items() if found and name not in unclean}
    n, start = sum(map(len, counted.values())), begins(star.truth)
    partial = start is None or star.beat.first(index) < start
    return {
        "period": day_of(star.beat.first(index)), "n": n, "trend": None, "value": sum((one.value for found in counted.values() for one in found), Decimal(0)) if star.priced else None,
        "accounts": len(counted), "per_account": share(n, len(counted)), "median": middle(map(len, counted.values())),
        "undone": sum(one.undone for found in all_.values() for one in found), "unclean": sum(len(good[name]) for name in unclean),
        "complete": index <= star.beat.last,
        "status": "provisional" if not star.settled(index) else "partial" if partial else "final",
    }  # fmt: skip


def dirty(star: Star, account: str, index: int, n: int, limit: float) -> bool:
    failed = star.failed(account, index)
    return failed > Fraction(str(limit)) * (failed + n)


def north_star_accounts(truth: Truth, accounts: Sequence[Account], star_period: str = "rhythm") -> Rows:
    star = Star(truth, star_period)
    return [account_row(truth, star, account) for account in accounts]


def account_row(truth: Truth, star: Star, account: Account) -> dict[str, Any]:
    done, last = [one for one in star.done(account.name) if not one.undone], star.beat.last
    n = [sum(star.beat.index(one.day) == index for one in done) for index in range(last - 11, last + 1)]
    day, start = born(truth, account), begins(truth)
    since = max((one for one in (day, start) if one is not None), default=truth.today)  # of neither: nothing was seen
    series = [count if star.beat.first(index + 1) > since else None for index, count in enumerate(n, last - 11)]
    there = [count for index, count in enumerate(n, last - 11) if last - 4 <= index < last and star.beat.first(index) > since]
    usual = Fraction(sum(there), len(there)) if len(there) > 1 else None
    running = [one for one in done if star.beat.index(one.day) > last]
    value = sum((one.value for one in done if star.beat.index(one.day) == last), Decimal(0))
    return {
        "account": account.name, "n": n[-1], "usual": None if usual is None else float(usual), "change": None if usual is None else float(n[-1] - usual),
        "trend": float((n[-1] - usual) / usual) if usual else None, "series": series, "value": value if star.priced else None,
        "failed": star.failed(account.name, last), "running": len(running), "last_day": day_of(max(one.day for one in done)) if done else None,
    }  # fmt: skip


TABLES = {"value.north_star": north_star, "value.north_star_accounts": north_star_accounts}
