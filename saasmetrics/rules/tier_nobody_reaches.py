"""No account ever reached a tier, though all of its events occur.

## Code
SM702 warning

## Why
A depth that nobody reaches is the depth of another product, or asks for two things that never come together.

## Remedy
ask for what the deepest accounts really do

## Example
workflows: {invoicing: {success: invoice_posted, tiers: {basic: invoice_posted, deep: [paid, synced]}}}
--- events.csv
account_id,user_id,timestamp,event
a1,u1,2026-01-05T09:00:00Z,invoice_posted
a1,u1,2026-01-05T10:00:00Z,paid
a2,u2,2026-01-05T10:00:00Z,synced
z,z,2026-01-09T09:00:00Z,later

## Instead
workflows: {invoicing: {success: invoice_posted, tiers: {basic: invoice_posted, deep: paid}}}
--- events.csv
account_id,user_id,timestamp,event
a1,u1,2026-01-05T09:00:00Z,invoice_posted
a1,u1,2026-01-05T10:00:00Z,paid
z,z,2026-01-09T09:00:00Z,later
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def tier_nobody_reaches(definition: Definition, names: Mapping[str, int], tiers: pl.LazyFrame) -> Findings:
    reached = {*tiers.select("workflow", "tier").unique().collect().iter_rows()}
    for name, workflow in definition.workflows.items():
        asked: list[str] = []
        for tier, refs in workflow.tiers.items():
            asked += [event for ref in refs for event in definition.rule(ref).event]
            if (name, tier) not in reached and all(event in names for event in asked):
                yield ("workflows", name, "tiers", tier), f"no account ever reached tier '{tier}' of '{name}'; ask for what the deepest accounts do"
                break
