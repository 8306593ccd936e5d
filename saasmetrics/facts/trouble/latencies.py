"""How fast each screen and each timed workflow was, week by week: exact quantiles of all samples.

The quantile q of n samples in order x(1) … x(n) is linear between the two nearest: with h = q · (n − 1), it is
x(⌊h⌋ + 1) + (h − ⌊h⌋) · (x(⌊h⌋ + 2) − x(⌊h⌋ + 1)). Samples are whole milliseconds; parts of one are cut off.

## Columns
kind   key    screen or workflow
name   key    its name in the definition
week   count  number of the week (with kind and name the key)
core   flag   a core screen or a core workflow
n      count  samples
p50    number the median, in milliseconds
p95    number 19 of 20 took at most so long, in milliseconds

## Cut
over week
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition
from saasmetrics.statistics import divided

KEYS = ["kind", "name", "core", "week"]
SCHEMA = {"kind": pl.String, "name": pl.String, "core": pl.Boolean, "rule": pl.Int64}
PERCENT = 100


def rules(definition: Definition) -> Iterable[str]:
    """The rules that the fold must bring."""
    return (rule for *_, rule in _timed(definition))


def latencies(durations: pl.LazyFrame, definition: Definition, rules: Mapping[str, int], clock: Clock) -> pl.LazyFrame:
    """durations (rule, day, milliseconds, n) → one row a screen or workflow and week."""
    rows = [(kind, name, core, rules[rule]) for kind, name, core, rule in dict.fromkeys(_timed(definition))]
    named = durations.join(pl.LazyFrame(rows, schema=SCHEMA, orient="row"), on="rule").with_columns(week=clock.index(pl.col("day"), "week").cast(pl.Int64))
    counts = named.group_by(*KEYS, "milliseconds").agg(pl.col("n").sum()).filter(pl.col("n") > 0)
    ranked = counts.with_columns(upto=pl.col("n").cum_sum().over(KEYS, order_by="milliseconds"), all=pl.col("n").sum().over(KEYS))
    return ranked.group_by(KEYS).agg(n=pl.col("all").first(), p50=_quantile(50), p95=_quantile(95))


def _quantile(percent: int) -> pl.Expr:
    """The value at the place is the least one up to which there are more samples than the place's number, counted from 0."""
    place = percent * (pl.col("all").first() - 1)
    below, part = place.floordiv(PERCENT), place % PERCENT
    low, high = (pl.col("milliseconds").filter(pl.col("upto") > at).min() for at in (below, below + (part > 0)))
    return low + divided((high - low) * part, PERCENT)


def _timed(definition: Definition) -> Iterator[tuple[str, str, bool, str]]:
    core = definition.core_workflows()
    for name, screen in definition.reliability.screens.items():
        yield from (("screen", name, screen.core, rule) for rule in screen.rule)
    yield from (("workflow", name, name in core, w.success) for name, w in definition.workflows.items() if w.duration)
