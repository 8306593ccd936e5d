"""What an account did lately, and who did it: the last 28 days before T beside the 28 before them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from oracle.contracts import contract
from oracle.days import DAY
from oracle.engagement import levels, reached
from oracle.readings import YOUNG_DAYS
from oracle.truth import Account, Truth
from oracle.world import Event


class Recent:
    """One account at T."""

    def __init__(self, truth: Truth, account: Account) -> None:
        self.truth, self.account, self.name = truth, account, account.name
        self.work = truth.successes(account.name)
        self.contract = contract(truth, account.name)
        self.ended = self.contract is not None and self.contract.ended

    def between(self, far: int, near: int, events: Sequence[Event] | None = None) -> list[Event]:
        """Of the days T − far up to, not including, T − near."""
        today = self.truth.today
        return [event for event in (self.work if events is None else events) if today - far <= event.day < today - near]

    def people(self, far: int, near: int) -> Counter[str]:
        """Person → successes."""
        return Counter(event.user for event in self.between(far, near) if event.user and self.truth.person(event))

    @cached_property
    def users(self) -> int | None:
        return len(self.people(28, 0)) if self.truth.named else None

    @cached_property
    def users_before(self) -> int | None:
        return len(self.people(56, 28)) if self.truth.named else None

    @cached_property
    def top_share(self) -> float | None:
        people = self.people(28, 0)
        return max(people.values()) / people.total() if people.total() >= 5 else None

    @property
    def weekly(self) -> list[int | None]:
        start = self.truth.calendar.local(self.truth.start) if self.truth.start is not None else None
        return [len(self.between(7 * block, 7 * block - 7)) if start is None or self.truth.today - 7 * block >= start else None for block in range(12, 0, -1)]

    def uses(self, kind: str) -> tuple[int, int]:
        """Of the features of that kind: in the last 28 days, in the 28 before."""
        rules = [feature.rule for feature in self.truth.definition.features.values() if getattr(feature, kind)]
        events = [event for rule in rules for event in self.truth.rule(self.name, rule)]
        return len(self.between(28, 0, events)), len(self.between(56, 28, events))

    @cached_property
    def depth(self) -> dict[str, tuple[int, str]]:
        """Workflow → the highest level reached and its name."""
        found = {}
        for workflow in self.truth.definition.workflows:
            for level, tier, rules in levels(self.truth, workflow):
                if reached(self.truth, self.name, rules):
                    found[workflow] = (level, tier)
        return found

    @property
    def tiers(self) -> str:
        return ", ".join(f"{workflow} {tier}" for workflow, (_, tier) in sorted(self.depth.items())) or "none"

    @property
    def age(self) -> int | None:
        """In µs."""
        return None if self.account.created is None else self.truth.now - self.account.created

    @property
    def young(self) -> bool:
        return self.age is None or self.age < YOUNG_DAYS * DAY or not self.held

    @property
    def watched(self) -> int:
        """Days of the export before T."""
        return 0 if self.truth.start is None else self.truth.today - self.truth.calendar.local(self.truth.start)

    @property
    def held(self) -> bool:
        """Whether the export holds the 28 days before the last 28."""
        return self.watched >= YOUNG_DAYS

    def there_from(self, day: int) -> bool:
        """Whether the account existed when the day began, and the export held it."""
        known = self.account.created is not None and self.account.created <= self.truth.calendar.midnight(day)
        return known and self.truth.today - day <= self.watched


@dataclass(frozen=True)
class Found:
    """What a signal says: fired, quiet, insufficient or unknown, and the numbers that its sentence must hold."""

    state: str
    numbers: tuple[str, ...] = ()


def judged(fired: bool, *numbers: object) -> Found:
    return Found("fired" if fired else "quiet", tuple(map(str, numbers)) if fired else ())


UNKNOWN, INSUFFICIENT = Found("unknown"), Found("insufficient")
