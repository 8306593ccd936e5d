"""Successful work by account, workflow and day: the only activity that counts.

## Columns
account   key    the account
workflow  key    the workflow
day       key    local day number
core      flag   whether the workflow is a core one
n         count  successes, by people and by service users
value     count  their value, in ten-thousandths
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
    found = daily.join(works, on="rule").group_by("account", "workflow", "core", "day")
    return found.agg(pl.col("n").sum(), pl.col("value").sum()).filter(pl.col("n") > 0).with_columns(pl.col("workflow").cast(pl.String))


def successes(definition: Definition, rules: Mapping[str, int]) -> pl.LazyFrame:
    """rule → workflow, core: which rule is whose success."""
    core = definition.core_workflows()
    rows = [(rules[w.success], name, name in core) for name, w in definition.workflows.items()]
    names = pl.Enum(list(definition.workflows))  # as numbers, they are quick to group by
    return pl.LazyFrame(rows, schema={"rule": pl.Int64, "workflow": names, "core": pl.Boolean}, orient="row")
