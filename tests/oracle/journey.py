"""journey.accounts, flows and stages: where every account is on its way, and since when."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any

from oracle.activation import HALF, days, way
from oracle.beats import Beat, born
from oracle.contracts import FOREVER, spells
from oracle.days import DAY, day_of
from oracle.engagement import levels, reached
from oracle.money import paid_by_day
from oracle.numbers import rated, reached_by, share
from oracle.shoulders import footholds
from oracle.split import Rows
from oracle.text import Any as Anything
from oracle.truth import Account, Truth

NAMES = ("unknown", "acquisition", "activation", "adoption", "engagement", "retention", "expansion", "churn")
UNKNOWN, CREATED, ACTIVE, ADOPTED, ENGAGED, RETAINED, GROWN, CHURNED = range(8)
Span = tuple[int, int]


class Way:
    """The days on which each rule held."""

    def __init__(self, truth: Truth, account: Account) -> None:
        self.truth, self.account, self.name, self.rules = truth, account, account.name, truth.definition.journey
        self.core = truth.definition.core_workflows()
        self.work = {flow: [event.day for event in truth.successes(self.name, [flow])] for flow in self.core}
        self.first = min((found[0] for found in self.work.values() if found), default=None)
        engaged = self.engaged()
        adopted = [self.adopted(), *(start for start, _ in engaged)]
        self.spans: dict[int, list[Span]] = {
            CREATED: self.created(), ACTIVE: after(self.activated()), ADOPTED: after(min((day for day in adopted if day is not None), default=None)),
            ENGAGED: engaged, RETAINED: self.retained(engaged), GROWN: self.grown(), CHURNED: self.silent() + self.gone(),
        }  # fmt: skip

    def beat(self, workflow: str) -> Beat:
        cadence = self.truth.definition.workflows[workflow].cadence
        return Beat(self.truth, "week" if cadence == "day" else cadence)

    def created(self) -> list[Span]:
        return [] if self.account.truncated else after(born(self.truth, self.account))

    def activated(self) -> int | None:
        """Of an account older than the export, its first work seen stands for steps that were not."""
        at = way(self.truth, self.name).activated if self.truth.definition.activation else None
        seen = [] if at is None else [self.truth.calendar.local(at)]
        if self.first is not None and (self.account.truncated or not self.truth.definition.activation):
            seen.append(self.first)
        return min(seen, default=None)

    def adopted(self) -> int | None:
        found = []
        for flow in self.core:
            tiers = levels(self.truth, flow)
            if tiers and (got := reached(self.truth, self.name, tiers[min(self.rules.adopted_level, len(tiers)) - 1][2])):
                found.append(self.truth.calendar.local(got[0]))
        return min(found, default=None)

    def engaged(self) -> list[Span]:
        return [span for flow in self.core for span in streaks(self.beat(flow), self.work[flow], self.rules.engaged_periods)]

    def retained(self, engaged: Sequence[Span]) -> list[Span]:
        since = (self.first or 0) + self.rules.retained_after
        return [(max(start, since), end) for start, end in engaged if end > since]

    def grown(self) -> list[Span]:
        """It pays more, or took up a workflow so long after its first work: got to the first tier of one that has tiers, and had not completed it before."""
        since = FOREVER if self.first is None else self.first + self.rules.retained_after
        tiered = [(flow, day) for flow, day in footholds(self.truth, self.account)[1].items() if self.truth.definition.workflows[flow].tiers]
        taken_up = [day for flow, day in tiered if min([day, *self.work.get(flow, [])]) >= since]
        more = [day for amounts in paid_by_day(self.truth, self.name).values() for (_, before), (day, now) in pairwise(amounts) if now > before > 0]
        return [(day, day + self.rules.grown_within) for day in (*taken_up, *more)]

    def silent(self) -> list[Span]:
        """From the day on which every workflow had been silent for so many periods, up to the next success."""
        days = sorted({day for found in self.work.values() for day in found})
        spans = []
        for day, next_ in zip(days, [*days[1:], FOREVER], strict=bool(days)):
            ends = [beat.first(beat.index(max(one for one in found if one <= day)) + self.rules.silent_periods + 1)
                    for flow, found in self.work.items() if (beat := self.beat(flow)) and any(one <= day for one in found)]  # fmt: skip
            if max(ends) < next_:
                spans.append((max(ends), next_))
        return spans

    def gone(self) -> list[Span]:
        paid = spells(self.truth, self.name)
        return [(end, start) for (_, end), start in zip(paid, [*(start for start, _ in paid[1:]), FOREVER], strict=bool(paid)) if end < FOREVER]

    def held(self, position: int, day: int) -> bool:
        return any(start <= day < end for start, end in self.spans[position])

    @cached_property
    def begin(self) -> int:
        """The day from which on it exists; of unknown age: that on which anything was first seen."""
        seen = self.truth.today - 1 if self.truth.start is None else self.truth.calendar.local(self.truth.start)
        day = born(self.truth, self.account)
        return min(seen, self.truth.today - 1) if day is None else day

    def stage(self, day: int) -> int | None:
        """The last one whose rule holds; None: it did not exist."""
        found = [position for position in self.spans if self.held(position, day)]
        return max(found) if found else UNKNOWN if self.begin <= day else None

    @cached_property
    def history(self) -> list[tuple[int, int]]:
        """(day, stage) of each change up to the last counted day."""
        edges = {day for spans in self.spans.values() for span in spans for day in span} | {self.begin}
        found: list[tuple[int, int]] = []
        for day in sorted(edge for edge in edges if edge < self.truth.today):
            stage = self.stage(day)
            if stage is not None and (not found or found[-1][1] != stage):
                found.append((day, stage))
        return found

    def at(self, day: int) -> int | None:
        """The stage on a day; of an account without any for a while, the one before."""
        return next((stage for begun, stage in reversed(self.history) if begun <= day), None)

    def arrived(self, position: int) -> int | None:
        """The first day on which its rule held."""
        return min((start for start, _ in self.spans[position] if start < self.truth.today), default=None)


def after(day: int | None) -> list[Span]:
    return [] if day is None else [(day, FOREVER)]


def streaks(beat: Beat, days: Sequence[int], least: int) -> list[Span]:
    """From the success that makes it so many periods, none two in a row without, until two in a row passed without."""
    found: list[list[tuple[int, int]]] = []
    for day in days:
        index = beat.index(day)
        if not found or index - found[-1][-1][0] > 2:
            found.append([])
        if not found[-1] or found[-1][-1][0] != index:
            found[-1].append((index, day))
    return [(streak[least - 1][1], beat.first(streak[-1][0] + 3)) for streak in found if len(streak) >= least]


def accounts(truth: Truth, accounts: Sequence[Account], since: int = 7) -> Rows:
    return [row for account in accounts if (row := account_row(truth, Way(truth, account), since))]


def account_row(truth: Truth, found: Way, since: int) -> dict[str, Any] | None:
    history = found.history
    if not history:
        return None
    day, stage = history[-1]
    before = found.at(truth.today - since - 1)
    when = {name: None if (at := found.arrived(position)) is None else day_of(at) for position, name in enumerate(("activated", "adopted", "engaged", "retained", "expanded", "churned"), ACTIVE)}
    start = born(truth, found.account)
    return {
        "account": found.name, "stage": NAMES[stage], "since": day_of(day), "days": truth.today - day, "before": None if before is None else NAMES[before],
        "moved": before is not None and before != stage, "why": Anything(), "created": None if start is None else day_of(start), **when,
    }  # fmt: skip


def flows(truth: Truth, accounts: Sequence[Account], since: int = 7) -> Rows:
    moves: dict[tuple[str, str], list[str]] = {}
    for account in accounts:
        found = Way(truth, account)
        now, before = found.at(truth.today - 1), found.stage(truth.today - since - 1)
        if now is not None:
            moves.setdefault(("new" if before is None else NAMES[before], NAMES[now]), []).append(account.name)
    return [
        {
            "from": start, "to": end, "moved": start != end, "accounts": len(who), "share": share(len(who), sum(len(found) for (one, _), found in moves.items() if one == start)),
            "who": sorted(who)[:5],
        } for (start, end), who in moves.items()
    ]  # fmt: skip


def stages(truth: Truth, accounts: Sequence[Account], since: int = 7, mature_days: int = 120) -> Rows:
    found = [Way(truth, account) for account in accounts]
    return [stage_row(truth, found, position, since, mature_days) for position in range(8)]


def seen(truth: Truth, position: int) -> bool:
    """Whether the definition and its tables could show it."""
    return True


def stage_row(truth: Truth, found: Sequence[Way], position: int, since: int, mature_days: int) -> dict[str, Any]:
    now, before = (sum(one.at(day) == position for one in found) for day in (truth.today - 1, truth.today - since - 1))
    known = [one for one in found if one.account.known]
    old = [one for one in known if truth.now - (one.account.created or 0) >= mature_days * DAY]
    firsts = {one.name: one.arrived(position) if position else None for one in found}
    arrived = sum(firsts[one.name] is not None for one in old)
    waits = [wait(truth, one, firsts[one.name]) for one in known]
    entered = sum(day is not None and day >= truth.today - since for day in firsts.values())
    late = position == CHURNED and any((firsts[one.name] or 0) >= truth.calendar.local(truth.final) for one in old)
    shown = position > 0 and seen(truth, position)
    return {
        "stage": NAMES[position], "position": position, "accounts": now, "before": before, "change": now - before, "entered": entered,
        "arrived": arrived if seen(truth, position) else None, "eligible": len(old) if position else 0, "immature": len(known) - len(old) if position else 0,
        **rated(arrived, len(old) if shown else 0), "median_days": days(reached_by(waits, HALF)) if shown else None,
        "status": status(truth, position, len(old), late),
    }  # fmt: skip


def status(truth: Truth, position: int, eligible: int, late: bool) -> str:
    if not seen(truth, position):
        return "no input"
    return "insufficient" if eligible < 5 or not position else "provisional" if late else "final"


def wait(truth: Truth, one: Way, day: int | None) -> tuple[int, bool]:
    start = born(truth, one.account) or 0
    return max(0, (truth.today if day is None else day) - start) * DAY, day is not None


TABLES = {"journey.accounts": accounts, "journey.flows": flows, "journey.stages": stages}
