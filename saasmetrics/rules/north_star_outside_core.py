"""The north star counts a workflow that is not core.

## Code
SM611 warning

## Why
The one number would grow with work that makes no account active and no account stay.

## Remedy
choose a core workflow, or mark this one core

## Example
workflows:
  invoicing: {core: true, success: invoice_posted}
  surveys: {success: survey_answered}
  payroll: {core: true, success: payroll_run_finished}
north_star: {workflow: surveys}

## Instead
workflows:
  invoicing: {core: true, success: invoice_posted}
  surveys: {success: survey_answered}
  payroll: {core: true, success: payroll_run_finished}
north_star: {workflow: invoicing}
"""

from __future__ import annotations

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def north_star_outside_core(definition: Definition) -> Findings:
    star, core = definition.north_star, definition.core_workflows()
    if star and star.workflow not in core:
        yield ("north_star", "workflow"), f"the north star counts '{star.workflow}', which is not core; choose one of {', '.join(core)}"
