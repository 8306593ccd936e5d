"""pricing.meter_accounts and proportionality: what each account pays for one unit, and how far apart these prices are."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from statistics import stdev
from typing import Any, NamedTuple

from oracle.numbers import quantile, share, wilson
from oracle.paying import UNIT
from oracle.plans import plans
from oracle.revenue import cents, shown
from oracle.split import Rows
from oracle.truth import Account, Truth
from oracle.units import Months, by_month, half_up, months, service, unit
from oracle.world import Row, canonical
from saasmetrics.definitions.pricing import Meter

FEWEST = 3


class Usual(NamedTuple):
    """One account's recent months in which it paid on every day and the quantity is known: how many, how much of the unit, how much money."""

    k: int
    quantity: int | None
    mrr: int | None
    dark: int  # such months with an unknown quantity

    @property
    def price(self) -> Fraction | None:
        return Fraction(self.mrr, self.quantity) if self.quantity and self.mrr is not None else None


@cache
def usual(told: Months, name: str, meter: str) -> Usual:
    used = {month: told.used(name, meter)[month] for month in told.whole(name) if month in told.recent and month in told.used(name, meter)}
    known = [month for month, quantity in used.items() if quantity is not None]
    return Usual(len(known), total([used[month] for month in known]), total([amounts(told, name, month) for month in known]), len(used) - len(known))


def amounts(told: Months, name: str, month: int) -> int | None:
    """None: several currencies, or another one."""
    found = told.paid(name, month)
    return found[told.currency] if list(found) == [told.currency] else None


def total(found: Sequence[int | None]) -> int | None:
    known = [one for one in found if one is not None]
    return sum(known) if known and len(known) == len(found) else None


def proportionality(truth: Truth, accounts: Sequence[Account], off: float = 2.0) -> Rows:
    if not truth.contracts:
        return []
    told = months(truth)
    return [spread(told, name, [usual(told, account.name, name) for account in accounts], Fraction(str(off))) for name in told.told.meters]


def spread(told: Months, meter: str, found: Sequence[Usual], off: Fraction) -> dict[str, Any]:
    priced = sorted((one.price, one.mrr or 0, one.quantity or 0) for one in found if one.price is not None)
    prices, money, n = [one[0] for one in priced], sum(one[1] for one in priced), len(priced)
    p10, median, p90 = (quantile(prices, part) if prices else None for part in (0.1, 0.5, 0.9))  # type: ignore[arg-type]
    over, under = (sum(price > off * median for price in prices), sum(price * off < median for price in prices)) if median is not None else (0, 0)
    low, high = wilson(over, n)
    return {
        "meter": meter, "priced": n, "unused": sum(one.quantity == 0 and one.mrr is not None for one in found),
        "unknown": sum(bool(one.k or one.dark) and one.mrr is None for one in found),
        "pooled": number(Fraction(money, sum(one[2] for one in priced)) if priced else None), "median": number(median), "p10": number(p10), "p90": number(p90),
        "spread": number(p90 / p10 if p10 and p90 is not None else None), "gini": number(gini(priced) if priced else None),
        "over": over, "over_share": share(over, n), "low": low, "high": high, "under": under, "currency": told.currency if priced else None,
        "status": "insufficient" if n < told.told.min_accounts else "final", "unit": unit(told.told.meters[meter]),
    }  # fmt: skip


def gini(priced: Sequence[tuple[Fraction, int, int]]) -> Fraction:
    """Of accounts in the order of their price."""
    before, area = 0, 0
    for _, mrr, quantity in priced:
        area += (before + before + mrr) * quantity
        before += mrr
    return 1 - Fraction(area, before * sum(one[2] for one in priced))


def number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def meter_accounts(truth: Truth, accounts: Sequence[Account], off: float = 2.0, nearly: float = 0.8, allowed: Sequence[Row] = ()) -> Rows:
    told, rows = months(truth), []
    for meter in told.told.meters:
        prices = [price for account in truth.accounts if (price := usual(told, account, meter).price) is not None]
        median = quantile(prices, 0.5) if prices else None  # type: ignore[arg-type]
        rows += [
            {"account": account.name, "meter": meter, **pays(told, account.name, meter, median, Fraction(str(off))), **left(told, account, meter, Fraction(str(nearly)), allowed)}
            for account in accounts
        ]  # fmt: skip
    return rows


def pays(told: Months, name: str, meter: str, median: Fraction | None, off: Fraction) -> dict[str, Any]:
    found = usual(told, name, meter)
    price, times = found.price, found.price / median if found.price is not None and median else None
    word = "unused" if found.quantity == 0 and found.mrr is not None else "unknown"
    if times is not None:
        word = "over" if times > off else "under" if times * off < 1 else "in line"
    return {
        "pays": word, "price": number(price), "times": number(times), "usual": None if found.quantity is None else number(Fraction(found.quantity, found.k * UNIT)),
        "mrr": None if found.mrr is None else shown(cents(half_up(Fraction(found.mrr, found.k)))), "currency": told.currency if told.used(name, meter) else None, "varies": varies(told, name, meter),
        "machines": machines(told, name, meter),
    }  # fmt: skip


def varies(told: Months, name: str, meter: str) -> float | None:
    """Of the months in which it paid on every day."""
    found = [quantity for month in told.whole(name) if (quantity := told.used(name, meter).get(month)) is not None]
    return stdev(found) * len(found) / sum(found) if len(found) >= FEWEST and sum(found) else None


def machines(told: Months, name: str, meter: str) -> float | None:
    asked = told.told.meters[meter]
    if asked.of or told.truth.world.users is None:
        return None
    grouped = by_month([*told.events(name, asked), *told.gone(name, asked)], told)
    events = [event for month in told.used(name, meter) for event in grouped.get(month, [])]
    return share(service(told.truth, events), len(events))


def left(told: Months, account: Account, meter: str, nearly: Fraction, allowed: Sequence[Row]) -> dict[str, Any]:
    last, names = told.used(account.name, meter).get(told.last), sorted(plans(told.truth, account))
    limits = [limit(told, told.told.meters[meter], name, allowed) for name in names]
    found = {"last": None if last is None else number(Fraction(last, UNIT)), "limit": None, "state": "unknown", "left": None, "plan": " + ".join(names) or None}
    if "unlimited" in limits and None not in limits:
        return {**found, "state": "unlimited"}
    if not limits or None in limits:
        return found
    most = sum(int(one or 0) for one in limits)
    known = {"limit": float(most), "state": "unknown" if last is None else filled(Fraction(last, UNIT), most, nearly)}
    return {**found, **known, "left": None if last is None else number(most - Fraction(last, UNIT))}


def filled(last: Fraction, most: int, nearly: Fraction) -> str:
    return "over" if last > most else "at the limit" if last == most else "near" if last >= nearly * most else "within"


def limit(told: Months, meter: Meter, plan: str, allowed: Sequence[Row]) -> str | None:
    """What the plan allows of what is counted in the same way: seats as they stand, the rest by the month."""
    source = told.truth.definition.sources.limits
    name = "seats" if meter.of == "seats" else meter.workflow or meter.rule
    if meter.of == "users" or not meter.of and meter.measured != "count" or source is None:
        return None
    return next((row["limit"] for row in canonical(allowed, source) if (row["plan"], row["meter"]) == (plan, name)), None)


TABLES = {"pricing.proportionality": proportionality, "pricing.meter_accounts": meter_accounts}
