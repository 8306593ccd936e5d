"""Random small worlds: odd ids, times on the edges of everything, ties, duplicates, empty tables.

SAASMETRICS_EXAMPLES says how many for each property, the same ones every time; SAASMETRICS_SHRINK=1 makes a world that
fails as small as it can be, which may take long.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from oracle.days import DAY, Calendar, day_of, number, written
from oracle.world import Row, World
from oracle.writing import STEPS

EXAMPLES = int(os.environ.get("SAASMETRICS_EXAMPLES", "30"))
PHASES = [Phase.explicit, Phase.generate] + [Phase.shrink] * bool(os.environ.get("SAASMETRICS_SHRINK"))
thorough = settings(max_examples=EXAMPLES, phases=PHASES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
fewer = settings(thorough, max_examples=max(EXAMPLES // 2, 1))  # where many worlds at a time are looked at besides, or a run is long

IDS = ("00123", "123", "A ", "A", "é", "é", "acme, inc", "Ω")
PEOPLE = ("u1", "u2", "u3", "bot", "staff", None)
EVENTS = ("posted", "posted", "posted", "posted", "bought", "drafted", "paid", "set_up", "set_up", "login")
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Kiritimati")
WEEKDAYS = ("monday", "sunday", "saturday")
AS_OF = (date(2026, 3, 30), date(2026, 4, 1), date(2026, 10, 26), date(2026, 11, 2), date(2028, 3, 1), date(2028, 2, 29), date(2026, 6, 10))
LATE = ("0s", "1d", "36h", "2d")
BACK = (0, 1, 2, 7, 7, 8, 14, 14, 15, 28, 29, 30, 30, 31, 55, 56, 56, 57, 60, 61, 90, 91, 118, 119, 150)
WINDOWS = (0, 1, *(days * DAY + more for days in (1, 7, 14, 30) for more in (-1, 0, 0, 1)))


@dataclass(frozen=True)
class Case:
    """A world, the definition's free parts, and T."""

    world: World
    blocks: dict[str, Any]
    as_of: date

    @property
    def calendar(self) -> Calendar:
        return Calendar(self.blocks["timezone"], self.blocks["week_starts"])


@st.composite
def steps(draw: st.DrawFn) -> dict[str, Any]:
    """The same steps, the middle one required or not."""
    return {**STEPS, "drafted": {"rule": "drafted", "required": draw(st.sampled_from((True, True, False)))}}


@st.composite
def blocks(draw: st.DrawFn) -> dict[str, Any]:
    """Zone, week, lateness, activation and the policies of the scores."""
    score = {"missing": draw(st.sampled_from(("exclude", "neutral", "worst"))), "min_coverage": draw(st.sampled_from((0, 0.3, 0.8)))}
    low = {"declining_workflow": {"min_base": draw(st.sampled_from((1, 4)))}, "longer_gaps": {"min_gaps": draw(st.integers(1, 3)), "quantile": draw(st.sampled_from((0.5, 0.9)))}}
    return {
        "timezone": draw(st.sampled_from(ZONES)),
        "week_starts": draw(st.sampled_from(WEEKDAYS)),
        "late_after": draw(st.sampled_from(LATE)),
        "activation": {"within": draw(st.sampled_from(("7d", "14d"))), "order": draw(st.sampled_from(("any", "ordered"))), "min_base": draw(st.integers(1, 3)), "steps": draw(steps())},
        "adoption": {"min_age": draw(st.sampled_from((0, 30))), "trailing_days": draw(st.sampled_from((7, 90)))},
        "churn_risk": {**score, "signals": {**low, "less_high_value_use": {"min_base": 2}}},
        "expansion": {**score, "allow_at_risk": draw(st.booleans()), "signals": {"volume_growing": {"min_weeks": 3}}},
    }


