"""Failures and timeouts of every operation by account and local day: events, not attempts.

## Columns
account   key    the account
position  key    the operation
day       key    local day number
failures  count  failures and timeouts

## Cut
rows day
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from saasmetrics.definitions.model import Definition
from saasmetrics.facts.trouble._operations import declared


def rules(definition: Definition) -> Iterable[str]:
    """The rules that the fold must bring."""
    return (rule for _, rule in _wrong(definition))


def mishaps(daily: pl.LazyFrame, definition: Definition, rules: Mapping[str, int]) -> pl.LazyFrame:
    """daily → one row an account, operation and day with a failure."""
    rows = [*dict.fromkeys((at, rules[rule]) for at, rule in _wrong(definition))]
    wrong = pl.LazyFrame(rows, schema={"position": pl.Int64, "rule": pl.Int64}, orient="row")
    found = daily.join(wrong, on="rule").group_by("account", "position", "day").agg(failures=pl.col("n").sum())
    return found.filter(pl.col("failures") > 0)


def _wrong(definition: Definition) -> Iterator[tuple[int, str]]:
    for at, one in enumerate(declared(definition), 1):
        yield from ((at, rule) for part in ("failure", "timeout") for rule in one.parts[part])
