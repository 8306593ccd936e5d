"""retention.segments and retention.mix."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from oracle.activation import way
from oracle.comparing import difference, judged
from oracle.numbers import rated, share
from oracle.retention import Asked, cell
from oracle.split import Rows
from oracle.truth import Account, Truth

Judged = dict[str, tuple[bool, bool]]  # measure → whether its time is over, whether the account did it


def value(account: Account, segment: str) -> str | None:
    return (account.row or {}).get(segment) or None


def values(accounts: Sequence[Account], segment: str) -> list[str | None]:
    return sorted({value(account, segment) for account in accounts}, key=lambda one: (one is None, one or ""))


def measures(truth: Truth, account: Account, landmark: int, presence: int, window: int, weeks: int) -> Judged:
    day = truth.calendar.local(account.created or 0) + landmark
    seen = [truth.active_in(account.name, day + 7 * week, day + 7 * week + 7) for week in range(weeks)]
    start = day + presence
    found = {
        "frequent": (truth.over(day + 7 * weeks), 2 * sum(seen) >= weeks),
        "retained": (truth.over(start + window), truth.active_in(account.name, start, start + window)),
    }  # fmt: skip
    if truth.definition.activation:
        at = way(truth, account.name).activated
        found["activated"] = truth.over(day), at is not None and truth.calendar.local(at) < day
    return found


def segments(truth: Truth, accounts: Sequence[Account], min_base: int = 10, **settings: int) -> Rows:
    known = [(account, measures(truth, account, **settings)) for account in accounts if account.known]
    rows: Rows = []
    pairs = []
    for segment in truth.definition.sources.accounts.segments if truth.definition.sources.accounts else ():
        for here in values([account for account, _ in known], segment):
            for measure in known[0][1]:
                row, pair = compared(known, segment, here, measure)
                rows.append({"segment": segment, "value": here, "measure": measure, **row})
                pairs.append(pair)
    judged(rows, pairs, min_base, ("higher", "lower"))
    return rows


def compared(known: Sequence[tuple[Account, Judged]], segment: str, here: str | None, measure: str) -> tuple[dict[str, Any], tuple[int, int, int, int]]:
    mine = [found[measure] for account, found in known if value(account, segment) == here]
    theirs = [found[measure] for account, found in known if value(account, segment) != here]
    old, others = ([did for over, did in group if over] for group in (mine, theirs))
    pair = sum(old), len(old), sum(others), len(others)
    row = {
        "eligible": pair[1], "did": pair[0], **rated(pair[0], pair[1]), "others": pair[3], "others_rate": share(pair[2], pair[3]),
        **difference(*pair), "immature": len(mine) - len(old),
    }  # fmt: skip
    return row, pair


Cohort = dict[str, Fraction | int]


def mix(truth: Truth, accounts: Sequence[Account], period: str = "month", age: int = 1, min_base: int = 10) -> Rows:
    calendar = truth.calendar
    last = calendar.index(truth.today, period)
    while not truth.over(calendar.first(last + age + 1, period)):
        last -= 1
    cohorts = [[one for one in accounts if one.created is not None and calendar.index(calendar.local(one.created), period) == index] for index in (last - 1, last)]
    names = truth.definition.sources.accounts.segments if truth.definition.sources.accounts else ()
    return [row for segment in names for row in parts(truth, cohorts, segment, period, age, min_base)]


def counted(truth: Truth, members: Sequence[Account], period: str, age: int) -> tuple[int, int]:
    """(accounts, of these at work so many periods later)."""
    found = cell(truth, [(one.name, truth.calendar.local(one.created or 0)) for one in members], age, Asked(period=period))
    return found["eligible"], found["retained"]


def parts(truth: Truth, cohorts: Sequence[Sequence[Account]], segment: str, period: str, age: int, min_base: int) -> Rows:
    (n, k), (n_now, k_now) = (counted(truth, cohort, period, age) for cohort in cohorts)
    status = "censored" if not n or not n_now else "insufficient" if min(n, n_now) < min_base else "final"
    rows = []
    for here in values([account for cohort in cohorts for account in cohort], segment):
        was, now = (counted(truth, [one for one in cohort if value(one, segment) == here], period, age) for cohort in cohorts)
        if was[0] or now[0]:
            rows.append(part_row("unsaid" if here is None else "value", here, was, now, (n, k), (n_now, k_now)))
    rate, shares = (Fraction(sum(row[name] or 0 for row in rows)) for name in ("by_rate", "by_mix"))
    whole = part_row("all", None, (n, k), (n_now, k_now), (n, k), (n_now, k_now)) | ({"by_rate": rate, "by_mix": shares} if n and n_now else {})
    change = rate + shares
    turned = bool(n and n_now) and (change < 0 < rate or rate < 0 < change)
    finding = None if not (n and n_now) else told(change, rate, shares, turned)
    return [{"segment": segment, "reversed": turned, "finding": finding if row is whole else None, "status": status, **plain(row)} for row in (whole, *rows) if n or n_now]


def told(change: Fraction, rate: Fraction, shares: Fraction, turned: bool) -> str:
    if turned:
        return "fell though the rates rose" if change < 0 else "rose though the rates fell"
    return "no change" if change == 0 else "mostly the rates" if abs(rate) >= abs(shares) else "mostly the mix"


def part_row(part: str, here: str | None, was: tuple[int, int], now: tuple[int, int], all_: tuple[int, int], all_now: tuple[int, int]) -> dict[str, Any]:
    """Kitagawa (1955): the mean of both cohorts as weights, rates against the mean of both totals."""
    (size, kept), (size_now, kept_now), n, n_now = was, now, all_[0], all_now[0]
    rate, rate_now = Fraction(kept, size) if size else None, Fraction(kept_now, size_now) if size_now else None
    weight, weight_now = Fraction(size, n) if n else None, Fraction(size_now, n_now) if n_now else None
    by_rate = by_mix = None
    if weight is not None and weight_now is not None:
        both = rate is not None and rate_now is not None
        by_rate = (rate_now - rate) * (weight + weight_now) / 2 if both else Fraction(0)  # type: ignore[operator]
        by_mix = (rate_now or 0) * weight_now - (rate or 0) * weight - by_rate
        by_mix -= (weight_now - weight) * (Fraction(all_[1], n) + Fraction(all_now[1], n_now)) / 2
    return {
        "part": part, "value": here, "before": size, "before_rate": rate, "now": size_now, "now_rate": rate_now,
        "change": None if rate is None or rate_now is None else 100 * (rate_now - rate),
        "by_rate": by_rate, "by_mix": by_mix, "before_share": weight, "now_share": weight_now,
    }  # fmt: skip


def plain(row: dict[str, Any]) -> dict[str, Any]:
    points = {name: None if row[name] is None else 100 * row[name] for name in ("by_rate", "by_mix")}
    return {name: float(found) if isinstance(found, Fraction) else found for name, found in (row | points).items()}


TABLES = {"retention.segments": segments, "retention.mix": mix}