@st.composite
def times(draw: st.DrawFn, calendar: Calendar, today: int) -> int:
    """An instant near T: mostly on an edge, or one µs beside it."""
    edge = calendar.midnight(today - draw(st.sampled_from(BACK) | st.integers(0, 170)))
    return edge + draw(st.sampled_from((0, -1, 1, DAY // 2, 0, -DAY, 7 * DAY + 1))) + draw(st.sampled_from((0, 0, 0, 3_600_000_000, 1)))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A whole world, under a definition of its own."""
    given, as_of = draw(blocks()), draw(st.sampled_from(AS_OF))
    return Case(draw(worlds(Calendar(given["timezone"], given["week_starts"]), number(as_of))), given, as_of)


@st.composite
def worlds(draw: st.DrawFn, calendar: Calendar, today: int) -> World:
    """What happened until about that day."""
    names = draw(st.lists(st.sampled_from(IDS), min_size=1, max_size=8, unique=True))
    when = times(calendar, today)
    born = {name: draw(when) for name in names}
    events = [event(draw, n, born, when) for n in range(draw(st.integers(0, 60)))]
    accounts = [account(draw, name, start) for name, start in born.items() if draw(st.integers(0, 5))]
    known = when.map(lambda time: min(time, calendar.midnight(today) - 1))
    users = [user(draw, name, person, known) for name in names for person in PEOPLE[:5] if draw(st.booleans())]
    spans = [span(draw, name, today) for name in names for _ in range(draw(st.integers(0, 2)))]
    return World(events + draw(repeats(events)), *(draw(st.sampled_from((rows, rows, rows, None))) for rows in (accounts, users, spans)))


def event(draw: st.DrawFn, n: int, born: dict[str, int], when: st.SearchStrategy[int]) -> Row:
    """On an edge of the calendar, or of a window that began with the account."""
    name = draw(st.sampled_from(list(born)))
    time = born[name] + draw(st.sampled_from(WINDOWS)) if draw(st.booleans()) else max(draw(when), born[name] - draw(st.sampled_from((0, 0, DAY))))
    return {
        "event_id": f"e{n}", "account_id": name, "user_id": draw(st.sampled_from(PEOPLE)), "timestamp": written(time),
        "event": draw(st.sampled_from(EVENTS)), "status": draw(st.sampled_from(("ok", "ok", "ok", "failed", None))),
    }  # fmt: skip


@st.composite
def repeats(draw: st.DrawFn, events: list[Row]) -> list[Row]:
    """Some rows a second time, as a retry writes them."""
    return draw(st.lists(st.sampled_from(events), max_size=4)) if events else []


def account(draw: st.DrawFn, name: str, start: int) -> Row:
    return {"account_id": name, "created_at": written(start), "plan": draw(st.sampled_from(("pro", "pro", "team", None, "internal")))}


def user(draw: st.DrawFn, name: str, person: str | None, when: st.SearchStrategy[int]) -> Row:
    return {
        "account_id": name, "user_id": person, "role": draw(st.sampled_from(("admin", "clerk", None))), "team": draw(st.sampled_from(("North", "South", None))),
        "invited_at": written(draw(when)) if draw(st.booleans()) else None,
        "email": "a@vendor.example" if person == "staff" else "b@customer.example", "kind": "service" if person == "bot" else None,
    }  # fmt: skip


def span(draw: st.DrawFn, name: str, today: int) -> Row:
    start = today - draw(st.sampled_from(BACK) | st.integers(-5, 200))
    end = draw(st.sampled_from((None, None, 0, 1, 30, 31, 90)) | st.integers(0, 200))
    renews = draw(st.sampled_from((None, 0, 1, 89, 90, 91)))
    return {
        "account_id": name, "start_date": str(day_of(start)), "end_date": None if end is None else str(day_of(start + end)),
        "mrr": draw(st.sampled_from(("100.00", "0.05", "0", "19.99"))), "currency": draw(st.sampled_from(("EUR", "EUR", "EUR", "USD"))),
        "seats": draw(st.sampled_from(("1", "3", "10", None))), "plan": "pro", "renewal_date": None if renews is None else str(as_of_plus(today, renews)),
    }  # fmt: skip


def as_of_plus(today: int, days: int) -> date:
    return day_of(today) + timedelta(days=days)
