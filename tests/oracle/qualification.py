"""The four tables of qualification."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from oracle.activation import HALF, NINE
from oracle.comparing import difference, judged, ratio
from oracle.days import DAY, day_of
from oracle.numbers import rated, reached_by, share, wilson
from oracle.recent import Recent
from oracle.signs import Ready
from oracle.split import Rows
from oracle.truth import Account, Truth


@dataclass(frozen=True)
class Words:
    """A sentence that holds these words, in this order; or nothing at all."""

    words: tuple[str, ...]

    def said(self, theirs: str | None) -> bool:
        place = 0
        for word in self.words:
            place = (theirs or "").find(word, place) + len(word)
            if place < len(word):
                return False
        return bool(theirs) == bool(self.words)


def accounts(truth: Truth, accounts: Sequence[Account], customers: bool = False) -> Rows:
    every = [Ready(truth, account) for account in accounts]
    return [account_row(truth, ready) for ready in every if customers or ready.contract is None]


def account_row(truth: Truth, ready: Ready) -> dict[str, Any]:
    recent, state, last = Recent(truth, ready.account), state_of(ready), truth.today - 1
    firing = ready.holding(last)
    says = [next(spell.says for spell in ready.signs[name] or [] if spell.holds(last)) for name in firing]
    days = truth.active[ready.account.name]
    trial = state not in ("customer", "left")
    return {
        "account": ready.account.name, "state": state, "qualified": state == "qualified",
        "entered_at": date_of(None if ready.account.truncated else ready.entered), "signals": len(firing) if trial else None,
        "needed": ready.needed, "unknown": ready.unknown, "fired": ", ".join(firing) or None,
        "missing": ", ".join(name for name, found in ready.signs.items() if found is not None and name not in firing) or None,
        "evidence": Words(tuple(word for part in says for word in part.split())),
        "age_days": None if recent.age is None else recent.age // DAY, "last_success": date_of(days[-1] if days else None), "active_users": recent.users, "model": None, "paid_at": date_of(ready.paid),
    }  # fmt: skip


def date_of(day: int | None) -> Any:
    return None if day is None else day_of(day)


def state_of(ready: Ready) -> str:
    if ready.contract is not None:
        return "left" if ready.contract.ended else "customer"
    return "qualified" if ready.entered is not None else "unknown" if ready.possible is not None else "not yet"


def trials(truth: Truth, accounts: Sequence[Account]) -> list[Ready]:
    return [Ready(truth, account) for account in accounts if account.known]


def within(day: int | None, first: int | None, days: int) -> bool:
    return day is not None and first is not None and day <= first + days


def rate(truth: Truth, accounts: Sequence[Account], windows: Sequence[int] = (14, 30, 60), min_base: int = 5) -> Rows:
    known = trials(truth, accounts)
    direct = [ready for ready in known if within(ready.paid, ready.created, 0)]
    trial = [ready for ready in known if not within(ready.paid, ready.created, 0)]
    rows = []
    for window in windows:
        old = [ready for ready in trial if truth.over((ready.created or 0) + window + 1)]
        done = [ready for ready in old if within(ready.entered, ready.created, window)]
        undecided = sum(within(ready.possible, ready.created, window) for ready in old) - len(done)
        told = {"rate": None, "low": None, "high": None} if undecided else rated(len(done), len(old))
        rows.append({
            "window_days": window, "qualified": len(done), "eligible": len(old), "undecided": undecided, "immature": len(trial) - len(old),
            "direct": len(direct), "unknown": len(accounts) - len(known), **told,
            "status": "unknown" if undecided else "insufficient" if len(old) < min_base else "final",
        })  # fmt: skip
    return rows


Group = list[tuple[int, int | None]]  # of each account: from which day, and when it paid


def on_trial(truth: Truth, known: Sequence[Ready], landmark: int) -> list[tuple[Ready, int]]:
    """Those that had not paid by the landmark's end, and that day."""
    found = [(ready, (ready.created or 0) + landmark) for ready in known]
    return [(ready, day) for ready, day in found if truth.over(day + 1) and not within(ready.paid, day, 0)]


