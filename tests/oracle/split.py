"""A table for each segment: the accounts are split, and each part is a world of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from oracle.truth import Account, Truth

Rows = list[dict[str, Any]]


def split(truth: Truth, by: Sequence[str], table: Callable[..., Rows], **settings: Any) -> Rows:
    if not by:
        return table(truth, list(truth.accounts.values()), **settings)
    groups: dict[tuple[Any, ...], list[Account]] = {}
    for account in truth.accounts.values():
        groups.setdefault(tuple((account.row or {}).get(name) for name in by), []).append(account)
    return [
        {**dict(zip(by, values, strict=True)), **row}
        for values, accounts in groups.items()
        for row in table(truth, accounts, **settings)
    ]


def setting(truth: Truth, folder: str, name: str, default: Any) -> Any:
    """From the definition file, else the default."""
    return truth.definition.settings(folder).get(name, default)
