"""What customers ask support for: more while they are new, and more when they get stuck or turn away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from customers import Account
from moments import DAY, MINUTE, Span
from product import Product
from work import poisson

HOUR = 60 * MINUTE
RATES = {"small": 0.05, "medium": 0.12, "enterprise": 0.35}  # tickets a week in quiet times
KINDS = ("how to", "bug", "integration", "permissions", "billing", "feature request", "")
# how often of each kind: in quiet times, while new, and when it gets stuck or turns away
QUIET, EARLY, TROUBLE = (8, 5, 3, 3, 3, 4, 3), (14, 3, 5, 5, 2, 1, 3), (3, 12, 7, 2, 2, 1, 3)
NEW, BEFORE = 5, 10  # weeks: how long an account is new, and how long before its end the trouble begins


@dataclass(frozen=True)
class Ticket:
    """One call for help."""

    account: str
    opened: int
    resolved: int | None
    workflow: str
    category: str
    blocking: bool
    reopened: int | None = None


class Desk:
    """What one account asks."""

    def __init__(self, product: Product, span: Span, account: Account, rng: Random) -> None:
        self.product, self.span, self.account, self.life, self.rng = product, span, account, account.life, rng

    def tickets(self) -> list[Ticket]:
        """All that it opens within the data, and within its own time there."""
        weeks = range(max(0, self.span.week(self.account.created)), self.span.weeks)
        return [ticket for week in weeks for ticket in self.opened(week) if self.belongs(ticket.opened)]

    def belongs(self, moment: int) -> bool:
        """Does it lie within the data, and within the account's time?"""
        inside = max(self.account.created, self.span.start) <= moment < self.span.end
        return inside and not self.life.rests(self.span.weeks - 1 - self.span.week(moment))

    def opened(self, week: int) -> Iterator[Ticket]:
        """The tickets of one week; some come back a few days later, under the same heading."""
        left = self.span.weeks - 1 - week
        more, weights = self.mood(self.span.week(self.account.created) + NEW > week, left)
        for _ in range(0 if self.life.rests(left) else poisson(RATES[self.life.size] * more, self.rng)):
            ticket = self.ticket(week, weights)
            yield ticket
            if ticket.resolved and self.rng.random() < 0.12:
                again = ticket.resolved + self.rng.randrange(HOUR, 6 * DAY)
                yield replace(ticket, opened=again, resolved=self.solved(again, ticket.blocking))

    def mood(self, new: bool, left: int) -> tuple[float, tuple[int, ...]]:
        """How much more than usual it asks, and what about."""
        stuck = self.life.steps < len(self.product.steps)
        turning = self.account.story == "decliner" and left < BEFORE
        leaving = self.life.stopped is not None and left < self.life.stopped + BEFORE
        if turning or leaving:
            return 6.0 if turning else 3.5, TROUBLE
        return (4.0 if stuck else 3.0, EARLY) if new else (2.5 if stuck or not self.life.depth else 1.0, QUIET)

    def ticket(self, week: int, weights: tuple[int, ...]) -> Ticket:
        """One of them."""
        opened, category = self.span.moment_in(week, self.rng), self.rng.choices(KINDS, weights)[0]
        taken = [workflow.name for workflow in self.product.workflows[: self.life.breadth]]
        about = self.rng.choice(taken) if category not in ("billing", "permissions") and self.rng.random() < 0.8 else ""
        blocking = self.rng.random() < (0.4 if category in ("bug", "integration") else 0.06)
        return Ticket(self.account.id, opened, self.solved(opened, blocking), about, category, blocking)

    def solved(self, opened: int, blocking: bool) -> int | None:
        """When it was solved; some never are, and some not yet."""
        if self.rng.random() < 0.04:
            return None
        at = opened + int(self.rng.lognormvariate(2.0 if blocking else 3.2, 1.1) * HOUR)
        return at if at < self.span.end else None
