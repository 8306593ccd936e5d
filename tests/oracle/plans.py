"""What the plan of an account includes."""

from __future__ import annotations

from collections.abc import Iterable

from oracle.contracts import begun
from oracle.truth import Account, Truth


def plans(truth: Truth, account: Account) -> set[str]:
    """Of the spans that cover the last counted day, else what the accounts table says."""
    running = {row["plan"] for _, stop, row in begun(truth, account.name) if stop >= truth.today} - {None}
    listed = {(account.row or {}).get("plan")}
    return {plan for plan in running or listed if plan}


def entitled(truth: Truth, account: Account, wanted: Iterable[str]) -> bool | None:
    """Whether the plan is one of these; none named: every plan is. None: unknown."""
    found = plans(truth, account)
    return True if not tuple(wanted) else None if not found else bool(found & set(wanted))
