"""The recipes for cron, systemd and GitHub run as they stand."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from worlds import ROOT, generated

RECIPES = ROOT / "examples" / "recipes"


def commands() -> list[str]:
    """Every call of saasmetrics in a recipe, each once."""
    texts = [path.read_text("utf-8") for path in sorted(RECIPES.iterdir())]
    found = (re.sub(r"^.*?(?=saasmetrics (report|check))", "", line).strip() for text in texts for line in text.splitlines() if "#" not in line[:1])
    return sorted({line for line in found if line.startswith(("saasmetrics report", "saasmetrics check"))})


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    definition = generated(tmp_path_factory.mktemp("world"))
    (definition.parent / "reports").mkdir()
    return definition.rename(definition.with_name("saasmetrics.yml"))


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    given = [sys.executable, "-m", *shlex.split(command)]
    return subprocess.run(given, cwd=folder, capture_output=True, text=True, env=environment, timeout=300)


def test_there_are_recipes() -> None:
    assert len(commands()) >= 3


@pytest.mark.parametrize("command", [one for one in commands() if "report" in one])
def test_a_report_is_written_in_silence(command: str, world: Path) -> None:
    ended = run(command, world.parent)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    assert {path.suffix for path in (world.parent / "reports").iterdir()} >= {".html", ".md", ".parquet"}


def test_a_definition_without_a_lock_fails_the_check(world: Path) -> None:
    ended = run("saasmetrics check --locked", world.parent)
    assert ended.returncode == 1 and "SM680" in ended.stdout + ended.stderr


def test_the_action_is_valid_yaml() -> None:
    told = yaml.safe_load((RECIPES / "weekly-report.yml").read_text("utf-8"))
    assert set(told["jobs"]) == {"check", "report"}


def test_every_recipe_writes_each_morning_and_keeps_the_history_of_a_week_with_an_alert() -> None:
    """With the usual late_after the week before the last is the one that is complete on a Monday."""
    told = yaml.safe_load((RECIPES / "weekly-report.yml").read_text("utf-8"))
    assert told[True]["schedule"] == [{"cron": "0 6 * * *"}]  # YAML 1.1 reads `on` as true
    assert all("--if-complete" in command for command in commands() if "report" in command)
    steps = {step.get("uses", ""): step for step in told["jobs"]["report"]["steps"]}
    assert steps["actions/cache/save@v4"]["if"] == "always()" and "actions/cache@v4" not in steps
    assert steps["actions/cache/save@v4"]["with"] == {key: value for key, value in steps["actions/cache/restore@v4"]["with"].items() if key != "restore-keys"}


def hook() -> dict[str, Any]:
    (told,) = yaml.safe_load((RECIPES / "pre-commit.yaml").read_text("utf-8"))["repos"]
    return dict(told["hooks"][0])


def test_the_hook_of_the_recipe_is_that_of_the_repository() -> None:
    (ours,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    recipe = hook()
    assert {key: ours[key] for key in ours if key != "description"} == {key: recipe[key] for key in recipe if key not in ("args", "additional_dependencies")}


@pytest.mark.parametrize(("path", "ours"), [("saasmetrics.yml", True), ("metrics/saasmetrics.yaml", True), ("saasmetrics.lock", True), ("mysaasmetrics.yml", False), ("saasmetrics.yml.bak", False)])
def test_the_hook_looks_at_definitions_and_locks(path: str, ours: bool) -> None:
    assert bool(re.search(hook()["files"], path)) is ours


def test_the_hook_stops_a_change_of_meaning_that_is_not_told(world: Path) -> None:
    """As pre-commit runs it: the entry, then the arguments, no files."""
    command = " ".join([hook()["entry"], *hook()["args"]])
    text = world.read_text("utf-8")
    try:
        assert run("saasmetrics lock --no-data", world.parent).returncode == 0
        assert run(command, world.parent).returncode == 0
        world.write_text(re.sub(r"within: 14d", "within: 21d", text), "utf-8")
        stopped = run(command, world.parent)
    finally:
        world.write_text(text, "utf-8")
        world.with_suffix(".lock").unlink(missing_ok=True)
    assert stopped.returncode == 1 and "SM681" in stopped.stdout


def shells() -> dict[str, str]:
    """Whatever a shell is given: the lines of each job, those of cron."""
    jobs = yaml.safe_load((RECIPES / "weekly-report.yml").read_text("utf-8"))["jobs"]
    found = {f"job {name}": "\n".join(step["run"] for step in job["steps"] if "run" in step) for name, job in jobs.items()}
    lines = [line for line in (RECIPES / "crontab").read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return found | {f"cron {at}": line.split(None, 5)[5].replace("/srv/metrics", "$HOME") for at, line in enumerate(lines)}


@pytest.mark.parametrize("name", shells())
def test_a_shell_gives_the_command_what_was_run_above(name: str, tmp_path: Path) -> None:
    """With a `saasmetrics` that only writes down its words, and a `pip` that does nothing."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for program, does in (("saasmetrics", 'printf "%s\\n" saasmetrics "$@" >> "$HOME/said"'), ("pip", 'test "$*" = "install saasmetrics"')):
        (programs / program).write_text(f"#!/bin/sh\n{does}\n", "utf-8")
        (programs / program).chmod(0o755)
    environment = {"HOME": str(tmp_path), "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run(["sh", "-e", "-c", shells()[name]], cwd=tmp_path, env=environment, check=True, timeout=60)
    said = (tmp_path / "said").read_text("utf-8").splitlines()
    assert said in [shlex.split(command) for command in commands()]
