"""value.signals: each workflow in its own rhythm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from oracle.beats import Beat, begins, born, middle
from oracle.days import day_of
from oracle.numbers import share
from oracle.split import Rows
from oracle.truth import Account, Truth


def signals(truth: Truth, accounts: Sequence[Account]) -> Rows:
    return [row(truth, accounts, workflow) for workflow in truth.definition.workflows]


def row(truth: Truth, accounts: Sequence[Account], workflow: str) -> dict[str, Any]:
    flow, start = truth.definition.workflows[workflow], begins(truth)
    beat = Beat(truth, flow.cadence, working=True)
    last = beat.last
    events = [(beat.index(event.day), event) for account in accounts for event in truth.successes(account.name, [workflow])]
    known = {index for index in range(last - 11, last + 1) if start is not None and truth.accounts and beat.first(index) >= start}
    n = Counter(index for index, _ in events)
    here, before = (Counter(event.account for index, event in events if index == at) for at in (last, last - 1))
    existing = sum((day := born(truth, account)) is not None and day < beat.first(last + 1) for account in accounts)
    has, had = last in known, last - 1 in known
    value = sum((Decimal(event.row.get(flow.value or "") or 0) for index, event in events if index == last), Decimal(0))
    return {
        "workflow": workflow, "core": workflow in truth.definition.core_workflows(), "cadence": flow.cadence, "period": day_of(beat.first(last)),
        "n": n[last] if has else None, "before": n[last - 1] if had else None, "trend": n[last] / n[last - 1] - 1 if had and n[last - 1] else None,
        "value": value if flow.value and has else None, "accounts": len(here) if has else None, "accounts_before": len(before) if had else None, "existing": existing,
        "reach": share(len(here), existing) if has else None, "per_account": share(n[last], len(here)) if has else None, "median": middle(here.values()) if has else None,
        "series": [n[index] if index in known else None for index in range(last - 11, last + 1)], "status": "final" if had else "partial" if has else "no data",
    }  # fmt: skip


TABLES = {"value.signals": signals}
