"""What cannot be asked with the same meaning is refused; what goes wrong is told without passwords."""

from __future__ import annotations

import sys
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from saasmetrics import catalog
from saasmetrics.definitions.read import read
from saasmetrics.engines import ADDRESS, Address, addressed
from saasmetrics.engines._client import shown, told
from saasmetrics.engines._database import connected
from saasmetrics.engines._shared import through
from saasmetrics.messages import Refused
from saasmetrics.tables import Asked, compute

duckdb = pytest.importorskip("duckdb")
SECRETS = [
    ("postgresql://me:s3cret-word@db.example:5432/product?sslmode=require", "postgresql://db.example:5432/product"),
    ("postgresql://me:s3cret%2Dword@db/product?password=s3cret-word", "postgresql://db/product"),
    ("postgresql://me:s3cret-word?@/x@db/product", "postgresql://db/product"),
    ("host=db password=s3cret-word dbname=product", "host=db  dbname=product"),
    ("sc://db:15002/;use_ssl=true;token=s3cret-word", "sc://db:15002/"),
    ("https://me:s3cret-word@db:8443/?database=product", "https://db:8443/"),
]  # fmt: skip


@pytest.mark.parametrize(("remote", "place"), SECRETS)
def test_no_password_is_told(remote: str, place: str) -> None:
    def fail() -> None:
        raise OSError(f"cannot reach {remote}: login me with 's3cret-word' refused")

    with pytest.raises(Refused) as refused:
        told(fail, remote)
    assert "s3cret" not in str(refused.value)
    assert str(refused.value).startswith(f"SM319 {place}: cannot reach")
    assert shown(remote) == place


def world(folder: Path, types: dict[str, Any], where: object = None, **more: Any) -> Any:
    """A table of one event with these further columns; a rule asks of them."""
    file = folder / "e.duckdb"
    if not file.exists():
        frame = pl.DataFrame({"account_id": ["a", "b"], "timestamp": ["2025-01-05", "2025-01-06"], "event": ["posted", "posted"]})
        with duckdb.connect(str(file)) as connection:
            listed = ", ".join(f"{text} AS {name}" for name, text in {"timestamp": "CAST(timestamp AS TIMESTAMPTZ)", **types}.items())
            connection.execute(f"CREATE TABLE events AS SELECT * EXCLUDE (timestamp), {listed} FROM frame")
            assert frame.height
    told = {
        "version": 1, "timezone": "Europe/Berlin", "sources": {"events": {"table": "events", **more}}, "rules": {"asked": {"event": "posted", "where": where or {}}},
        "workflows": {"work": {"success": "asked", "core": True}},
    }  # fmt: skip
    (folder / "d.yaml").write_text(yaml.safe_dump(told), "utf-8")
    token = ADDRESS.set(Address("duckdb", str(file)))
    try:
        return compute(read(folder / "d.yaml"), [catalog.rooms()["value.repeat"]], Asked(as_of=date(2025, 2, 1)))[0][0]
    finally:
        ADDRESS.reset(token)


def test_what_can_be_asked(tmp_path: Path) -> None:
    assert world(tmp_path, {"d": "DATE '2025-01-05'"}, {"d": {"exists": True}}).frame.height > 0


@pytest.mark.parametrize(("columns", "where", "message"), [
    ({"d": "DATE '2025-01-05'"}, {"d": "2025-01-05"}, "'d' cannot be read as a text of type DATE"),
    ({"d": "CAST(1.5 AS DOUBLE)"}, {"d": {"like": "1*"}}, "'d' cannot be read as a text of type double"),
    ({"d": "CAST(1.5 AS FLOAT)"}, {"d": 1.5}, "'d' cannot be read as a number of type FLOAT"),
    ({"d": "CAST(1.5 AS DECIMAL(20,6))"}, {"d": 1.5}, "'d' cannot be read as a number of type decimal"),
    ({"d": "'2025-01-05T00:00:00Z'"}, {"d": {"met": True}}, "'d' cannot be read as a time: an instant is needed"),
    ({"d": "{'e': 'x'}"}, {"d.e": "x"}, "'d.e' lies inside a column"),
    ({"timestamp": "CAST(timestamp AS TIMESTAMP)"}, None, "'timestamp' cannot be read as a time: an instant is needed"),
    ({"timestamp": "timestamp"}, None, "'timestamp' cannot be read as a time: an instant is needed"),
])  # fmt: skip
def test_other_meanings_are_refused(tmp_path: Path, columns: dict[str, str], where: object, message: str) -> None:
    with pytest.raises(Refused, match=message.replace("(", r"\(")) as refused:
        world(tmp_path, columns, where)
    assert (refused.value.problems[0].code, refused.value.exit) == ("SM134", 2)


