"""The nine lines to begin with: each says what its table says, and what is missing is said."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from worlds import AS_OF, ROOT, generated, tables

from saasmetrics import catalog
from saasmetrics.commands.starter import NINE, SETTINGS, brief, summary
from saasmetrics.definitions.read import read
from saasmetrics.tables import Table

BARE = """\
version: 1
timezone: UTC
sources:
  events: {files: events.csv}
workflows:
  work: {success: posted}
"""


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(tmp_path_factory.mktemp("starter"))


def made(definition: Path, **asked: object) -> dict[str, Table]:
    rooms = [metric.room for metric in NINE if metric.room in catalog.rooms()]
    return tables(definition, rooms, settings=SETTINGS, **asked)


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "saasmetrics", "starter", *words], cwd=ROOT, capture_output=True, text=True)


def test_each_line_says_what_its_table_says(product: Path) -> None:
    found = made(product)
    lines = {row["metric"]: row for row in summary(list(found.values()), read(product).definition).frame.to_dicts()}
    rate = next(row for row in found["activation.rate"].frame.to_dicts() if row["window_days"] == 14)
    assert (lines["activation rate"]["value"], lines["activation rate"]["base"]) == (rate["rate"], rate["eligible"])
    active = [row for row in found["engagement.active_accounts"].frame.to_dicts() if row["status"] == "final"][-1]
    assert (lines["active accounts"]["value"], lines["active accounts"]["base"]) == (active["active"], active["existing"])
    month = next(row for row in found["retention.cohorts"].frame.to_dicts() if row["cohort"] == "all" and row["period"] == 1)
    assert lines["retention by activation"]["value"] == month["rate"]
    states = found["engagement.trend"].frame["state"].to_list()
    assert (lines["usage trend"]["value"], lines["usage trend"]["base"]) == (states.count("down"), sum(states.count(state) for state in ("down", "up", "flat")))
    signal = next(row for row in found["value.signals"].frame.to_dicts() if row["core"] and row["n"] is not None)
    assert (lines["core value signals"]["value"], lines["core value signals"]["base"]) == (signal["n"], signal["accounts"])
    feature = next(row for row in found["adoption.features"].frame.to_dicts() if row["rate"] is not None)
    assert (lines["feature adoption"]["value"], lines["feature adoption"]["base"]) == (feature["rate"], feature["eligible"])
    for name, key, score in (("churn risk", "churn_risk.accounts", "score"), ("expansion", "expansion.accounts", "readiness")):
        assert lines[name]["base"] == found[key].frame[score].is_not_null().sum()
    assert len(lines) == 9


def test_the_planted_accounts_are_the_ones_to_look_at(product: Path) -> None:
    lines = {row["metric"]: row for row in summary(list(made(product).values()), read(product).definition).frame.to_dicts()}
    assert any(account.startswith("decliner") for account in lines["usage trend"]["look_at"])
    assert any(account.startswith("decliner") for account in lines["churn risk"]["look_at"])
    assert any(account.startswith("expander") for account in lines["expansion"]["look_at"])


def test_no_events_give_no_numbers(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text("account_id,event,timestamp,user_id\n", "utf-8")
    (tmp_path / "saasmetrics.yml").write_text(BARE, "utf-8")
    done = run("-c", str(tmp_path / "saasmetrics.yml"), "--as-of", str(AS_OF), "--allow-empty", "-f", "json")
    rows = json.loads(done.stdout)["data"]
    assert [row["status"] for row in rows if row["status"] not in ("no data", "no input")] == []
    assert rows[0]["answer"] == "needs activation in the definition file"
    assert not any(row["value"] for row in rows)


def test_the_first_screen_holds_all_nine(product: Path) -> None:
    table = brief(summary(list(made(product).values()), read(product).definition))
    assert table.frame["metric"].to_list() == [metric.name for metric in NINE]
    assert table.frame.columns == ["metric", "answer"]


def test_a_folder_gets_the_tables_too(product: Path, tmp_path: Path) -> None:
    assert run("-c", str(product), "--as-of", str(AS_OF), "-f", "csv", "-o", f"{tmp_path}/", "-q").returncode == 0
    names = {path.name for path in tmp_path.iterdir() if path.suffix == ".csv"}
    assert {"starter.csv", "activation.rate.csv", "engagement.trend.csv"} <= names


def test_help_loads_no_dataframes() -> None:
    code = "import sys; sys.argv[1:] = ['starter', '--help']\nfrom saasmetrics.cli import run\ntry: run()\nexcept SystemExit: pass\nprint('polars' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout.endswith("False\n")
