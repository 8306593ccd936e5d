"""Successful work by account, workflow and day: the only activity that counts.

## Columns
account   key    the account
workflow  key    the workflow
day       key    local day number
core      flag   whether the workflow is a core one
n         count  successes, by people and by service users
value     count  their value, in ten-thousandths

## Cut
rows day

## Large
About as many rows as events.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from saasmetrics.definitions.model import Definition


def rules(definition: Definition) -> Iterable[str]:
    """The rules that the fold must bring."""
    return (workflow.success for workflow in definition.workflows.values())


def activity(daily: pl.LazyFrame, definition: Definition, rules: Mapping[str, int]) -> pl.LazyFrame:
    """daily → successes; one event may be the success of several workflows."""
    works = successes(definition, rules)
    found = daily.join(works, on="rule", how="semi").group_by("account", "rule", "day").agg(pl.col("n", "value").sum())
    return found.filter(pl.col("n") > 0).join(works, on="rule").select("account", "workflow", "core", "day", "n", "value")


def successes(definition: Definition, rules: Mapping[str, int]) -> pl.LazyFrame:
    """rule → workflow, core: which rule is whose success."""
    core = definition.core_workflows()
    rows = [(rules[w.success], name, name in core) for name, w in definition.workflows.items()]
    return pl.LazyFrame(rows, schema={"rule": pl.Int16, "workflow": pl.String, "core": pl.Boolean}, orient="row")
