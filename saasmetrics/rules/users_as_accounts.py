"""The account is read from the same column as the user.

## Code
SM641 error

## Why
Users come and go; accounts pay. Mapped to the user, every number of accounts would be a number of people.

## Remedy
map account to the column of the paying customer

## Example
sources: {events: {files: events.csv, columns: {account: user_id}}}

## Instead
sources: {events: {files: events.csv, columns: {account: company_id}}}

## Covers
M05
"""

from __future__ import annotations

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def users_as_accounts(definition: Definition) -> Findings:
    for table in ("events", "users"):
        source = getattr(definition.sources, table)
        if source and source.columns.get("account") and source.columns["account"] == source.mapping["user"]:
            message = f"account and user are both the column '{source.mapping['user']}', which counts users as accounts"
            yield ("sources", table, "columns", "account"), f"{message}; map account to the paying customer"
