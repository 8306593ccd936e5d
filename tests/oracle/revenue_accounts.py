"""revenue.accounts: what each account pays, and what it did in the last complete period."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from oracle.days import day_of
from oracle.paying import FOREVER, KINDS
from oracle.reasons import in_words
from oracle.revenue import Line, add_up, cents, open_ended, shown
from oracle.split import Rows
from oracle.truth import Account, Truth

EMPTY = ("start", "end", "mrr", *KINDS, "reasons", "committed", "ends_day", "renews_day", "since", "finding")


def accounts(truth: Truth, accounts: Sequence[Account], period: str = "month", early_days: int = 60) -> Rows:
    rows: Rows = []
    for account in accounts:
        line = Line(truth, [account], period, 1)
        rows += [account_row(line, account.name, currency, early_days) for currency in line.currencies]
        rows += [{"account": account.name, "currency": None, "movement": "never paid", **dict.fromkeys(EMPTY)}] * (not line.currencies)
    return rows


def account_row(line: Line, account: str, currency: str | None, early_days: int) -> dict[str, Any]:
    truth, index = line.truth, line.running
    while not truth.over(line.first(index + 1)):
        index -= 1
    first, last = line.first(index), line.last(index)
    moves = [move for move in line.moves if move.currency == currency and first <= move.day <= last]
    sums = {kind: sum(move.kinds[kind] for move in moves) for kind in KINDS}
    start, told, end = add_up(line.level(first - 1, currency).get(account, 0), sums, KINDS)
    done = [kind for kind in KINDS if sums[kind] and kind != "fx"]
    return {
        "account": account, "currency": currency, "movement": "several" if len(done) > 1 else done[0] if done else "none", "start": shown(start), "end": shown(end),
        "mrr": shown(cents(line.level(truth.today - 1, currency).get(account, 0))), **{kind: shown(amount) for kind, amount in told.items()},
        "committed": shown(cents(open_ended(line, currency))), "ends_day": ends(line, account, currency),
        "reasons": in_words(line, account, currency, first, last), "renews_day": day_of(min(renews)) if (renews := line.books.renews[account]) else None, "since": day_of(min(move.day for move in line.moves)),
        "finding": finding(line, account, early_days),
    }  # fmt: skip


def ends(line: Line, account: str, currency: str | None) -> Any:
    """The next end date of the paid subscriptions that run at T and have one."""
    books, told = line.books, line.books.told.currency
    running = [span for span in books.spans[account] if span.amount and line.truth.today <= span.stop < FOREVER]
    days = [span.stop for span in running if (told if span.currency in books.converted else span.currency) == currency]
    return day_of(min(days)) if days else None


def finding(line: Line, account: str, early_days: int) -> str | None:
    """What does not fit together."""
    done, paid = line.truth.active[account], min(move.day for move in line.moves)
    covered = line.books.until[account]
    found = ["it left and works on"] * any(day >= covered for day in done)
    found += ["it worked long before it first paid"] * any(paid - day > early_days for day in done)
    return "; ".join(found) or None


TABLES = {"revenue.accounts": accounts}
