"""Each engine gives the facts and every table that files give: DuckDB always, the others each in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from saasmetrics import catalog
from saasmetrics.engines import Address
from tests.engines import whole
from tests.engines.clusters import CLUSTERS
from tests.engines.servers import SERVERS

LONG = pytest.mark.skipif(os.environ.get("ENGINES") != "all", reason="takes long: ENGINES=all runs it")
WORLDS = {"odd": None, "many": 4_000_000}


def test_every_table(tmp_path: Path) -> None:
    whole.make(tmp_path)
    expected = whole.digests(tmp_path, None)
    with SERVERS["duckdb"](tmp_path, tmp_path / whole.EVENTS) as remote:
        assert whole.digests(tmp_path, Address("duckdb", remote)) == expected


@pytest.fixture(scope="module", params=list(WORLDS))
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A folder with the events, and what they give as files."""
    folder = tmp_path_factory.mktemp(request.param)
    whole.make(folder, WORLDS[request.param])
    return folder, ran("files", folder)


def ran(how: str, folder: Path) -> dict[str, Any]:
    told = {**os.environ, "PYTHONPATH": os.pathsep.join([str(whole.ROOT), *sys.path])}
    done = subprocess.run([sys.executable, "-m", "tests.engines.whole", how, str(folder)], env=told, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2_000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(how, {name: whole.digest(json.dumps(value)) if name in ("facts", "tables") else value for name, value in found.items()})
    return found


@LONG
@pytest.mark.parametrize("engine", [*SERVERS, *CLUSTERS])
def test_as_from_files(world: tuple[Path, dict[str, Any]], engine: str) -> None:
    folder, expected = world
    found = ran(engine, folder)
    if "skipped" in found:
        pytest.skip(found["skipped"])
    assert [name for what in ("facts", "tables") for name, told in expected[what].items() if found[what].get(name) != told] == []
    assert (len(found["facts"]), len(found["tables"])) == (9, len(catalog.rooms()))
