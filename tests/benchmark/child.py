"""One measurement in a process of its own: python -m tests.benchmark.child NAME FOLDER"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from .data import ROOT, Place
from .plan import FOUR

ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]), "POLARS_MAX_THREADS": "2"}


def measured(name: str, place: Place) -> dict[str, Any]:
    """Wall and cpu seconds of the work, without the imports before it, and the peak memory of the process."""
    if name.startswith("start."):
        from .startup import command

        return spawned(command(name, place))
    place.found.mkdir(exist_ok=True)
    told = place.found / f"{name}.time.json"
    whole = spawned([sys.executable, "-m", "tests.benchmark.child", name, str(place.folder)])
    return {**whole, **json.loads(told.read_text("utf-8"))}


def spawned(command: list[str], quiet: bool = False) -> dict[str, Any]:
    """A whole process, from its start to its end."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL if quiet else None)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: ended with {process.returncode}")
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "peak": usage.ru_maxrss / 1024}


def run(name: str, place: Place) -> tuple[Any, Any]:
    """`fold.ours.ids`, `chapters.ours.ids`, `table.duckdb.ids.activation.rate`, …"""
    kind, who, *rest = name.split(".")
    if kind in ("scan", "csv") or who in ("chdb", "pandas"):
        return _other(kind, who, rest, place)
    from . import duck, ours

    side: Any = ours if who == "ours" else duck
    if kind == "chapters":
        return ours.chapters(place, rest[0])
    if kind in ("fold", "duties", "report"):
        return getattr(side, kind)(place, rest[0])  # type: ignore[no-any-return]
    return side.computed(place, rest[0], [".".join(rest[1:])] if rest[1:] else FOUR)  # type: ignore[no-any-return]


def _other(kind: str, who: str, rest: list[str], place: Place) -> tuple[Any, Any]:
    from . import others, panda

    if who == "pandas":
        return panda.fold(place, rest[0])
    if kind == "csv":
        from . import ours

        return {"ours": ours.reading, "read": others.csv_read, "scan": others.csv_scan}[who](place)
    if kind == "table":
        return others.clickhouse_table(place, rest[0], ".".join(rest[1:]))
    return others.scan(place, rest[0]) if kind == "scan" else others.clickhouse(place, rest[0])


def main(name: str, folder: str) -> None:
    """The child's side. What was found goes into a file: in the parent it would count as memory of the next child."""
    place = Place(Path(folder))
    told, found = run(name, place)
    (place.found / f"{name}.time.json").write_text(json.dumps(vars(told)), "utf-8")
    (place.found / f"{name}.json").write_text(json.dumps(found, default=_plain), "utf-8")


def _plain(value: Any) -> Any:
    return value.isoformat()[:19] if hasattr(value, "isoformat") else float(value)


if __name__ == "__main__":
    main(*sys.argv[1:])
