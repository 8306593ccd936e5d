"""The incidents: times at which the product did not work, from the start to the end (null: not over by T).

Grain: one incident and workflow. Columns: incident, start, end (µs), workflow (null: all of them), severity (null: not said).
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.sources import Incidents
from saasmetrics.sources.columns import present
from saasmetrics.sources.keys import once
from saasmetrics.sources.reading import Reader
from saasmetrics.sources.rows import Rows, leave_out, say_strange
from saasmetrics.sources.rows import read as read_rows

TIMES = ["start", "end"]
TEXTS = ["incident", "workflow", "severity"]


def read(reader: Reader, source: Incidents, workflows: Collection[str], clock: Clock) -> pl.DataFrame:
    """All incidents that began before T. One that was over before it began is left out with its line."""
    rows = read_rows(reader, source, "incidents", [], TIMES, [])
    rows.frame = rows.frame.with_columns(pl.when(present(pl.col(name))).then(name).alias(name) for name in TEXTS)
    dated = leave_out(rows, pl.col("start").is_null(), "without start", "SM320", "no start", reader)
    sound = leave_out(_each_once(dated, reader), pl.col("end") < pl.col("start"), "over before it began", "SM314", "over before it began", reader)
    known = sound.without(pl.col("start") >= clock.now, "after as_of")
    say_strange(known, "workflow", workflows, "they count for none", reader)
    over = pl.when(pl.col("end") < clock.now).then("end").alias("end")
    return known.frame.with_columns(over).select("incident", *TIMES, "workflow", "severity")


def _each_once(rows: Rows, reader: Reader) -> Rows:
    """An incident that has an id counts once for each workflow; without one, rows that are the same in everything are one."""
    named = pl.col("incident").is_not_null()
    kept = [once(Rows(rows.frame.filter(part), rows.entries), key, "incident", reader) for part, key in ((named, ["incident", "workflow"]), (~named, [*TIMES, *TEXTS]))]
    return Rows(pl.concat(kept), rows.entries)
