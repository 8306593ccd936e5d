"""Where it hurts: clicks for help, errors clicked away, refunds, the knowledge base, and tickets that follow from them.

One workflow is planted to be painful, and one account to suffer: only in the product that has that workflow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from random import Random

from customers import Account, mrr
from moments import DAY, MINUTE, SECOND, Span
from product import Product, Rule, Workflow
from tickets import HOUR, Ticket
from work import Row, poisson

PAINFUL = "bank_reconciliation"  # five times as many clicks for help as elsewhere, and tickets of its own
TIMES = 5
SUFFERS, LATELY = "sufferer", 12  # the story's name, and the weeks of it
HELP, ANNOYED, AFTER_FAILURE, REFUND, ASKS = 0.06, 0.04, 0.5, 0.012, 0.08
READ_BEFORE = {"billing": 0.7, "how to": 0.15}  # how often a ticket follows in spite of reading; the other kinds: SOMETIMES
SOMETIMES, READ_WEEKLY, ALONE = 0.1, 0.35, {"how to": 5, "": 3, "billing": 1}
SHOCK, COMPLAINS, REOPENED = 1.5, 0.6, 0.06


def sufferer(product: Product, accounts: Iterable[Account], rows: Mapping[str, list[Row]], span: Span) -> str | None:
    """The account that suffers: the first ordinary one with a fair amount of work in the last weeks."""
    if PAINFUL not in {workflow.name for workflow in product.workflows}:
        return None
    success, since = product.workflows[0].success, span.at(span.monday(span.weeks - LATELY))
    able = (account.id for account in accounts if not account.story and not account.life.rests(0))
    return next((id for id in able if sum(row.at >= since and success.matches(row.event, row.properties) for row in rows[id]) >= 20), None)


class Pains:
    """What goes with the work of one account: its rows and its tickets are given."""

    def __init__(self, product: Product, span: Span, account: Account, rng: Random, rows: list[Row], tickets: list[Ticket], suffers: bool) -> None:
        self.product, self.span, self.account, self.rng, self.suffers = product, span, account, rng, suffers
        self.rows, self.told = sorted(rows, key=lambda row: row.at), product.friction
        self.again = [self.reopened(ticket) for ticket in tickets]
        self.more = [ticket for ticket in self.asked() if self.belongs(ticket.opened)]
        self.events = [row for row in (*self.clicks(), *self.readings()) if self.belongs(row.at)]

    def belongs(self, moment: int) -> bool:
        """Does it lie within the data, and within the account's time?"""
        inside = max(self.account.created, self.span.start) <= moment < self.span.end - 2 * SECOND
        return inside and not self.account.life.rests(self.span.weeks - 1 - self.span.week(moment))

    # Tickets

    def reopened(self, ticket: Ticket) -> Ticket:
        """Some were solved too early, and opened again before they were solved for good."""
        if ticket.resolved is None or self.rng.random() > REOPENED:
            return ticket
        return replace(ticket, reopened=ticket.opened + int((ticket.resolved - ticket.opened) * (0.3 + 0.6 * self.rng.random())))

    def asked(self) -> Iterator[Ticket]:
        """Tickets about the painful work, after a shock of the bill, and those of the account that suffers."""
        for row in self.rows:
            workflow = self.attempted(row)
            if workflow and workflow.name == PAINFUL and self.rng.random() < ASKS:
                yield self.ticket(row.at + self.rng.randrange(MINUTE, 3 * HOUR), 20 * HOUR, PAINFUL, "how to")
        for before, after in zip(self.account.paid, self.account.paid[1:], strict=False):
            if before.end == after.start and mrr(after) >= mrr(before) * 3 / 2 and self.rng.random() < COMPLAINS:
                yield self.ticket(self.span.at(after.start, 10) + self.rng.randrange(9 * DAY), 30 * HOUR, "", "billing")
        if self.suffers:
            yield from self.suffering()

    def suffering(self) -> Iterator[Ticket]:
        """Twice a week the same trouble again, and at last one that stops the work and is still open."""
        first = self.product.workflows[0].name
        for week in range(self.span.weeks - LATELY, self.span.weeks):
            for _ in range(2):
                yield self.ticket(self.span.moment_in(week, self.rng), 10 * HOUR, first, "bug", self.rng.random() < 0.5)
        yield Ticket(self.account.id, self.span.end - 9 * DAY, None, first, "bug", True, self.span.end - 8 * DAY)

    def ticket(self, opened: int, usual: int, workflow: str, category: str, blocking: bool = False) -> Ticket:
        """One of them, solved after about the usual time."""
        at = opened + int(self.rng.lognormvariate(0, 0.8) * usual)
        return Ticket(self.account.id, opened, at if at < self.span.end else None, workflow, category, blocking)

    # Events

    def attempted(self, row: Row) -> Workflow | None:
        """The workflow that the row is an attempt at."""
        return next((w for w in self.product.workflows if w.attempt and w.attempt.matches(row.event, row.properties)), None)

    def clicks(self) -> Iterator[Row]:
        """Clicks on help and on errors about an attempt, and refunds."""
        for row in self.rows:
            if (workflow := self.attempted(row)) is not None:
                times = TIMES if workflow.name == PAINFUL else 1
                for measure, chance in (("help", HELP * times), ("dismissed", ANNOYED * times)):
                    yield from self.maybe(row, self.told.rule(measure, workflow.name), chance)
            for failed in self.product.workflows:
                if failed.failure and failed.failure.matches(row.event, row.properties):
                    yield from self.maybe(row, self.told.rule("dismissed", failed.name), AFTER_FAILURE)
            if (self.told.transactions or self.product.workflows[0].success).matches(row.event, row.properties):
                yield from self.maybe(row, self.told.rule("refunds", None), REFUND)

    def maybe(self, row: Row, rule: Rule | None, chance: float) -> Iterator[Row]:
        """By this chance, something by the same person a little later."""
        fate, later = self.rng.random(), self.rng.randrange(2 * SECOND, 50 * SECOND)
        if rule and fate < chance:
            yield Row(row.at + later, row.account, row.user, rule.event, {})

    def readings(self) -> Iterator[Row]:
        """Sessions in the knowledge base: before a ticket, and by themselves."""
        for ticket in (*self.again, *self.more):
            if self.rng.random() < READ_BEFORE.get(ticket.category, SOMETIMES):
                yield from self.reading(ticket.opened - self.rng.randrange(10 * MINUTE, 20 * HOUR), ticket.category)
        for week in range(max(0, self.span.week(self.account.created)), self.span.weeks if self.rows else 0):
            for _ in range(poisson(READ_WEEKLY, self.rng)):
                topic = self.rng.choices([*ALONE], [*ALONE.values()])[0]
                yield from self.reading(self.span.moment_in(week, self.rng), topic)

    def reading(self, at: int, topic: str) -> Iterator[Row]:
        """One to four pages."""
        rule, user = self.told.topics.get(topic) or self.told.knowledge, self.rng.choice(self.account.crew((), at))
        for _ in range(self.rng.randint(1, 4)):
            if rule:
                yield Row(at, self.account.id, user.id, rule.event, {})
            at += self.rng.randrange(MINUTE, 9 * MINUTE)
