"""A finding was accepted until a day that has passed.

## Code
SM677 warning

## Why
What is accepted for ever is forgotten. From that day on the finding is told again.

## Remedy
mend what the finding names, or accept it anew with its reason

## Example
workflows: {a: {success: x}, b: {success: y}}
accepted: {SM616: {why: The third job ships in spring., until: 2026-01-31}}

## Instead
workflows: {a: {success: x}, b: {success: y}}
accepted: {SM616: {why: The third job ships in spring., until: 2027-01-31}}
"""

from __future__ import annotations

from datetime import date

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def acceptance_expired(definition: Definition, today: date) -> Findings:
    for code, accepted in definition.accepted.items():
        if accepted.until < today:
            yield ("accepted", code, "until"), f"{code} was accepted until {accepted.until}; mend it, or accept it anew with its reason"
