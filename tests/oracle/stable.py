"""reliability.stability: whether the product was stable enough, week by week."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from oracle.beats import Beat, begins
from oracle.days import day_of
from oracle.numbers import quantile, share, wilson
from oracle.operations import Try, operations, tries
from oracle.outages import MINUTE, outages, union
from oracle.split import Rows
from oracle.text import Any as Something
from oracle.text import Says
from oracle.truth import Account, Truth
from oracle.waiting import samples

MILLISECOND = 1000


def stability(truth: Truth, accounts: Sequence[Account], weeks: int = 13) -> Rows:
    beat, begun, screens = Beat(truth, "week"), attempts(truth, accounts), loads(truth)
    rows = []
    start = begins(truth)
    first = beat.running + 1 if start is None else max(beat.last - weeks + 1, beat.index(start))  # none from before the export
    for week in range(first, beat.running + 1):
        ours = [one for one in begun if beat.index(truth.calendar.local(one.at)) == week]
        status = "final" if week <= beat.last else "provisional"
        rows.append({"week": day_of(beat.first(week)), **row(truth, ours, slowest(truth, screens, week), down(truth, beat, week)), "status": status})
    return rows


def attempts(truth: Truth, accounts: Sequence[Account]) -> list[Try]:
    """At core workflows that declare a failure or a timeout; those whose time is over."""
    core = truth.definition.core_workflows()
    flows = [one for one in operations(truth) if one.kind == "workflow" and one.name in core and one.has("failure", "timeout")]
    return [begun for one in flows for account in accounts for begun in tries(truth, one, account.name)[0] if begun.due <= truth.final]


def loads(truth: Truth) -> dict[str, dict[int, list[int]]]:
    """Core screen → week → its samples."""
    return {name: weeks for (kind, name, core), weeks in samples(truth, Beat(truth, "week")).items() if kind == "screen" and core}


def slowest(truth: Truth, screens: dict[str, dict[int, list[int]]], week: int) -> tuple[str | None, float | None]:
    """Of those with enough samples; of equally slow ones the first by name."""
    least = truth.definition.reliability.stable.min_samples
    found = [(-float(quantile(weeks[week], 0.95)), name) for name, weeks in screens.items() if len(weeks.get(week, ())) >= least]
    return (min(found)[1], -min(found)[0]) if found else (None, None)


def down(truth: Truth, beat: Beat, week: int) -> float | None:
    if truth.world.incidents is None:
        return None
    begin, end = truth.calendar.midnight(beat.first(week)), min(truth.calendar.midnight(beat.first(week + 1)), truth.now)
    return union((max(one.start, begin), min(one.end, end)) for one in outages(truth) if one.start < end and one.end > begin) / MINUTE


def row(truth: Truth, ours: Sequence[Try], screen: tuple[str | None, float | None], minutes: float | None) -> dict[str, Any]:
    limits, n, k = truth.definition.reliability.stable, len(ours), sum(one.failed for one in ours)
    low, high = wilson(k, n)
    told = n >= limits.min_attempts
    broken = [told and k > limits.failure_rate * n, screen[1] is not None and screen[1] * MILLISECOND > limits.p95, minutes is not None and minutes > limits.incident_minutes]
    known = told or screen[0] is not None or minutes is not None
    return {
        "state": "unstable" if any(broken) else "stable" if known else "unknown", "reasons": Says(*[f"{k} of {n} attempts failed"] * broken[0]) if broken[0] or not any(broken) else Something(),
        "attempts": n, "failed": k, "failure_rate": share(k, n), "low": low, "high": high, "screen": screen[0], "p95": screen[1], "incident_minutes": minutes,
    }  # fmt: skip


TABLES = {"reliability.stability": stability}
