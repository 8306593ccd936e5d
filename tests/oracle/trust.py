"""reliability.trust_loss: who did a job no more after a failure, beside those who had done it as often and saw none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import sqrt
from typing import Any, NamedTuple

from oracle.beats import Beat, begins
from oracle.numbers import Z, rated
from oracle.split import Rows
from oracle.text import Text
from oracle.truth import Account, Truth


class About(Text):
    """A number that the product works out in parts of a hundred millionth."""

    def __init__(self, value: float) -> None:
        self.value = value

    def fits(self, theirs: Any) -> bool:
        return isinstance(theirs, float) and abs(theirs - self.value) < 1e-6


class Seen(NamedTuple):
    """An account in a period in which it did a job, or failed at it, as often as before."""

    account: str
    period: int
    often: int
    failed: bool
    known: bool
    stopped: bool


def looks(truth: Truth, beat: Beat, account: str, flow: Any) -> Iterator[Seen]:
    told, start = truth.definition.reliability, begins(truth)
    if start is None:
        return
    done, failed = ([beat.index(event.day) for event in truth.rule(account, rule)] for rule in (flow.success, flow.failure))
    for period in range(beat.index(start) + told.prior + 1, beat.last + 1):
        before = sum(period - told.prior <= at < period for at in done)
        if before and (period in done or period in failed):
            end = period + told.lost_after
            yield Seen(account, period, before.bit_length(), period in failed, end <= beat.last, not any(period < at <= end for at in done))


def trust_loss(truth: Truth, accounts: Sequence[Account], min_failed: int = 30) -> Rows:
    rows = []
    for name, flow in truth.definition.workflows.items():
        if flow.failure:
            beat = Beat(truth, flow.cadence or "week", working=True)
            found = [one for account in accounts for one in looks(truth, beat, account.name, flow)]
            rows += [{"workflow": name, **row(found, min_failed)}] if found else []
    return rows


def row(found: Sequence[Seen], min_failed: int) -> dict[str, Any]:
    strata: dict[tuple[int, int], tuple[list[Seen], list[Seen]]] = defaultdict(lambda: ([], []))
    for one in found:
        if one.known:
            strata[one.period, one.often][not one.failed].append(one)
    pairs = [(failed, others) for failed, others in strata.values() if failed and others]
    hit = [one for failed, _ in pairs for one in failed]
    n, stopped = len(hit), sum(one.stopped for one in hit)
    rates = rated(stopped, n)
    return {
        "failed": n, "accounts": len({one.account for one in hit}), "stopped": stopped, **rates, "others": sum(len(others) for _, others in pairs),
        **beside(pairs, n, stopped, min_failed), "unmatched": sum(len(failed) for failed, others in strata.values() if failed and not others),
        "immature": sum(one.failed and not one.known for one in found),
    }  # fmt: skip


def beside(pairs: Sequence[tuple[list[Seen], list[Seen]]], n: int, stopped: int, min_failed: int) -> dict[str, Any]:
    if not n:
        return {"others_rate": None, "difference": None, "diff_low": None, "diff_high": None, "verdict": "insufficient"}
    weighed = [(failed, others, Fraction(sum(one.stopped for one in others), len(others))) for failed, others in pairs]
    rate = sum(len(failed) * part for failed, _, part in weighed) / n
    difference = Fraction(stopped, n) - rate
    parts: dict[str, Fraction] = defaultdict(Fraction)
    for failed, others, part in weighed:
        for one in failed:
            parts[one.account] += one.stopped - part - difference
        for one in others:
            parts[one.account] -= (one.stopped - rate) * Fraction(len(failed), len(others))
    width = Z * sqrt(sum(part * part for part in parts.values())) / n
    enough = n >= min_failed
    low, high = float(difference) - width, float(difference) + width
    told = "associated with stopping" if low > 0 else "associated with staying" if high < 0 else "not shown"
    return {
        "others_rate": About(float(rate)), "difference": About(float(100 * difference)), "diff_low": About(100 * low) if enough else None,
        "diff_high": About(100 * high) if enough else None,
        "verdict": told if enough else "insufficient",
    }  # fmt: skip


TABLES = {"reliability.trust_loss": trust_loss}
