"""The conditions for internal accounts or users match nobody.

## Code
SM708 warning

## Why
Colleagues and test accounts are still counted as customers, and everybody believes that they are not.

## Remedy
look at the values in the data, and mend the condition

## Example
sources: {events: {files: events.csv}, accounts: {files: accounts.csv, segments: [plan]}}
internal: {accounts: {plan: Internal}}
--- events.csv
account_id,user_id,timestamp,event
a1,u1,2026-01-05T09:00:00Z,invoice_posted
--- accounts.csv
account_id,created_at,plan
a1,2026-01-01T00:00:00Z,pro
a2,2026-01-02T00:00:00Z,internal

## Instead
sources: {events: {files: events.csv}, accounts: {files: accounts.csv, segments: [plan]}}
internal: {accounts: {plan: internal}}
--- events.csv
account_id,user_id,timestamp,event
a1,u1,2026-01-05T09:00:00Z,invoice_posted
--- accounts.csv
account_id,created_at,plan
a1,2026-01-01T00:00:00Z,pro
a2,2026-01-02T00:00:00Z,internal
"""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.model import Definition
from saasmetrics.facts._where import ours
from saasmetrics.rules import Findings


def internal_matches_nobody(definition: Definition, listed: pl.LazyFrame | None, people: pl.LazyFrame | None) -> Findings:
    internal = definition.internal
    for kind, where, table in (("accounts", internal.accounts, listed), ("users", internal.users, people)):
        if where and table is not None and table.filter(ours(definition, kind)).limit(1).collect().is_empty():
            yield ("internal", kind), f"no row of the {kind} table is internal, so colleagues and tests count as customers; look at the values in the data"
