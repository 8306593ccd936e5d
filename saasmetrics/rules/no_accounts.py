"""There is no table of the accounts.

## Code
SM642 note

## Why
An account that never did anything leaves no event. Without the table it is missing from every denominator, and the
worst customers make the rates look better.

## Remedy
declare sources.accounts: one row an account, with the day of its creation

## Example
product: Ledgerly

## Instead
sources: {events: {files: events.csv}, accounts: {files: accounts.csv, segments: [plan, size]}}
"""

from __future__ import annotations

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def no_accounts(definition: Definition) -> Findings:
    if definition.sources.accounts is None:
        yield ("sources",), "no sources.accounts: accounts that never did anything are missing from every base; export one row an account"
