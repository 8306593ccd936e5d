"""How soon commands answer that read no data: processor time, in proportion to the libraries that they cannot do without.

Python's own files of compiled code are warm, as they are from the second run on, wherever tests may write.
"""

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


def seconds(compiled: Path, *arguments: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    warm = {"PYTHONPYCACHEPREFIX": str(compiled), "PYTHONDONTWRITEBYTECODE": ""}
    environment = {**os.environ, **warm, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def saasmetrics(*arguments: str) -> tuple[str, ...]:
    return "-m", "saasmetrics", *arguments


@pytest.mark.parametrize(("arguments", "base", "most"), [
    (saasmetrics("--help"), ("-c", TYPER), 1.6),
    (saasmetrics("check", "-c", "configs/accounting.yaml"), ("-c", LIBRARIES), 2.5),
    (saasmetrics("explain", "activation.rate"), ("-c", LIBRARIES), 1.7),
], ids=["help", "check", "explain"])  # fmt: skip
def test_what_reads_no_data_answers_at_once(arguments: tuple[str, ...], base: tuple[str, ...], most: float, tmp_path: Path) -> None:
    pairs = [(seconds(tmp_path, *base), seconds(tmp_path, *arguments)) for _ in range(1 + TIMES)][1:]
    assert median(took / least for least, took in pairs) <= most, pairs
