"""pricing.bills and simulation: what each account would pay under a price schedule, and what that comes to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from math import ceil
from typing import Any, NamedTuple

from oracle.economics import spent
from oracle.numbers import share, wilson
from oracle.paying import UNIT
from oracle.revenue import Line, cents, shown
from oracle.split import Rows
from oracle.truth import Account, Truth
from oracle.units import Months, half_up, months
from saasmetrics.definitions.pricing import Schedule

FAR = 1000


class Bill(NamedTuple):
    """One account under one schedule; amounts in ten-thousandths."""

    account: str
    state: str
    bill: int = 0
    mrr: int = 0
    quantity: Fraction | None = None
    last: int = 0
    bills: tuple[tuple[int, int], ...] = ()  # of the months looked at
    grown: int = 0  # what its MRR grew by from the first to the last of them
    rise: Fraction = Fraction(0)  # of the bills of the recent months together, on their MRR

    @property
    def change(self) -> int:
        return self.bill - self.mrr


def price(schedule: Schedule, quantity: int) -> int:
    step = schedule.steps[reached(schedule, quantity)]
    if schedule.model == "package":
        return step.fee + step.price * ceil(Fraction(quantity, schedule.size or 1))
    if schedule.model != "graduated":
        return step.fee + half_up(Fraction(step.price * quantity, UNIT))
    due, below = 0, 0
    for step in schedule.steps[: reached(schedule, quantity) + 1]:
        upto = quantity if step.up_to is None else min(step.up_to, quantity)
        due, below = due + step.fee + half_up(Fraction(step.price * (upto - below), UNIT)), upto
    return due


def reached(schedule: Schedule, quantity: int) -> int:
    return next(n for n, step in enumerate(schedule.steps) if step.up_to is None or quantity <= step.up_to)


def leaps(old: int, new: int, shock: float) -> bool:
    return new > old * (1 + Fraction(str(shock)))


@lru_cache(maxsize=20)
def billed(truth: Truth, name: str) -> list[Bill]:
    told, schedule = months(truth), truth.definition.pricing.schedules[name]
    return [of_account(told, account, schedule) for account in truth.accounts]


def of_account(told: Months, name: str, schedule: Schedule) -> Bill:
    currency, used = schedule.currency or told.currency, told.used(name, schedule.meter)
    whole = [month for month in told.whole(name) if month in used]
    known = {month: amount for month in whole if (amount := used[month]) is not None and list(told.paid(name, month)) == [currency]}
    recent = [month for month in known if month in told.recent]
    if not told.paid(name, told.last):
        return Bill(name, "pays nothing")
    if list(told.paid(name, told.last)) != [currency]:
        return Bill(name, "other currency")
    if not set(whole) & set(told.recent):
        return Bill(name, "too young")
    if not recent:
        return Bill(name, "unknown")
    bills = {month: price(schedule, amount) for month, amount in known.items()}
    paid = [told.paid(name, month)[currency] for month in known]
    bill, mrr = (half_up(Fraction(sum(amounts), len(recent))) for amounts in ([bills[month] for month in recent], paid[-len(recent) :]))
    quantity = Fraction(sum(known[month] for month in recent), len(recent) * UNIT)
    rise = Fraction(sum(bills[month] for month in recent), sum(paid[-len(recent) :])) - 1
    return Bill(name, "billed", bill, mrr, quantity, known[recent[-1]], tuple(bills.items()), paid[-1] - paid[0], rise)


def pairs(one: Bill) -> Iterator[tuple[int, int]]:
    """Bills of two months, one after the other."""
    return ((old, new) for (before, old), (month, new) in pairwise(one.bills) if month == before + 1)


def cliff(truth: Truth, one: Bill, schedule: Schedule) -> int | None:
    """What one unit more costs behind the end of the step, where that is near and a shock."""
    asked, edge = truth.definition.pricing, schedule.steps[reached(schedule, one.last)].up_to
    if one.state != "billed" or edge is None or one.last < (1 - Fraction(str(asked.near))) * edge:
        return None
    here, there = price(schedule, edge), price(schedule, edge + UNIT)
    return there - here if leaps(here, there, asked.shock) else None


def state(one: Bill, same: float) -> str:
    limit = Fraction(str(same))
    return one.state if one.state != "billed" else "pays more" if one.rise > limit else "pays less" if -one.rise > limit else "the same"


def money(amount: int | None) -> Any:
    return None if amount is None else shown(cents(amount))


def bills(truth: Truth, accounts: Sequence[Account], same: float = 0.05) -> Rows:
    found = truth.definition.pricing.schedules.items()
    return [row(truth, name, schedule, one, same) for name, schedule in found for one in billed(truth, name)]


def row(truth: Truth, name: str, schedule: Schedule, one: Bill, same: float) -> dict[str, Any]:
    told = months(truth)
    known = {
        "change": money(one.change), "percent": float(100 * one.rise), "bill": money(one.bill), "mrr": money(one.mrr),
        "quantity": float(one.quantity or 0), "step": reached(schedule, one.last) + 1, "cliff": money(cliff(truth, one, schedule)),
        "pairs": len(list(pairs(one))), "shocks": sum(leaps(*pair, truth.definition.pricing.shock) for pair in pairs(one)),
    }  # fmt: skip
    return {
        "account": one.account, "schedule": name, "state": state(one, same), **(known if one.state == "billed" else dict.fromkeys(known)),
        "currency": schedule.currency or told.currency, "unit": schedule.meter,
    }  # fmt: skip


def simulation(truth: Truth, accounts: Sequence[Account], same: float = 0.05) -> Rows:
    if not truth.contracts:
        return []
    return [outcome(truth, name, schedule, same) for name, schedule in truth.definition.pricing.schedules.items()]


def outcome(truth: Truth, name: str, schedule: Schedule, same: float) -> dict[str, Any]:
    asked, told, all_ = truth.definition.pricing, months(truth), billed(truth, name)
    part = [one for one in all_ if one.state == "billed"]
    states = [state(one, same) for one in part]
    revenue, mrr = sum(one.bill for one in part), sum(one.mrr for one in part)
    leapt = [leaps(*pair, asked.shock) for one in part for pair in pairs(one)]
    low, high = wilson(sum(leapt), len(leapt))
    implied, realised = sum(one.bills[-1][1] - one.bills[0][1] for one in part), sum(one.grown for one in part)
    clv, assumes = lifetime(told, schedule.currency or told.currency, revenue, len(part))
    return {
        "schedule": name, "unit": schedule.meter, "model": schedule.model, "revenue": money(revenue if all_ else None), "mrr": money(mrr if all_ else None),
        "percent": float(Fraction(100 * (revenue - mrr), mrr)) if mrr else None, "currency": schedule.currency or told.currency, "billed": len(part),
        "left_out": sum(one.state not in ("billed", "pays nothing") for one in all_), "more": states.count("pays more"), "less": states.count("pays less"),
        **most(part, "rise", 1), **most(part, "fall", -1), "shock_rate": share(sum(leapt), len(leapt)), "low": low, "high": high, "shocks": sum(leapt), "pairs": len(leapt),
        "falling": falling(schedule), "cliffs": sum(cliff(truth, one, schedule) is not None for one in part), "implied": money(implied if all_ else None), "realised": money(realised if all_ else None),
        "yield": float(Fraction(realised, implied)) if implied > 0 else None, "clv": money(clv), "assumes": assumes,
        "status": "insufficient" if len(part) < asked.min_accounts else "final",
    }  # fmt: skip


def most(part: Sequence[Bill], name: str, sign: int) -> dict[str, Any]:
    """The account whose bill changes most in this direction; of equals the first by name."""
    one = min((one for one in part if sign * one.change > 0), key=lambda one: (-sign * one.change, one.account), default=None)
    return {name: money(one.change if one else None), f"{name}_of": one.account if one else None}


def falling(schedule: Schedule) -> bool:
    """At the edges of the steps, one unit beyond them, and far above; of packages in whole packages."""
    size = schedule.size or UNIT
    edges = [step.up_to for step in schedule.steps if step.up_to]
    edges = [ceil(Fraction(edge, size)) * size if schedule.size else edge for edge in edges] or [size]
    asked = sorted({size, *edges, *(edge + size for edge in edges), FAR * edges[-1]})
    average = [Fraction(price(schedule, quantity), quantity) for quantity in asked]
    return all(new <= old for old, new in pairwise(average))


def lifetime(told: Months, currency: str | None, revenue: int, accounts: int) -> tuple[int | None, str]:
    line = Line(told.truth, list(told.truth.accounts.values()), "month", 1)
    costs = [(month, spent(line).get((told.days(month).start, currency), {}).get("cogs")) for month in told.shown]
    both = [(cost, earned) for month, cost in costs if cost is not None and (earned := sum(told.paid(name, month).get(currency, 0) for name in told.truth.accounts))]
    margin = 1 - Fraction(sum(cost for cost, _ in both), sum(earned for _, earned in both)) if both else None
    left, n = churn(told)
    words = f"margin {100 * float(margin):.1f} %" if margin is not None else "margin unknown"
    before = f"churn {float(Fraction(100 * left, n)):.1f} % a month ({left} of {n})" if n else "churn unknown"
    value = half_up(Fraction(revenue, accounts) * margin * n / left) if margin is not None and left and accounts else None
    return value, f"{before}, {words}; use as it is today"


def churn(told: Months) -> tuple[int, int]:
    """Of those that pay at the end of a month, those that no longer do at the end of the next."""
    found = [bool(told.paid(name, month + 1)) for name in told.truth.accounts for month in told.shown[:-1] if told.paid(name, month)]
    return found.count(False), len(found)


TABLES = {"pricing.bills": bills, "pricing.simulation": simulation}
