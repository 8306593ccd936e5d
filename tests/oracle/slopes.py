"""What goes with what: Theil's slope with Sen's interval, rank correlation, the highest fifth less the lowest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from math import ceil, floor, log, sqrt
from statistics import median

from oracle.numbers import Z
from oracle.star_tests import UNKNOWN, Measured, newcombe, ranks, spearman

MOST = 200
Points = Sequence[tuple[Fraction | None, Fraction | None]]


def slope(points: Points) -> Measured:
    """Theil's median slope of the logarithms, Sen's interval."""
    known = sorted((x, y) for x, y in points if x and y and x > 0 and y > 0)
    n = len(known)
    kept = [(log(x), log(y)) for at, (x, y) in enumerate(known) if n <= MOST or MOST * at // n != MOST * (at - 1) // n]
    xs = [x for x, _ in known] if n <= MOST else [x for at, (x, _) in enumerate(known) if MOST * at // n != MOST * (at - 1) // n]
    slopes = sorted((d - b) / (c - a) for ((a, b), (c, d)), (one, other) in zip(combinations(kept, 2), combinations(xs, 2), strict=True) if one != other)
    if not slopes:
        return UNKNOWN
    low, high = sen(slopes, xs)
    return Measured(median(slopes), n, low, high)


def sen(slopes: Sequence[float], xs: Sequence[Fraction]) -> tuple[float | None, float | None]:
    """Sen (1968), ties in x corrected, its ranks rounded outwards; none where they lie outside."""
    n, ties = len(xs), sum(t * (t - 1) * (2 * t + 5) for t in (xs.count(x) for x in set(xs)))
    width = Z * sqrt(Fraction(n * (n - 1) * (2 * n + 5) - ties, 18))
    low, high = floor((len(slopes) - width) / 2) - 1, ceil((len(slopes) + width) / 2)
    return (slopes[low], slopes[high]) if low >= 0 else (None, None)


def dense(values: Sequence[Fraction]) -> list[int]:
    places = {value: at for at, value in enumerate(sorted(set(values)))}
    return [places[value] for value in values]


def together(points: Points) -> Measured:
    known = [(x, y) for x, y in points if x is not None and y is not None]
    xs, ys = (dense([pair[at] for pair in known]) for at in (0, 1))
    return spearman(list(zip(xs, ys, strict=True))) if known else UNKNOWN


def fifths(found: Sequence[tuple[Fraction, bool]]) -> Measured:
    """The highest less the lowest that holds anybody."""
    did: dict[int, list[bool]] = defaultdict(list)
    for rank, (_, yes) in zip(ranks(dense([value for value, _ in found])), found, strict=True):
        did[ceil(5 * rank / len(found))].append(yes)
    if 5 not in did or len(did) == 1 or len({yes for _, yes in found}) == 1:
        return UNKNOWN
    gap = newcombe(did[5], did[min(did)])
    return Measured(gap.value, len(found), gap.low, gap.high)
