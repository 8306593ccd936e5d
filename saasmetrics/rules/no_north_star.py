"""No north star is declared though several workflows are core.

## Code
SM610 warning

## Why
Then the first core workflow stands for it: moving lines about in the file would change the one number that all look at.

## Remedy
declare north_star: {workflow: …}

## Example
workflows:
  invoicing: {core: true, success: invoice_posted}
  purchasing: {core: true, success: bill_approved}
  payroll: {success: payroll_run_finished}

## Instead
workflows:
  invoicing: {core: true, success: invoice_posted}
  purchasing: {core: true, success: bill_approved}
  payroll: {success: payroll_run_finished}
north_star: {workflow: invoicing}
"""

from __future__ import annotations

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def no_north_star(definition: Definition) -> Findings:
    if definition.north_star is None and len(definition.core_workflows()) > 1:
        taken = definition.core_workflows()[0]
        yield ("workflows",), f"no north_star declared: '{taken}' is taken because it stands first; declare north_star: {{workflow: {taken}}}"