@pytest.mark.parametrize(("columns", "more"), [
    ({"timestamp": "CAST(timestamp AS TIMESTAMP)"}, {"time": {"zone": "UTC"}}),
    ({"timestamp": "epoch_ms(CAST(timestamp AS TIMESTAMPTZ))"}, {"time": {"unit": "ms"}}),
    ({"timestamp": "CAST(epoch(CAST(timestamp AS TIMESTAMPTZ)) AS BIGINT)"}, {"time": {"unit": "s"}}),
])  # fmt: skip
def test_times_in_other_clothes(tmp_path: Path, columns: dict[str, str], more: dict[str, Any]) -> None:
    (tmp_path / "as").mkdir()
    plain = world(tmp_path / "as", {})
    assert world(tmp_path, columns, **more).frame.equals(plain.frame)


def test_times_outside_all_years(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="SM311 2 rows with a time that lies outside 1990..2100"):
        world(tmp_path, {"timestamp": "epoch_ms(CAST(timestamp AS TIMESTAMPTZ))"}, time={"unit": "s"})


@pytest.mark.parametrize(("more", "message"), [
    ({"columns": {"account": "acount_id"}}, "SM305 required column 'acount_id' not found — did you mean 'account_id'"),
    ({"table": "nothing"}, "SM319 .*e.duckdb: Catalog Error: Table with name nothing does not exist"),
    ({"table": "events; DROP"}, "SM114"),
])  # fmt: skip
def test_what_is_not_there(tmp_path: Path, more: dict[str, Any], message: str) -> None:
    with pytest.raises(Refused, match=message):
        world(tmp_path, {}, **more)


def test_rows_that_come_meanwhile(tmp_path: Path) -> None:
    duckdb.connect(str(tmp_path / "e.duckdb")).close()
    with pytest.raises(Refused, match="duckdb:events: SM402 rows came or went"), connected(Address("duckdb", str(tmp_path / "e.duckdb"))) as database:
        origin = type("Origin", (), {"entry": type("Entry", (), {"path": "duckdb:events"}), "look": lambda self: {"n": 2}, "state": {"n": 1}})()
        database.origins.append(origin)


def test_addresses_and_tables_belong_together(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="SM130 --engine and --remote belong together"):
        addressed(lambda: None, engine="duckdb")
    with pytest.raises(Refused, match="SM130 --facts-to is for events in a database"):
        addressed(lambda: None, facts_to="shared")
    with pytest.raises(Refused, match="snowflake cannot be asked from here"), connected(Address("snowflake", "x")):
        pass


def test_facts_that_do_not_all_arrive(tmp_path: Path) -> None:
    """A folder that is another one on some machine is no shared one."""

    def write(place: str, rows: int) -> int:
        folder = Path(place.removeprefix("file://"))
        folder.mkdir()
        (folder / "_SUCCESS").touch()
        pl.DataFrame({"n": range(3)}).write_parquet(folder / "part-0.parquet")
        return rows

    assert through(str(tmp_path), partial(write, rows=3))["n"].to_list() == [0, 1, 2]
    for job, arrived in ((partial(write, rows=5), 3), (lambda place: 5, 0)):
        with pytest.raises(Refused, match=f"SM319 of 5 rows written {arrived} arrived: is the folder of --facts-to the same"):
            through(str(tmp_path), job)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(Refused, match=r"SM133 'duckdb' is not installed: pip install 'saasmetrics\[duckdb\]'"), connected(Address("duckdb", "x")):
        pass
