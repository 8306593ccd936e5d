"""The life of an account: when it signs up, how far it gets, how much it works. A few lives tell a known story."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any

Pace = Callable[[int, int], float]  # (weeks since the activation, weeks left) -> pieces of core work in that week

HALVING = (0, 1, 3, 7, 15, 31)  # the last weeks of a decliner, counted from the last: each below half of the one before
FULL = 64
SIZES: Mapping[str, tuple[int, int]] = {"small": (1, 5), "medium": (6, 18), "enterprise": (25, 60)}
SHARES = (69, 27, 4)
RATES: Mapping[str, float] = {"small": 0.85, "medium": 1.4, "enterprise": 3.2}


@dataclass(frozen=True)
class Life:
    """What an account does, week by week."""

    age: int  # weeks before the end that it signs up
    size: str
    steps: int  # activation steps that it completes
    onboarding: float  # days until the last of them
    pace: Pace
    breadth: int  # workflows that it ever takes up, the first core one first
    gap: int  # weeks between taking up one and the next
    depth: int  # 0 basic, 1 standard, 2 advanced
    exact: bool = False  # the pace is a count, not a mean; every attempt succeeds; nobody works at weekends
    champion: bool = False  # one person does nearly everything
    rota: bool = False  # one more person every week, all take turns
    noise: float | None = None  # views and logins a week, if not in proportion to the work
    one_sided: bool = False  # of the roles of a workflow one never works
    stopped: int | None = None  # weeks before the end
    resumed: int | None = None

    def rests(self, left: int) -> bool:
        """Has the account left, and not come back, with so many weeks to go?"""
        return self.stopped is not None and left < self.stopped and (self.resumed is None or left >= self.resumed)


Story = Callable[[Life, int], Life]


def steady(rate: float) -> Pace:
    """The same amount of work every week."""
    return lambda since, left: rate


def halving(since: int, left: int) -> float:
    """Full work, then less than half of the week before, six weeks running."""
    return HALVING[left] if left < len(HALVING) else FULL


def seldom(since: int, left: int) -> float:
    """One piece of work, then five weeks without."""
    return float(left % 6 == 3)


def growing(since: int, left: int) -> float:
    """A little more work every week."""
    return 2 + since / 2


def fading(rate: float, weeks: int) -> Pace:
    """Work that ebbs away before the account leaves, so many weeks before the end."""
    return lambda since, left: rate * min(1.0, max(0.1, (left - weeks + 1) / 8))


def ordinary(rng: Random, weeks: int, steps: int, workflows: int) -> Life:
    """The life of an account without a story."""
    size = rng.choices(list(SIZES), SHARES)[0]
    age = rng.randint(1, weeks) if rng.random() < 0.92 else rng.randint(weeks + 1, weeks + 26)
    rate = RATES[size] * (0.5 + rng.random())
    leaves = rng.randint(2, age - 12) if age > 16 and rng.random() < 0.22 else None
    return Life(
        age=age,
        size=size,
        steps=steps if rng.random() < 0.74 else rng.randrange(steps + 1),
        onboarding=0.1 + min(50.0, rng.expovariate(1 / 6)),
        pace=steady(rate) if leaves is None else fading(rate, leaves),
        breadth=1 if size == "small" and rng.random() < 0.5 else rng.randint(1, workflows),
        gap=rng.randint(2, 12),
        depth=rng.choices((0, 1, 2), (25, 40, 35))[0],
        stopped=leaves,
    )


def settled(life: Life, age: int, **changes: Any) -> Life:
    """A life that activates in time and stays."""
    usual = {"age": age, "size": "medium", "onboarding": min(life.onboarding, 9.0), "stopped": None, "depth": 2}
    return replace(life, **{"pace": steady(2), **usual, **changes})


def stories(weeks: int, steps: int, workflows: int) -> dict[str, Story]:
    """Every planted story: how it changes the life of its n-th account."""

    def activated(age: int, **changes: Any) -> Story:
        return lambda life, n: settled(life, age + n, **{"steps": steps, **changes})

    def stuck(life: Life, n: int) -> Life:
        return settled(life, 12 + n, steps=n % max(steps, 1))

    return {
        "stuck_onboarding": stuck,
        "slow_onboarding": lambda life, n: settled(life, 13 + n, steps=steps, onboarding=17.0 + 3 * n),
        "champion_only": activated(18, champion=True, pace=steady(4)),
        "decliner": activated(15, pace=halving, exact=True, breadth=1, depth=0, noise=70.0),
        "expander": activated(19, pace=growing, exact=True, rota=True, breadth=min(2, workflows), gap=5),
        "role_gap": activated(18, one_sided=True, pace=steady(6), breadth=workflows, gap=2),
        "churned": activated(17, pace=fading(4, 9), stopped=9),
        "reactivated": activated(19, stopped=15, resumed=6),
        "silent": lambda life, n: settled(life, 10 + n, steps=0, size="small", noise=0.0),
        "internal": activated(15, pace=steady(3)),
        "before_data": activated(weeks + 3),
        "vendor_staff": activated(14),
        "busy_optional": activated(16, pace=seldom, exact=True, breadth=1, noise=60.0),
        "leading_zeros": activated(16),
    }
