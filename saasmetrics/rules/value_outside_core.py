"""A workflow that brings the value is not core, though others are.

## Code
SM615 warning

## Why
An account that gets the value would count as inactive, and one that does without would count as active.

## Remedy
mark the workflow core, or take it out of value.workflows

## Example
value: {workflows: [invoicing]}
workflows:
  invoicing: {success: invoice_posted}
  surveys: {core: true, success: survey_answered}
  payroll: {success: payroll_run_finished}

## Instead
value: {workflows: [invoicing]}
workflows:
  invoicing: {core: true, success: invoice_posted}
  surveys: {success: survey_answered}
  payroll: {success: payroll_run_finished}
"""

from __future__ import annotations

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def value_outside_core(definition: Definition) -> Findings:
    core = definition.core_workflows()
    for at, name in enumerate(definition.value.workflows):
        if name not in core:
            yield ("value", "workflows", at), f"'{name}' brings the value and is not core; write core: true in workflows.{name}"
