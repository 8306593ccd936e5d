"""A product with everything declared, so that every table has rows, whose events are made easy to misread; and the digest of
every fact and of every table that it gives, from files or from a database:

python -m tests.engines.whole make FOLDER [ROWS] | files FOLDER | ENGINE FOLDER
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import resource
import subprocess
import sys
import time
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from saasmetrics import catalog
from saasmetrics.definitions.read import read
from saasmetrics.engines import Address
from saasmetrics.outputs.json import dumps, plain
from saasmetrics.tables import Asked, frame, running
from tests.engines.clusters import CLUSTERS
from tests.engines.rows import HOSTILE, WRITTEN
from tests.engines.servers import SERVERS, TABLE
from tests.engines.test_equal import asking, facts

ROOT = Path(__file__).parents[2]
EVENTS = Path("data", "accounting", "events", "all.parquet")
MIDNIGHTS = [datetime(2026, month, day, hour, tzinfo=UTC) for month, day, hour in ((1, 31, 23), (3, 28, 23), (3, 29, 22), (10, 24, 22), (10, 25, 23), (11, 8, 23), (11, 15, 23))]
EDGES = [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC), *MIDNIGHTS]  # Berlin's clocks change, Berlin's days begin


def make(folder: Path, rows: int | None = None) -> None:
    """The example of accounting in small, or so many rows of it, with odd rows among them."""
    source = folder / "data" / "accounting"
    text = (ROOT / "configs" / "accounting.yaml").read_text("utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "files.yaml").write_text(text, "utf-8")
    (folder / "table.yaml").write_text(text.replace("files: data/accounting/events/*.parquet", f"table: {TABLE}"), "utf-8")
    command = [sys.executable, str(ROOT / "examples" / "generate.py"), str(folder / "files.yaml"), "--out", str(source)]
    subprocess.run([*command, *(["--rows", str(rows)] if rows else ["--accounts", "80", "--weeks", "40"])], check=True, capture_output=True)
    events = pl.read_parquet(source / "events" / "*.parquet", glob=True)
    for path in (source / "events").iterdir():
        path.unlink()
    names = _names(events)
    for path in source.glob("*.csv"):
        frame = pl.read_csv(path, infer_schema=False)
        if "account_id" in frame.columns:
            frame.with_columns(pl.col("account_id").replace(names)).write_csv(path)
    _odd(events.with_columns(pl.col("account_id").replace(names))).write_parquet(folder / EVENTS)


def _names(events: pl.DataFrame) -> dict[str, str]:
    """Busy accounts get names that are easily misread."""
    busy = events.group_by("account_id").len().sort("len", "account_id", descending=True)["account_id"]
    return dict(zip(busy[:: max(1, len(busy) // 60)], HOSTILE, strict=False))


def _odd(events: pl.DataFrame) -> pl.DataFrame:
    """With rows at the edges of days, ties, gaps, hostile texts, and rows that stand twice."""
    dice, size = random.Random(11), min(6_000, events.height // 20)
    some = [events.sample(size, seed=seed).with_columns(event_id=pl.lit(f"odd-{seed}-") + pl.int_range(pl.len()).cast(pl.String)) for seed in range(8)]

    def drawn(column: str, *values: object) -> pl.Series:
        return pl.Series(column, [dice.choice(values) for _ in range(size)], dtype=events.schema[column])

    moments = [edge + timedelta(microseconds=step) for edge in EDGES for step in (-1, 0, 1)]
    return pl.concat([
        events,
        some[0].with_columns(drawn("timestamp", *moments)),
        some[1].with_columns(drawn("timestamp", *moments), drawn("account_id", *HOSTILE)),
        some[2].with_columns(pl.col("timestamp").dt.truncate("1h")),
        some[3].with_columns(drawn("account_id", None, "", " \t", " a1"), drawn("event_id", None, "")),
        some[4].with_columns(drawn("user_id", None, "", *HOSTILE), drawn("event", None, "", " ", "invoice_posted", "login"), drawn("timestamp", None, *moments)),
        some[5].with_columns(*(drawn(name, *HOSTILE, "ok", None, "") for name in ("invoice_id", "bill_id", "statement_id", "status")), drawn("duration_ms", *WRITTEN)),
        some[6], some[6], events.sample(size, seed=9),
        some[7], some[7].with_columns(drawn("status", *HOSTILE, None)),
    ])  # fmt: skip


def digests(folder: Path, address: Address | None) -> dict[str, dict[str, str]]:
    """The digests of the rows of all tables as JSON, and those of the facts."""
    loaded, rooms = read(folder / ("table.yaml" if address else "files.yaml")), catalog.rooms()
    with asking(address), running(loaded, list(rooms.values()), Asked()) as run:
        tables = {name: digest(_as_json(frame(room, run.book, Asked()))) for name, room in rooms.items()}
        return {"tables": tables, "facts": {name: digest(found.write_csv()) for name, found in facts(run.book).items()}}


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _as_json(table: pl.DataFrame) -> str:
    return dumps([{name: plain(value) for name, value in row.items()} for row in table.iter_rows(named=True)])


def main(how: str, folder: Path, rows: str = "") -> None:
    """One of the three; digests are printed."""
    if how == "make":
        return make(folder, int(rows) if rows else None)
    server, begun = {**SERVERS, **CLUSTERS}.get(how), time.monotonic()
    home = folder / how
    home.mkdir(exist_ok=True)
    with server(home, folder / EVENTS) if server else nullcontext() as remote:
        ready = time.monotonic()
        address = Address("spark" if how in CLUSTERS else how, remote, str(home / "facts") if how == "spark-cluster" else None) if remote else None
        found = digests(folder, address)
    told = {"ready": round(ready - begun, 1), "seconds": round(time.monotonic() - ready, 1), "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}
    print(json.dumps({**found, **told}))


if __name__ == "__main__":
    try:
        main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
    except pytest.skip.Exception as missing:
        print(json.dumps({"skipped": str(missing)}))
    sys.stdout.flush()
    os._exit(0)  # the client of Spark Connect would wait for minutes to say good-bye to a server that is gone
