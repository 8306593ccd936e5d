"""A workflow expects a role that nobody in the users table has.

## Code
SM705 warning

## Why
Churn often starts as a role that never came along. A role spelt in another way is missing everywhere, and says nothing.

## Remedy
write the role as the users table spells it, or name its spellings under roles

## Example
sources: {events: {files: events.csv}, users: {files: users.csv}}
workflows: {invoicing: {success: posted, roles: [finance]}}
--- events.csv
account_id,user_id,timestamp,event
a1,u1,2026-01-05T09:00:00Z,posted
z,z,2026-01-09T09:00:00Z,later
--- users.csv
account_id,user_id,role
a1,u1,Finance

## Instead
sources: {events: {files: events.csv}, users: {files: users.csv}}
roles: {finance: [Finance]}
workflows: {invoicing: {success: posted, roles: [finance]}}
--- events.csv
account_id,user_id,timestamp,event
a1,u1,2026-01-05T09:00:00Z,posted
z,z,2026-01-09T09:00:00Z,later
--- users.csv
account_id,user_id,role
a1,u1,Finance
"""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.model import Definition
from saasmetrics.messages import did_you_mean
from saasmetrics.rules import Findings


def role_nobody_has(definition: Definition, members: pl.LazyFrame) -> Findings:
    spelt = {spelling: name for name, spellings in definition.roles.items() for spelling in spellings}
    there = {spelt.get(role, role) for role in members.select(pl.col("role").drop_nulls().unique().sort()).collect()["role"]}
    for name, workflow in definition.workflows.items() if there else ():
        for at, role in enumerate(workflow.roles):
            if spelt.get(role, role) not in there:
                yield ("workflows", name, "roles", at), f"nobody has the role '{role}'; write it as the users table does{did_you_mean(role, sorted(there))}"