def conversion(truth: Truth, accounts: Sequence[Account], landmark: int = 10, paid_within: int = 30, min_base: int = 5) -> Rows:
    known = trials(truth, accounts)
    on = on_trial(truth, known, landmark)
    every: Group = [(ready.entered, ready.paid) for ready in known if ready.entered is not None]
    yes: Group = [(day, ready.paid) for ready, day in on if within(ready.entered, day, 0)]
    no: Group = [(day, ready.paid) for ready, day in on if not within(ready.possible, day, 0)]
    groups = {"from qualifying": every, f"qualified by day {landmark}": yes, f"not qualified by day {landmark}": no}
    return [{"position": n, "group": name, **group_row(truth, group, no if n == 2 else None, paid_within, min_base)} for n, (name, group) in enumerate(groups.items(), 1)]


def bought(truth: Truth, group: Group, paid_within: int) -> tuple[int, int]:
    """Of those whose time is over: how many paid in it, and how many they are."""
    old = [(start, paid) for start, paid in group if truth.over(start + paid_within + 1)]
    return sum(within(paid, start, paid_within) for start, paid in old), len(old)


def group_row(truth: Truth, group: Group, others: Group | None, paid_within: int, min_base: int) -> dict[str, Any]:
    k, n = bought(truth, group, paid_within)
    other = bought(truth, others, paid_within) if others is not None else None
    waits = [(truth.today - 1 - start if paid is None else paid - start, paid is not None) for start, paid in group]
    few = n < min_base or other is not None and other[1] < min_base
    nothing = {"difference": None, "diff_low": None, "diff_high": None}
    return {
        "accounts": len(group), "immature": len(group) - n, "eligible": n, "paid": k, **rated(k, n),
        "lift": ratio(share(k, n), share(*other)) if other else None, **(difference(k, n, *other) if other else nothing),
        "paid_ever": share(sum(paid is not None for _, paid in group), len(group)),
        "median_days": whole(reached_by(waits, HALF)), "p90_days": whole(reached_by(waits, NINE)), "status": "insufficient" if few else "final",
    }  # fmt: skip


def whole(days: int | None) -> float | None:
    return None if days is None else float(days)


def signals(truth: Truth, accounts: Sequence[Account], landmark: int = 10, paid_within: int = 30, min_base: int = 5) -> Rows:
    named = truth.definition.qualification.signals.named()
    on = on_trial(truth, trials(truth, accounts), landmark)
    rows: Rows = []
    pairs = []
    for n, (name, sign) in enumerate(named.items(), 1):
        row, pair = signal_row(truth, on, name, paid_within)
        rows.append({"position": n, "signal": name, "ident": sign.ident, "why": sign.why, **row})
        pairs.append(pair)
    judged(rows, pairs, min_base, ("goes with buying", "goes with not buying"))
    anybody = Ready(truth, Account("", None, False, None))
    for row in rows:
        row["verdict"] = "no data" if anybody.signs[str(row["signal"])] is None else row["verdict"]
    return rows


def signal_row(truth: Truth, on: Sequence[tuple[Ready, int]], name: str, paid_within: int) -> tuple[dict[str, Any], tuple[int, int, int, int]]:
    shown = [(ready, day) for ready, day in on if ready.signs[name] is not None]
    with_, without = ([(day, ready.paid) for ready, day in shown if (name in ready.holding(day)) == fired] for fired in (True, False))
    (hits, fired), (others, quiet) = (bought(truth, group, paid_within) for group in (with_, without))
    n, k = fired + quiet, hits + others
    (low, high), (recall_low, recall_high) = wilson(hits, fired), wilson(hits, k)
    row = {
        "precision": share(hits, fired), "base": share(k, n), "lift": ratio(share(hits, fired), share(k, n)), "fired": fired, "hits": hits, "bought": k,
        "eligible": n, "low": low, "high": high, **difference(hits, fired, others, quiet),
        "recall": share(hits, k), "recall_low": recall_low, "recall_high": recall_high, "immature": len(shown) - n,
    }  # fmt: skip
    return row, (hits, fired, others, quiet)


TABLES = {"qualification.accounts": accounts, "qualification.rate": rate, "qualification.conversion": conversion, "qualification.signals": signals}
