"""How many days of unstable weeks lie in the time that a cell looks at."""

from __future__ import annotations

from collections.abc import Sequence

from oracle.days import number
from oracle.numbers import share
from oracle.truth import Truth

ALL = 10**6  # weeks


def unstable_days(truth: Truth) -> set[int] | None:
    """The days of complete unstable weeks; None: the definition does not say what a stable week is."""
    if "stable" not in truth.definition.reliability.model_fields_set:
        return None
    from oracle.stable import stability  # which knows of contracts, and they of activation

    if "unstable_days" not in truth.__dict__:
        weeks = [row for row in stability(truth, list(truth.accounts.values()), ALL) if row["state"] == "unstable" and row["status"] == "final"]
        truth.__dict__["unstable_days"] = {number(row["week"]) + day for row in weeks for day in range(7)}
    return truth.__dict__["unstable_days"]  # type: ignore[no-any-return]


def mean_days(truth: Truth, spans: Sequence[tuple[int, int]]) -> float | None:
    """Over these spans (first day, first day after it)."""
    found = unstable_days(truth)
    return None if found is None else share(sum(start <= day < end for start, end in spans for day in found), len(spans))
