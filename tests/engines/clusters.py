"""Spark on more than one process: executors of their own, executors that are killed while they work, Spark Connect."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.engines.servers import TABLE, spark

PORT = 15099


@contextmanager
def cluster(folder: Path, events: Path) -> Iterator[str]:
    """Two executors in processes of their own."""
    os.environ["SPARK_WORKER_DIR"] = str(folder / "work")
    with spark(folder, events, "local-cluster[2,1,1024]") as master:
        yield master


@contextmanager
def dying(folder: Path, events: Path) -> Iterator[str]:
    """The same; now and then an executor is killed in the middle of its tasks, which another one has to do again."""
    with cluster(folder, events) as master:
        from pyspark.sql import SparkSession

        session = SparkSession.getActiveSession()
        assert session
        over, killed = threading.Event(), list[int]()
        killer = threading.Thread(target=_kill, args=(session.sparkContext.statusTracker(), over, killed))
        killer.start()
        try:
            yield master
        finally:
            over.set()
            killer.join()
        assert killed, "nobody was killed while tasks ran"


def _kill(tracker: Any, over: threading.Event, killed: list[int], every: int = 8, most: int = 3) -> None:
    """Both executors work on one stage: the first of them dies, and Spark tells of the failed task."""
    seen: set[int] = set()
    while not over.wait(0.02) and len(killed) < most:
        for stage in tracker.getActiveStageIds():
            told = tracker.getStageInfo(stage)
            if stage not in seen and told and told.numActiveTasks >= 2:
                seen.add(stage)
                if len(seen) % every == 0:
                    os.kill(executors()[0], signal.SIGKILL)
                    _until(lambda stage=stage: tracker.getStageInfo(stage).numFailedTasks > 0)
                    killed.append(stage)


def _until(holds: Any, seconds: int = 60) -> None:
    for _ in range(seconds * 20):
        if holds():
            return
        time.sleep(0.05)
    raise TimeoutError


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


@contextmanager
def connect(folder: Path, events: Path) -> Iterator[str]:
    """A server of Spark Connect, another process; its tables are made through it."""
    if not find_spec("pyspark") or not shutil.which("java"):
        pytest.skip("pyspark or Java is not installed")
    import pyspark
    from pyspark.sql import SparkSession

    home = Path(pyspark.__file__).parent
    command = [str(home / "bin" / "spark-submit"), "--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "--master", "local[2]", "--driver-memory", "2g"]
    told = {
        "spark.ui.enabled": "false", "spark.connect.grpc.binding.port": str(PORT), "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.sql.shuffle.partitions": "4", "spark.sql.session.timeZone": "Asia/Tokyo",
    }  # fmt: skip
    given = [part for name, value in told.items() for part in ("--conf", f"{name}={value}")]
    server = subprocess.Popen([*command, *given, "spark-internal"], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        session = _patient(lambda: SparkSession.builder.remote(f"sc://127.0.0.1:{PORT}").getOrCreate())
        session.sql("CREATE DATABASE product").collect()
        session.sql(f"CREATE TABLE {TABLE} USING parquet LOCATION '{events}'").collect()
        yield f"sc://127.0.0.1:{PORT}/;user_id=me"
    finally:
        os.killpg(server.pid, signal.SIGKILL)


def _patient(job: Any) -> Any:
    for _ in range(60):
        try:
            return job()
        except Exception:
            time.sleep(1)
    return job()


CLUSTERS = {"spark-cluster": cluster, "spark-dying": dying, "spark-connect": connect}
