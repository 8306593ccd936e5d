"""revenue.by_behaviour: who pays less later, by what was done before a landmark."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from oracle.behaviour import declared, values
from oracle.comparing import difference, judged
from oracle.numbers import share, wilson
from oracle.revenue import Line, cents, ratio, shown
from oracle.split import Rows
from oracle.truth import Account, Truth

WORDS = ("associated with paying less", "associated with not paying less")
WORK, STEADY, LOOKED = "core work", "steady", 28
Group = list[tuple[int, int]]


def core_work(truth: Truth, name: str, day: int, drop: float, min_work: int) -> str:
    """The last days before the landmark beside as many before them."""
    days = [event.day for event in truth.successes(name)]
    now, before = (sum(first <= one < first + LOOKED for one in days) for first in (day - LOOKED, day - 2 * LOOKED))
    limit = Fraction(str(drop))
    if before < min_work:
        return "too little"
    return "declining" if now <= (1 - limit) * before else "growing" if now >= (1 + limit) * before else STEADY


def by_behaviour(truth: Truth, accounts: Sequence[Account], months: int = 3, drop: float = 0.3, min_work: int = 4, min_base: int = 10) -> Rows:
    line = Line(truth, accounts, "month", 1)
    last = max(index for index in range(line.running - 3, line.running + 1) if truth.over(line.first(index + 1)))
    day, end = line.first(last - months + 1), line.last(last)
    there = [one.name for one in accounts if one.known and truth.calendar.local(one.created or 0) < day]
    known = {name: values(truth, name, day) | {WORK: core_work(truth, name, day, drop, min_work)} for name in there}
    behaviours = declared(truth) | {WORK: [STEADY, "declining", "growing", "too little"]}
    rows: Rows = []
    pairs: list[tuple[int, int, int, int]] = []
    for currency in line.currencies:
        before, after = (line.level(at, currency, day - 1) for at in (day - 1, end))
        paid = {name: (amount, after.get(name, 0)) for name, amount in before.items() if name in known}
        for behaviour, (reference, *others) in ((name, found) for name, found in behaviours.items() if found):
            group = {value: [pair for name, pair in paid.items() if known[name][behaviour] == value] for value in (reference, *others)}
            for value in others if paid else ():
                row, pair = compared(group[value], group[reference])
                rows.append({"behaviour": behaviour, "value": value, "currency": currency, "compared_with": reference, **row})
                pairs.append(pair)
    judged(rows, pairs, min_base, WORDS)
    return rows


def compared(here: Group, there: Group) -> tuple[dict[str, Any], tuple[int, int, int, int]]:
    pair = sum(end < start for start, end in here), len(here), sum(end < start for start, end in there), len(there)
    start, end, kept = sum(one[0] for one in here), sum(one[1] for one in here), sum(min(one) for one in here)
    low, high = wilson(pair[0], pair[1])
    row: dict[str, Any] = {
        "accounts": pair[1], "less": pair[0], "rate": share(pair[0], pair[1]), "others": pair[3], "others_rate": share(pair[2], pair[3]), **difference(*pair),
        "start": shown(cents(start)), "end": shown(cents(end)), "nrr": ratio(end, start), "grr": share(kept, start),
        "others_nrr": ratio(sum(one[1] for one in there), sum(one[0] for one in there)), "low": low, "high": high,
    }  # fmt: skip
    return row, pair


TABLES = {"revenue.by_behaviour": by_behaviour}
