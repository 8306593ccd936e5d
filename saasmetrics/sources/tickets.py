"""The tickets: what customers asked for help with, from when it was asked until it was solved (null: not solved by T).

Grain: one ticket. Columns: account, ticket, opened, resolved (µs), workflow, category, blocking (null: the tickets do not say).
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.sources import Tickets
from saasmetrics.messages import did_you_mean
from saasmetrics.sources.columns import present
from saasmetrics.sources.keys import once
from saasmetrics.sources.reading import Reader
from saasmetrics.sources.rows import Rows
from saasmetrics.sources.rows import read as read_rows

TIMES = ["opened", "resolved"]
YES, NO = ["true", "yes", "y", "t", "1"], ["false", "no", "n", "f", "0"]


def read(reader: Reader, source: Tickets, workflows: Collection[str], clock: Clock) -> pl.DataFrame:
    """All tickets opened before T. One that was solved before it was opened is left out with its line."""
    rows = read_rows(reader, source, "tickets", [], TIMES, ["account"])
    dated = _left_out(rows, pl.col("opened").is_null(), "without opened", "SM320", "no opening time", reader)
    single = _each_once(_flagged(dated, source.mapping["blocking"], reader), reader)
    backward = pl.col("resolved") < pl.col("opened")
    sound = _left_out(single, backward, "resolved before it was opened", "SM314", "resolved before it was opened", reader)
    known = sound.without(pl.col("opened") >= clock.now, "after as_of")
    _say_strange(known, workflows, reader)
    solved = pl.when(pl.col("resolved") < clock.now).then("resolved").alias("resolved")
    about = pl.when(pl.col("workflow").is_in(list(workflows))).then("workflow").alias("workflow")
    kind = pl.when(present(pl.col("category"))).then("category").alias("category")
    return known.frame.with_columns(solved, about, kind).select("account", "ticket", *TIMES, "workflow", "category", "blocking")


def _left_out(rows: Rows, mask: pl.Expr, rule: str, code: str, what: str, reader: Reader) -> Rows:
    for entry, line in rows.places(mask):
        reader.ledger.warn(code, f"line {line}: {what}: left out", entry.path, line)
    return rows.without(mask, rule)


def _flagged(rows: Rows, column: str, reader: Reader) -> Rows:
    """Text → yes or no; rows with anything else are rejected."""
    said = pl.col("blocking").str.strip_chars().str.to_lowercase()
    flag = pl.when(said.is_in(YES)).then(True).when(said.is_in(NO)).then(False)
    bad = flag.is_null() & present(pl.col("blocking"))
    for (file,), wrong in sorted(rows.frame.filter(bad).partition_by("_file", as_dict=True).items()):
        listed = wrong.select("_line", "blocking").rows()
        places = [(line, f"line {line}: {column} '{text}' is neither true nor false") for line, text in listed]
        reader.ledger.reject(rows.entries[int(str(file))], "SM317", f"{column} unreadable", places)
    return Rows(rows.frame.filter(~bad).with_columns(flag.alias("blocking")), rows.entries)


def _each_once(rows: Rows, reader: Reader) -> Rows:
    """A ticket that has an id counts once; without one, each row is a ticket."""
    named = present(pl.col("ticket"))
    single = once(Rows(rows.frame.filter(named), rows.entries), ["ticket"], "ticket", reader)
    return Rows(pl.concat([single, rows.frame.filter(~named)]), rows.entries)


def _say_strange(rows: Rows, workflows: Collection[str], reader: Reader) -> None:
    """Workflows that the definition does not know are most likely misspelt."""
    strange = rows.frame.filter(present(pl.col("workflow")) & ~pl.col("workflow").is_in(list(workflows))).sort("_file", "_line")
    if strange.height:
        entry, line = rows.entries[strange["_file"][0]], strange["_line"][0]
        first = strange["workflow"][0]
        told = f"line {line}: workflow '{first}' is not in the definition{did_you_mean(first, workflows)} (rows like this: {strange.height}; they count as about none)"
        reader.ledger.warn("SM321", told, entry.path, line)
