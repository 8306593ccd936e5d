"""Puts a data set together: who the accounts are, and the rows of every table in the order of an export."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from zoneinfo import ZoneInfo

from customers import Account, User, add_vendor, currency, make_internal, mrr, new_account, renewal
from friction import SUFFERS, Pains, sufferer
from moments import SECOND, Span, iso
from operations import costs, incidents, limits
from partings import MIX, names, parting
from product import Product, distinct
from stories import Life, ordinary, stories
from tables import Table, table
from tickets import Desk, Ticket
from troubles import LEFT, Troubles, leavers
from work import Diary, Row

TWINS = ("00123", "123")  # two accounts: they are one only to a reader that takes ids for numbers
FIRST_NUMBER = 124  # the ordinary accounts are 00124, 00125, and so on
ODD_NAMES = {"00124": ("Hase, Igel & Co.", "name_with_comma"), "00125": ("Żółw Łódź", "name_not_ascii")}
UNKNOWN = 12  # rows without an account


@dataclass(frozen=True)
class Dataset:
    """The tables of one product."""

    events: Table
    accounts: Table
    users: Table
    subscriptions: Table
    planted: Table
    tickets: Table | None = None
    incidents: Table | None = None
    limits: Table | None = None
    costs: Table | None = None
    friction: Table | None = None  # further events, in a file of their own
    operation: Table | None = None  # the same
    parting: Table | None = None  # the events of further accounts, in a file of their own


class Maker:
    """Makes the data set of a product; the same arguments always give the same rows."""

    def __init__(self, product: Product, seed: int, accounts: int, weeks: int) -> None:
        self.product, self.seed, self.total, self.weeks = product, seed, accounts, weeks
        self.span = Span(ZoneInfo(product.zone), weeks)
        self.pains: dict[str, Pains] = {}
        self.troubles: list[Troubles] = []

    def random(self, name: str) -> Random:
        """A source of chance of its own for everything that has a name: one account does not disturb another."""
        return Random(f"{self.seed}:{name}")

    def dataset(self) -> Dataset:
        """All tables."""
        accounts = [self.account(*found) for found in self.roster()]
        written = {account.id: [] if account.story == "silent" else self.diary(account).write() for account in accounts}
        self.pains = {pains.account.id: pains for pains in self.hurt(accounts, written)}
        self.troubles = list(self.troubled(accounts, written))
        further = [self.account(*found) for found in names(self.total, self.weeks)]
        everybody = [*accounts, *further]
        return Dataset(
            self.events(accounts, written), self.accounts_table(everybody), self.users_table(everybody),
            self.subscriptions_table(everybody), self.planted_table(everybody), self.tickets_table(accounts),
            parting=self.further_table("p", [row for account in further for row in self.diary(account).write()]),
            friction=self.further_table("f", [row for pains in self.pains.values() for row in pains.events]),
            operation=self.further_table("t", [row for trouble in self.troubles for row in trouble.events]), **self.lists(),
        )  # fmt: skip

    # Accounts

    def roster(self) -> Iterator[tuple[str, str, int]]:
        """Every account: its id, its story, and the how-manieth with this story it is."""
        planted = stories(self.weeks, len(self.product.steps), len(self.product.workflows))
        own = [] if self.product.internal else ["internal", "vendor_staff"]
        own += [] if self.product.idle_role else ["role_gap"]
        names = [name for name in planted if name not in (*own, "leading_zeros")]
        each = max(1, min(4, self.total // 60))
        yield from ((f"{story}-{n + 1}", story, n) for story in names for n in range(each))
        yield from ((id, "leading_zeros", n) for n, id in enumerate(TWINS))
        rest = self.total - each * len(names) - len(TWINS)
        yield from ((f"{FIRST_NUMBER + n:05d}", "", n) for n in range(rest))

    def account(self, id: str, story: str, n: int) -> Account:
        """One account."""
        rng = self.random(f"account:{id}")
        account = new_account(self.product, self.span, id, self.life(story, n, rng), rng)
        account.story, account.name = story, ODD_NAMES.get(id, (account.name,))[0]
        if story == "internal":
            make_internal(self.product, account, rng)
        if story == "vendor_staff":
            add_vendor(self.product, account, rng)
        return account

    def life(self, story: str, n: int, rng: Random) -> Life:
        """The life of an account with a story, or without."""
        steps, workflows = len(self.product.steps), len(self.product.workflows)
        life = ordinary(rng, self.weeks, steps, workflows)
        if story in MIX:
            return parting(story, life, steps, self.weeks, rng)
        return stories(self.weeks, steps, workflows)[story](life, n) if story else life

    # Events

    def events(self, accounts: list[Account], written: Mapping[str, list[Row]]) -> Table:
        """The events of all accounts, in the order of an export."""
        rows = [row for account in accounts for row in written[account.id]]
        rows += self.strays(rows, accounts)
        rows.sort(key=lambda row: row.at)
        return self.events_table(self.exported([self.cells(n, row) for n, row in enumerate(rows)]))

    def events_table(self, cells: list[tuple[str, ...]]) -> Table:
        """Events as every file of them has them."""
        names = self.product.columns["events"]
        header = (*(names[key] for key in ("id", "time", "account", "user", "event")), *self.product.properties)
        return Table(header, cells, names["time"], tuple(self.product.values))

    def hurt(self, accounts: list[Account], written: Mapping[str, list[Row]]) -> Iterator[Pains]:
        """What goes with the work of each account."""
        suffers = sufferer(self.product, accounts, written, self.span)
        for account in accounts:
            rng = self.random(f"friction:{account.id}")
            yield Pains(self.product, self.span, account, rng, written[account.id], self.asked(account), account.id == suffers)

    def asked(self, account: Account) -> list[Ticket]:
        """The tickets of one account."""
        silent = account.story == "silent"
        return [] if silent else Desk(self.product, self.span, account, self.random(f"tickets:{account.id}")).tickets()

    def troubled(self, accounts: list[Account], written: Mapping[str, list[Row]]) -> Iterator[Troubles]:
        """What the product does for each account, and what of it fails."""
        leaving = leavers(self.product, accounts, written, self.span, self.random("leavers"))
        for account in accounts:
            yield Troubles(self.product, self.span, account, self.random(f"troubles:{account.id}"), written[account.id], account.id in leaving)

    def further_table(self, letter: str, found: list[Row]) -> Table | None:
        """Events beside the work, in their order; None where the definition has no use for them."""
        rows = sorted(found, key=lambda row: row.at)
        return self.events_table([(f"{letter}{n:07d}", *self.cells(n, row)[1:]) for n, row in enumerate(rows)]) if rows else None

    def diary(self, account: Account) -> Diary:
        """What one account does."""
        return Diary(self.product, self.span, account, self.random(f"events:{account.id}"))

    def strays(self, rows: list[Row], accounts: list[Account]) -> list[Row]:
        """Successes that lost their account, and one last view just before the end of the last day."""
        rng, success = self.random("strays"), self.product.workflows[0].success
        found = [row for row in rows if success.matches(row.event, row.properties)]
        last = next(account for account in accounts if account.story == "expander")
        closing = Row(self.span.end - SECOND, last.id, last.owner.id, self.product.noise[1], {})
        return [*(row._replace(account="") for row in rng.sample(found, min(UNKNOWN, len(found)))), closing]

    def cells(self, n: int, row: Row) -> tuple[str, ...]:
        """A row as text."""
        properties = (row.properties.get(name, "") for name in self.product.properties)
        return f"{n:08d}", iso(row.at), row.account, row.user, row.event, *properties

    def exported(self, cells: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
        """One row in a hundred comes twice, and one in a hundred comes late, at the very end."""
        rng, placed = self.random("export"), []
        for n, cell in enumerate(cells):
            fate = rng.random()
            placed.append((n + (len(cells) if fate < 0.01 else 0.0), cell))
            if fate > 0.99:
                placed.append((n + rng.randrange(60) + 0.5, cell))
        return [cell for _, cell in sorted(placed, key=lambda entry: entry[0])]

    # The other tables

    def accounts_table(self, accounts: list[Account]) -> Table:
        """One row an account."""
        names = self.product.columns["accounts"]
        more = distinct(name for account in accounts for name in account.segments)
        records = (
            {names["account"]: a.id, names["name"]: a.name, names["created"]: iso(a.created), **a.segments}
            for a in accounts
        )
        return table(records, distinct([names["account"], names["name"], names["created"], *more]))

    def users_table(self, accounts: list[Account]) -> Table:
        """One row a user."""
        found = [(account, user) for account in accounts for user in staff(account)]
        more = distinct(name for _, user in found for name in user.more)
        records = (self.user_record(account, user) for account, user in found)
        return table(records, distinct([*self.product.columns["users"].values(), *more]))

    def user_record(self, account: Account, user: User) -> dict[str, str]:
        """One row of the users."""
        record = {
            "account": account.id, "user": user.id, "role": user.role, "team": user.team,
            "invited": iso(user.invited), "joined": iso(user.joined),
        }  # fmt: skip
        return {self.product.columns["users"][key]: value for key, value in record.items()} | user.more

    def subscriptions_table(self, accounts: list[Account]) -> Table:
        """One row a span."""
        records = (record for account in accounts for record in self.paid_records(account))
        return table(records, self.product.columns["subscriptions"].values())

    def paid_records(self, account: Account) -> Iterator[dict[str, str]]:
        """The spans of one account."""
        for paid in account.paid:
            record = {
                "account": account.id, "start": str(paid.start), "end": str(paid.end or ""), "mrr": str(mrr(paid)),
                "currency": currency(self.product), "seats": str(paid.seats), "plan": paid.plan,
                "renews": str(renewal(paid, account.paid[0].start)),
            }  # fmt: skip
            yield {self.product.columns["subscriptions"][key]: value for key, value in record.items()}

    def tickets_table(self, accounts: list[Account]) -> Table | None:
        """One row a ticket, in the order in which they were opened; None where the definition has no use for them."""
        if "tickets" not in self.product.sources:
            return None
        told = (self.pains[account.id].again if self.pains else self.asked(account) for account in accounts)
        usual = sorted((ticket for tickets in told for ticket in tickets), key=lambda ticket: ticket.opened)
        more = sorted((ticket for pains in self.pains.values() for ticket in pains.more), key=lambda ticket: ticket.opened)
        numbered = sorted(enumerate([*usual, *more], 1), key=lambda one: one[1].opened)
        return table((self.ticket_record(n, ticket) for n, ticket in numbered), self.product.columns["tickets"].values())

    def ticket_record(self, n: int, ticket: Ticket) -> dict[str, str]:
        """One row of the tickets."""
        record = {
            "account": ticket.account, "ticket": f"T-{n:05d}", "opened": iso(ticket.opened), "resolved": iso(ticket.resolved),
            "workflow": ticket.workflow, "category": ticket.category, "blocking": str(ticket.blocking).lower(),
            "reopened": iso(ticket.reopened),
        }  # fmt: skip
        return {self.product.columns["tickets"][key]: value for key, value in record.items()}

    def lists(self) -> dict[str, Table]:
        """The sources that are not about accounts, as far as the definition has a use for them."""
        made = {
            "incidents": incidents(self.product, self.span, self.random("incidents")), "limits": limits(self.product),
            "costs": costs(self.span, currency(self.product), self.random("costs")),
        }  # fmt: skip
        return {source: self.listed(source, records) for source, records in made.items() if source in self.product.sources}

    def listed(self, source: str, records: list[dict[str, str]]) -> Table:
        """One of them, under the names that the definition has for its columns."""
        names = self.product.columns[source]
        return table(({names[key]: value for key, value in record.items()} for record in records), names.values())

    def planted_table(self, accounts: list[Account]) -> Table:
        """Which account tells which story."""
        odd = {id: story for id, (_, story) in ODD_NAMES.items()}
        told = [(account.id, account.story or odd.get(account.id, "")) for account in accounts]
        told += [(pains.account.id, SUFFERS) for pains in self.pains.values() if pains.suffers]
        told += [(trouble.account.id, LEFT) for trouble in self.troubles if trouble.leaves]
        return Table(("account", "story"), [pair for pair in told if pair[1]])


def staff(account: Account) -> list[User]:
    """Everybody of an account, also the users that are no customers."""
    return [*account.users, *(user for user in (account.service, account.vendor) if user)]
