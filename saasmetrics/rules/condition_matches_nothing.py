"""The event of a rule occurs, but no customer's event meets its conditions.

## Code
SM701 warning

## Why
Most often the property has another name, or its values are spelt in another way. The number would be 0 for ever.

## Remedy
look at the values of the property in the data, and mend the condition

## Example
rules: {posted: {event: invoice_posted, where: {status: OK}}}
workflows: {invoicing: {success: posted}}
--- events.csv
account_id,user_id,timestamp,event,status
a1,u1,2026-01-05T09:00:00Z,invoice_posted,ok
z,z,2026-01-09T09:00:00Z,later,

## Instead
rules: {posted: {event: invoice_posted, where: {status: ok}}}
workflows: {invoicing: {success: posted}}
--- events.csv
account_id,user_id,timestamp,event,status
a1,u1,2026-01-05T09:00:00Z,invoice_posted,ok
z,z,2026-01-09T09:00:00Z,later,
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def condition_matches_nothing(definition: Definition, names: Mapping[str, int], rules: Mapping[str, int], rule_days: pl.LazyFrame) -> Findings:
    met = {*rule_days.select(pl.col("rule").unique()).collect()["rule"]}
    for name, rule in definition.rules.items():
        rows = sum(names.get(event, 0) for event in rule.event)
        if rule.where and rows and rules[name] not in met:
            yield ("rules", name, "where"), f"no customer's event meets the conditions of rule '{name}', of {rows} rows; look at the values in the data"
