"""A headline counts people, not accounts.

## Code
SM672 warning

## Why
Renewals happen at the account, so the unit has to match: one enthusiastic user does not mean that the account has
embedded the product. Tables of people explain, they do not lead.

## Remedy
put the table of accounts under headlines:, and look into the people behind it

## Example
headlines: [activation.rate, engagement.active_users]

## Instead
headlines: [activation.rate, engagement.active_accounts]

## Covers
V15
"""

from __future__ import annotations

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def headline_of_users(definition: Definition) -> Findings:
    for at, name in enumerate(definition.headlines):
        if "user" in name.partition(".")[2]:
            yield ("headlines", at), f"'{name}' counts people; accounts pay: put a table of accounts in its place"
