"""Nobody is declared as internal.

## Code
SM646 warning

## Why
Colleagues, demonstrations and tests are the most diligent users of all. They count as customers until they are named.

## Remedy
declare internal: {accounts: …, users: …}, by plan, by mail address or by id

## Example
product: Ledgerly

## Instead
internal: {users: {email: {like: "*@ledgerly.example"}}}
"""

from __future__ import annotations

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def no_internal(definition: Definition) -> Findings:
    if not definition.internal.accounts and not definition.internal.users:
        yield ("internal",), "no internal accounts or users declared: tests and colleagues count as customers; add internal:"
