"""What each account tried in each workflow, day by day: attempts, successes and failures.

## Columns
account    key    the account
workflow   key    the workflow
day        key    local day number
attempts   count  attempts; 0 where the workflow declares none
successes  count  successes
failures   count  failures; 0 where the workflow declares none
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from saasmetrics.definitions.model import Definition

KINDS = {"attempts": "attempt", "successes": "success", "failures": "failure"}


def rules(definition: Definition) -> Iterable[str]:
    """The rules that the fold must bring."""
    return (rule for _, _, rule in _declared(definition))


def efforts(daily: pl.LazyFrame, definition: Definition, rules: Mapping[str, int]) -> pl.LazyFrame:
    """daily → one row an account, workflow and day with any of the three."""
    rows = [(name, kind, rules[rule]) for name, kind, rule in _declared(definition)]
    declared = pl.LazyFrame(rows, schema={"workflow": pl.String, "kind": pl.String, "rule": pl.Int64}, orient="row")
    found = daily.join(declared, on="rule").group_by("account", "workflow", "day")
    return found.agg(pl.col("n").filter(pl.col("kind") == kind).sum().alias(kind) for kind in KINDS)


def _declared(definition: Definition) -> list[tuple[str, str, str]]:
    named = [(name, kind, getattr(w, key)) for name, w in definition.workflows.items() for kind, key in KINDS.items()]
    return [(name, kind, rule) for name, kind, rule in named if rule]
