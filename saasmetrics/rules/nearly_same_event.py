"""The data hold another event whose name differs only in case, blanks or marks.

## Code
SM203 warning

## Why
Two versions of the app often write two spellings. Counting one of them loses a part of the work.

## Remedy
decide which spelling is meant, or list both under one rule

## Example
workflows: {invoicing: {success: invoice_posted}}
--- events.csv
account_id,user_id,timestamp,event
a1,u1,2026-01-05T09:00:00Z,invoice_posted
a1,u1,2026-01-06T09:00:00Z,Invoice Posted

## Instead
rules: {posted: {event: [invoice_posted, Invoice Posted]}}
workflows: {invoicing: {success: posted}}
--- events.csv
account_id,user_id,timestamp,event
a1,u1,2026-01-05T09:00:00Z,invoice_posted
a1,u1,2026-01-06T09:00:00Z,Invoice Posted
"""

from __future__ import annotations

from collections.abc import Mapping
from unicodedata import normalize

from saasmetrics.definitions.model import Definition
from saasmetrics.definitions.uses import events
from saasmetrics.messages import counted
from saasmetrics.rules import Findings


def nearly_same_event(definition: Definition, names: Mapping[str, int]) -> Findings:
    named = events(definition)
    told = {event for event, _ in named}
    for event, path in named:
        twins = [name for name in names if name not in told and _folded(name) == _folded(event) and event in names]
        if twins:
            listed = ", ".join(f"'{name}' ({counted(names[name], 'row')})" for name in twins)
            yield path, f"beside '{event}' ({counted(names[event], 'row')}) the data hold {listed}"


def _folded(name: str) -> str:
    return "".join(char for char in normalize("NFKC", name).casefold() if char.isalnum()).replace("ı", "i")
