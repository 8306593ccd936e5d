"""Accounts, their people and their subscriptions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple

from conditions import meeting
from moments import DAY, LAST_DAY, MINUTE, Span
from product import Product, distinct
from stories import SIZES, Life

FIRST = ("Ada", "Ben", "Chloe", "Dario", "Elif", "Femi", "Greta", "Hugo", "Ines", "Jonas", "Kira", "Liam", "Maya")
WORDS = ("Amber", "Birch", "Cobalt", "Delta", "Ember", "Fjord", "Granite", "Harbor", "Iris", "Juniper", "Kestrel")
TRADES = ("Bakery", "Consulting", "Dental", "Energy", "Foods", "Garden", "Hotels", "Labs", "Motors", "Optics")
VALUES = {
    "industry": ("retail", "manufacturing", "services", "health", "construction"),
    "channel": ("organic", "paid", "referral", "partner", "outbound"),
}
CHANNELS = {True: (4, 3, 4, 3, 2), False: (3, 6, 1, 2, 3)}  # how often, with and without the whole onboarding
PRICES = {"starter": "9.00", "team": "14.50", "business": "23.90", "enterprise": "34.75"}
PLANS = tuple(PRICES)
CURRENCIES = {"Europe": "EUR", "Asia": "INR", "America": "USD"}


@dataclass
class User:
    """One person, or one service, of an account."""

    id: str
    role: str
    team: str
    invited: int
    joined: int | None
    more: dict[str, str]  # further columns


class Paid(NamedTuple):
    """One span of a subscription; without an end it is open."""

    start: date
    end: date | None
    plan: str
    seats: int


@dataclass
class Account:
    """One customer with everything that belongs to it."""

    id: str
    name: str
    life: Life
    created: int
    segments: dict[str, str]
    story: str = ""
    users: list[User] = field(default_factory=list)
    service: User | None = None
    vendor: User | None = None
    paid: list[Paid] = field(default_factory=list)

    @property
    def owner(self) -> User:
        """The person who signed up."""
        return self.users[0]

    def crew(self, roles: tuple[str, ...], moment: int) -> list[User]:
        """The people with one of these roles who have joined by then; the owner where there are none."""
        joined = (user for user in self.users if user.joined is not None and user.joined <= moment)
        return [user for user in joined if not roles or user.role in roles] or [self.owner]


def company(rng: Random) -> str:
    """A made-up name."""
    return f"{rng.choice(WORDS)} {rng.choice(TRADES)}"


def segments(product: Product, life: Life, rng: Random) -> dict[str, str]:
    """A value for every segment of the definition; the plan follows from the subscriptions."""
    known = {"size": life.size, "plan": "trial"}
    done = life.steps == len(product.steps)
    return {name: known.get(name) or segment(name, done, rng) for name in product.segments}


def segment(name: str, done: bool, rng: Random) -> str:
    """A value of one segment; some channels bring more accounts that go through with the onboarding."""
    values = VALUES.get(name, ("a", "b", "c"))
    return rng.choices(values, CHANNELS[done] if name == "channel" else None)[0]


def new_account(product: Product, span: Span, id: str, life: Life, rng: Random) -> Account:
    """An account with its people and subscriptions."""
    created = span.moment_in(span.weeks - life.age, rng)
    account = Account(id, company(rng), life, created, segments(product, life, rng))
    account.users = [user for user in people(product, account, rng) if user.invited < span.end]
    for user in account.users:
        user.joined = None if user.joined is None or user.joined >= span.end else user.joined
    if life.size != "small" and not (life.exact or life.champion) and rng.random() < 0.4:
        account.service = service_user(product, account)
    account.paid = subscriptions(product, account, span, rng)
    if account.paid and "plan" in account.segments:
        account.segments["plan"] = account.paid[-1].plan
    return account


def working_roles(product: Product) -> list[str]:
    """The roles that do the work."""
    return distinct(role for w in product.workflows for role in w.roles) or ["member"]


def people(product: Product, account: Account, rng: Random) -> Iterator[User]:
    """The owner first, then everybody who was ever invited."""
    life = account.life
    role = product.roles.get("admin", ("owner",))[-1]
    yield User(f"{account.id}-u001", role, "Management", account.created, account.created, address("owner", account))
    count = life.age if life.rota else rng.randint(*SIZES[life.size]) - 1
    for n in range(2, 2 + (count if life.steps else min(count, 1))):
        user = newcomer(product, account, n) if life.rota else colleague(product, account, n, rng)
        yield at_hand(product, account, user, n) if life.one_sided and n < 6 else user


def newcomer(product: Product, account: Account, n: int) -> User:
    """The person who joins in the n-th week, where one more joins every week; the roles of two workflows take turns."""
    roles = distinct(role for w in product.workflows[:2] for role in w.roles) or ["member"]
    role, invited = roles[n % len(roles)], account.created + 7 * (n - 2) * DAY + 20 * MINUTE
    return User(f"{account.id}-u{n:03d}", role, team(role), invited, invited + DAY, address(f"new{n}", account))


def colleague(product: Product, account: Account, n: int, rng: Random) -> User:
    """Somebody who was invited some day, and mostly joined."""
    roles = working_roles(product)
    role = rng.choices([*roles, "viewer"], [4] * len(roles) + [1])[0]
    place = f" {rng.choice(('North', 'South'))}" if account.life.size == "enterprise" else ""
    days = rng.choice((0.1, 0.5, 1, 2, 5, 9, 20, 60, 120, 200))
    invited = account.created + int(days * DAY) + rng.randrange(10 * MINUTE, 300 * MINUTE)
    joined = invited + rng.randrange(3 * DAY) if rng.random() < 0.88 else None
    email = address(f"{rng.choice(FIRST).lower()}{n}", account)
    return User(f"{account.id}-u{n:03d}", role, team(role) + place, invited, joined, email)


def at_hand(product: Product, account: Account, user: User, n: int) -> User:
    """The same person there from the first day, in one of the two roles of which only one works."""
    roles = next(w.roles for w in product.workflows if product.idle_role in w.roles)
    role, joined = roles[-1 if n % 2 else 0], account.created + DAY
    return replace(user, role=role, team=team(role), invited=account.created, joined=joined)


def address(name: str, account: Account) -> dict[str, str]:
    """A mail address at the account's own domain."""
    return {"email": f"{name}@{account.name.lower().replace(' ', '-')}.example"}


