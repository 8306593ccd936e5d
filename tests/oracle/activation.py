"""Activation: rate, time to value, steps, accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from oracle.days import DAY
from oracle.numbers import rated, reached_by, share
from oracle.shaky import mean_days
from oracle.split import Rows
from oracle.truth import Account, Truth
from oracle.world import Event

HALF, QUARTER, NINE = Fraction(1, 2), Fraction(1, 4), Fraction(9, 10)


@dataclass(frozen=True)
class Way:
    """How far an account got: for each step when, and when it and all required ones before it.

    In order: each at or after the required one before, and an event fills one step only.
    """

    at: list[int | None]
    through: list[int | None]
    required: list[bool]
    names: list[str]

    @property
    def missing(self) -> list[str]:
        return [name for name, at, needed in zip(self.names, self.at, self.required, strict=True) if needed and at is None]

    @property
    def activated(self) -> int | None:
        needed = [at for at, needed in zip(self.at, self.required, strict=True) if needed]
        return None if None in needed else max(needed, default=None)  # type: ignore[type-var]


def way(truth: Truth, account: str) -> Way:
    activation = truth.definition.activation
    assert activation is not None
    at: list[int | None] = []
    through: list[int | None] = []
    so_far: int | None = 0
    filled: list[Event] = []
    for step in activation.steps.values():
        found = truth.rule(account, step.rule)
        if activation.order == "ordered":
            found = [event for event in found if so_far is not None and event.time >= so_far and not any(event is one for one in filled)]
            filled += found[:1]
        at.append(found[0].time if found else None)
        through.append(max(so_far, at[-1]) if so_far is not None and at[-1] is not None else None)
        so_far = through[-1] if step.required else so_far
    return Way(at, through, [step.required for step in activation.steps.values()], list(activation.steps))


def rate(truth: Truth, accounts: Sequence[Account], windows: Sequence[int] = (7, 14, 30), min_base: int = 5) -> Rows:
    return [{"window_days": window, **window_row(truth, accounts, window, min_base)} for window in windows]


def window_row(truth: Truth, accounts: Sequence[Account], window: int, min_base: int) -> dict[str, object]:
    known = [account for account in accounts if account.known]
    ends = {account.name: (account.created or 0) + window * DAY for account in known}
    eligible = [account.name for account in known if ends[account.name] <= truth.now]
    times = {name: way(truth, name).activated for name in eligible}
    done = sum(time is not None and time <= ends[name] for name, time in times.items())
    open_ = any(ends[name] > truth.final for name in eligible)
    status = "insufficient" if len(eligible) < min_base else "provisional" if open_ else "final"
    return {
        "activated": done, "eligible": len(eligible), "immature": len(known) - len(eligible),
        "unknown": len(accounts) - len(known), **rated(done, len(eligible)), "status": status,
        "unstable_days": mean_days(truth, [(first, first + window) for first in (truth.calendar.local(truth.accounts[name].created or 0) for name in eligible)]),
    }  # fmt: skip


def waits(truth: Truth, accounts: Sequence[Account]) -> dict[str, tuple[int, bool]]:
    """How long each account with a known start took, or has waited until T."""
    found = {}
    for account in accounts:
        if account.known and account.created is not None:
            time = way(truth, account.name).activated
            found[account.name] = ((truth.now if time is None else time) - account.created, time is not None)
    return found


def days(length: int | None) -> float | None:
    return None if length is None else length / DAY


def time_to_value(truth: Truth, accounts: Sequence[Account], limit_days: int = 14) -> Rows:
    known = waits(truth, accounts)
    quarter, median, most = (reached_by(known.values(), part) for part in (QUARTER, HALF, NINE))
    old = sum(account.known and truth.now - (account.created or 0) > limit_days * DAY for account in accounts)
    slow = None if not known else 2 * old >= len(known) if median is None else median > limit_days * DAY
    done = sum(reached for _, reached in known.values())
    return [{
        "accounts": len(known), "activated": done, "waiting": len(known) - done, "share_reached": share(done, len(known)),
        "quarter_days": days(quarter), "median_days": days(median), "p90_days": days(most), "takes_weeks": slow,
    }]  # fmt: skip


def accounts(truth: Truth, accounts: Sequence[Account], within: int = 14 * DAY) -> Rows:
    quarter = reached_by(waits(truth, accounts).values(), QUARTER)
    return [account_row(truth, account, within, quarter) for account in accounts]


def account_row(truth: Truth, account: Account, within: int, quarter: int | None) -> dict[str, object]:
    found = way(truth, account.name)
    took = None if found.activated is None or account.created is None else found.activated - account.created
    age = None if account.created is None else truth.now - account.created
    after = account.known and took is not None and took > within
    state = "activated late" if after else "activated" if found.activated is not None else "unknown" if not account.known else "late" if age >= within else "waiting"  # type: ignore[operator]
    return {
        "account": account.name, "state": state, "created_at": account.created, "activated_at": found.activated,
        "days": days(took), "quick": took is not None and account.known and quarter is not None and took <= quarter,
        "done": sum(found.required) - len(found.missing), "required": sum(found.required),
        "stuck_at": found.missing[0] if found.missing and state != "unknown" else None, "missing": found.missing, "age_days": days(age), "known": account.known,
    }  # fmt: skip
