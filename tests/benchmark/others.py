"""The bare scan, Polars on CSV, and ClickHouse in process (chDB) for the fold and some tables; no colleagues left out."""

from __future__ import annotations

import json
from string import Template
from typing import Any

import polars as pl

from .data import Place
from .duck import _names, _rules
from .plan import SQL
from .timing import Time, timed

COLUMNS = ["event_id", "timestamp", "account_id", "user_id", "event", "amount", "duration_ms", "status"]
LOCAL = """t + CASE WHEN t >= 1792890000000000 THEN 3600000000 WHEN t >= 1774746000000000 THEN 7200000000
           ELSE 3600000000 END"""
HOLDS = """multiIf(name = 'invoice_posted', status = 'ok', name = 'large_invoice', status = 'ok' AND amount > 1000,
           name = 'bill_approved', status IN ('ok', 'ok_after_change'), true)"""
STEPS = "('taxes_configured', 'customer_created', 'invoice_drafted', 'invoice_posted')"
FACTS = {
    "usage": f"""SELECT account_id, user_id, rule, intDiv({LOCAL}, 86400000000) AS day, count() AS n,
                 min(t) AS first_at, max(t) AS last_at, sum(if(valued, toInt64(ifNull(amount, 0) * 10000), 0)) AS value
                 FROM hits JOIN rules USING (event) WHERE {HOLDS} GROUP BY ALL""",
    "moments": f"""SELECT account_id, rule, t, count() AS n FROM hits JOIN rules USING (event)
                   WHERE name IN {STEPS} AND {HOLDS} GROUP BY ALL""",
    "durations": f"""SELECT rule, intDiv({LOCAL}, 86400000000) AS day,
                     toInt64(duration_ms) AS milliseconds, count() AS n
                     FROM hits JOIN rules USING (event) WHERE duration_ms IS NOT NULL
                     AND name IN ('invoice_posted', 'bill_approved') AND {HOLDS} GROUP BY ALL""",
}


def scan(place: Place, source: str) -> tuple[Time, Any]:
    """Every value of account, user, event and time decoded, and nothing done with them."""
    frame = pl.scan_parquet(place.events(source), glob=True)
    sizes = [pl.col(name).str.len_bytes().sum() for name in ("account_id", "user_id", "event")]
    with timed() as time:
        found = frame.select(*sizes, pl.col("timestamp").max()).collect(engine="streaming")
    return time, found.height


def csv_read(place: Place) -> tuple[Time, Any]:
    """The same columns as text, unproved."""
    with timed() as time:
        frame = pl.read_csv(place.events("csv"), columns=COLUMNS, infer_schema=False)
    return time, frame.height


def csv_scan(place: Place) -> tuple[Time, Any]:
    """The same columns in the types that the fold wants, unproved."""
    texts = ["account_id", "user_id", "event", "amount", "duration_ms", "status"]
    when = pl.col("timestamp").str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ", time_unit="us").to_physical()
    rows = pl.scan_csv(place.events("csv"), infer_schema=False)
    with timed() as time:
        frame = rows.select(pl.col("event_id").hash(), when, pl.col(texts).cast(pl.Categorical)).collect()
    return time, frame.height


def clickhouse(place: Place, source: str) -> tuple[Time, Any]:
    """The facts of `ours.fold`, two threads."""
    from chdb import session

    with session.Session() as db:  # type: ignore[no-untyped-call]
        with timed() as time:
            _fill(db, place, source)
            for name, query in FACTS.items():
                db.query(f"CREATE TABLE {name} ENGINE = Memory AS {query} SETTINGS max_threads = 2")
        found = [_numbers(db, name) for name in ("durations", "moments", "usage")]
    return time, found


def _fill(db: Any, place: Place, source: str) -> None:
    rows = ", ".join(str((event, at, name, valued)) for event, at, name, valued in _rules(place))
    db.query("CREATE TABLE rules (event String, rule Int64, name String, valued Bool) ENGINE = Memory")
    db.query(f"INSERT INTO rules VALUES {rows}")
    db.query(f"""CREATE TABLE hits ENGINE = Memory AS
        SELECT {_distinct(source)} account_id, user_id, event, status, amount, duration_ms,
               toUnixTimestamp64Micro(timestamp) AS t
        FROM file('{place.events(source)}', Parquet) WHERE event IN (SELECT event FROM rules)
        SETTINGS max_threads = 2""")


def clickhouse_table(place: Place, source: str, key: str) -> tuple[Time, Any]:
    """One table: what it needs in memory first, the query last."""
    from chdb import session

    names = _names(place, source) | {"distinct": _distinct(source)}
    text = "".join(Template((SQL / "chdb" / f"{name}.sql").read_text()).substitute(names) for name in ("setup", key))
    with session.Session() as db:  # type: ignore[no-untyped-call]
        with timed() as time:
            for statement in text.split(";\n"):
                found = db.query(statement, "JSONCompact")
        told = json.loads(str(found))
    return time, {key: [[column["name"] for column in told["meta"]], told["data"]]}


def _distinct(source: str) -> str:
    return "DISTINCT cityHash64(event_id) AS id," if source == "ids" else ""


def _numbers(db: Any, table: str) -> list[int]:
    columns = str(db.query(f"SELECT name FROM system.columns WHERE table = '{table}'", "TSV")).split()
    sums = [f"sum(toInt128({name}))" for name in columns if name not in ("account_id", "user_id")]
    return [int(word) for word in str(db.query(f"SELECT count(), {', '.join(sums)} FROM {table}", "TSV")).split()]
