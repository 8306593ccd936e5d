"""A success may come later than a whole period after its attempt.

## Code
SM627 warning

## Why
Then this month's success settles last month's attempt, and a job that was given up looks slow instead.

## Remedy
shorten within, or declare a rarer cadence

## Example
workflows:
  invoicing: {cadence: week, attempt: clicked, success: posted, within: 30d}

## Instead
workflows:
  invoicing: {cadence: week, attempt: clicked, success: posted, within: 2d}
"""

from __future__ import annotations

from saasmetrics.definitions.durations import DAY
from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings

LENGTHS = {"day": 1, "week": 7, "month": 31, "quarter": 92}


def within_beyond_cadence(definition: Definition) -> Findings:
    for name, workflow in definition.workflows.items():
        if workflow.attempt and workflow.within > LENGTHS[workflow.cadence] * DAY:
            message = f"within is longer than a {workflow.cadence}, the cadence of '{name}'"
            yield ("workflows", name, "within"), f"{message}; shorten it, or declare a rarer cadence"
