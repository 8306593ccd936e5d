"""The command as cron runs it: exit codes, alerts, files written as a whole, nothing before the week is over."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from worlds import AS_OF, ROOT, generated


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(tmp_path_factory.mktemp("world"))


def run(definition: Path, *given: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    command = [sys.executable, "-m", "saasmetrics", "report", "-c", str(definition), *given]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)


def declared(world: Path, name: str, block: str) -> Path:
    path = world.with_name(name)
    path.write_text(f"{world.read_text('utf-8')}\n{block}\n", "utf-8")
    return path


def test_several_files_are_one_set_and_quiet_is_silent(world: Path, tmp_path: Path) -> None:
    ended = run(world, "--as-of", str(AS_OF), "-q", "-o", f"{tmp_path}/{{week}}.html", "-o", f"{tmp_path}/{{week}}.md", "-o", f"{tmp_path}/{{week}}.json")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    assert {path.name for path in tmp_path.iterdir() if not path.name.startswith(".")} == {"2026-10-26.html", "2026-10-26.json", "2026-10-26.md", "manifest.json"}
    assert (tmp_path / "2026-10-26.html").read_text("utf-8").startswith("<!doctype html>")


def test_files_of_two_folders_are_refused(world: Path, tmp_path: Path) -> None:
    ended = run(world, "-o", f"{tmp_path}/a.md", "-o", f"{tmp_path}/other/b.md")
    assert ended.returncode == 2
    assert "one folder" in ended.stderr
    assert not list(tmp_path.iterdir())


def test_an_alert_ends_with_one_and_its_reason(world: Path, tmp_path: Path) -> None:
    low = "alerts:\n  low: {table: activation.rate, where: {window_days: 14}, column: rate, below: 0.99, why: Onboarding has to be looked at.}"
    high = "  high: {table: activation.rate, where: {window_days: 14}, column: rate, above: 0.99, why: Too good to be true.}"
    ended = run(declared(world, "alert.yaml", f"{low}\n{high}"), "--as-of", str(AS_OF), "-q", "-o", str(tmp_path / "r.md"))
    assert ended.returncode == 1
    assert "alert low: activation.rate rate is" in ended.stderr and "Onboarding has to be looked at." in ended.stderr
    assert "alert high" not in ended.stderr
    assert "What raised an alarm" in (tmp_path / "r.md").read_text("utf-8")


def test_an_alert_that_points_to_nothing_is_said_even_if_quiet(world: Path, tmp_path: Path) -> None:
    lost = "alerts:\n  lost: {table: activation.rate, where: {window_days: 41}, column: rate, below: 0.99, why: Onboarding has to be looked at.}"
    ended = run(declared(world, "lost.yaml", lost), "--as-of", str(AS_OF), "-q", "-o", str(tmp_path / "r.md"))
    assert ended.returncode == 0
    assert "alert lost: activation.rate rate cannot be judged (no row has window_days 41; there are 7, 14, 30): Onboarding has to be looked at." in ended.stderr


def test_a_further_line_needs_a_reason_and_points_to_one_row(world: Path, tmp_path: Path) -> None:
    line = "report:\n  lines:\n    depth: {table: adoption.tiers, column: held_rate, where: {workflow: invoicing, tier: advanced}, earns_its_place: Depth decides renewals.}"
    ended = run(declared(world, "line.yaml", line), "--as-of", str(AS_OF), "-q", "-f", "csv")
    assert ended.returncode == 0, ended.stderr
    assert "further lines,depth," in ended.stdout
    without = run(declared(world, "bare.yaml", line.replace(", earns_its_place: Depth decides renewals.", "")))
    assert without.returncode == 2 and "earns_its_place" in without.stderr
    many = run(declared(world, "many.yaml", line.replace(", tier: advanced", "")), "-q")
    assert many.returncode == 2 and "points to 3 rows of adoption.tiers" in many.stderr
    wrong = run(declared(world, "wrong.yaml", line.replace("held_rate", "held_rat")))
    assert wrong.returncode == 2 and "did you mean" in wrong.stderr


def test_if_complete_waits_for_the_week(world: Path, tmp_path: Path) -> None:
    early = run(world, "--as-of", "2026-12-01", "--if-complete", "-o", str(tmp_path / "r.md"))
    assert early.returncode == 0
    assert "the data do not reach beyond the week" in early.stderr
    assert not list(tmp_path.iterdir())
    assert run(world, "--as-of", str(AS_OF), "--if-complete", "-q", "-o", str(tmp_path / "r.md")).returncode == 0
    assert (tmp_path / "r.md").exists()


def test_changes_is_a_command(world: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    given = ["changes", "engagement.active_accounts", "--since", "2026-10-01", "--as-of", str(AS_OF), "-c", str(world), "-q", "-f", "json"]
    ended = subprocess.run([sys.executable, "-m", "saasmetrics", *given], capture_output=True, text=True, env=environment, timeout=300)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert [table["meta"]["name"] for table in json.loads(ended.stdout)] == ["changes", "changes.accounts"]


def test_quiet_says_one_line_for_each_failure(world: Path, tmp_path: Path) -> None:
    loud, quiet = (run(world, "--as-of", str(AS_OF), "-o", str(tmp_path / "none" / "r.md"), *given) for given in ((), ("-q",)))
    assert (loud.returncode, quiet.returncode) == (4, 4)
    assert quiet.stderr.splitlines() == [line for line in loud.stderr.splitlines() if line.split()[1] == "SM401"]
    assert "More: saasmetrics explain SM401" in loud.stderr


def test_quiet_leaves_out_how_the_bytes_were_made(world: Path) -> None:
    """A cell that begins like a formula is quoted in CSV, which is told to whoever looks on."""
    loud, quiet = (run(world, "--as-of", str(AS_OF), "-f", "csv", *given) for given in ((), ("-q",)))
    assert (loud.stdout, quiet.stderr) == (quiet.stdout, "")
    assert "quoted" in loud.stderr
