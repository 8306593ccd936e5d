"""No segment tells small accounts from large ones.

## Code
SM645 note

## Why
Averages hide the difference between small accounts and enterprises more than any other. One of the segments should
be the plan or the size.

## Remedy
add the plan, the number of employees or the size to sources.accounts.segments

## Example
sources: {events: {files: events.csv}, accounts: {files: accounts.csv, segments: [industry]}}

## Instead
sources: {events: {files: events.csv}, accounts: {files: accounts.csv, segments: [industry, size]}}

## Covers
Y12
"""

from __future__ import annotations

from saasmetrics.definitions.activity import words
from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings

SIZES = {"plan", "size", "tier", "employees", "headcount", "seats", "segment", "edition", "package", "class", "revenue", "turnover"}


def no_size_segment(definition: Definition) -> Findings:
    accounts = definition.sources.accounts
    if accounts and accounts.segments and not any(SIZES & {*words(name)} for name in accounts.segments):
        yield ("sources", "accounts", "segments"), "no segment tells small accounts from large ones; add the plan or the size"
