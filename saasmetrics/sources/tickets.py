"""The tickets: what customers asked for help with, from when it was asked until it was solved (null: not solved by T).

Grain: one ticket. Columns: account, ticket, opened, resolved, reopened (µs), workflow, category, blocking (null: the tickets do
not say). A ticket that was opened again after it was solved is not solved.
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.sources import Tickets
from saasmetrics.messages import counted
from saasmetrics.sources.columns import present
from saasmetrics.sources.keys import once
from saasmetrics.sources.reading import Reader
from saasmetrics.sources.rows import Rows, leave_out, reject, say_strange
from saasmetrics.sources.rows import read as read_rows

TIMES = ["opened", "resolved", "reopened"]
MANY = 20
YES, NO = ["true", "yes", "y", "t", "1"], ["false", "no", "n", "f", "0"]


def read(reader: Reader, source: Tickets, workflows: Collection[str], clock: Clock) -> pl.DataFrame:
    """All tickets opened before T. One that was solved before it was opened is left out with its line."""
    sound: Rows = reader.once("sound tickets", lambda: _sound(reader, source))
    known = sound.without(pl.col("opened") >= clock.now, "after as_of")
    say_strange(known, "workflow", workflows, "they count as about none", reader)
    again = pl.when(pl.col("reopened") < clock.now).then("reopened").alias("reopened")
    stays = (pl.col("resolved") < clock.now) & ~(again > pl.col("resolved")).fill_null(False)
    solved = pl.when(stays).then("resolved").alias("resolved")
    about = pl.when(pl.col("workflow").is_in(list(workflows))).then("workflow").alias("workflow")
    kind = pl.when(present(pl.col("category"))).then("category").alias("category")
    return known.frame.with_columns(solved, again, about, kind).select("account", "ticket", *TIMES, "workflow", "category", "blocking")


def _sound(reader: Reader, source: Tickets) -> Rows:
    """Each once, whatever the day as of which they are asked for."""
    rows = read_rows(reader, source, "tickets", [], TIMES, ["account"])
    dated = leave_out(rows, pl.col("opened").is_null(), "without opened", "SM320", "no opening time", reader)
    single = _each_once(_flagged(dated, source.mapping["blocking"], reader), reader)
    backward = pl.col("resolved") < pl.col("opened")
    sound = leave_out(single, backward, "resolved before it was opened", "SM314", "resolved before it was opened", reader)
    kept = leave_out(sound, pl.col("reopened") < pl.col("opened"), "reopened before it was opened", "SM314", "opened again before it was opened", reader)
    _say_never_solved(kept.frame, reader)
    return kept


def _say_never_solved(tickets: pl.DataFrame, reader: Reader) -> None:
    """A few may all be open; of many, the export does not say."""
    if tickets.height >= MANY and tickets["resolved"].null_count() == tickets.height:
        reader.ledger.warn("SM321", f"none of {counted(tickets.height, 'ticket')} says when it was solved: all count as open, and those that block as waiting")


def _flagged(rows: Rows, column: str, reader: Reader) -> Rows:
    """Text → yes or no; rows with anything else are rejected."""
    said = pl.col("blocking").str.strip_chars().str.to_lowercase()
    flag = pl.when(said.is_in(YES)).then(True).when(said.is_in(NO)).then(False)
    bad = flag.is_null() & present(pl.col("blocking"))
    kept = reject(rows, bad, "blocking", column, "SM317", "is neither true nor false", reader)
    return Rows(kept.frame.with_columns(flag.alias("blocking")), rows.entries)


def _each_once(rows: Rows, reader: Reader) -> Rows:
    """A ticket that has an id counts once; without one, each row is a ticket."""
    named = present(pl.col("ticket"))
    single = once(Rows(rows.frame.filter(named), rows.entries), ["ticket"], "ticket", reader)
    return Rows(pl.concat([single, rows.frame.filter(~named)]), rows.entries)
