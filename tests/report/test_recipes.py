"""The recipes for cron, systemd and GitHub run as they stand."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

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
