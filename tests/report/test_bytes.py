"""The same report is the same bytes: whatever the order and the files of the rows, the threads, the zone and language of the machine."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
from worlds import AS_OF, ROOT, Row, generated, split, variant

FORMATS = ("csv", "json", "ndjson", "md", "html", "xlsx", "txt")
HERE = {"POLARS_MAX_THREADS": "1", "TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "1"}
THERE = {"POLARS_MAX_THREADS": "2", "TZ": "Asia/Tokyo", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "2", "PYTHONUTF8": "0", "COLUMNS": "40"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(tmp_path_factory.mktemp("world"), accounts=40)


def written(definition: Path, folder: Path, machine: dict[str, str]) -> dict[str, bytes]:
    """The files of the report in every format, and its history."""
    folder.mkdir()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]), **machine}
    files = [option for ending in FORMATS for option in ("-o", str(folder / f"report.{ending}"))]
    command = [sys.executable, "-m", "saasmetrics", "report", "-q", "-c", definition.name, "--as-of", str(AS_OF), "--history", str(folder / "history.parquet"), *files]
    subprocess.run(command, cwd=definition.parent, env=environment, check=True, timeout=300)
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def without_sources(files: dict[str, bytes]) -> dict[str, bytes]:
    """How many files the rows came in, and what these are, is said in what has room for it."""
    told = {name: data for name, data in files.items() if name.endswith((".csv", ".ndjson", ".parquet", ".md", ".html", ".txt"))}
    return {name: re.sub(rb"\d+ files, ", b"", data) for name, data in told.items()}


def test_the_machine_changes_no_byte_and_the_order_of_rows_none_but_their_sources(world: Path, tmp_path: Path) -> None:
    def anew(rows: list[Row]) -> list[list[Row]]:
        random.Random(5).shuffle(rows)
        return split(rows)

    here = written(world, tmp_path / "here", HERE)
    assert {f"report.{ending}" for ending in FORMATS} | {"history.parquet", "manifest.json"} <= set(here)
    assert written(world, tmp_path / "there", THERE) == here
    assert without_sources(written(variant(world, tmp_path / "anew", anew), tmp_path / "other", THERE)) == without_sources(here)
