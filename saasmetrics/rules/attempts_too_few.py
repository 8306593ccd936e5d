"""A workflow has more than twice as many successes as attempts.

## Code
SM707 warning

## Why
Then the declared attempt is not where the work begins: imports, the API or another screen begin it, too. The share
that gets it done is told of a part of the work only.

## Remedy
name every event with which the work begins

## Example
workflows: {invoicing: {attempt: clicked, success: posted, entity: id}}
--- events.csv
account_id,user_id,timestamp,event,id
a1,u1,2026-01-05T09:00:00Z,clicked,1
a1,u1,2026-01-05T09:01:00Z,posted,1
a1,u1,2026-01-05T10:00:00Z,posted,2
a1,u1,2026-01-05T11:00:00Z,posted,3
z,z,2026-01-09T09:00:00Z,later,

## Instead
rules: {begun: {event: [clicked, imported]}}
workflows: {invoicing: {attempt: begun, success: posted, entity: id}}
--- events.csv
account_id,user_id,timestamp,event,id
a1,u1,2026-01-05T09:00:00Z,clicked,1
a1,u1,2026-01-05T09:01:00Z,posted,1
a1,u1,2026-01-05T10:00:00Z,imported,2
a1,u1,2026-01-05T10:00:00Z,posted,2
a1,u1,2026-01-05T11:00:00Z,posted,3
z,z,2026-01-09T09:00:00Z,later,
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def attempts_too_few(definition: Definition, rules: Mapping[str, int], rule_days: pl.LazyFrame) -> Findings:
    counts = dict(rule_days.group_by("rule").agg(pl.col("n").sum()).collect().iter_rows())
    for name, workflow in definition.workflows.items():
        if workflow.attempt is not None:
            begun, done = counts.get(rules[workflow.attempt], 0), counts.get(rules[workflow.success], 0)
            if begun and done > 2 * begun:
                message = f"'{name}' has {done} successes and {begun} attempts, so most of its work begins elsewhere"
                yield ("workflows", name, "attempt"), f"{message}; name every event with which it begins"
