"""activation.steps: where accounts stop."""

from __future__ import annotations

from collections.abc import Sequence

from oracle.activation import HALF, NINE, Way, days, way
from oracle.days import DAY
from oracle.numbers import reached_by, share
from oracle.split import Rows
from oracle.truth import Account, Truth


def before(account: Account, found: Way, place: int) -> int | None:
    """When the account had done all required steps before this one: from then on it is here."""
    earlier = [found.through[n] for n in range(place) if found.required[n]]
    return earlier[-1] if earlier else account.created


def steps(truth: Truth, accounts: Sequence[Account], within: int = 14 * DAY) -> Rows:
    """Where no account has a known start there is nobody to count, and so no row."""
    declared = truth.definition.steps() if any(account.known for account in accounts) else {}
    ways = {account.name: way(truth, account.name) for account in accounts}
    old = [account for account in accounts if account.known and truth.now - (account.created or 0) >= within]
    rows = [{"position": n + 1, "step": name, "required": step.required, **numbers(truth, accounts, old, ways, n, within)} for n, (name, step) in enumerate(declared.items())]
    most = max((row["lost"] for row in rows if row["required"]), default=0)
    return [{**row, "worst": bool(row["required"]) and row["lost"] == most > 0} for row in rows]


def numbers(truth: Truth, accounts: Sequence[Account], old: Sequence[Account], ways: dict[str, Way], n: int, within: int) -> dict[str, object]:
    entered, reached, waited, in_time = 0, 0, [], {account.name for account in old}
    known = [account for account in accounts if account.known]
    for account in known:
        here, through, limit = before(account, ways[account.name], n), ways[account.name].through[n], (account.created or 0) + within
        entered += account.name in in_time and here is not None and here <= limit
        reached += account.name in in_time and here is not None and through is not None and through <= limit
        if here is not None:
            waited.append(((truth.now if through is None else max(through, here)) - here, through is not None))
    name = list(truth.definition.steps())[n]
    stuck = sum(ways[account.name].missing[:1] == [name] for account in known)
    return {
        "entered": entered, "reached": reached, "lost": entered - reached,
        "of_entered": share(reached, entered), "of_all": share(reached, len(old)),
        "median_days": days(reached_by(waited, HALF)), "p90_days": days(reached_by(waited, NINE)), "stuck_now": stuck,
    }  # fmt: skip
