"""The rules that each workflow is made of: what each tier asks for beyond the tiers below it, attempt, success, failure.

## Columns
workflow  key    the workflow
rule      key    number of the rule
name      label  its name in the definition
level     count  the first tier that asks for it; null: no tier does
attempt   flag   whether it is the workflow's attempt
failure   flag   whether it is the workflow's failure
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from saasmetrics.definitions.model import Definition
from saasmetrics.definitions.work import Workflow

SCHEMA = {"workflow": pl.String, "rule": pl.Int64, "name": pl.String, "level": pl.Int64, "attempt": pl.Boolean, "failure": pl.Boolean}


def rules(definition: Definition) -> Iterable[str]:
    """The rules that the fold must bring."""
    return (rule for workflow in definition.workflows.values() for rule in _levels(workflow))


def workflow_rules(definition: Definition, rules: Mapping[str, int]) -> pl.LazyFrame:
    """One row a rule of a workflow."""
    rows = [
        (name, rules[rule], rule, level, rule == workflow.attempt, rule == workflow.failure)
        for name, workflow in definition.workflows.items()
        for rule, level in _levels(workflow).items()
    ]
    return pl.LazyFrame(rows, schema=SCHEMA, orient="row")


def _levels(workflow: Workflow) -> dict[str, int | None]:
    """Rule → the lowest tier that asks for it."""
    levels: dict[str, int | None] = {}
    for rule, level in _asked(workflow):
        levels.setdefault(rule, level)
    return levels


def _asked(workflow: Workflow) -> Iterator[tuple[str, int | None]]:
    for level, refs in enumerate(workflow.tiers.values(), 1):
        yield from ((rule, level) for rule in refs)
    yield from ((rule, None) for rule in (workflow.attempt, workflow.success, workflow.failure) if rule)
