"""The statistics, from their textbooks, in exact fractions where that is possible."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import combinations
from math import sqrt
from statistics import NormalDist, median

Z = NormalDist().inv_cdf(0.975)


def wilson(k: int, n: int) -> tuple[float | None, float | None]:
    """Wilson (1927), 95 %."""
    if n == 0:
        return None, None
    p, z = k / n, Z
    middle, width = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, (middle - width) / (1 + z * z / n)), min(1.0, (middle + width) / (1 + z * z / n))


def share(k: int, n: int) -> float | None:
    return k / n if n else None


def rated(k: int, n: int) -> dict[str, float | None]:
    """The columns of every rate."""
    low, high = wilson(k, n)
    return {"rate": share(k, n), "low": low, "high": high}


def survival(waits: Iterable[tuple[int, bool]]) -> list[tuple[int, Fraction]]:
    """Kaplan & Meier (1958): (time, share still waiting), at each time at which somebody got there."""
    waits = list(waits)
    done, all_ = Counter(wait for wait, reached in waits if reached), Counter(wait for wait, _ in waits)
    risk, left, curve = len(waits), Fraction(1), []
    for time in sorted(all_):
        if done[time]:
            left *= Fraction(risk - done[time], risk)
            curve.append((time, left))
        risk -= all_[time]
    return curve


def reached_by(waits: Iterable[tuple[int, bool]], part: Fraction) -> int | None:
    """The first time by which this part of all got there; None: not reached."""
    return next((time for time, left in survival(waits) if left <= 1 - part), None)


def quantile(values: Sequence[int], part: float) -> Fraction:
    """Linear interpolation."""
    ordered, place = sorted(values), Fraction(str(part)) * (len(values) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def theil_sen(values: Sequence[float]) -> tuple[float, float, float]:
    """Median slope over equal steps, and its 95 % interval (Sen 1968, ties in the values corrected)."""
    n = len(values)
    slopes = sorted((values[j] - values[i]) / (j - i) for i, j in combinations(range(n), 2))
    ties = sum(t * (t - 1) * (2 * t + 5) for t in Counter(values).values())
    width = Z * sqrt((n * (n - 1) * (2 * n + 5) - ties) / 18)
    pairs = len(slopes)
    low = max(int(round((pairs - width) / 2)) - 1, 0)
    high = min(int(round((pairs + width) / 2)), pairs - 1)
    return median(slopes), slopes[low], slopes[high]
