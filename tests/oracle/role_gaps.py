"""engagement.role_gaps: who ought to do the work and does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from oracle.beats import people, top
from oracle.habits import called, role_of
from oracle.numbers import share, wilson
from oracle.people import before
from oracle.seats import Person, interval, persons
from oracle.split import Rows
from oracle.text import Says
from oracle.truth import Account, Truth
from oracle.world import Event

GAPS = ("role missing", "managers watch", "admins alone", "champion alone", "none", "unknown")
FEWEST = 2  # of one person alone nothing is said


@dataclass(frozen=True)
class Limits:
    """The settings."""

    days: int
    settle: int
    watched: float
    champion: float
    weeks: int
    spread: float


@dataclass
class Crew:
    """The people of one account and what they did in the last days."""

    truth: Truth
    account: Account
    limits: Limits

    def lately(self, events: Iterable[Event]) -> list[Event]:
        return [event for event in events if event.day >= self.truth.today - self.limits.days]

    @cached_property
    def roles(self) -> dict[str, str | None]:
        """Person → role, of those who count."""
        return {one.user: role_of(self.truth, one.row) for one in self.here}

    def done(self, workflows: Iterable[str]) -> Counter[str]:
        """Person → successes."""
        return people(self.truth, self.lately(self.truth.successes(self.account.name, workflows)))

    @cached_property
    def all(self) -> Counter[str]:
        return self.done(self.truth.definition.workflows)

    @cached_property
    def here(self) -> list[Person]:
        return [one for one in self.settled if one.joined]

    @cached_property
    def settled(self) -> list[Person]:
        ever = people(self.truth, self.truth.successes(self.account.name, self.truth.definition.workflows))
        return [one for one in persons(self.truth, self.account) if not one.left and (one.user in ever or one.settled(self.truth, self.limits.settle))]

    def expected(self, workflows: Iterable[str]) -> set[str]:
        """Roles whose job it is."""
        return {called(self.truth, role) or "" for name in workflows for role in self.truth.definition.workflows[name].roles}

    def of(self, roles: Iterable[str]) -> list[str]:
        wanted = set(roles)
        return [user for user, role in self.roles.items() if role in wanted]


def beyond_doubt(part: int, whole: int, done: int) -> bool:
    """Whether people who are this part of the whole would have had some of it, but for a gap."""
    high = wilson(0, done)[1]
    return high is not None and whole > 0 and high < part / whole


def gap(crew: Crew, name: str, idle: int | None, of: int | None, *numbers: object, workflow: str = "any", role: str = "any") -> dict[str, Any]:
    working = of - idle if idle is not None and of is not None else None
    return {
        "position": GAPS.index(name) + 1, "gap": name, "account": crew.account.name, "workflow": workflow, "role": role, "idle": idle, "people": of,
        "share": share(working or 0, of or 0), **interval(working, of), "text": Says(*numbers),
    }  # fmt: skip


def missing(crew: Crew) -> Rows:
    rows = []
    for workflow in crew.truth.definition.workflows:
        done = crew.done([workflow])
        expected = crew.expected([workflow])
        for role in sorted(expected):
            group, whole = crew.of([role]), {*crew.of(expected), *done}
            had = any(crew.roles.get(user) == role for user in done)
            if group and not had and beyond_doubt(len(group), len(whole), done.total()):
                rows.append(gap(crew, "role missing", len(group), len(group), len(group), role, done.total(), crew.limits.days, workflow=workflow, role=role))
    return rows


def watching(crew: Crew) -> Rows:
    pages = crew.truth.definition.activity.page_views or ()
    core = crew.truth.definition.core_workflows()
    manager = "manager" if "manager" in crew.truth.definition.roles else "admin"
    views = {id(event): event for page in pages for event in crew.truth.rule(crew.account.name, page)}
    seen = people(crew.truth, crew.lately(views.values()))
    watchers = [user for user in crew.of([manager]) if seen[user] and not crew.all[user]]
    done, group = crew.done(core), crew.of(crew.expected(core) - {manager})
    working = sum(user in done for user in group)
    if not watchers or len(group) < FEWEST or working > crew.limits.watched * len(group):
        return []
    numbers = (len(watchers), sum(seen[user] for user in watchers), crew.limits.days, working, len(group))
    return [gap(crew, "managers watch", len(group) - working, len(group), *numbers)]


def administering(crew: Crew) -> Rows:
    others = crew.of(crew.expected(crew.truth.definition.workflows) - {"admin"})
    if not crew.all or any(crew.roles.get(user) != "admin" for user in crew.all) or not beyond_doubt(len(others), len({*others, *crew.all}), crew.all.total()):
        return []
    return [gap(crew, "admins alone", len(others), len(others), len(others), crew.all.total())]


def championed(crew: Crew) -> Rows:
    champion = top(crew.all)
    if champion is None or crew.all[champion] < crew.limits.champion * crew.all.total():
        return []
    work = crew.lately(crew.truth.successes(crew.account.name, crew.truth.definition.workflows))
    weeks = {crew.truth.calendar.index(event.day, "week") for event in work if event.user == champion}
    others = [one.user for one in crew.settled if one.user != champion and before(crew.truth, one.row.get("invited")) is not None]
    ever = set(people(crew.truth, crew.truth.successes(crew.account.name, crew.truth.definition.workflows)))
    had = sum(user in ever for user in others)
    if len(weeks) < crew.limits.weeks or len(others) < FEWEST or had > crew.limits.spread * len(others):
        return []
    numbers = (champion, crew.all[champion], crew.all.total(), crew.limits.days, len(weeks), len(others), had)
    return [gap(crew, "champion alone", len(others) - had, len(others), *numbers)]


def role_gaps(
    truth: Truth, accounts: Sequence[Account], days: int = 90, settle: int = 14, watched_share: float = 0.25, champion_share: float = 0.9, champion_weeks: int = 4, spread_share: float = 0.34
) -> Rows:
    limits = Limits(days, settle, watched_share, champion_share, champion_weeks, spread_share)
    return [row for account in accounts for row in account_rows(Crew(truth, account, limits))]


def account_rows(crew: Crew) -> Rows:
    found = [*missing(crew), *watching(crew), *administering(crew), *championed(crew)]
    known = bool(crew.all) and any(crew.roles.values())
    return found or [gap(crew, "none" if known else "unknown", None, None)]


TABLES = {"engagement.role_gaps": role_gaps}
