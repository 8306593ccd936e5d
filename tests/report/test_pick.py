"""Which row of a table an alert or a further line points to: of periods the last final one, an older one never in its place."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from saasmetrics import catalog
from saasmetrics.commands.numbers import Asked, number
from saasmetrics.definitions.read import parse
from saasmetrics.definitions.report import Alert
from saasmetrics.messages import Refused
from saasmetrics.report.pick import alarm, row

LOADED = parse(b"""\
version: 1
sources: {events: {files: events.csv}}
workflows: {work: {success: posted}}
alerts:
  slow: {table: reliability.latency, column: p95, above: 600, why: Somebody has to look.}
""", Path("product.yml"))
WITH_STEPS = parse(b"""\
version: 1
sources: {events: {files: events.csv}}
workflows: {work: {success: posted}}
activation: {steps: {first: {rule: posted}}}
""", Path("product.yml"))
WEEKS = [date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 16)]


def alert(table: str, column: str, above: float = 0.0, **where: str) -> Alert:
    return Alert.model_validate({"table": table, "column": column, "where": where, "above": above, "why": "Somebody has to look."})


def loads(*told: tuple[int, str, float, str]) -> list[dict[str, Any]]:
    """Rows as `reliability latency` has them, the last week first."""
    return [{"kind": "screen", "name": name, "week": WEEKS[week], "p95": p95, "status": status} for week, name, p95, status in told]


def test_a_week_is_the_last_final_one() -> None:
    rows = loads((2, "list", 9.0, "provisional"), (1, "list", 700.0, "final"), (1, "report", 3.0, "final"), (0, "list", 100.0, "final"))
    told = alarm("slow", alert("reliability.latency", "p95", 600, kind="screen", name="list"), rows, LOADED)
    assert (told.raised, told.said) == (True, "reliability.latency p95 is 700.0, above 600.0")


def test_an_older_week_does_not_stand_in_for_one_without_a_row() -> None:
    rows = loads((1, "report", 3.0, "final"), (0, "list", 700.0, "final"))
    told = alarm("slow", alert("reliability.latency", "p95", 600, kind="screen", name="list"), rows, LOADED)
    assert (told.raised, told.said) == (False, "reliability.latency p95 cannot be judged (no such row yet)")


def test_a_week_may_be_named() -> None:
    rows = loads((1, "list", 3.0, "final"), (0, "list", 700.0, "final"))
    assert row(rows, alert("reliability.latency", "p95", name="list", week="2026-03-02"), LOADED, "alerts", "slow") == rows[1]


def test_one_row_has_to_be_left() -> None:
    rows = loads((1, "list", 3.0, "final"), (1, "report", 700.0, "final"))
    with pytest.raises(Refused, match=r"product.yml:5:3: SM130 'slow' points to 2 rows of reliability.latency; choose one with `where:` \(kind, name\)"):
        row(rows, alert("reliability.latency", "p95"), LOADED, "alerts", "slow")


def test_periods_since_a_cohort_began_are_no_calendar() -> None:
    rows = [{"cohort": "all", "period": k, "rate": 1 - k / 10, "status": "final"} for k in range(4)]
    assert row(rows, alert("retention.cohorts", "rate", cohort="all", period="1"), LOADED) == rows[1]
    assert row(rows, alert("retention.cohorts", "rate", cohort="all"), LOADED) == rows[3]


def test_a_number_of_a_week_is_not_that_of_an_older_one() -> None:
    import polars as pl

    room = catalog.rooms()["reliability.latency"]
    now, then = pl.DataFrame(loads((1, "list", 3.0, "final"))), pl.DataFrame(loads((1, "report", 5.0, "final"), (0, "list", 700.0, "final")))
    shown = number(Asked(room, "p95"), now)
    assert shown.read(now, None).value == 3.0  # type: ignore[arg-type]
    assert shown.read(then, None).value is None  # type: ignore[arg-type]


@pytest.mark.parametrize(("status", "raised", "said"), [
    ("final", True, "activation.rate rate is 30.0%, below 40.0%"), ("provisional", True, "activation.rate rate is 30.0%, below 40.0%, and late events may still change it"),
    ("insufficient", False, "activation.rate rate cannot be judged (insufficient)"),
])  # fmt: skip
def test_an_alert_judges_what_is_known(status: str, raised: bool, said: str) -> None:
    """With sign-ups every day there is always one whose time has just run out: the rate is provisional on any day."""
    low = Alert.model_validate({"table": "activation.rate", "column": "rate", "where": {"window_days": "14"}, "below": 0.4, "why": "Somebody has to look."})
    told = alarm("low", low, [{"window_days": 7, "rate": 0.9, "status": "final"}, {"window_days": 14, "rate": 0.3, "status": status}], WITH_STEPS)
    assert (told.raised, told.said) == (raised, said)


def test_only_a_number_can_be_pointed_to() -> None:
    with pytest.raises(ValidationError, match="'state' of activation.accounts is no number; its numbers are "):
        alert("activation.accounts", "state", account="a")


@pytest.mark.parametrize(("table", "where", "said"), [
    ("activation.rate", {"window_days": "41"}, "no row has window_days 41; there are 7, 14"),
    ("revenue.mrr", {"currency": "EUR"}, "revenue.mrr needs what the definition file does not declare"),
])  # fmt: skip
def test_an_alert_that_would_wait_for_ever_is_known(table: str, where: dict[str, str], said: str) -> None:
    rows = [{"window_days": days, "rate": 0.3, "status": "final"} for days in (7, 14)] if "rate" in table else []
    told = alarm("lost", alert(table, "rate" if rows else "mrr", **where), rows, WITH_STEPS)
    assert (told.raised, told.lost, told.said) == (False, True, f"{told.said.partition(' cannot')[0]} cannot be judged ({said})")
    assert not alarm("low", alert("activation.rate", "rate", window_days="14"), [{"window_days": 14, "rate": None, "status": "no data"}], WITH_STEPS).lost
