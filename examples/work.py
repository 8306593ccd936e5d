"""The events of one account: onboarding, work with its failures and retries, and a lot of looking around."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, sqrt
from random import Random
from typing import NamedTuple

from customers import Account, User
from moments import DAY, MINUTE, SECOND, Span
from product import Product, Properties, Rule, Workflow

NOISE = 1.4  # views and logins for every event that is work
DRAFT = 30 * MINUTE  # a draft is made at most so long before the attempt


class Row(NamedTuple):
    """One event."""

    at: int
    account: str
    user: str
    event: str
    properties: Properties


def poisson(mean: float, rng: Random) -> int:
    """A random count with this mean."""
    if mean > 30:
        return max(0, round(rng.gauss(mean, sqrt(mean))))
    count, product, floor = 0, rng.random(), exp(-mean)
    while product > floor:
        count, product = count + 1, product * rng.random()
    return count


class Diary:
    """Writes down what one account does."""

    def __init__(self, product: Product, span: Span, account: Account, rng: Random) -> None:
        self.product, self.span, self.account, self.life, self.rng = product, span, account, account.life, rng
        self.rows: list[Row] = []
        self.cases = 0
        self.first, self.end = max(account.created, span.start), span.end
        self.habits = [rule for rule in product.side_rules() if self.life.depth and rng.random() < 0.4]
        self.told_apart = [rule for rule in product.every_rule() if rule.where]

    def write(self) -> list[Row]:
        """Everything the account does within the span of the data."""
        activated = self.onboard()
        for week in range(max(0, self.span.week(self.account.created)), self.span.weeks):
            left = self.span.weeks - 1 - week
            if not self.life.rests(left):
                self.live(week, None if activated is None or week <= activated else week - activated - 1, left)
        return [row for row in self.rows if self.belongs(row)]

    def belongs(self, row: Row) -> bool:
        """Does the event lie within the data and within the account's time?"""
        if not self.first <= row.at < self.end:
            return False
        return self.life.stopped is None or not self.life.rests(self.span.weeks - 1 - self.span.week(row.at))

    def note(self, at: int, user: User, rule: Rule, properties: Mapping[str, str] | None = None) -> None:
        """Write one event, with the properties that its rule asks for."""
        self.rows.append(Row(at, self.account.id, user.id, rule.event, rule.fill(properties or {}, self.rng)))

    # Onboarding

    def onboard(self) -> int | None:
        """Go through the activation; the week in which it was complete."""
        steps, at = self.product.steps, self.account.created
        for n, step in enumerate(steps[: self.life.steps], 1):
            at = max(at + MINUTE, self.step_time(n))
            self.step(step.rule, at)
        undone = [step.rule for step in steps[self.life.steps :]]
        self.rows = [row for row in self.rows if not any(rule.matches(row.event, row.properties) for rule in undone)]
        return None if undone else self.span.week(at)

    def step_time(self, n: int) -> int:
        """When the n-th step is done: in working hours, unless it is on the first day."""
        after = int(self.life.onboarding * DAY * (n / len(self.product.steps)) ** 2)
        at = self.account.created + after
        return at if after < DAY else self.span.working_moment(self.span.day(at), self.rng)

    def step(self, rule: Rule, at: int) -> None:
        """Do one step; where it is the outcome of a workflow, do the whole piece of work."""
        owner, home = self.account.owner, self.product.home(rule)
        if home and rule == home.success:
            self.case(home, at, owner, certain=True)
        else:
            self.note(at, owner, rule, self.subject(home) if home else None)

    # Weeks

    def live(self, week: int, since: int | None, left: int) -> None:
        """One week: work if the account is activated, and looking around in any case."""
        written = len(self.rows)
        views = 14 * 0.85 ** (week - self.span.week(self.account.created)) + 0.3
        if since is not None:
            for workflow, mean in self.demand(week, since, left):
                self.do(workflow, week, mean)
            self.others(week)
            views = 1 + NOISE * (len(self.rows) - written)
        self.look_around(week, views if self.life.noise is None else self.life.noise)

    def demand(self, week: int, since: int, left: int) -> list[tuple[Workflow, float]]:
        """How much of each workflow the account wants to do."""
        taken = list(enumerate(self.product.workflows[: self.life.breadth]))
        return [(w, self.wanted(w, n, week, since - n * self.life.gap, left)) for n, w in taken]

    def wanted(self, workflow: Workflow, n: int, week: int, since: int, left: int) -> float:
        """The pace of the n-th workflow in this week."""
        if since < 0:
            return 0
        share = (1.0 if n == 0 else 0.35) * self.life.pace(since, left)
        return share if self.life.exact else share * self.span.season(workflow.cadence, week)

    def do(self, workflow: Workflow, week: int, mean: float) -> None:
        """Do the week's work of one workflow."""
        count = round(mean) if self.life.exact else poisson(mean, self.rng)
        for turn in range(count):
            at = self.span.moment_in(week, self.rng, weekend=not self.life.exact)
            self.case(workflow, at, self.worker(workflow.roles, at - DRAFT, turn), certain=self.life.exact)

    def others(self, week: int) -> None:
        """What happens beside the workflows: new entities, features, the service at night, the vendor's people."""
        for rule in [*self.product.entities(), *self.habits]:
            for turn in range(poisson(0.35, self.rng)):
                at = self.span.moment_in(week, self.rng)
                self.note(at, self.worker((), at, turn), rule)
        core = self.product.workflows[0]
        for _ in range(poisson(1.2, self.rng) if self.account.service else 0):
            day = self.span.day(self.span.moment_in(week, self.rng))
            self.case(core, self.span.at(day, 0, self.rng.randrange(60)), self.account.service or self.account.owner)
        if self.account.vendor:
            self.case(core, self.span.moment_in(week, self.rng), self.account.vendor)

    def worker(self, roles: tuple[str, ...], at: int, turn: int) -> User:
        """Who does a piece of work."""
        crew = self.account.crew(roles, at)
        if self.life.one_sided:
            crew = [user for user in crew if user.role != self.product.idle_role] or [self.account.owner]
        if self.life.champion:
            return crew[-1] if self.cases % 40 == 39 else self.account.owner
        return crew[turn % len(crew)] if self.life.rota else crew[int(len(crew) * self.rng.random() ** 2)]

    def look_around(self, week: int, mean: float) -> None:
        """Logins and page views, in visits."""
        views = poisson(mean, self.rng)
        while views > 0:
            at = self.span.moment_in(week, self.rng, weekend=not self.life.exact)
            views -= self.visit(at, min(views, self.rng.randint(2, 9)))

    def visit(self, at: int, views: int) -> int:
        """One visit: a login, then pages."""
        crew, noise = self.account.crew((), at), self.product.noise
        user = crew[int(len(crew) * self.rng.random() ** 2)]
        for n in range(views):
            name = noise[0] if n == 0 else noise[1] if self.rng.random() < 0.9 else self.rng.choice(noise)
            self.rows.append(Row(at, self.account.id, user.id, name, {}))
            at += self.rng.randrange(15 * SECOND, 4 * MINUTE)
        return views

    # One piece of work

    def subject(self, workflow: Workflow) -> Properties:
        """The entity that a piece of work is about, and its amount."""
        self.cases += 1
        found = {workflow.entity: f"{self.cases:05d}"} if workflow.entity else {}
        cents = self.rng.randrange(20, 200) * self.rng.randrange(10, 1000)
        return found | ({workflow.value: f"{cents // 100}.{cents % 100:02d}"} if workflow.value else {})

    def took(self, workflow: Workflow) -> Properties:
        """How long the product took, in milliseconds: mostly short, sometimes very long."""
        slow = 12 if self.rng.random() < 0.03 else 1
        return {workflow.duration: str(slow * self.rng.randrange(80, 900))} if workflow.duration else {}

    def case(self, workflow: Workflow, at: int, user: User, certain: bool = False) -> None:
        """A piece of work from the draft to what follows its success."""
        about = self.subject(workflow)
        for rule in workflow.extras("basic"):
            if certain or self.rng.random() < 0.6:
                self.note(at - self.rng.randrange(MINUTE, DRAFT), user, rule, about)
        done = self.attempts(workflow, at, user, about, certain)
        if done is not None:
            self.succeed(workflow, done, user, about)

    def attempts(self, workflow: Workflow, at: int, user: User, about: Properties, certain: bool) -> int | None:
        """Try until it works; None where the person gives up."""
        subject = {name: value for name, value in about.items() if name == workflow.entity}
        for attempt in range(3):
            if workflow.attempt:
                self.note(at, user, workflow.attempt, subject)
            at += self.rng.randrange(2 * SECOND, 40 * SECOND)
            if attempt == 2 or not workflow.failure or self.rng.random() > 0.09:
                break
            self.note(at, user, workflow.failure, subject | self.took(workflow))
            if not certain and self.rng.random() < 0.2:
                return None
            at += self.rng.randrange(MINUTE, 12 * MINUTE)
        return None if not certain and self.rng.random() < 0.03 else at

    def succeed(self, workflow: Workflow, at: int, user: User, about: Properties) -> None:
        """The success and, in accounts that go deeper, what comes after it."""
        if self.rng.random() < 0.02:
            self.look_alike(workflow.success, at - SECOND, user, about)
        self.note(at, user, workflow.success, self.refined(workflow, about) | self.took(workflow))
        tiers = (("standard", 0.55, (MINUTE, 30 * MINUTE)), ("advanced", 0.3, (DAY, 20 * DAY)))
        for tier, chance, wait in tiers[: self.life.depth]:
            for rule in workflow.extras(tier):
                if self.rng.random() < chance:
                    self.note(at + self.rng.randrange(*wait), user, rule, about)

    def refined(self, workflow: Workflow, about: Properties) -> Properties:
        """The properties of a success; sometimes those of a higher tier's rule on the same event."""
        finer = [rule for rule in workflow.tiers.get("advanced", ()) if rule.event == workflow.success.event]
        if self.life.depth < 2 or not finer or self.rng.random() < 0.4:
            return about
        better = self.rng.choice(finer).fill(about, self.rng)
        return better if workflow.success.matches(workflow.success.event, better) else about

    def look_alike(self, rule: Rule, at: int, user: User, about: Properties) -> None:
        """An event of the right name that no rule with conditions counts."""
        properties = rule.spoil(about)
        if rule.where and not any(known.matches(rule.event, properties) for known in self.told_apart):
            self.rows.append(Row(at, self.account.id, user.id, rule.event, properties))
