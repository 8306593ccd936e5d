"""How well the product works: calls, jobs, forms, screens and syncs, two weeks in which much of it fails, and who leaves after a failure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from random import Random
from typing import Any

from customers import Account
from moments import MINUTE, SECOND, Span
from operations import BAD_WEEKS
from product import Product, as_list
from work import Row, poisson

LEFT = "left_after_failure"  # the story's name: the last success is followed by failures, and by nothing else
LEAVE = 0.9  # of the ordinary accounts that worked and then left
SOON = 6  # weeks before the end: who left later is not known to have left
RATES = {"endpoints": 1.2, "jobs": 0.5, "forms": 0.2}  # a week and account
FAILS, FAILS_BADLY, TIMEOUT, RETRIED = 0.03, 0.5, 0.2, 0.7
SEEN, USUAL, SLOWER = 0.25, 480, 12  # page views with a timed load, its usual milliseconds, how much slower in a bad week
CHANGES, LOST, LAG = 0.7, 0.01, 4 * MINUTE  # changes to arrive a week and account, the share that never does, the usual time
MORE = 0.8  # attempts that fail in a bad week, for each success


def leavers(product: Product, accounts: Iterable[Account], rows: Mapping[str, list[Row]], span: Span, rng: Random) -> set[str]:
    """Who leaves after a failure; nobody in a product that does not say how well it works."""
    success = product.workflows[0].success
    gone = [account for account in accounts if not account.story and account.life.stopped is not None and account.life.stopped >= SOON]
    worked = [account.id for account in gone if sum(success.matches(row.event, row.properties) for row in rows[account.id]) >= 3]
    return {id for id in worked if rng.random() < LEAVE} if product.reliability and product.workflows[0].failure else set()


class Troubles:
    """What the product does for one account, and what of it fails: its rows are given."""

    def __init__(self, product: Product, span: Span, account: Account, rng: Random, rows: list[Row], leaves: bool) -> None:
        self.product, self.span, self.account, self.rng, self.leaves = product, span, account, rng, leaves
        self.rows, self.told, self.things = sorted(rows, key=lambda row: row.at), product.reliability, 0
        made = (*self.background(), *self.loads(), *self.failures(), *self.farewell()) if self.told and rows else ()
        self.events = [row for row in made if self.belongs(row.at)]

    def belongs(self, moment: int) -> bool:
        """Does it lie within the data, and within the account's time?"""
        inside = max(self.account.created, self.span.start) <= moment < self.span.end - 2 * SECOND
        return inside and not self.account.life.rests(self.span.weeks - 1 - self.span.week(moment))

    def bad(self, moment: int) -> bool:
        """Does it lie in an unstable week?"""
        return self.span.weeks - 1 - self.span.week(moment) in BAD_WEEKS

    def row(self, at: int, event: Any, entity: str | None = None, thing: str = "", user: str = "", **more: str) -> Row:
        """One event, by a person or by nobody."""
        return Row(at, self.account.id, user, as_list(event)[0], ({entity: thing} if entity else {}) | more)

    def named(self) -> str:
        """Another thing: its name is none that the work uses."""
        self.things += 1
        return f"Q{self.things:05d}"

    # What runs by itself

    def background(self) -> Iterator[Row]:
        """Calls, jobs, forms and syncs, week by week."""
        for week in range(max(0, self.span.week(self.account.created)), self.span.weeks):
            for kind, rate in RATES.items():
                for body in (self.told.get(kind) or {}).values():
                    for _ in range(poisson(rate, self.rng)):
                        yield from self.run(kind, body, self.span.moment_in(week, self.rng))
            for body in (self.told.get("syncs") or {}).values():
                for _ in range(poisson(CHANGES, self.rng)):
                    yield from self.change(body, self.span.moment_in(week, self.rng))

    def run(self, kind: str, body: Mapping[str, Any], at: int) -> Iterator[Row]:
        """One run: it works, or it fails or times out and is perhaps tried again."""
        crew = self.account.crew((), at) if kind == "forms" else []
        about = (body.get("entity"), self.named() if body.get("entity") else "", self.rng.choice(crew).id if crew else "")
        yield self.row(at, body["attempt"], *about)
        at += self.rng.randrange(SECOND, 20 * SECOND)
        if self.rng.random() < (FAILS_BADLY if self.bad(at) else FAILS):
            timeout = "timeout" in body and self.rng.random() < TIMEOUT
            yield self.row(at, body["timeout" if timeout else "failure"], *about)
            if self.rng.random() > RETRIED:
                return
            at += self.rng.randrange(SECOND, 5 * MINUTE)
            yield self.row(at, body.get("retry") or body["attempt"], *about)
            at += self.rng.randrange(SECOND, 20 * SECOND)
        if "success" in body:
            yield self.row(at, body["success"], *about)

    def change(self, body: Mapping[str, Any], at: int) -> Iterator[Row]:
        """Something happens elsewhere, and arrives mostly within minutes."""
        about = (body["entity"], self.named())
        yield self.row(at, body["source"], *about)
        lag = int(self.rng.lognormvariate(0, 0.9) * LAG) * (SLOWER if self.bad(at) else 1)
        if self.rng.random() > LOST:
            yield self.row(at + lag, body["synced"], *about)

    # What people see

    def loads(self) -> Iterator[Row]:
        """Some page views with the time that the page took."""
        screens = list((self.told.get("screens") or {}).values())
        for row in self.rows:
            if screens and row.event == self.product.noise[1] and self.rng.random() < SEEN:
                screen = self.rng.choice(screens)
                took = int(self.rng.lognormvariate(0, 0.5) * USUAL) * (SLOWER if self.bad(row.at) else 1)
                yield self.row(row.at + took, screen["rule"], user=row.user, **{screen["duration"]: str(took)})

    def failures(self) -> Iterator[Row]:
        """In an unstable week most of the first workflow's work fails: attempts that come to nothing, beside those that succeed."""
        work = self.product.workflows[0]
        for row in self.rows:
            if work.success.matches(row.event, row.properties) and self.bad(row.at) and self.rng.random() < MORE:
                yield from self.vain(row.at + self.rng.randrange(MINUTE, 60 * MINUTE), row.user, 1)

    def farewell(self) -> Iterator[Row]:
        """Who leaves after a failure tries three more things in vain after the last success."""
        work = self.product.workflows[0]
        last = next((row for row in reversed(self.rows) if work.success.matches(row.event, row.properties)), None)
        if self.leaves and last:
            for n in range(3):
                yield from self.vain(last.at + (3 * n + 1) * MINUTE, last.user, 2)

    def vain(self, at: int, user: str, times: int) -> Iterator[Row]:
        """Attempts at a piece of work that never succeed."""
        work, thing = self.product.workflows[0], self.named()
        timeout = ((self.told.get("workflows") or {}).get(work.name) or {}).get("timeout")
        for _ in range(times):
            if work.attempt and work.failure:
                yield self.row(at, work.attempt.event, work.entity, thing, user, **work.attempt.fill({}, self.rng))
                if timeout and self.rng.random() < TIMEOUT:
                    yield self.row(at + 20 * SECOND, timeout, work.entity, thing, user)
                else:
                    yield self.row(at + 20 * SECOND, work.failure.event, work.entity, thing, user, **work.failure.fill({}, self.rng))
            at += MINUTE
