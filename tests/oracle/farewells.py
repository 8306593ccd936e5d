"""retention.before_churn: those who left beside those who had paid as long and stayed, week by week."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from typing import Any

from oracle.contracts import spells
from oracle.split import Rows
from oracle.truth import Account, Truth
from oracle.world import Event

WIDTH = 1.959963984540054


@dataclass(frozen=True)
class Stretch:
    """One stretch of paying, and since when it was seen."""

    name: str
    start: int
    end: int
    seen: int


@dataclass(frozen=True)
class Asked:
    """The settings."""

    weeks: int = 12
    controls: int = 10
    apart: int = 28
    stays: int = 90
    min_base: int = 10

    @property
    def days(self) -> int:
        return 7 * self.weeks


def before_churn(truth: Truth, accounts: Sequence[Account], **settings: Any) -> Rows:
    asked = Asked(**settings)
    settled = max(day for day in range(truth.today - 5, truth.today + 1) if truth.over(day))
    first = truth.calendar.local(truth.start or 0)
    every = [Stretch(account.name, start, end, max(start, first)) for account in accounts for start, end in spells(truth, account.name)]
    left = [one for one in every if one.end <= settled]
    long = [one for one in left if one.end - one.seen >= asked.days]
    held = {one: stayers(one, every, settled, asked) for one in long}
    met = {one: found for one, found in held.items() if found}
    sizes = {
        "leavers": len(met), "stayers": len({other.name for found in met.values() for other, _ in found}),
        "alone": len(long) - len(met), "short": len(left) - len(long),
    }  # fmt: skip
    return [row for at, signal in enumerate(signals(truth), 1) for row in rows(truth, met, at, signal, sizes, asked)]


def stayers(one: Stretch, every: Sequence[Stretch], settled: int, asked: Asked) -> list[tuple[Stretch, int]]:
    """Each with its own same day of paying."""
    found = []
    for other in every:
        day = other.start + one.end - one.start
        near = abs(other.start - one.start) <= asked.apart and other.name != one.name
        if near and min(other.end, settled) >= day + asked.stays and day - other.seen >= asked.days:
            found.append((abs(other.start - one.start), other.name, other.start, other, day))
    return [(other, day) for *_, other, day in sorted(found, key=lambda entry: entry[:3])[: asked.controls]]


def signals(truth: Truth) -> list[str]:
    anyone = any(truth.person(event) for name in truth.accounts for event in truth.successes(name, truth.definition.workflows))
    return ["work", "days", "people"] if anyone else ["work", "days"]


def measure(truth: Truth, name: str, end: int, signal: str) -> int:
    """In the 7 days before a day."""
    work = truth.successes(name)
    days = [event.day for event in work]
    found: list[Event] = sorted(work, key=lambda event: event.day)[bisect_left(sorted(days), end - 7) : bisect_left(sorted(days), end)]
    if signal == "work":
        return len(found)
    return len({event.day for event in found} if signal == "days" else {event.user for event in found if truth.person(event)})


def rows(truth: Truth, met: dict[Stretch, list[tuple[Stretch, int]]], at: int, signal: str, sizes: dict[str, int], asked: Asked) -> Rows:
    own: dict[int, list[int]] = {}
    others: dict[int, list[Fraction]] = {}
    for week in range(1, asked.weeks + 1):
        back = 7 * (week - 1)
        own[week] = [measure(truth, one.name, one.end - back, signal) for one in met]
        others[week] = [rounded([measure(truth, other.name, day - back, signal) for other, day in found]) for found in met.values()]
    return [{"week": week, "position": at, "signal": signal, **compared(own, others, week, asked), **sizes} for week in own]


def rounded(counts: list[int]) -> Fraction:
    """Their mean, to the nearest thousandth, half up."""
    return Fraction(int(Fraction(1000 * sum(counts), len(counts)) + Fraction(1, 2)), 1000)


def level(found: dict[int, Any], week: int, asked: Asked) -> float | None:
    early = [sum(found[back]) for back in range(max(1, asked.weeks - 3), asked.weeks + 1)]
    return float(sum(found[week]) / Fraction(sum(early), len(early))) if sum(early) else None


def compared(own: dict[int, list[int]], others: dict[int, list[Fraction]], week: int, asked: Asked) -> dict[str, Any]:
    n, gaps = len(own[week]), [mine - theirs for mine, theirs in zip(own[week], others[week], strict=True)]
    low = high = None
    verdict = "insufficient"
    if n >= max(asked.min_base, 2):
        mean = sum(gaps, Fraction(0)) / n
        half = WIDTH * sqrt(float(sum((gap - mean) ** 2 for gap in gaps) / (n - 1) / n))
        low, high = float(mean) - half, float(mean) + half
        verdict = "lower" if high < 0 else "higher" if low > 0 else "not shown"
    return {
        "verdict": verdict, "leavers_level": level(own, week, asked), "stayers_level": level(others, week, asked),
        "leavers_mean": sum(own[week]) / n if n else None, "stayers_mean": float(sum(others[week]) / n) if n else None,
        "difference": float(sum(gaps, Fraction(0)) / n) if n else None, "low": low, "high": high,
    }  # fmt: skip


TABLES = {"retention.before_churn": before_churn}
