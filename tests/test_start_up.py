"""How soon commands answer that read no data: processor time, in proportion to the libraries that they cannot do without."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parent.parent
TIMES = 5
LIBRARIES = "import pydantic, typer, yaml; pydantic.BaseModel"
TYPER = """
import typer
app = typer.Typer(add_completion=True, rich_markup_mode=None, pretty_exceptions_enable=False)
app.command("one")(lambda: None)
app.command("two")(lambda: None)
app(["--help"])
"""


def seconds(*arguments: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def saasmetrics(*arguments: str) -> tuple[str, ...]:
    return "-m", "saasmetrics", *arguments


@pytest.mark.parametrize(("arguments", "base", "most"), [
    (saasmetrics("--help"), ("-c", TYPER), 1.8),
    (saasmetrics("check", "-c", "configs/accounting.yaml"), ("-c", LIBRARIES), 4.0),
    (saasmetrics("explain", "activation.rate"), ("-c", LIBRARIES), 2.2),
], ids=["help", "check", "explain"])  # fmt: skip
def test_what_reads_no_data_answers_at_once(arguments: tuple[str, ...], base: tuple[str, ...], most: float) -> None:
    pairs = [(seconds(*base), seconds(*arguments)) for _ in range(TIMES)]
    assert median(took / least for least, took in pairs) <= most, pairs
