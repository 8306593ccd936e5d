"""A segment has one value for all accounts, or nearly a value for each.

## Code
SM706 warning

## Why
Neither splits anything: the first repeats the total, the second lists the accounts.

## Remedy
segment by a column with a few values that many accounts share

## Example
sources: {events: {files: events.csv}, accounts: {files: accounts.csv, segments: [plan]}}
--- events.csv
account_id,user_id,timestamp,event
a1,u1,2026-01-05T09:00:00Z,invoice_posted
--- accounts.csv
account_id,created_at,plan
a1,2026-01-01T00:00:00Z,pro
a2,2026-01-02T00:00:00Z,pro

## Instead
sources: {events: {files: events.csv}, accounts: {files: accounts.csv, segments: [plan]}}
--- events.csv
account_id,user_id,timestamp,event
a1,u1,2026-01-05T09:00:00Z,invoice_posted
--- accounts.csv
account_id,created_at,plan
a1,2026-01-01T00:00:00Z,pro
a2,2026-01-02T00:00:00Z,team
"""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings

FEWEST = 20  # accounts from which many values are too many


def segment_of_one_value(definition: Definition, segment_values: pl.LazyFrame) -> Findings:
    found = segment_values.group_by("segment").agg(values=pl.col("value").n_unique(), accounts=pl.len()).sort("segment").collect()
    source = definition.sources.accounts
    for name, values, accounts in found.iter_rows():
        path = ("sources", "accounts", "segments", source.segments.index(name) if source else 0)
        if values == 1 and accounts > 1:
            yield path, f"'{name}' has the same value for all {accounts} accounts, so it splits nothing; segment by another column"
        elif accounts >= FEWEST and 2 * values > accounts:
            yield path, f"'{name}' has {values} values for {accounts} accounts, so each is a list of one; segment by what many share"
