"""Lines of the weekly report that there is SQL for: the query, and how their number is read off its rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

Rows = Sequence[dict[str, Any]]


def _value(rows: Rows) -> float | None:
    return rows[0]["value"]  # type: ignore[no-any-return]


def _activation(rows: Rows) -> float:
    return next(row["activated"] / row["eligible"] for row in rows if row["window_days"] == 14)


def _tier(rows: Rows) -> float:
    return next(float(row["held_rate"]) for row in rows if (row["workflow"], row["tier"]) == ("invoicing", "standard"))


def _cohorts(rows: Rows) -> float | None:
    pooled = {row["period"]: row["retained"] / row["eligible"] for row in rows if row["cohort"] == "all" and row["eligible"]}
    after = [period for period in sorted(pooled) if period > 0]
    return float(pooled[3 if 3 in pooled else after[0]]) if after else None


# a query for every week: what it says depends on the day
DATED: dict[str, tuple[str, Callable[[Rows], float | None]]] = {
    "time to value": ("activation.time_to_value", lambda rows: rows[0]["median_days"]),
    "activation rate": ("activation.rate", _activation),
    "adoption tiers": ("adoption.tiers", _tier),
    "cohort retention": ("retention.cohorts", _cohorts),
    "expansion readiness": ("expansion.accounts", lambda rows: sum(row["band"] == "ready" for row in rows)),
    "workflow completion": ("report/completion.rate", _value),
    "save failures": ("report/failures.rate", _value),
    "incidents": ("report/incidents.monthly", _value),
    "tickets per 100 successes": ("report/tickets.rate", _value),
}

# one query for all weeks: the column of its final rows
SERIES = {
    "weekly active accounts": ("engagement.active_accounts", "active"),
    "north star": ("report/north_star.weekly", "n"),
    "p95 load time": ("report/latency.weekly", "p95"),
}
