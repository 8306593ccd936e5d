"""When accounts were up for renewal, and whether they went on paying."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from oracle.days import day_of, number
from oracle.numbers import share, wilson
from oracle.paying import FOREVER, Books, Span, length
from oracle.reasons import lasting
from oracle.revenue import Line, retention_row
from oracle.split import Rows
from oracle.truth import Account, Truth

Due = tuple[str, str | None, int, bool]


def later(anchor: int, months: int) -> int:
    """So many calendar months later; a day that the month does not have is its last."""
    found = day_of(anchor)
    year, month = divmod(found.year * 12 + found.month - 1 + months, 12)
    next_month = found.replace(year=year + (month == 11), month=(month + 1) % 12 + 1, day=1)
    return min(number(next_month) - 1, number(found.replace(year=year, month=month + 1, day=1)) + found.day - 1)


def turns(books: Books, span: Span) -> Iterator[int]:
    """The days on which a term ends, or the one renewal day that is known."""
    months, renews = length(span.row.get("term") or span.row.get("interval"), 0), books.day(span.row["renews"])
    anchor = span.start if renews is None else renews
    if not months:
        yield from [] if renews is None else [renews]
        return
    last = min(span.stop, books.truth.today)
    times = range(-((anchor - span.start) // 28 // months) - 2, (max(last - anchor, 0)) // 28 // months + 2)
    yield from (later(anchor, months * n) for n in times)


def due(books: Books) -> set[Due]:
    """(account, currency of the report, day, whether it renewed)."""
    found = set()
    for account in books.levels:
        for span in lasting(books, account):
            currency = books.told.currency if span.currency in books.converted else span.currency
            for day in turns(books, span) if span.amount else ():
                if span.start < day <= min(span.stop, FOREVER) and day < books.truth.today:
                    found.add((account, currency, day, bool(books.raw(account, day - 1) and books.raw(account, day))))
    return found


def renewed(line: Line, found: set[Due], index: int, window: int, currency: str | None) -> dict[str, Any]:
    first, last = line.first(index - window + 1), line.last(index)
    inside = [kept for account, into, day, kept in found if account in line.names and into == currency and first <= day <= last]
    k, n = sum(inside), len(inside)
    low, high = wilson(k, n)
    told = {"renewal_rate": share(k, n), "low": low, "high": high, "due": n, "renewed": k}
    return told if first > line.subscribed else dict.fromkeys(told)


def retention(
    truth: Truth, accounts: Sequence[Account], period: str = "month", periods: int = 13, windows: Sequence[int] = (1, 12), min_base: int = 10, reactivation: str = "exclude"
) -> Rows:
    line = Line(truth, accounts, period, periods)
    found = due(line.books)
    return [
        {**retention_row(line, index, window, currency, min_base, reactivation == "include"), **renewed(line, found, index, window, currency)}
        for currency in line.paid_in for window in windows for index in line.told(line.subscribed)
    ]  # fmt: skip


TABLES = {"revenue.retention": retention}
