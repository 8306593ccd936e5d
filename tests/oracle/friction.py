"""friction.workflows: tickets, refunds, clicks on help and dismissed errors beside the work that gets done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from typing import Any

from oracle.beats import begins
from oracle.numbers import Z, quantile
from oracle.operations import events
from oracle.split import Rows
from oracle.truth import Account, Truth
from oracle.world import Event, Row, instant

PER = {"tickets": (100, "successes"), "refunds": (1000, "transactions"), "help": (100, "attempts"), "dismissed": (100, "attempts")}
Days = dict[str, Counter[int]]


@dataclass(frozen=True)
class Kind:
    """What is counted, what against, and what the definition lacks for it."""

    measure: str
    workflow: str | None
    events: Days
    base: Days | None
    lacks: str | None = None
    what: str = ""

    @property
    def per(self) -> str | None:
        factor, usual = PER[self.measure]
        return None if self.base is None else f"{factor} {self.what or usual}"


def tickets(truth: Truth) -> list[Row]:
    """Those opened before T by accounts that count, each once."""
    found: dict[Any, Row] = {}
    for n, row in enumerate(truth.tickets):
        if row["account"] in truth.accounts and row["opened"] and (instant(row["opened"]) or 0) < truth.now:
            found.setdefault(row["ticket"] or n, row)
    return list(found.values())


def opened(truth: Truth, row: Row) -> int:
    return truth.calendar.local(instant(row["opened"]) or 0)


def about(truth: Truth, row: Row) -> str | None:
    return row["workflow"] if row["workflow"] in truth.definition.workflows else None


def kinds(truth: Truth) -> Iterator[Kind]:
    yield from ticket_kinds(truth)
    yield from refund_kinds(truth)
    for measure in ("help", "dismissed"):
        yield from click_kinds(truth, measure)


def ticket_kinds(truth: Truth) -> Iterator[Kind]:
    if truth.world.tickets is None:
        yield Kind("tickets", None, {}, None, "needs sources.tickets")
        return
    for name, flow in truth.definition.workflows.items():
        yield Kind("tickets", name, ticket_days(truth, name), days_of(truth, [flow.success]))
    yield Kind("tickets", None, ticket_days(truth, None), None)


def ticket_days(truth: Truth, workflow: str | None) -> Days:
    found: Days = {}
    for row in tickets(truth):
        if about(truth, row) == workflow:
            found.setdefault(row["account"] or "", Counter())[opened(truth, row)] += 1
    return found


def days_of(truth: Truth, rules: Iterable[str]) -> Days:
    rules = tuple(rules)
    return {name: Counter(event.day for event in events(truth, name, rules)) for name in truth.accounts}


def refund_kinds(truth: Truth) -> Iterator[Kind]:
    block = truth.definition.friction
    own = [(name, one) for name, one in block.workflows.items() if one.refunds]
    for name, one in own:
        base = days_of(truth, one.transactions or [truth.definition.workflows[name].success])
        yield Kind("refunds", name, days_of(truth, one.refunds or ()), base, what="" if one.transactions else "successes")
    if block.refunds:
        base = days_of(truth, block.transactions) if block.transactions else core_days(truth)
        yield Kind("refunds", None, days_of(truth, block.refunds), base, what="" if block.transactions else "successes")
    elif not own:
        yield Kind("refunds", None, {}, None, "needs friction.refunds")


def core_days(truth: Truth) -> Days:
    """Successes of all core workflows; an event counts for each that it completes."""
    return {name: Counter(event.day for event in truth.successes(name)) for name in truth.accounts}


def click_kinds(truth: Truth, measure: str) -> Iterator[Kind]:
    block = truth.definition.friction
    general = tuple(getattr(block, measure) or ())
    own = {name: tuple(getattr(one, measure)) for name, one in block.workflows.items() if getattr(one, measure)}
    shared = [name for name in truth.definition.workflows if name not in own]
    if not general and not own:
        yield Kind(measure, None, {}, None, f"needs friction.{measure}")
        return
    clicks = {account: placed(truth, account, general, shared) for account in truth.accounts}
    for name, flow in truth.definition.workflows.items():
        found = days_of(truth, own[name]) if name in own else {account: Counter(event.day for event, names in one if name in names) for account, one in clicks.items()}
        if flow.attempt and (name in own or general):
            yield Kind(measure, name, found, days_of(truth, [flow.attempt]))
        elif name in own:
            yield Kind(measure, name, found, None, f"needs workflows.{name}.attempt")
    if general:
        yield Kind(measure, None, {account: Counter(event.day for event, names in one if not names) for account, one in clicks.items()}, None)


def placed(truth: Truth, account: str, general: Iterable[str], shared: Sequence[str]) -> list[tuple[Event, set[str]]]:
    """Each general click with the workflows that the same person attempted on that day."""
    flows = truth.definition.workflows
    tried = {(name, event.user, event.day) for name in shared if flows[name].attempt for event in truth.rule(account, flows[name].attempt or "")}
    return [(event, {name for name in shared if (name, event.user, event.day) in tried}) for event in events(truth, account, general)]


def workflows(truth: Truth, accounts: Sequence[Account], friction_days: int = 90, min_base: int = 100) -> Rows:
    start = begins(truth)
    since = truth.today - friction_days if start is None else max(start, truth.today - friction_days)
    covered = start is not None and start <= truth.today - 2 * friction_days
    before = range(truth.today - 2 * friction_days, truth.today - friction_days) if covered else None
    names = [account.name for account in accounts]
    return [{"measure": kind.measure, "workflow": kind.workflow, **row(kind, names, range(since, truth.today), before, min_base)} for kind in kinds(truth)]


def count(days: Days, name: str, shown: range) -> int:
    return sum(n for day, n in days.get(name, {}).items() if day in shown)


def row(kind: Kind, names: Sequence[str], shown: range, before: range | None, min_base: int) -> dict[str, Any]:
    factor, _ = PER[kind.measure]
    felt = {name: count(kind.events, name, shown) for name in names}
    done = {name: count(kind.base, name, shown) if kind.base is not None else 0 for name in names}
    k, n = sum(felt.values()), sum(done.values())
    rates = [factor * Fraction(felt[name], done[name]) for name in names if done[name]]
    alone = [felt[name] for name in names if felt[name] and not done[name]]
    low, high = interval(k, n)
    return {
        "rate": factor * k / n if n else None, "low": low and factor * low, "high": high and factor * high, "per": kind.per,
        "events": k, "base": None if kind.base is None else n, "rate_before": earlier(kind, names, before),
        "accounts": len(rates), "account_median": middle(rates, 0.5), "account_p90": middle(rates, 0.9), "without": len(alone), "without_events": sum(alone),
        "status": kind.lacks or ("counted" if kind.base is None else "no base" if not n else "insufficient" if n < min_base else "final"),
    }  # fmt: skip


def earlier(kind: Kind, names: Sequence[str], before: range | None) -> float | None:
    if before is None or kind.base is None:
        return None
    k, n = (sum(count(days, name, before) for name in names) for days in (kind.events, kind.base))
    return PER[kind.measure][0] * k / n if n else None


def middle(rates: Sequence[Any], part: float) -> float | None:
    return float(quantile(rates, part)) if rates else None


def interval(k: int, n: int) -> tuple[float | None, float | None]:
    """Score interval of a Poisson rate, 95 %."""
    if not n:
        return None, None
    centre, width = k + Z * Z / 2, Z * sqrt(k + Z * Z / 4)
    return max(0.0, (centre - width) / n), (centre + width) / n


TABLES = {"friction.workflows": workflows}
