"""What accounts pay: spells, and the contract at T."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from oracle.days import number
from oracle.truth import Truth
from oracle.world import Row

FOREVER = 10**9


@dataclass(frozen=True)
class Contract:
    """What an account's contract looks like at T."""

    mrr: Decimal | None
    currency: str | None
    seats: int | None
    renews_in: int | None
    ended: bool


def day(truth: Truth, text: str | None) -> int | None:
    """A local day; of a time, the day it lies in."""
    return number(date.fromisoformat(text)) if text else None


def begun(truth: Truth, account: str) -> list[tuple[int, int, Row]]:
    """The spans that count and began before T: first day, first day no longer covered, the row."""
    found = []
    for row in truth.contracts:
        if row["account"] == account and truth.counts(row):
            start, end = day(truth, row["start"]), day(truth, row["end"])
            assert start is not None
            found.append((start, FOREVER if end is None else end, row))
    return found


def spells(truth: Truth, account: str, grace: int = 0) -> list[tuple[int, int]]:
    """When it pays, as of T; a gap of at most grace days is none."""
    joined: list[tuple[int, int]] = []
    paid = sorted((start, stop) for start, stop, row in begun(truth, account) if Decimal(row["mrr"] or 0) > 0)
    for start, stop in paid:
        if joined and start - joined[-1][1] <= grace:
            joined[-1] = joined[-1][0], max(joined[-1][1], stop)
        else:
            joined.append((start, stop))
    return [(start, stop if stop < truth.today else FOREVER) for start, stop in joined]


def contract(truth: Truth, account: str) -> Contract | None:
    """None: it never paid."""
    if not spells(truth, account):
        return None
    now = [row for _, stop, row in begun(truth, account) if stop >= truth.today]
    paid = [row for row in now if Decimal(row["mrr"] or 0) > 0]
    currencies = {row["currency"] for row in paid}
    several = len(currencies) > 1
    seats = [int(row["seats"]) for row in now] if all(row["seats"] for row in now) else []
    renewals = [found - truth.today for row in now if (found := day(truth, row["renews"])) is not None and found >= truth.today]
    return Contract(
        None if several else sum((Decimal(row["mrr"] or 0) for row in paid), Decimal(0)),
        "several" if several else currencies.pop() if paid else None,
        sum(seats) if seats and paid else None,
        min(renewals, default=None),
        not paid,
    )