def team(role: str) -> str:
    """The team that people of a role are in."""
    return role.replace("_", " ").title()


def service_user(product: Product, account: Account) -> User:
    """The user that an integration works as."""
    role, created = product.roles.get("service", ("service",))[0], account.created
    return User(f"{account.id}-bot", role, "", created, created, address("bot", account))


def subscriptions(product: Product, account: Account, span: Span, rng: Random) -> list[Paid]:
    """The paid spans: after two weeks on trial, with a rise in the middle for some."""
    life, start = account.life, span.day(account.created) + timedelta(days=14)
    if start > LAST_DAY or (life.steps < len(product.steps) and rng.random() < 0.85):
        return []
    end = None if life.stopped is None else span.monday(span.weeks - life.stopped)
    level, seats = min(3, list(SIZES).index(life.size) + rng.randrange(2)), len(account.users) + rng.randrange(3)
    spans = rising(start, end, level, seats, rng.random() < 0.25 or life.rota)
    if end and life.resumed is not None:
        spans.append(Paid(span.monday(span.weeks - life.resumed), None, PLANS[level], max(1, seats - 1)))
    return spans


def rising(start: date, end: date | None, level: int, seats: int, rises: bool) -> list[Paid]:
    """One span, or two that meet where the account moved up: the old one is closed and the new one opened that day."""
    days = ((end or LAST_DAY) - start).days
    if not rises or days < 56:
        return [Paid(start, end, PLANS[level], seats)] if days > 0 else []
    change = start + timedelta(days=days // 2)
    fewer = max(1, seats * 2 // 3)
    return [Paid(start, change, PLANS[max(0, level - 1)], fewer), Paid(change, end, PLANS[level], seats)]


def make_internal(product: Product, account: Account, rng: Random) -> None:
    """Make it one of the vendor's own accounts."""
    found = product.internal.get("accounts", {})
    account.segments |= {column: meeting(condition, rng) for column, condition in found.items()}


def add_vendor(product: Product, account: Account, rng: Random) -> None:
    """Let somebody of the vendor work inside the account."""
    role = product.roles.get("admin", ("owner",))[0]
    more = {column: meeting(condition, rng) for column, condition in product.internal.get("users", {}).items()}
    account.vendor = User(f"{account.id}-staff", role, "", account.created, account.created, more)


def mrr(paid: Paid) -> Decimal:
    """The price of a span, a month."""
    return Decimal(PRICES[paid.plan]) * paid.seats


def renewal(paid: Paid, first: date) -> date:
    """The first anniversary of the account's first paid day that lies after the span or after the data."""
    until, year = min(paid.end or LAST_DAY, LAST_DAY), first.year + 1
    while anniversary(first, year) < until:
        year += 1
    return anniversary(first, year)


def anniversary(first: date, year: int) -> date:
    """The same day in another year; the 29th of February becomes the 28th."""
    return first.replace(year=year, day=min(first.day, 28) if first.month == 2 else first.day)


def currency(product: Product) -> str:
    """The currency of the product's part of the world."""
    return CURRENCIES.get(product.zone.split("/")[0], "GBP")
