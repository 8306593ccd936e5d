"""pricing.candidate_tests and pricing.candidates: which unit would be a good base for a price."""

from __future__ import annotations

import typing
from collections import defaultdict
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from statistics import median

from oracle.bases import Base, Looking
from oracle.numbers import quantile, share, wilson
from oracle.slopes import fifths, slope, together
from oracle.split import Rows
from oracle.star_tests import UNKNOWN, Measured
from oracle.text import Any, Text
from oracle.truth import Truth
from saasmetrics.definitions.pricing import Meter

Bases = dict[str, Base]  # account → what it did with one unit
Test = tuple[str, str, float, bool, Measured]  # measure, criterion, limit, whether at least so much, what was found


def size(part: Bases) -> Measured:
    return slope([(one.size, one.quantity) for one in part.values()])


def pays(part: Bases) -> Measured:
    return slope([(one.quantity, one.mrr) for one in part.values()])


def pays_more(part: Bases) -> Measured:
    return together([(one.quantity, one.mrr) for one in part.values()])


def gets(part: Bases) -> Measured:
    return together([(one.quantity, one.star) for one in part.values()])


def varies(part: Bases) -> Measured:
    found = [one.cv for one in part.values() if one.cv is not None]
    return Measured(median(found), len(found)) if found else UNKNOWN


def error(part: Bases) -> Measured:
    pairs = [pair for one in part.values() for pair in one.pairs]
    base = sum((now for _, now in pairs), Fraction(0))
    return Measured(float(sum(abs(now - then) for then, now in pairs) / base), sum(bool(one.pairs) for one in part.values())) if base else UNKNOWN


def swung(part: Bases, swing: Fraction) -> Measured:
    found = [any(abs(now - then) > swing * then for then, now in one.pairs) for one in part.values() if len(one.pairs) > 1]
    return Measured(share(sum(found), len(found)), len(found), *wilson(sum(found), len(found)))


def stays(part: Bases) -> Measured:
    return fifths([(one.before, one.kept) for one in part.values() if one.before is not None])


def expands(part: Bases) -> Measured:
    return fifths([(one.growth, one.expanded) for one in part.values() if one.growth is not None])


def counted(part: Bases, what: Callable[[Base], int]) -> Measured:
    n = sum(len(one.events or ()) for one in part.values())
    return Measured(sum(map(what, part.values())) / n, n) if n else UNKNOWN


def left_out(one: Base) -> int:
    return one.nameless


def machines(one: Base) -> int:
    return one.service


CRITERIA = {
    "scales": "grows with the customer", "pays": "goes with what they pay", "gets": "goes with value", "steady": "predictable", "stays": "goes with staying",
    "expands": "goes with expansion", "measured": "can be measured", "control": "in their control",
}  # fmt: skip
ORDER = ("fails", "unclear", "passes", "insufficient", "unknown")
REASONS = {
    "scales": ("nobody used it, or all are of one size", "larger customers use more of it", "it hardly grows with the customer"),
    "elasticity of MRR": ("no MRR known, or all use as much", "who uses more pays more", "who uses more hardly pays more"),
    "with MRR": ("no MRR known, or all pay or use the same", "who uses more pays more", "who uses more pays less"),
    "gets": ("it is the north star itself, or nothing was done", "who uses more gets more done", "who uses more gets less done"),
    "median": ("nobody used it for three months", "the typical bill would stay in its range", "the typical bill would jump from month to month"),
    "error": ("no two months in a row", "last month tells this one", "last month does not tell this one"),
    "swung": ("nobody was there for three months", "few would see a swing", "many would see a swing"),
    "stays": ("nobody paid at the landmark, nobody left, or all used as much", "who used more stays more often", "who used more stays less often"),
    "expands": ("nobody paid and used it long enough, or nobody expanded", "whose use grew expands more often", "whose use grew expands less often"),
    "measured": ("it counts no events, or there were none", "events say who or what", "too many events say neither who nor what"),
    "control": ("no users table tells machines from people, or it counts no events", "people make most of it", None),
}  # fmt: skip


