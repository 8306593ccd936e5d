"""Two workflows count the same success.

## Code
SM609 error

## Why
The same work would count twice, and an account with one job would seem to have adopted two.

## Remedy
remove one of the two, or name the event that sets them apart

## Example
workflows:
  invoicing: {success: invoice_posted}
  billing: {success: invoice_posted}
  payroll: {success: payroll_run_finished}

## Instead
workflows:
  invoicing: {success: invoice_posted}
  billing: {success: bill_approved}
  payroll: {success: payroll_run_finished}
"""

from __future__ import annotations

from saasmetrics.definitions.fingerprint import rule_key
from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def duplicate_workflows(definition: Definition) -> Findings:
    seen: dict[str, str] = {}
    for name, workflow in definition.workflows.items():
        first = seen.setdefault(rule_key(definition.rule(workflow.success)), name)
        if first != name:
            yield ("workflows", name, "success"), f"workflow '{name}' counts the same success as '{first}'; remove one, or name what sets them apart"
