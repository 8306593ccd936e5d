"""Messages and explanations point at what a person has to change."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from saasmetrics import catalog
from saasmetrics.commands.explain import explain
from saasmetrics.definitions.read import read
from saasmetrics.messages import Refused
from saasmetrics.options import COMMANDS
from saasmetrics.tables import Asked, compute

DEFINITION = """\
version: 1
timezone: UTC
sources: {events: {files: events.csv}}
rules:
  posted: {event: invoice_postd}
workflows: {invoicing: {success: invoice_posted}}
activation: {steps: {first: {rule: STEP}}}
"""


@pytest.mark.parametrize(("step", "line"), [("posted", 5), ("invoice_postd", 7)])
def test_a_wrong_event_is_shown_where_it_is_named(tmp_path: Path, step: str, line: int) -> None:
    (tmp_path / "events.csv").write_text("account_id,user_id,timestamp,event\na,u,2026-01-05T09:00:00Z,invoice_posted\n", "utf-8")
    (tmp_path / "product.yaml").write_text(DEFINITION.replace("STEP", step), "utf-8")
    with pytest.raises(Refused) as refused:
        compute(read(tmp_path / "product.yaml"), [catalog.rooms()["activation.rate"]], Asked())
    assert [(problem.code, problem.line) for problem in refused.value.problems] == [("SM202", line)]


def test_explain_says_what_a_setting_decides(capfd: pytest.CaptureFixture[str]) -> None:
    explain("adoption.tiers", False, "text")
    assert "  min_age = 30\n      eligible: accounts at least min_age old" in capfd.readouterr().out
    explain("adoption.min-age", False, "json")
    told = json.loads(capfd.readouterr().out)
    assert told["adoption.tiers"]["default"] == 30
    assert set(told) >= {"adoption.tiers", "adoption.modules", "adoption.features"}


def test_explain_says_what_a_column_means(capfd: pytest.CaptureFixture[str]) -> None:
    explain("activation.rate.immature", False, "text")
    assert capfd.readouterr().out == "activation.rate.immature (count)\n  younger accounts: not counted, not failed\n\nMore: saasmetrics explain activation.rate\n"
    explain("retention cohorts period", False, "json")
    told = json.loads(capfd.readouterr().out)
    assert told["column"]["meaning"] == "number of periods since then" and told["setting"]["default"] == "month"
    with pytest.raises(Refused, match=r"there is no table 'activation.rate.imature' — did you mean 'activation.rate'"):
        explain("activation.rate.imature", False, "text")


def test_a_rule_is_explained_by_its_code_or_its_name(capfd: pytest.CaptureFixture[str]) -> None:
    told = []
    for name in ("SM602", "attempt-as-success"):
        explain(name, False, "text")
        told.append(capfd.readouterr().out)
    assert told[0] == told[1] and told[0].startswith("SM602 attempt_as_success")
    assert not {check.name for check in catalog.checks().values()} & {*catalog.folders(), *COMMANDS}


def test_a_setting_with_a_common_name_is_explained_where_it_is_marked() -> None:
    assert catalog.rooms()["value.vanity"].told_of("weeks") == ["active_weeks: of the last 12 complete weeks (weeks), those with any event of a person"]


def test_a_setting_is_explained_by_its_own_sentences() -> None:
    """Those before and behind it, which begin with the name of another one, are about that."""
    choices, told = catalog.rooms()["retention.cohorts"].told_of("kind")
    assert choices == "one of on, unbounded"
    assert told.startswith("kind: unbounded counts") and "anchor" not in told


def test_a_column_of_the_same_name_is_not_what_is_set() -> None:
    rooms = catalog.rooms()
    assert rooms["retention.cohorts"].told_of("period") == ["one of day, week, month, quarter"]
    assert rooms["journey.accounts"].told_of("since") == ["before: the stage it was in `since` days before T; empty: it did not exist"]


def test_every_setting_is_explained() -> None:
    assert [f"{room.key} {name}" for room in catalog.rooms().values() for name in room.settings if name != "by" and not room.told_of(name)] == []
