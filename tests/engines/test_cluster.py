"""Spark as a cluster: executors of their own, Spark Connect, a worker that dies, millions of rows. Minutes: only with ENGINES=all."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import polars as pl
import pytest

from saasmetrics.engines import Address
from tests.engines import rows
from tests.engines.servers import SERVERS, TABLE, spark
from tests.engines.test_equal import asking, book, digest, facts

pytestmark = pytest.mark.skipif(os.environ.get("ENGINES") != "all", reason="takes minutes: ENGINES=all runs it")
MANY = 4_000_000
QUESTIONS = ("text", "number_in_text", "percent", "kept")


def compared(folder: Path, address: Address, questions: Sequence[str] = tuple(rows.QUESTIONS)) -> None:
    """The facts of the table are those of the file."""
    begun = time.monotonic()
    with book(rows.definition(folder, questions=questions)) as files:
        expected = {name: digest(frame) for name, frame in facts(files).items()}
    half = time.monotonic()
    with asking(address), book(rows.definition(folder, where={"table": TABLE}, questions=questions)) as table:
        assert {name: digest(frame) for name, frame in facts(table).items()} == expected
    print(f"{address.engine}: files {half - begun:.1f} s, table {time.monotonic() - half:.1f} s, {' '.join(told[:12] for told in expected.values())}")


@contextmanager
def connect(folder: Path, events: Path) -> Iterator[str]:
    """A server of Spark Connect, another process; its tables are made through it."""
    if not find_spec("pyspark") or not shutil.which("java"):
        pytest.skip("pyspark or Java is not installed")
    import pyspark
    from pyspark.sql import SparkSession

    home = Path(pyspark.__file__).parent
    command = [str(home / "bin" / "spark-submit"), "--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "--master", "local[2]", "--conf", "spark.ui.enabled=false"]
    told = {"spark.connect.grpc.binding.port": "15099", "spark.sql.warehouse.dir": str(folder / "warehouse"), "spark.sql.shuffle.partitions": "4", "spark.sql.session.timeZone": "Asia/Tokyo"}
    server = subprocess.Popen([*command, *(f"--conf={name}={value}" for name, value in told.items()), "spark-internal"], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        session = _patient(lambda: SparkSession.builder.remote("sc://127.0.0.1:15099").getOrCreate())
        session.sql("CREATE DATABASE product").collect()
        session.sql(f"CREATE TABLE {TABLE} USING parquet LOCATION '{events}'").collect()
        yield "sc://127.0.0.1:15099/;user_id=me"
    finally:
        os.killpg(server.pid, signal.SIGKILL)


def _patient(job):  # type: ignore[no-untyped-def]
    for _ in range(60):
        try:
            return job()
        except Exception:
            time.sleep(1)
    return job()


def test_spark_connect(tmp_path: Path) -> None:
    """In a process of its own: one that has talked to a cluster in the classic way cannot connect."""
    script = f"from pathlib import Path\nfrom tests.engines.test_cluster import through_connect\nthrough_connect(Path({str(tmp_path)!r}))"
    told = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])}
    subprocess.run([sys.executable, "-c", script], check=True, env=told)


def through_connect(folder: Path) -> None:
    rows.frame().write_parquet(folder / "events.parquet")
    with connect(folder, folder / "events.parquet") as remote:
        compared(folder, Address("spark", remote))


def test_a_worker_dies(tmp_path: Path) -> None:
    """Two executors in processes of their own; one is killed while it works."""
    rows.frame(40_000).write_parquet(tmp_path / "events.parquet")
    with spark(tmp_path, tmp_path / "events.parquet", "local-cluster[2,1,1024]") as master:
        first = executors()
        killer = threading.Timer(5, lambda: os.kill(first[0], signal.SIGKILL))
        killer.start()
        compared(tmp_path, Address("spark", master))
        killer.join()
    assert len(first) == 2


def executors() -> list[int]:
    """The processes of the executors that this process has made."""
    return sorted(pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if "CoarseGrainedExecutorBackend" in _told(pid, "cmdline") and os.getpid() in _above(pid))


def _above(pid: int) -> Iterator[int]:
    while pid > 1:
        yield pid
        pid = int((_told(pid, "stat").rpartition(")")[2].split() or [0, 0])[1])


def _told(pid: int, what: str) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/{what}").read_text("utf-8", "replace")
    return ""


@pytest.mark.parametrize("engine", list(SERVERS))
def test_many_rows(engine: str, tmp_path: Path) -> None:
    """Four million rows of four thousand accounts, few of them twice."""
    some = rows.frame(19_000)
    copies = [some.with_columns(pl.col("account_id", "event_id") + f"-{at}") for at in range(200)]
    pl.concat(copies).head(MANY).write_parquet(tmp_path / "events.parquet")
    with SERVERS[engine](tmp_path, tmp_path / "events.parquet") as remote:
        compared(tmp_path, Address(engine, remote), questions=QUESTIONS)
