"""Accounts that work every week, and how they part or stay: most who leave drift away first, some go without a sign, and many
who go quiet come back.

As in life the contract outlasts the work: who drifts away does next to nothing for weeks before it ends. Those who stay are no
less busy, and have their own lean weeks, so that not every fall is a farewell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from stories import Life, Pace, settled, steady

ROOM = 250  # with fewer accounts there are none of these
MIX = {"drifter": 9, "sudden": 3, "regular": 6, "pausing": 6, "shrunken": 3, "bursty": 3}  # of thirty; the first two leave
FEWEST_WEEKS = 40


def names(total: int, weeks: int) -> Iterator[tuple[str, str, int]]:
    """The accounts beside so many others: id, story, and the how-manieth with this story."""
    each = total // 150 if total >= ROOM and weeks >= FEWEST_WEEKS else 0
    return ((f"{story}-{n + 1}", story, n) for story, share in MIX.items() for n in range(share * each))


def parting(story: str, life: Life, steps: int, weeks: int, rng: Random) -> Life:
    """One of these lives: set up within days, at three to nine pieces of core work a week."""
    rate, age = 3 + 6 * rng.random(), rng.randint(26, weeks - 1)
    leaves = rng.randint(1, age - 22) if story in ("drifter", "sudden") else None
    pace = PACES[story](rate, leaves or 0, rng)
    return settled(life, age, steps=steps, pace=pace, stopped=leaves, depth=rng.choice((0, 1)), breadth=1)


def drifting(rate: float, stopped: int, rng: Random) -> Pace:
    """Over 6 to 14 weeks down to next to nothing, and 1 to 7 weeks more until the contract ends."""
    idle, slope = rng.randint(1, 7), rng.randint(6, 14)
    return lambda since, left: rate * min(1.0, max(0.03, (left - stopped - idle + 1) / slope))


def sudden(rate: float, stopped: int, rng: Random) -> Pace:
    """As ever until the last day."""
    return steady(rate)


def pausing(rate: float, stopped: int, rng: Random) -> Pace:
    """Two to four weeks with next to nothing, every four to six months."""
    every, away = rng.randint(17, 26), rng.randint(2, 4)
    return lambda since, left: rate * (0.05 if (left + every // 2) % every < away else 1.0)


def shrunken(rate: float, stopped: int, rng: Random) -> Pace:
    """One day less than half of the work is left, for good: a team was sold, the account stays."""
    day = rng.randint(4, 24)
    return lambda since, left: rate * (1.0 if left > day else 0.45)


def bursty(rate: float, stopped: int, rng: Random) -> Pace:
    """Twice the work in one half of each month, hardly any in the other."""
    return lambda since, left: rate * (1.8 if left % 4 < 2 else 0.2)


PACES: dict[str, Callable[[float, int, Random], Pace]] = {
    "drifter": drifting, "sudden": sudden, "regular": sudden, "pausing": pausing, "shrunken": shrunken, "bursty": bursty,
}  # fmt: skip
