"""The accounts of the big mode: everything about one follows from its number."""

from __future__ import annotations

from bisect import bisect_right
from datetime import timedelta
from random import Random

from customers import PLANS, VALUES, Account, Paid, User, team, working_roles
from moments import DAY, LAST_DAY, Span
from product import Product
from stories import ordinary

GOLDEN, FIRST, SECOND, MASK = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 2**64 - 1
PEOPLE = (1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 8, 10, 12, 20, 40)  # eight on average
PENDING = 8  # one more was invited, and never joined, for so many people
LEAVING = 10  # of so many accounts, the last one leaves some day
INTERNAL = 500  # of so many accounts, the last one is the vendor's own
YEAR = 364 * DAY


def mix(value: int, salt: int) -> int:
    """A number from 0 to 2^64 - 1 that looks random (splitmix64)."""
    z = (value * GOLDEN + salt) & MASK
    z = ((z ^ (z >> 30)) * FIRST) & MASK
    z = ((z ^ (z >> 27)) * SECOND) & MASK
    return z ^ (z >> 31)


class Crowd:
    """Many accounts in the order of their creation, two in five of them older than the data."""

    def __init__(self, product: Product, span: Span, seed: int, count: int) -> None:
        self.product, self.span, self.salt = product, span, mix(seed, 0)
        self.old = max(1, count * 2 // 5)
        self.new = count - self.old
        self.ids = [f"{n:05d}" for n in range(1, count + 1)]
        self.created = [self.creation(n) for n in range(count)]
        self.people = [PEOPLE[mix(n, self.salt) % len(PEOPLE)] for n in range(count)]
        self.ended = [self.ending(n) for n in range(count)]

    def creation(self, n: int) -> int:
        """When the n-th account signed up."""
        start, end = self.span.start, self.span.end
        if n < self.old:
            return start - YEAR + YEAR * n // self.old
        return start + (end - start) * (n - self.old) // self.new

    def ending(self, n: int) -> int:
        """When the n-th account leaves: mostly never, that is, at the end of the data."""
        if n % LEAVING != LEAVING - 1:
            return self.span.end
        later = self.created[n] + (120 + mix(n, self.salt + 1) % 300) * DAY
        return self.span.end if later >= self.span.end else self.span.at(self.span.day(later))

    def alive(self, moment: int) -> int:
        """How many accounts exist at a moment."""
        return bisect_right(self.created, moment)

    def accounts(self) -> list[Account]:
        """All accounts with their people and subscriptions."""
        life = ordinary(Random(0), self.span.weeks, 0, 1)
        roles = working_roles(self.product)
        return [Account(
            id, f"Company {id}", life, self.created[n], self.segments(n), users=self.users(n, roles), paid=self.paid(n)
        ) for n, id in enumerate(self.ids)]  # fmt: skip

    def segments(self, n: int) -> dict[str, str]:
        """The segments of the n-th account."""
        known = {"plan": self.plan(n), "size": size(self.people[n])}
        return {name: known.get(name) or self.pick(n, name) for name in self.product.segments}

    def pick(self, n: int, name: str) -> str:
        """One of the usual values of a segment."""
        values = VALUES.get(name, ("a", "b", "c"))
        return values[mix(n, self.salt + self.product.segments.index(name) + 2) % len(values)]

    def plan(self, n: int) -> str:
        """The plan of the n-th account."""
        if n % INTERNAL == INTERNAL - 1:
            return "internal"
        return PLANS[min(3, self.people[n] // 6)] if self.paid(n) else "trial"

    def paid(self, n: int) -> list[Paid]:
        """The subscription of the n-th account: after two weeks on trial, until it leaves."""
        start, ended = self.span.day(self.created[n]) + timedelta(days=14), self.ended[n]
        end = None if ended == self.span.end else self.span.day(ended)
        plan = PLANS[min(3, self.people[n] // 6)]
        return [Paid(start, end, plan, self.people[n] + 1)] if start <= LAST_DAY else []

    def users(self, n: int, roles: list[str]) -> list[User]:
        """The people of the n-th account; the last ones have not joined."""
        count, admin = self.people[n], self.product.roles.get("admin", ("owner",))[-1]
        named = [admin, *(roles[k % len(roles)] for k in range(count - 1 + count // PENDING))]
        return [self.user(n, k, role) for k, role in enumerate(named)]

    def user(self, n: int, k: int, role: str) -> User:
        """The k-th user of the n-th account."""
        id, created = self.ids[n], self.created[n]
        more = {"email": f"user{k + 1}@company-{id}.example"}
        return User(f"{id}-u{k + 1:03d}", role, team(role), created, created if k < self.people[n] else None, more)


def size(people: int) -> str:
    """The size of an account."""
    return "small" if people < 6 else "medium" if people < 20 else "enterprise"
