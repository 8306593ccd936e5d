"""A finding is accepted that there is not.

## Code
SM678 warning

## Why
It was mended, or never there. Left in the file it would hide the next one.

## Remedy
remove the entry

## Example
accepted: {SM616: {why: The third job ships in spring., until: 2027-01-31}}

## Instead
workflows: {a: {success: x}, b: {success: y}}
accepted: {SM616: {why: The third job ships in spring., until: 2027-01-31}}
"""

from __future__ import annotations

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings, Raised, covers


def accepted_for_nothing(definition: Definition, raised: Raised) -> Findings:
    """Only of rules that were run: those about the data are silent without it."""
    for code, accepted in definition.accepted.items():
        if code in raised and not any(covers(accepted, path) for path in raised[code]):
            yield ("accepted", code), f"{code} is not found{' there' * bool(accepted.at)}; remove the entry"
