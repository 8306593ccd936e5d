"""No tier of a workflow asks for its success.

## Code
SM625 warning

## Why
An account could climb to the deepest tier without ever getting the job done.

## Remedy
put the success into the tier at which the job is done

## Example
workflows:
  invoicing: {success: invoice_posted, tiers: {basic: invoice_drafted, advanced: template_saved}}

## Instead
workflows:
  invoicing: {success: invoice_posted, tiers: {basic: invoice_drafted, advanced: [invoice_posted, template_saved]}}
"""

from __future__ import annotations

from saasmetrics.definitions.fingerprint import rule_key
from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def tiers_without_success(definition: Definition) -> Findings:
    for name, workflow in definition.workflows.items():
        asked = [rule_key(definition.rule(ref)) for refs in workflow.tiers.values() for ref in refs]
        if asked and rule_key(definition.rule(workflow.success)) not in asked:
            yield ("workflows", name, "tiers"), f"no tier of '{name}' asks for its success '{workflow.success}'; put it where the job is done"
