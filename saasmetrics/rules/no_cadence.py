"""A workflow does not say how often its job comes up.

## Code
SM626 warning

## Why
Not every job is done every week. Without a declared cadence the week is taken, and an account that does its monthly
closing every month looks lost three weeks out of four.

## Remedy
declare cadence: day, week, month or quarter

## Example
workflows:
  closing: {success: month_closed}

## Instead
workflows:
  closing: {cadence: month, success: month_closed}
"""

from __future__ import annotations

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def no_cadence(definition: Definition) -> Findings:
    for name, workflow in definition.workflows.items():
        if "cadence" not in workflow.model_fields_set:
            yield ("workflows", name), f"workflow '{name}' has no cadence: every week is expected; declare cadence: day, week, month or quarter"
