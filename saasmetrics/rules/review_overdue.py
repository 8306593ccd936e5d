"""The day by which the definition was to be looked at again has passed.

## Code
SM675 warning

## Why
Products and markets change; a value metric that is never looked at again measures the product of the year before last.

## Remedy
look at the definition with those who use its numbers, then write a new day

## Example
review_by: 2026-01-31

## Instead
review_by: 2027-01-31

## Covers
VM15
"""

from __future__ import annotations

from datetime import date

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings, Place

BLOCKS = ("pricing",)  # may have a day of their own


def review_overdue(definition: Definition, today: date) -> Findings:
    days: dict[Place, object] = {("review_by",): definition.review_by}
    days |= {(block, "review_by"): getattr(getattr(definition, block, None), "review_by", None) for block in BLOCKS}
    for path, day in days.items():
        if day and str(day) < today.isoformat():
            yield path, f"was to be looked at again by {day}; do so, and write the next day"
