"""What happened as of T: the accounts and the events that count, and the work that was done."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from oracle.days import DAY, Calendar, number
from oracle.matching import holds, matches
from oracle.world import Event, Row, World, canonical, instant
from saasmetrics.definitions.model import Definition


@dataclass(frozen=True)
class Account:
    """One account that counts."""

    name: str
    created: int | None
    truncated: bool
    row: Row | None

    @property
    def known(self) -> bool:
        """Whether its first days were seen."""
        return not self.truncated


class Truth:
    """One world under one definition, as of the start of a local day."""

    def __init__(self, definition: Definition, world: World, as_of: date) -> None:
        self.definition, self.world, sources = definition, world, definition.sources
        self.calendar = Calendar(definition.timezone or "UTC", definition.week_starts)
        self.today = number(as_of)
        self.now = self.calendar.midnight(self.today)
        self.final = self.calendar.midnight(self.today - definition.late_after // DAY) - definition.late_after % DAY
        self.listed = {row["account"]: row for row in self._table(world.accounts, sources.accounts)}
        self.users = self._in_force(self._table(world.users, sources.users))
        self.people = {(row["account"], row["user"]): row for row in self.users if (instant(row["invited"]) or 0) < self.now}
        self.contracts = self._table(world.subscriptions, sources.subscriptions)
        self.tickets = self._table(world.tickets, sources.tickets)
        self.incidents = self._table(world.incidents, sources.incidents)
        self.raw = canonical(world.events, sources.events)

    @staticmethod
    def _table(rows: list[Row] | None, source: object) -> list[Row]:
        return canonical(rows, source) if rows is not None and source else []

    def _in_force(self, rows: list[Row]) -> list[Row]:
        """Of the rows of a user of an account the last that began to hold before T; else the first, whose role and team are not known yet."""
        states: dict[tuple[str | None, str | None], list[tuple[int, Row]]] = defaultdict(list)
        for row in rows:
            states[row["account"], row["user"]].append((instant(row.get("valid_from")) or -(10**18), row))
        return [self._state(sorted(told, key=lambda state: state[0])) for told in states.values()]

    def _state(self, told: list[tuple[int, Row]]) -> Row:
        first = {name: min((row[name] for _, row in told if row.get(name)), key=lambda text: instant(text) or 0, default=None) for name in ("invited", "joined")}
        held = [row for since, row in told if since < self.now]
        unknown = {"role": None, "team": None, "kind": "service" if self.service(told[0][1]) else told[0][1].get("kind")}
        return {**held[-1], **first} if held else {**told[0][1], **first, **unknown}

    @cached_property
    def start(self) -> int | None:
        """When the export begins: its first row, whoever's it is."""
        return min((instant(row["time"]) or 0 for row in self.raw if row["account"]), default=None)

    @cached_property
    def named(self) -> bool:
        """Whether the events can say who did the work: these files always have a column for it."""
        return True

    def ours(self, account: str | None) -> bool:
        """Whether the account is one of the vendor's own."""
        rule = self.definition.internal.accounts
        return bool(rule) and account in self.listed and holds(rule, self.listed[account])

    @cached_property
    def colleagues(self) -> set[str | None]:
        """Ids of the vendor's own people, wherever they work."""
        rule = self.definition.internal.users
        return {row["user"] for row in self.users if rule and holds(rule, row)}

    @cached_property
    def events(self) -> list[Event]:
        """Before T, each once, nobody of ours."""
        found, seen = [], set()
        for row in self.raw:
            time = instant(row["time"]) or 0
            repeated = row["id"] is not None and row["id"] in seen
            seen.add(row["id"])
            left_out = row["account"] is None or self.ours(row["account"]) or row["user"] in self.colleagues
            if not (repeated or left_out or time >= self.now):
                found.append(Event(row["account"] or "", row["user"], time, self.calendar.local(time), row["event"] or "", row))
        return sorted(found, key=lambda event: event.time)

    def anybody(self, column: str) -> bool:
        """Whether the users table says this of anybody in an account that counts."""
        return any(row[column] for (name, user), row in self.people.items() if name in self.accounts and user not in self.colleagues)

    @cached_property
    def of(self) -> dict[str, list[Event]]:
        """Account → its events, in order."""
        found = defaultdict(list)
        for event in self.events:
            found[event.account].append(event)
        return found

    @cached_property
    def accounts(self) -> dict[str, Account]:
        names = {name for name in {*self.listed, *self.paying} if name and not self.ours(name)} | set(self.of)
        found = {name: self._account(name) for name in sorted(names)}
        return {name: account for name, account in found.items() if account.created is None or account.created < self.now}

    @cached_property
    def paying(self) -> set[str | None]:
        """Who has a subscription that counts, of a day at least, that began before T."""
        return {row["account"] for row in self.contracts if self.counts(row)}

    def counts(self, row: Row) -> bool:
        """Whether what is paid by it is revenue, by the conventions, and began before T."""
        told = self.definition.revenue
        policy = {"one_time": "exclude", "trial": told.trials, "on_hold": told.on_hold, "past_due": told.past_due, "usage": told.usage}
        over = Decimal(row.get("discount") or 0) > Decimal(row["mrr"] or 0) and told.discounts == "subtract"
        start, end = (self._day(row[name]) for name in ("start", "end"))
        return policy.get(row.get("kind") or "") != "exclude" and not over and start is not None and start < min(self.today, end or self.today)

    def _day(self, text: str | None) -> int | None:
        """Of a date the day, of an instant the local one."""
        return None if not text else self.calendar.local(instant(text) or 0) if "T" in text else number(date.fromisoformat(text))

    def _account(self, name: str) -> Account:
        row = self.listed.get(name)
        known = [instant(row["created"]) if row else None, self.of[name][0].time if self.of.get(name) else None]
        created = min((time for time in known if time is not None), default=None)
        old = created is None or self.start is not None and created < self.start - 7 * DAY
        return Account(name, created, old, row)

    @cached_property
    def by_rule(self) -> dict[tuple[str, str], list[Event]]:
        """(account, rule) → its events, in order."""
        found = defaultdict(list)
        rules = {name: self.definition.rule(name) for name in self.definition.rule_names()}
        for event in self.events:
            for name, rule in rules.items():
                if matches(rule, event.row):
                    found[event.account, name].append(event)
        return found

    def rule(self, account: str, name: str) -> list[Event]:
        return self.by_rule.get((account, name), [])

    def successes(self, account: str, workflows: Iterable[str] | None = None) -> list[Event]:
        """Of the core workflows unless others are named; an event counts for each workflow it completes."""
        names = self.definition.core_workflows() if workflows is None else workflows
        found = [event for name in names for event in self.rule(account, self.definition.workflows[name].success)]
        return sorted(found, key=lambda event: event.time)

    @cached_property
    def active(self) -> dict[str, list[int]]:
        """Account → its days with a core success, in order."""
        return {name: sorted({event.day for event in self.successes(name)}) for name in self.accounts}

    def active_in(self, account: str, first: int, end: int) -> bool:
        days = self.active[account]
        place = bisect_left(days, first)
        return place < len(days) and days[place] < end

    def over(self, end_day: int) -> bool:
        """Whether a period that ends with this day's beginning is complete: late events had their time."""
        return self.calendar.midnight(end_day) <= self.final

    def person(self, event: Event) -> bool:
        """Whether a person did it: no service user, no bot."""
        if event.user is None:
            return False
        return not self.service(self.people.get((event.account, event.user), {}))

    def service(self, row: Row) -> bool:
        """Whether the users table says that this is no person."""
        service = {spelling.casefold() for spelling in self.definition.roles.get("service", ("service",))}
        return row.get("kind") in ("service", "bot") or (row.get("role") or "").casefold() in service
