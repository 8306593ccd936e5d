"""The benchmark runs from end to end on little data, and both sides find the same."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .child import _plain
from .data import Place
from .equal import differences
from .plan import ALONE, lines

ROOT = Path(__file__).parents[2]


def test_it_runs_and_the_results_are_equal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("duckdb")
    out = tmp_path / "figures.md"
    options = f"--rows 20000 --runs 1 --cache {tmp_path} --out {out}".split()
    only = ["--only", "fold.ours.ids,fold.duckdb.ids,duties.*,report.*,table.*.ids"]
    run = [sys.executable, "-m", "tests.benchmark", *options, *only]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "both sides are equal" in done.stderr
    assert len(out.read_text("utf-8").splitlines()) > 6
    place = Place(tmp_path / "accounting-20000")
    _the_tables_compared_alone_are_equal(place)
    monkeypatch.setattr("tests.benchmark.ours.CHAPTERS", ("retention",))
    _the_fold_is_a_part_of_its_run(place)


def _the_tables_compared_alone_are_equal(place: Place) -> None:
    from . import duck, ours

    sides = [json.dumps(side.computed(place, "ids", ALONE)[1], default=_plain) for side in (ours, duck)]
    assert differences(*map(json.loads, sides)) == []


def _the_fold_is_a_part_of_its_run(place: Place) -> None:
    from . import ours

    time, found = ours.chapters(place, "ids")
    fold, rest = time.parts["fold"], time.parts["rest"]
    assert 0 < fold["wall"] < time.wall == pytest.approx(fold["wall"] + rest["wall"])
    assert "retention.cohorts" in found


def test_every_base_is_measured() -> None:
    plan = lines(chdb=True)
    assert {line.base for line in plan} - {""} <= {line.name for line in plan}
