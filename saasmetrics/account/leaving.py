"""The smallest change of signals with which an account would leave its band: exact, by trying all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from saasmetrics.definitions.signals import Score
from saasmetrics.facts.scores._score import FULL


@dataclass(frozen=True)
class Part:
    """One signal of one account: `value` in thousandths of its points; none: unknown."""

    name: str
    points: int
    value: int | None


@dataclass(frozen=True)
class Change:
    """What would leave the band: the signals that turn, and the score then."""

    turned: tuple[Part, ...]
    score: int


def score_of(parts: Sequence[Part], score: Score) -> int:
    """The score as the facts have it, in whole numbers."""
    total = sum(part.points for part in parts)
    base = sum(part.points for part in parts if part.value is not None) if score.missing == "exclude" else total
    unknown = score.unknown[score.missing]
    reached = sum(part.points * (unknown if part.value is None else part.value) for part in parts)
    return (2 * reached * total + FULL * base) // (2 * FULL * base) if base else 0


def smallest(parts: Sequence[Part], score: Score, to: int, there: Callable[[int], bool]) -> Change | None:
    """The fewest known signals that, each put to the value `to`, make a score that is `there`; of equally many those with the
    fewest points, then those that stand first. None: not even all of them do."""
    movable = [part for part in parts if part.value is not None and part.value != to]
    for count in range(len(movable) + 1):
        found = [change for change in _changes(parts, movable, count, score, to) if there(change.score)]
        if found:
            return min(found, key=lambda change: sum(part.points for part in change.turned))
    return None


def _changes(parts: Sequence[Part], movable: Sequence[Part], count: int, score: Score, to: int) -> Iterator[Change]:
    for chosen in combinations(movable, count):
        turned = tuple(replace(part, value=to) for part in chosen)
        yield Change(turned, score_of([next((t for t in turned if t.name == part.name), part) for part in parts], score))


def ways(band: str, bands: Mapping[str, int], below: str) -> dict[str, tuple[int, int]]:
    """Where the scores of the neighbours of a band lie: name → from, up to (exclusive). `bands` from the highest down."""
    names, limits = [*bands, below], [101, *bands.values(), 0]
    at = names.index(band)
    return {name: (limits[place + 1], limits[place]) for place, name in enumerate(names) if abs(place - at) == 1}
