"""The first five minutes without any files: data, numbers, and a folder to go on in."""

from __future__ import annotations

import json
from pathlib import Path

from .test_presets import run


def test_the_demo_makes_its_data_prints_the_numbers_and_goes_on(tmp_path: Path) -> None:
    done = run(tmp_path, "demo")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("What to track first") and "expander-1" in done.stdout
    assert "Go on there: cd saasmetrics-demo" in done.stderr
    again = run(tmp_path, "demo")
    assert again.returncode == 2 and "is there already; --force" in again.stderr
    rate = run(tmp_path / "saasmetrics-demo", "activation", "rate", "-f", "json")
    assert json.loads(rate.stdout)["data"][1]["eligible"] > 200


def test_init_on_the_data_of_the_demo_agrees_with_its_definition(tmp_path: Path) -> None:
    """What init guesses of a well-named product is near what its people declared."""
    assert run(tmp_path, "demo", "-o", "d").returncode == 0
    assert run(tmp_path, "init", "d/data/accounting", "-q").returncode == 0
    declared, guessed = (json.loads(run(tmp_path / place, "activation", "rate", "-f", "json", "-q").stdout)["data"][1] for place in ("d", "."))
    assert abs(declared["rate"] - guessed["rate"]) < 0.1
    assert "success: invoice_posted" in (tmp_path / "saasmetrics.yml").read_text("utf-8").split("\nworkflows:\n")[1].split("attempt:")[0]
    assert run(tmp_path, "check", "--data", "-f", "concise").returncode == 0
