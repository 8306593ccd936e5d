"""None of several workflows is core.

## Code
SM617 warning

## Why
Only a small number of jobs is why customers pay. Where every job counts alike, an account that does a side job looks healthy.

## Remedy
write core: true in the workflows that customers pay for

## Example
workflows: {invoicing: {success: invoice_posted}, payroll: {success: payroll_run_finished}, surveys: {success: survey_answered}}

## Instead
workflows: {invoicing: {core: true, success: invoice_posted}, payroll: {success: payroll_run_finished}, surveys: {success: survey_answered}}
"""

from __future__ import annotations

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def no_core_workflow(definition: Definition) -> Findings:
    marked = any(workflow.core for workflow in definition.workflows.values())
    if len(definition.workflows) > 1 and not marked and not definition.value.workflows:
        yield ("workflows",), "no workflow is core, so all count alike; write core: true in those that customers pay for"
