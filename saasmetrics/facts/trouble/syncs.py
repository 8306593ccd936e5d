"""Every change that is to arrive from elsewhere, with the time at which it arrived, as of T.

## Columns
account    key    the account
sync       key    its name in the definition
entity     key    the thing that changed; null: the event names none, so that its arrival cannot be told
at         time   when it first happened at its source (µs)
synced_at  time   when it first arrived, not before that (µs); null: not by T
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from saasmetrics.definitions.model import Definition

THREAD = ["account", "sync", "entity"]
SCHEMA = {"rule": pl.Int64, "sync": pl.String, "arrival": pl.Boolean}


def things(definition: Definition) -> Iterator[tuple[str, str]]:
    """The rules of which every time counts, with the column that names the thing."""
    for sync in definition.reliability.syncs.values():
        yield from ((rule, sync.entity) for rule in (*sync.source, *sync.synced))


def rules(definition: Definition) -> Iterable[str]:
    """The rules that the fold must bring."""
    return (rule for rule, _ in things(definition))


def syncs(entities: pl.LazyFrame, definition: Definition, rules: Mapping[str, int]) -> pl.LazyFrame:
    """entities (account, rule, entity, at, n) → one row a thing that changed; nameless changes are one row an account, sync and time."""
    named = definition.reliability.syncs.items()
    rows = [(rules[rule], name, arrival) for name, sync in named for refs, arrival in ((sync.source, False), (sync.synced, True)) for rule in dict.fromkeys(refs)]
    seen = entities.group_by("account", "rule", "entity", "at").agg(pl.col("n").sum()).filter(pl.col("n") > 0)
    placed = seen.join(pl.LazyFrame(rows, schema=SCHEMA, orient="row"), on="rule")
    known = pl.col("entity").is_not_null()
    began = placed.filter(known & ~pl.col("arrival")).group_by(THREAD).agg(pl.col("at").min())
    came = placed.filter(known & pl.col("arrival")).join(began.select(*THREAD, began="at"), on=THREAD).filter(pl.col("at") >= pl.col("began"))
    nameless = placed.filter(~known & ~pl.col("arrival")).select(*THREAD, "at").unique()
    told = began.join(came.group_by(THREAD).agg(synced_at=pl.col("at").min()), on=THREAD, how="left")
    return pl.concat([told, nameless], how="diagonal")
