"""The databases that the tests ask: each real, started for the tests on this machine, where it is installed; else None."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import polars as pl
import pytest

TABLE = "product.events"
POSTGRES = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), Path("/usr/bin"))
COPIED = {pl.String: "text", pl.Int64: "bigint", pl.Float64: "double precision", pl.Boolean: "boolean"}


@contextmanager
def duckdb(folder: Path, events: Path) -> Iterator[str]:
    """A file."""
    module = pytest.importorskip("duckdb")
    with module.connect(str(folder / "e.duckdb")) as connection:
        connection.execute("CREATE SCHEMA product")
        connection.execute(f"CREATE TABLE {TABLE} AS SELECT * FROM '{events}'")
    yield str(folder / "e.duckdb")


@contextmanager
def clickhouse(folder: Path, events: Path) -> Iterator[str]:
    """chDB is ClickHouse in this process; a server of a few lines stands before it."""
    chdb = pytest.importorskip("chdb", reason="chdb is not installed")
    session: Any = chdb.session.Session(str(folder / "clickhouse"))
    session.query("CREATE DATABASE product")
    session.query(f"CREATE TABLE {TABLE} ENGINE = MergeTree ORDER BY tuple() AS SELECT * FROM file('{events}', Parquet)")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            told = {name: value for name, value in parse_qsl(urlsplit(self.path).query) if name.startswith("output_")}
            settings = ", ".join(f"{name} = {value}" for name, value in told.items())
            try:
                answer, code = session.query(text if "FORMAT" in text else f"{text} SETTINGS {settings}", "Parquet").bytes(), 200
            except Exception as error:
                answer, code = str(error).encode(), 500
            self.send_response(code)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://default:s3cret-word@127.0.0.1:{server.server_port}/"
    server.shutdown()
    session.close()


@contextmanager
def postgres(folder: Path, events: Path) -> Iterator[str]:
    """A server of its own, whose sessions are in Tokyo."""
    psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed")
    if not (POSTGRES / "initdb").exists():
        pytest.skip("no PostgreSQL server is installed")
    data = folder / "postgres"
    data.mkdir()
    root = os.getuid() == 0
    if root:
        for parent in (folder, *folder.parents):
            if parent.stat().st_uid == 0 and not parent.stat().st_mode & 0o001:
                parent.chmod(parent.stat().st_mode | 0o011)
        shutil.chown(data, "postgres")
    run = ["runuser", "-u", "postgres", "--"] if root else []
    subprocess.run([*run, str(POSTGRES / "initdb"), "-D", str(data), "-A", "trust", "-U", "reader", "-E", "UTF8", "--locale=C.UTF-8"], check=True, capture_output=True)
    options = f"-k {data} -c listen_addresses= -c timezone=Asia/Tokyo -c fsync=off -c datestyle=German"
    subprocess.run([*run, str(POSTGRES / "pg_ctl"), "-D", str(data), "-w", "-o", options, "-l", str(data / "log"), "start"], check=True, capture_output=True)
    try:
        remote = f"postgresql://reader:s3cret-word@/postgres?host={data}"
        frame = pl.read_parquet(events)
        columns = ", ".join(f'"{name}" {_postgres_type(kind)}' for name, kind in frame.schema.items())
        with psycopg.connect(remote, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE SCHEMA product")
            cursor.execute(f"CREATE TABLE {TABLE} ({columns})")
            with cursor.copy(f"COPY {TABLE} FROM STDIN WITH (FORMAT csv)") as copy:
                copy.write(frame.write_csv(include_header=False, datetime_format="%Y-%m-%d %H:%M:%S%.6f+00"))  # an empty text is in quotes, nothing is not
        yield remote
    finally:
        subprocess.run([*run, str(POSTGRES / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop"], check=False, capture_output=True)


def _postgres_type(kind: Any) -> str:
    if isinstance(kind, pl.Decimal):
        return f"numeric({kind.precision}, {kind.scale})"
    return "timestamptz" if isinstance(kind, pl.Datetime) else COPIED[kind]


@contextmanager
def spark(folder: Path, events: Path, master: str = "local[2]") -> Iterator[str]:
    """Spark in this process, or two executors beside it; the session that stands is the one that is asked."""
    if not find_spec("pyspark") or not shutil.which("java"):
        pytest.skip("pyspark or Java is not installed")
    from pyspark.sql import SparkSession

    told = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.driver.memory": "2g", "spark.sql.session.timeZone": "America/New_York", "spark.sql.warehouse.dir": str(folder / "warehouse"), "spark.sql.shuffle.partitions": "4"}
    builder = SparkSession.builder.master(master)
    for name, value in told.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    session.sql("CREATE DATABASE product")
    session.sql(f"CREATE TABLE {TABLE} USING parquet LOCATION '{events}'")
    yield master
    session.stop()


SERVERS = {"duckdb": duckdb, "clickhouse": clickhouse, "postgres": postgres, "spark": spark}
