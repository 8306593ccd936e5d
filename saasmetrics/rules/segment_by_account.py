"""A segment is the account itself, or the moment of its creation.

## Code
SM644 error

## Why
Every segment would hold one account, and every rate would be 0 % or 100 %.

## Remedy
list columns that many accounts share, such as plan or industry

## Example
sources: {events: {files: events.csv}, accounts: {files: accounts.csv, segments: [plan, account_id]}}

## Instead
sources: {events: {files: events.csv}, accounts: {files: accounts.csv, segments: [plan, size]}}
"""

from __future__ import annotations

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def segment_by_account(definition: Definition) -> Findings:
    accounts = definition.sources.accounts
    own = {column: name for name, column in accounts.mapping.items()} if accounts else {}
    for at, name in enumerate(accounts.segments if accounts else ()):
        if name in own:
            yield ("sources", "accounts", "segments", at), f"'{name}' is the column of {own[name]}: each segment would hold one account; list shared columns"
