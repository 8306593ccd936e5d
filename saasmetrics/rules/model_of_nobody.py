"""A model is for a value of a segment that no account has.

## Code
SM710 warning

## Why
A value that is spelt in another way, or has gone out of use, leaves its accounts to the model of all others, and says nothing.

## Remedy
write the value as the accounts table spells it, or take the model out

## Example
sources: {events: {files: events.csv}, accounts: {files: accounts.csv, segments: [size]}}
churn_risk: {segments: {size: {smal: {bands: {high: 50}}}}}
--- events.csv
account_id,user_id,timestamp,event
a1,u1,2026-01-05T09:00:00Z,invoice_posted
a2,u2,2026-01-06T09:00:00Z,invoice_posted
--- accounts.csv
account_id,created_at,size
a1,2026-01-01T00:00:00Z,small
a2,2026-01-02T00:00:00Z,large

## Instead
sources: {events: {files: events.csv}, accounts: {files: accounts.csv, segments: [size]}}
churn_risk: {segments: {size: {small: {bands: {high: 50}}}}}
--- events.csv
account_id,user_id,timestamp,event
a1,u1,2026-01-05T09:00:00Z,invoice_posted
a2,u2,2026-01-06T09:00:00Z,invoice_posted
--- accounts.csv
account_id,created_at,size
a1,2026-01-01T00:00:00Z,small
a2,2026-01-02T00:00:00Z,large
"""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.model import Definition
from saasmetrics.messages import did_you_mean
from saasmetrics.rules import Findings


def model_of_nobody(definition: Definition, models: pl.LazyFrame, segment_values: pl.LazyFrame) -> Findings:
    there = models.collect()
    known = segment_values.drop_nulls("value").select("segment", "value").unique().sort("segment", "value").collect()
    for score in ("churn_risk", "expansion", "health", "qualification"):
        judged = {*there[score].drop_nulls()}
        for name, found in getattr(definition, score).segments.items():
            for of in (of for of in found if f"{name} {of}" not in judged):
                near = did_you_mean(of, known.filter(pl.col("segment") == name)["value"].to_list())
                yield (score, "segments", name, of), f"no account has the {name} '{of}', so the model judges nobody{near}"