class Units:
    """All accounts and units, once."""

    def __init__(self, truth: Truth) -> None:
        self.truth, self.meters = truth, truth.definition.meters()
        self.accounts, self.known = list(truth.accounts.values()), dict[tuple[str, str | None, str], list[Test]]()
        self.bases = {name: {one.name: Looking(truth, one, meter).base() for one in self.accounts} for name, meter in self.meters.items()}

    def parts(self) -> list[tuple[str, str | None, set[str]]]:
        """(segment, value, accounts)."""
        source, found = self.truth.definition.sources.accounts, [("all", "all", {one.name for one in self.accounts})]
        for segment in source.segments if source else ():
            groups: dict[str | None, set[str]] = defaultdict(set)
            for account in self.accounts:
                groups[(account.row or {}).get(segment) or None].add(account.name)
            found += [(segment, value, names) for value, names in groups.items()]
        return found

    def tests(self, segment: str, value: str | None, meter: str, names: set[str]) -> list[Test]:
        key = segment, value, meter
        if key not in self.known:
            self.known[key] = self.measures(self.part(meter, names))
        return self.known[key]

    def measures(self, part: Bases) -> list[Test]:
        swing, listed = Fraction(str(self.truth.definition.pricing.swing)), self.truth.definition.sources.users is not None
        return [
            ("elasticity with the account's size", "scales", 0.25, True, size(part)),
            ("elasticity of MRR with the quantity", "pays", 0.25, True, pays(part)),
            ("rank correlation with MRR", "pays", 0.0, True, pays_more(part)),
            ("rank correlation with the north star", "gets", 0.0, True, gets(part)),
            ("median variation from month to month", "steady", 0.5, False, varies(part)),
            ("error of the month before as a forecast", "steady", 0.3, False, error(part)),
            ("share of accounts that swung", "steady", 0.3, False, swung(part, swing)),
            ("still paying: highest fifth less lowest", "stays", 0.0, True, stays(part)),
            ("expanded: highest fifth of growth less lowest", "expands", 0.0, True, expands(part)),
            ("share of events without what they ought to say", "measured", 0.05, False, counted(part, left_out)),
            ("share made by service users", "control", 0.5, False, counted(part, machines) if listed else UNKNOWN),
        ]  # fmt: skip

    def part(self, meter: str, names: set[str]) -> Bases:
        return {name: one for name, one in self.bases[meter].items() if name in names}


@lru_cache(maxsize=1)
def units_of(truth: Truth) -> Units:
    return Units(truth)


def verdict(found: Measured, limit: float, least: bool, takes: int) -> str:
    if found.value is None:
        return "unknown"
    if found.n < takes:
        return "insufficient"
    low, high = (found.value if end is None else end for end in (found.low, found.high))
    good, bad = (low >= limit, high < limit) if least else (high <= limit, low > limit)
    return "passes" if good else "fails" if bad else "unclear"


def reason(measure: str, criterion: str, said: str, n: int, takes: int) -> str | Text:
    """That most is made by service users is in no example: any words will do."""
    if said in ("unclear", "insufficient"):
        return "the interval includes the limit" if said == "unclear" else f"stands on {n} only; it takes {takes}"
    key = next((key for key in REASONS if key == criterion or key in measure), "")
    return REASONS[key][("unknown", "passes", "fails").index(said)] or Any()


def candidate_tests(truth: Truth) -> Rows:
    units, takes = units_of(truth), truth.definition.pricing.min_accounts
    return [
        {
            "segment": segment, "value": value, "meter": meter, "measure": measure, "criterion": CRITERIA[criterion], "result": found.value, "low": found.low,
            "high": found.high, "limit": f"{'at least' if least else 'at most'} {limit}", "n": found.n, "verdict": (said := verdict(found, limit, least, takes)),
            "reason": reason(measure, criterion, said, found.n, takes),
        }
        for segment, value, names in units.parts() for meter in units.meters
        for measure, criterion, limit, least, found in units.tests(segment, value, meter, names)
    ]  # fmt: skip


def candidates(truth: Truth) -> Rows:
    units, rows, best = units_of(truth), [], set[str]()
    for segment, value, names in units.parts():
        here = [row(units, meter, units.part(meter, names), units.tests(segment, value, meter, names)) for meter in units.meters]
        ranked(here, truth.definition.pricing.min_accounts)
        first = {str(one["meter"]) for one in here if one["rank"] == 1}
        best = first if segment == "all" else best
        differs = not first & best if first and best and segment != "all" else None
        rows += [{"segment": segment, "value": value, **one, "differs": differs} for one in here]
    return rows


def row(units: Units, name: str, part: Bases, tests: Sequence[Test]) -> dict[str, typing.Any]:
    takes, said = units.truth.definition.pricing.min_accounts, defaultdict(set)
    for _, criterion, limit, least, found in tests:
        said[criterion].add(verdict(found, limit, least, takes))
    told = {criterion: next(word for word in ORDER if word in said[criterion]) for criterion in CRITERIA}
    amounts = [one.quantity for one in part.values() if one.quantity is not None]
    return {
        "meter": name, **told, "passes": list(told.values()).count("passes"), "fails": list(told.values()).count("fails"), "kind": units.meters[name].kind,
        "accounts": len(amounts), "used": sum(amount > 0 for amount in amounts), "median": float(quantile(amounts, 0.5)) if amounts else None,  # type: ignore[arg-type]
        "unit": unit(units.meters[name]),
    }  # fmt: skip


def ranked(rows: list[dict[str, typing.Any]], takes: int) -> None:
    """Equals share the first of their places."""
    good = {str(one["meter"]): (one["passes"] - one["fails"], one["used"]) for one in rows if one["used"] >= takes}
    for one in rows:
        mine = good.get(str(one["meter"]))
        one["rank"] = None if mine is None else 1 + sum(other > mine for other in good.values())


def unit(meter: Meter) -> str | Text:
    if meter.of:
        return {("users", "distinct"): "people at work", ("seats", "end"): "paid seats"}.get((meter.of, meter.measured), Any())
    before = {"count": "", "sum": "value of ", "end": "at the end of the month: ", "distinct": "different things of ", "peak": "most on one day of "}
    return f"{before[meter.measured]}{meter.workflow or meter.rule}"


TABLES = {"pricing.candidate_tests": candidate_tests, "pricing.candidates": candidates}
