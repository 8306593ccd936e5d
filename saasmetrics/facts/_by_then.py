"""Lists without what only later days tell: rows that are new next week change nothing of today."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.facts.accounts._history import accounts_then, people_then
from saasmetrics.facts.accounts.subscribed import begun, subscribed

if TYPE_CHECKING:
    from saasmetrics.facts._book import Book


def by_then(table: str, rows: pl.LazyFrame | None, known: Book, clock: Clock) -> pl.LazyFrame | None:
    """The rows of a list that can matter before T; `known` is a book of that day or of a later one."""
    if rows is None or table not in ("accounts", "users", "subscriptions"):
        return rows
    if table == "subscriptions":
        return rows.filter((pl.col("start") < clock.day) | (pl.col("cancelled") < clock.day))
    return people_then(rows, clock.now) if table == "users" else accounts_then(rows, _met(known, clock), clock.now)


def subscriptions_then(spans: pl.LazyFrame | None, part: str, clock: Clock) -> pl.LazyFrame:
    """What facts go by that know of no end to come: `who` has a subscription, or what those that began are."""
    if spans is None or part == "who":
        return subscribed(spans, clock)
    return begun(spans, clock).with_columns(pl.when(pl.col(name) < clock.day).then(name) for name in ("end", "cancelled"))


def _met(known: Book, clock: Clock) -> pl.LazyFrame:
    """account: those with events, or a subscription that began, before T; a row that they have in the accounts table counts, whatever it says."""
    seen, spans = (known.get(name) for name in ("seen", "spans"))
    done: pl.LazyFrame = seen.filter(pl.col("first_at") < clock.now).select(pl.col("account").cast(pl.String))
    return done if spans is None else pl.concat([done, begun(spans, clock).select(pl.col("account").cast(pl.String))]).unique()
