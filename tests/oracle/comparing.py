"""Two groups side by side: difference with its interval, chance, several tests at once, and who is left after so long."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import erfc, sqrt

from oracle.numbers import survival, wilson

CERTAIN = 0.05


def difference(k: int, n: int, k_other: int, n_other: int) -> dict[str, float | None]:
    """In percentage points, with Newcombe's interval (1998, method 10)."""
    if not n or not n_other:
        return {"difference": None, "diff_low": None, "diff_high": None}
    (low, high), (low_other, high_other), p, other = wilson(k, n), wilson(k_other, n_other), k / n, k_other / n_other
    assert low is not None and high is not None and low_other is not None and high_other is not None
    down, up = sqrt((p - low) ** 2 + (high_other - other) ** 2), sqrt((high - p) ** 2 + (other - low_other) ** 2)
    return {"difference": 100 * (p - other), "diff_low": 100 * (p - other - down), "diff_high": 100 * (p - other + up)}


def chance(k: int, n: int, k_other: int, n_other: int) -> float:
    """Two-sided p-value of the score test with one pooled share; 1 where nothing varies."""
    pooled = Fraction(k + k_other, n + n_other)
    variance = pooled * (1 - pooled) * (Fraction(1, n) + Fraction(1, n_other))
    return erfc(abs(k / n - k_other / n_other) / sqrt(variance) / sqrt(2)) if variance else 1.0


def family(chances: Sequence[float | None]) -> list[float | None]:
    """Benjamini & Hochberg (1995): p-values of one family → q-values; what was not tested is no member."""
    tested = sorted((p, n) for n, p in enumerate(chances) if p is not None)
    found: list[float | None] = [None] * len(chances)
    least = 1.0
    for rank in range(len(tested), 0, -1):
        p, n = tested[rank - 1]
        least = min(least, p * len(tested) / rank)
        found[n] = least
    return found


def judged(rows: Sequence[dict[str, object]], pairs: Sequence[tuple[int, int, int, int]], min_base: int, words: tuple[str, str]) -> None:
    """Adds q and the verdict to rows, each of which compares (k, n, k_other, n_other)."""
    tested = [chance(*pair) if min(pair[1], pair[3]) >= max(min_base, 1) else None for pair in pairs]
    for row, pair, q in zip(rows, pairs, family(tested), strict=True):
        more = pair[0] * pair[3] > pair[2] * pair[1]
        row["q"] = q
        row["verdict"] = "insufficient" if q is None else words[0 if more else 1] if q <= CERTAIN else "not shown"


def still_there(waits: Iterable[tuple[int, bool]], length: int) -> float | None:
    """Kaplan–Meier: the share left after that length; None when nobody was watched so long."""
    waits = list(waits)
    if not any(wait >= length for wait, _ in waits) and not (survival(waits) and survival(waits)[-1][1] == 0):
        return None
    left = [part for time, part in survival(waits) if time <= length]
    return float(left[-1]) if left else 1.0


def ratio(rate: float | None, other: float | None) -> float | None:
    return None if rate is None or not other else rate / other


