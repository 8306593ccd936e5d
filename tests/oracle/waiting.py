"""reliability.latency: exact quantiles of all single samples of a week."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from oracle.beats import Beat
from oracle.days import day_of
from oracle.matching import matches
from oracle.numbers import quantile
from oracle.split import Rows
from oracle.truth import Account, Truth
from oracle.world import Row, instant

Samples = dict[tuple[str, str, bool], dict[int, list[int]]]


def timed(truth: Truth) -> Iterator[tuple[str, str, bool, tuple[str, ...], str]]:
    """Kind, name, whether it is core, its rules, and the column with the milliseconds."""
    definition = truth.definition
    for name, screen in definition.reliability.screens.items():
        yield "screen", name, screen.core, tuple(screen.rule), screen.duration
    for name, flow in definition.workflows.items():
        if flow.duration:
            yield "workflow", name, name in definition.core_workflows(), (flow.success,), flow.duration


def every(truth: Truth) -> list[Row]:
    """The rows of all accounts, also internal ones, each once; not those of our own people, nor any at T or later."""
    found, seen = [], set()
    for row in truth.raw:
        repeated = row["id"] is not None and row["id"] in seen
        seen.add(row["id"])
        if not repeated and row["account"] is not None and row["user"] not in truth.colleagues and (instant(row["time"]) or 0) < truth.now:
            found.append(row)
    return found


def milliseconds(text: str | None) -> int | None:
    """Parts of one are cut off."""
    try:
        return None if text is None else int(Decimal(text))
    except InvalidOperation:
        return None


def samples(truth: Truth, beat: Beat) -> Samples:
    found: Samples = {}
    rows = every(truth)
    for kind, name, core, rules, column in timed(truth):
        weeks = found.setdefault((kind, name, core), defaultdict(list))
        declared = [truth.definition.rule(rule) for rule in rules]
        for row in rows:
            took = milliseconds(row.get(column)) if any(matches(rule, row) for rule in declared) else None
            if took is not None:
                weeks[beat.index(truth.calendar.local(instant(row["time"]) or 0))].append(took)
    return found


def latency(truth: Truth, accounts: Sequence[Account], weeks: int = 4, min_samples: int = 20) -> Rows:
    beat = Beat(truth, "week")
    shown = range(beat.last - weeks + 1, beat.last + 1)
    return [
        {"kind": kind, "name": name, "week": day_of(beat.first(week)), "core": core, **row(found, week, shown, min_samples)}
        for (kind, name, core), found in samples(truth, beat).items() for week in shown if found.get(week)
    ]  # fmt: skip


def row(found: dict[int, list[int]], week: int, shown: range, min_samples: int) -> dict[str, Any]:
    half, most = (float(quantile(found[week], part)) for part in (0.5, 0.95))
    before = float(quantile(found[week - 1], 0.95)) if week - 1 in shown and found.get(week - 1) else None
    n = len(found[week])
    return {
        "n": n, "p50": half, "p95": most, "before": before, "change": None if before is None else most - before,
        "status": "insufficient" if n < min_samples else "final",
    }  # fmt: skip


TABLES = {"reliability.latency": latency}
