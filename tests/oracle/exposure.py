"""engagement.frequency, stickiness and active_periods: work for the periods that an account was there for."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from oracle.beats import Beat, begins, ended
from oracle.days import day_of
from oracle.numbers import quantile, share, wilson
from oracle.split import Rows
from oracle.truth import Account, Truth


def exposed(truth: Truth, account: Account, beat: Beat, periods: int) -> range | None:
    """The last complete periods that it was there for from their first day; None: no date of creation."""
    if account.created is None:
        return None
    start = max(truth.calendar.local(account.created), begins(truth) or 0)
    window = range(beat.last - periods + 1, beat.last + 1)
    return range(next((index for index in window if beat.first(index) >= start), window.stop), window.stop)


def state(truth: Truth, account: Account, there: range | None, least: int, quiet: str | None) -> str:
    if ended(truth, account):
        return "left"
    if there is None:
        return "unknown"
    return "new" if len(there) < least else quiet or "active"


def bounds(k: int | None, n: int | None) -> dict[str, Any]:
    low, high = (None, None) if k is None or n is None else wilson(k, n)
    return {"low": low, "high": high}


def frequency(truth: Truth, accounts: Sequence[Account], period: str = "week", periods: int = 12, min_periods: int = 4) -> Rows:
    beat = Beat(truth, period)
    return [frequency_row(truth, account, beat, exposed(truth, account, beat, periods), min_periods) for account in accounts]


def frequency_row(truth: Truth, account: Account, beat: Beat, there: range | None, least: int) -> dict[str, Any]:
    work, days = truth.successes(account.name), truth.active[account.name]
    inside = [beat.index(event.day) for event in work if there is not None and beat.index(event.day) in there]
    n = None if there is None else len(there)
    active = None if there is None else len(set(inside))
    gaps = [after - day for day, after in pairwise(days)]
    return {
        "account": account.name, "state": state(truth, account, there, least, None if inside else "silent"), "per_period": share(len(inside), n or 0),
        "successes": None if n is None else len(inside), "active_periods": active, "exposed": n, "active_share": share(active or 0, n or 0), **bounds(active, n),
        "usual_gap": float(quantile(gaps, 0.5)) if len(gaps) > 2 else None, "quiet": truth.today - days[-1] if days else None,
        "last_success": day_of(days[-1]) if days else None,
    }  # fmt: skip


def stickiness(truth: Truth, accounts: Sequence[Account], periods: int = 12, min_periods: int = 3) -> Rows:
    return [
        sticky_row(truth, account, workflow, periods, min_periods)
        for account in accounts for workflow in truth.definition.core_workflows()
    ]  # fmt: skip


def sticky_row(truth: Truth, account: Account, workflow: str, periods: int, least: int) -> dict[str, Any]:
    cadence = truth.definition.workflows[workflow].cadence
    beat = Beat(truth, cadence, working=True)
    there = exposed(truth, account, beat, periods)
    days = [event.day for event in truth.successes(account.name, [workflow])]
    hit = len({index for day in days if (index := beat.index(day)) in (there or ())})
    quiet = None if not days else max(beat.last - beat.index(days[-1]), 0)
    n = None if there is None else len(there)
    return {
        "account": account.name, "workflow": workflow, "cadence": cadence, "state": state(truth, account, there, least, None if hit else "silent" if days else "never"),
        "stickiness": share(hit, n or 0), "active_periods": None if n is None else hit, "expected": n, **bounds(None if n is None else hit, n),
        "quiet_periods": quiet, "last_success": day_of(days[-1]) if days else None,
    }  # fmt: skip


def active_periods(truth: Truth, accounts: Sequence[Account], period: str = "week", periods: int = 12) -> Rows:
    beat = Beat(truth, period)
    paying = [account for account in accounts if not ended(truth, account)]
    there = [account for account in paying if len(exposed(truth, account, beat, periods) or ()) == periods]
    window = range(beat.last - periods + 1, beat.last + 1)
    hits = [len({beat.index(day) for day in truth.active[account.name]} & set(window)) for account in there]
    return [
        {
            "active_periods": n, "accounts": hits.count(n), "eligible": len(there), "immature": len(paying) - len(there), "share": share(hits.count(n), len(there)),
            **bounds(hits.count(n), len(there)), "at_least": share(sum(hit >= n for hit in hits), len(there)),
        } for n in range(periods + 1)
    ]  # fmt: skip


TABLES = {"engagement.frequency": frequency, "engagement.stickiness": stickiness, "engagement.active_periods": active_periods}
