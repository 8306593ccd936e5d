"""engagement.trend: whose usage rises or falls?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from math import ceil, exp, floor, log1p, sqrt
from statistics import median
from typing import Any

from oracle.beats import begins, ended
from oracle.numbers import Z, wilson
from oracle.split import Rows
from oracle.text import Text
from oracle.truth import Account, Truth

CHANCE = "within chance once the busiest day of each window is left out"


class Window:
    """The last days that nothing can change any more, beside as many before."""

    def __init__(self, truth: Truth, account: Account, days: int) -> None:
        self.days, self.end = days, truth.calendar.local(truth.final)
        done = Counter(event.day for event in truth.successes(account.name))
        self.now, self.before = ({day: n for day, n in done.items() if end - days <= day < end} for end in (self.end, self.end - days))
        self.n, self.n_before = sum(self.now.values()), sum(self.before.values())
        self.since = None if account.created is None else max(truth.calendar.local(account.created), begins(truth) or 0)
        start = self.end if self.since is None else self.since
        self.there, self.there_before = (min(days, max(0, end - start)) for end in (self.end, self.end - days))

    @property
    def usual(self) -> Fraction:
        """What the window before would give."""
        return Fraction(self.n_before * self.there, self.there_before) if self.there_before else Fraction(0)

    @property
    def trend(self) -> Fraction | None:
        return self.n / self.usual - 1 if self.usual else None

    def beyond_doubt(self) -> bool:
        """By Wilson's interval of the later part of all, the busiest day of each window left out."""
        n, before = (sum(days.values()) - max(days.values(), default=0) for days in (self.now, self.before))
        low, high = wilson(n, n + before)
        part = self.there / (self.there + self.there_before)
        return low is not None and high is not None and not low <= part <= high

    def state(self, truth: Truth, account: Account, min_base: int, min_change: float) -> str:
        if ended(truth, account):
            return "left"
        if self.since is None:
            return "unknown"
        if 2 * self.there_before < self.days:
            return "new"
        if self.n + self.n_before < min_base:
            return "insufficient"
        if not self.large(min_change) or not self.beyond_doubt():
            return "flat"
        return "up" if self.n > self.usual else "down"

    def large(self, min_change: float) -> bool:
        return self.trend is None and self.n > 0 or self.trend is not None and abs(self.trend) >= Fraction(str(min_change))


def trend(truth: Truth, accounts: Sequence[Account], days: int = 30, windows: Sequence[int] = (7, 30, 60, 90), min_base: int = 8, min_change: float = 0.2) -> Rows:
    return [trend_row(truth, account, days, windows, min_base, min_change) for account in accounts]


def trend_row(truth: Truth, account: Account, days: int, windows: Sequence[int], min_base: int, min_change: float) -> dict[str, Any]:
    found = Window(truth, account, days)
    state = found.state(truth, account, min_base, min_change)
    others = [(one, one.state(truth, account, min_base, min_change)) for one in (Window(truth, account, length) for length in windows)]
    work = [event.day for event in truth.successes(account.name)]
    weekly = [sum(found.end - 7 * block <= day < found.end - 7 * block + 7 for day in work) for block in range(12, 0, -1)]
    there = [count for block, count in zip(range(12, 0, -1), weekly, strict=True) if found.since is not None and found.end - 7 * block >= found.since]
    growth = [None if slope is None else 100 * (exp(slope) - 1) for slope in slopes([log1p(count) for count in there])]
    return {
        "account": account.name, "moves": state in ("up", "down"), "state": state, "trend": None if found.trend is None else float(found.trend),
        "difference": float(found.n - found.usual) if found.there_before else None, "n": found.n, "n_before": found.n_before, "all_windows": Windows(others),
        "weekly": [None if truth.start is not None and found.end - 7 * block < truth.calendar.local(truth.start) else count for block, count in zip(range(12, 0, -1), weekly, strict=True)],
        "percent_a_week": growth[0], "percent_low": growth[1], "percent_high": growth[2],
        "note": CHANCE if state == "flat" and found.large(min_change) else None,
    }  # fmt: skip


def slopes(values: Sequence[float]) -> tuple[float | None, float | None, float | None]:
    """Theil–Sen, and Sen's interval (1968): no correction for ties, its ends rounded outwards; None: too few."""
    n = len(values)
    if n < 4:
        return None, None, None
    found = sorted((values[j] - values[i]) / (j - i) for i, j in combinations(range(n), 2))
    high = ceil((len(found) + Z * sqrt(n * (n - 1) * (2 * n + 5) / 18)) / 2)
    return (median(found), None, None) if high >= len(found) else (median(found), found[len(found) - 1 - high], found[high])


class Windows(Text):
    """The states of all windows in words; a percentage between two may be rounded to either."""

    def __init__(self, found: Sequence[tuple[Window, str]]) -> None:
        self.found = found

    def fits(self, text: str | None) -> bool:
        parts = (text or "").split(", ")
        return len(parts) == len(self.found) and all(part in said(*one) for part, one in zip(parts, self.found, strict=True))


def said(window: Window, state: str) -> set[str]:
    start = f"{window.days} d {state}"
    if state not in ("up", "flat", "down") or window.trend is None:
        return {start}
    percent = 100 * window.trend
    return {f"{start} {'−' if window.trend < 0 else '+'}{abs(n)} %" for n in (floor(percent), ceil(percent)) if abs(n - percent) <= Fraction(1, 2)}


TABLES = {"engagement.trend": trend}
