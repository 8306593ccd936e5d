"""The benchmark runs from end to end on little data, and both sides find the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from .plan import lines

ROOT = Path(__file__).parents[2]


def test_it_runs_and_the_results_are_equal(tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    out = tmp_path / "figures.md"
    options = f"--rows 20000 --runs 1 --cache {tmp_path} --out {out}".split()
    only = ["--only", "fold.ours.ids,fold.duckdb.ids,table.*.ids"]
    run = [sys.executable, "-m", "tests.benchmark", *options, *only]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "both sides are equal" in done.stderr
    assert len(out.read_text("utf-8").splitlines()) > 6


def test_every_base_is_measured() -> None:
    plan = lines(chdb=True)
    assert {line.base for line in plan} - {""} <= {line.name for line in plan}
