"""The file does not say what the product is for.

## Code
SM613 note

## Why
Start by writing down a value that a customer would recognise. Without the sentence nobody can judge whether the
workflows and events below it are the right ones.

## Remedy
write value: {outcome: one sentence in the customer's words}

## Example
product: Ledgerly

## Instead
value: {outcome: Finance teams get invoices out and paid without spreadsheets.}
"""

from __future__ import annotations

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def no_outcome(definition: Definition) -> Findings:
    if not definition.value.outcome:
        yield ("value",), "value.outcome does not say what customers get from the product; write one sentence in their words"
