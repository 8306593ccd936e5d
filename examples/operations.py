"""What the vendor knows of its own house: when the product did not work, what each plan allows, what it all cost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from customers import PLANS
from moments import LAST_DAY, MINUTE, Span, iso
from product import Product

Record = dict[str, str]

HOUR = 60 * MINUTE
BAD_WEEKS = (5, 18)  # the unstable weeks, counted from the last: an outage of hours, and whatever fails with it
OUTAGE = 7 * HOUR
SEATS = {"starter": "5", "team": "20", "business": "60", "enterprise": "unlimited"}
WORK = {"starter": "40", "team": "200", "business": "", "enterprise": "unlimited"}  # a month; empty: nobody knows


def outage(span: Span, left: int) -> tuple[int, int]:
    """From when to when the product was down in an unstable week: a Tuesday morning."""
    start = span.at(span.monday(span.weeks - 1 - left) + timedelta(days=1), 8, 30)
    return start, start + OUTAGE


def incidents(product: Product, span: Span, rng: Random) -> list[Record]:
    """One row an incident and workflow, in the order in which they began; the last one goes on."""
    found = [*_outages(product, span), *_small(product, span, rng)]
    found.append((span.end - 30 * HOUR, None, product.workflows[-1].name, "minor"))
    found.sort(key=lambda one: (one[0], one[2]))
    numbers = {at: f"I-{n:03d}" for n, at in enumerate(sorted({one[0] for one in found}), 1)}
    return [
        {"incident": numbers[start], "start": iso(start), "end": iso(end), "workflow": workflow, "severity": severity}
        for start, end, workflow, severity in found
    ]


def _outages(product: Product, span: Span) -> Iterator[tuple[int, int | None, str, str]]:
    """In an unstable week the first workflow is down, and everything for an hour of that."""
    for left in BAD_WEEKS:
        start, end = outage(span, left)
        yield start, end, product.workflows[0].name, "critical"
        yield start + HOUR, start + 2 * HOUR, "", "major"


def _small(product: Product, span: Span, rng: Random) -> Iterator[tuple[int, int | None, str, str]]:
    """Now and then a few minutes of trouble, never in an unstable week."""
    for week in range(span.weeks):
        if span.weeks - 1 - week not in BAD_WEEKS and rng.random() < 0.25:
            start = span.moment_in(week, rng)
            yield start, start + rng.randrange(2 * MINUTE, 20 * MINUTE), rng.choice(product.workflows).name, "minor"


def limits(product: Product) -> list[Record]:
    """One row a plan and meter."""
    seats = [{"plan": plan, "meter": "seats", "limit": SEATS[plan]} for plan in PLANS]
    return [*seats, *({"plan": plan, "meter": product.workflows[0].name, "limit": WORK[plan]} for plan in PLANS)]


def costs(span: Span, currency: str, rng: Random) -> list[Record]:
    """One row a month that the data touch."""
    months = sorted({day.replace(day=1) for day in (span.monday(0) + timedelta(days=n) for n in range(7 * span.weeks))})
    return [_month(n, month, currency, rng) for n, month in enumerate(months) if month <= LAST_DAY]


def _month(n: int, month: date, currency: str, rng: Random) -> Record:
    """What winning and serving customers cost in one month: both grow slowly."""
    spend, cogs = (base * (100 + 2 * n) + rng.randrange(-base * 8, base * 8) for base in (18_000, 5_200))
    told = {"sales_and_marketing": f"{spend // 100}.{spend % 100:02d}", "cogs": f"{cogs // 100}.{cogs % 100:02d}"}
    return {"month": f"{month:%Y-%m}", **told, "currency": currency}
