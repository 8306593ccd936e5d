"""The signs that an account is ready to buy: from which day each holds, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from oracle.activation import way
from oracle.contracts import contract, spells
from oracle.days import day_of
from oracle.desk import desk
from oracle.people import invitations
from oracle.truth import Account, Truth
from saasmetrics.definitions.qualification import AdvancedFeatures, Invited, LowErrors, LowSupport, Sign, Volume, Weeks


@dataclass(frozen=True)
class Spell:
    """A sign holds from the end of this day on, until the other day's end: None, still; and what its sentence says."""

    day: int
    until: int | None
    says: str

    def holds(self, day: int) -> bool:
        return self.day <= day and (self.until is None or day < self.until)


def once(days: list[int], needed: int, says: str) -> list[Spell]:
    """Of these days, on the one with that number it begins to hold, for good."""
    return [Spell(sorted(days)[needed - 1], None, says.format(day_of(sorted(days)[needed - 1])))] if len(days) >= needed else []


def activated(truth: Truth, account: Account, _: Sign) -> list[Spell] | None:
    if truth.definition.activation is None:
        return None
    at = way(truth, account.name).activated
    return [] if at is None else once([truth.calendar.local(at)], 1, "activated on {}")


def invited(truth: Truth, account: Account, limits: Invited) -> list[Spell] | None:
    if not any(row["invited"] for row in truth.users):
        return None
    people = invitations(truth, account)
    times = [one.joined for one in people] if limits.accepted else [one.at for one in people]
    days = [truth.calendar.local(at) for at in times if at is not None]
    return once(days, limits.people, "{}")


def volume(truth: Truth, account: Account, limits: Volume) -> list[Spell] | None:
    days = [event.day for event in truth.successes(account.name, [limits.workflow] if limits.workflow else None)]
    ends = [day for n, day in enumerate(days) if n + 1 >= limits.successes and (not limits.within or day - days[n + 1 - limits.successes] < limits.within)]
    return once(ends[:1], 1, "{}")


def advanced_features(truth: Truth, account: Account, limits: AdvancedFeatures) -> list[Spell] | None:
    names = limits.features or tuple(truth.definition.features)
    uses = [truth.rule(account.name, truth.definition.features[name].rule) for name in names]
    return once([events[0].day for events in uses if events], limits.least, "{}") if names else None


def weeks(truth: Truth, account: Account, limits: Weeks) -> list[Spell] | None:
    firsts: dict[int, int] = {}
    for day in truth.active.get(account.name, []):
        firsts.setdefault(truth.calendar.index(day, "week"), day)
    return once(list(firsts.values()), limits.weeks, "{}")


def low_errors(truth: Truth, account: Account, limits: LowErrors) -> list[Spell] | None:
    """Day by day: it may be lost, and come back."""
    core = [truth.definition.workflows[name] for name in truth.definition.core_workflows()]
    flows = [flow for flow in core if flow.attempt and flow.failure]
    if not flows:
        return None
    tried = [event.day for flow in flows for event in truth.rule(account.name, flow.attempt or "")]
    failed = [event.day for flow in flows for event in truth.rule(account.name, flow.failure or "")]
    found: list[Spell] = []
    since, says = None, ""
    for day in sorted({*tried, *failed}):
        attempts, failures = sum(one <= day for one in tried), sum(one <= day for one in failed)
        fine = attempts >= limits.min_attempts and failures <= Fraction(str(limits.share)) * attempts
        if fine and since is None:
            since, says = day, f"{failures} of {attempts} {day_of(day)}"
        elif not fine and since is not None:
            found, since = [*found, Spell(since, day, says)], None
    return found if since is None else [*found, Spell(since, None, says)]


def low_support(truth: Truth, account: Account, limits: LowSupport) -> list[Spell] | None:
    """Tickets so far beside successes so far, at the end of each day with either."""
    if truth.tickets is None:
        return None
    start = truth.calendar.local(truth.start) if truth.start is not None else 0
    asked = [ticket.day for ticket in desk(truth) if ticket.account == account.name and ticket.day >= start]
    done, found = [event.day for event in truth.successes(account.name)], list[Spell]()
    for day in sorted({*done, *asked}):
        worked, tickets = sum(one <= day for one in done), sum(one <= day for one in asked)
        fine = worked >= limits.min_successes and tickets <= Fraction(str(limits.per_100)) * worked / 100
        last = found[-1] if found and found[-1].until is None else None
        if fine and last is None:
            found.append(Spell(day, None, f"{tickets} {worked} {day_of(day)}"))
        elif not fine and last is not None:
            found[-1] = Spell(last.day, day, last.says)
    return found


SIGNS = {"activated": activated, "invited": invited, "volume": volume, "advanced_features": advanced_features, "weeks": weeks, "low_errors": low_errors, "low_support": low_support}
UNSEEN = ("activated", "invited", "volume", "advanced_features", "weeks")  # what an account older than the export did first was not seen


class Ready:
    """One account: its signs, and when it qualified."""

    def __init__(self, truth: Truth, account: Account) -> None:
        self.truth, self.account, declared = truth, account, truth.definition.qualification
        self.signs = {name: SIGNS[name](truth, account, sign) for name, sign in declared.signals.named().items()}  # type: ignore[operator]
        for name in UNSEEN:
            if account.truncated and self.signs.get(name) == []:
                self.signs[name] = None
        self.needed = declared.min_signals
        self.unknown = sum(found is None for found in self.signs.values())
        self.created = None if account.created is None else truth.calendar.local(account.created)
        paid = spells(truth, account.name)
        self.paid = paid[0][0] if paid else None
        self.contract = contract(truth, account.name)
        self.entered = self.first(self.needed)
        self.possible = self.first(self.needed - self.unknown)

    def holding(self, day: int) -> list[str]:
        return [name for name, found in self.signs.items() if found and any(spell.holds(day) for spell in found)]

    def first(self, needed: int) -> int | None:
        """The first day, before it paid, on which so many signs hold."""
        days = sorted({spell.day for found in self.signs.values() for spell in found or []} | {self.truth.today - 1 if self.created is None else self.created})
        return next((day for day in days if len(self.holding(day)) >= needed and (self.paid is None or day < self.paid)), None)
