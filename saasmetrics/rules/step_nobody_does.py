"""No account ever did a required step of activation, though its event occurs.

## Code
SM703 warning

## Why
In order, a step that never comes after the one before it activates nobody; with a condition, it may ask for what only
a later version writes.

## Remedy
look at an account that works well: what did it do first, and in which order?

## Example
activation: {order: ordered, steps: {a: {kind: setup, rule: taxes}, b: {rule: invoice_posted}}}
--- events.csv
account_id,user_id,timestamp,event
a1,u1,2026-01-05T09:00:00Z,invoice_posted
a1,u1,2026-01-05T10:00:00Z,taxes
z,z,2026-01-09T09:00:00Z,later

## Instead
activation: {order: any, steps: {a: {kind: setup, rule: taxes}, b: {rule: invoice_posted}}}
--- events.csv
account_id,user_id,timestamp,event
a1,u1,2026-01-05T09:00:00Z,invoice_posted
a1,u1,2026-01-05T10:00:00Z,taxes
z,z,2026-01-09T09:00:00Z,later
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def step_nobody_does(definition: Definition, names: Mapping[str, int], steps: pl.LazyFrame) -> Findings:
    done = {*steps.filter(pl.col("at").is_not_null()).select(pl.col("step").unique()).collect()["step"]}
    for name, step in definition.steps().items():
        if step.required and name not in done and any(event in names for event in definition.rule(step.rule).event):
            yield ("activation", "steps", name), f"no account ever did step '{name}', so none is activated; look at what accounts that work well did first"
            return
