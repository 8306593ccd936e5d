"""An event that the definition names never occurs in the data.

## Code
SM201 error

## Why
A slip of the pen in a name makes a number 0 for ever, and a 0 looks like a fact.

## Remedy
correct the name, or remove it from the definition

## Example
workflows: {invoicing: {success: invoice_postd}}
--- events.csv
account_id,user_id,timestamp,event
a1,u1,2026-01-05T09:00:00Z,invoice_posted

## Instead
workflows: {invoicing: {success: invoice_posted}}
--- events.csv
account_id,user_id,timestamp,event
a1,u1,2026-01-05T09:00:00Z,invoice_posted
"""

from __future__ import annotations

from collections.abc import Mapping

from saasmetrics.definitions.model import Definition
from saasmetrics.definitions.uses import events
from saasmetrics.messages import counted, did_you_mean
from saasmetrics.rules import Findings


def event_never_occurs(definition: Definition, names: Mapping[str, int]) -> Findings:
    for event, path in events(definition):
        if event not in names:
            near = did_you_mean(event, names)
            count = next((f" ({counted(names[name], 'row')})" for name in names if f"'{name}'" in near), "")
            yield path, f"event '{event}' never occurs in {sum(names.values())} events{near}{count}"
