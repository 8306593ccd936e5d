"""The way of a user: options on the command line, or variables; secrets stay where they are."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from saasmetrics.commands.check_data import check_data
from saasmetrics.definitions.read import read
from saasmetrics.engines import Address, database
from saasmetrics.engines.duckdb import Client as DuckDB
from saasmetrics.messages import Refused
from tests.engines import rows
from tests.engines.servers import TABLE, duckdb
from tests.engines.test_equal import asking

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("command")
    rows.frame(500).write_parquet(folder / "events.parquet")
    rows.definition(folder, questions=["text"])
    rows.definition(folder, questions=["text"], where={"table": TABLE})
    with duckdb(folder, folder / "events.parquet"):
        return folder


def run(world: Path, *argv: str, **env: str) -> subprocess.CompletedProcess[str]:
    told = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]), **env}
    return subprocess.run([sys.executable, "-m", "saasmetrics", *argv], cwd=world, env=told, capture_output=True, text=True)


def test_a_run(world: Path) -> None:
    options = ["adoption", "features", "-f", "json", "-c"]
    files = run(world, *options, "files.yaml")
    table = run(world, *options, "table.yaml", "--engine", "duckdb", "--remote", "e.duckdb")
    assert (files.returncode, table.returncode) == (0, 0), files.stderr + table.stderr
    expected, found = json.loads(files.stdout), json.loads(table.stdout)
    assert found["data"] == expected["data"]
    assert found["meta"]["inputs"] == [{"source": "events", "path": "duckdb:product.events", "bytes": 0, "sha256": ""}]
    assert found["meta"]["ledger"][0]["rows_read"] == expected["meta"]["ledger"][0]["rows_read"]
    assert found["meta"]["definitions"]["fingerprint"] == expected["meta"]["definitions"]["fingerprint"]


def test_the_report_asks_it_too(world: Path) -> None:
    table = run(world, "report", "-c", "table.yaml", "-f", "md", SAASMETRICS_ENGINE="duckdb", SAASMETRICS_REMOTE="e.duckdb").stdout
    told = [line for line in table.splitlines() if "nothing here says which version" not in line]
    assert told == run(world, "report", "-c", "files.yaml", "-f", "md").stdout.splitlines() != []


def test_findings_ask_it_too(world: Path) -> None:
    found = check_data(read(world / "files.yaml"), date(2026, 1, 1)).problems
    with asking(Address("duckdb", str(world / "e.duckdb"))):
        others = check_data(read(world / "table.yaml"), date(2026, 1, 1)).problems
    assert {one.code for one in found} == {one.code for one in others} != set()


@pytest.mark.parametrize(("file", "address", "message"), [
    ("table.yaml", None, "sources.events.table needs --engine and --remote"),
    ("files.yaml", Address("duckdb", "e.duckdb"), "these are in files"),
    ("table.yaml", Address("duckbd", "e.duckdb"), "there is no database 'duckbd' — did you mean 'duckdb'"),
])  # fmt: skip
def test_what_does_not_fit_is_refused(world: Path, file: str, address: Address | None, message: str) -> None:
    with asking(address), pytest.raises(Refused, match=message) as refused, database(read(world / file)):
        pass
    assert (refused.value.problems[0].code, refused.value.exit) == ("SM130", 2)


def test_the_text_of_a_run(world: Path) -> None:
    done = run(world, "sql", "adoption.features", "-c", "table.yaml", "--engine", "duckdb", "--remote", "e.duckdb")
    assert done.returncode == 0, done.stderr
    assert 'FROM "product"."events" AS source' in done.stdout
    assert "supposed" not in done.stderr


def test_no_password_in_any_output(world: Path) -> None:
    told = {"SAASMETRICS_ENGINE": "clickhouse", "SAASMETRICS_REMOTE": "http://me:s3cret-word@127.0.0.1:9/?password=s3cret-word"}
    done = run(world, "adoption", "-c", "table.yaml", **told)
    assert done.returncode == 3
    assert "SM319 http://127.0.0.1:9/: " in done.stderr
    assert "s3cret" not in done.stdout + done.stderr


def test_a_long_query_says_nothing_on_stdout(world: Path) -> None:
    """DuckDB draws its progress there, unless it is told not to."""
    client = DuckDB(str(world / "e.duckdb"))
    assert client.rows("SELECT current_setting('enable_progress_bar') AS drawn").rows() == [(False,)]
    client.close()
