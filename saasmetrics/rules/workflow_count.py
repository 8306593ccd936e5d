"""The product is described by two workflows, or by more than seven.

## Code
SM616 warning

## Why
Three to seven workflows fit on one page. Fewer leave jobs out, more are features under another name. A single one is a beginning.

## Remedy
declare the jobs that matter, no others

## Example
workflows: {invoicing: {success: invoice_posted}, payroll: {success: payroll_run_finished}}

## Instead
workflows: {invoicing: {success: invoice_posted}, payroll: {success: payroll_run_finished}, tax: {success: return_filed}}

## Covers
M09
"""

from __future__ import annotations

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings

FEWEST, MOST = 3, 7


def workflow_count(definition: Definition) -> Findings:
    count = len(definition.workflows)
    if count > 1 and not FEWEST <= count <= MOST:
        yield ("workflows",), f"{count} workflows, where {FEWEST} to {MOST} describe a product; declare the jobs that matter, no others"
