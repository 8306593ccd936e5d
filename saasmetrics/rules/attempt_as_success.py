"""The success of a workflow is the same event as its attempt or its failure.

## Code
SM602 error

## Why
Count completed outcomes, not attempts: a number that grows when people fail and try again measures trouble.

## Remedy
name the event of finished work as success

## Example
workflows:
  invoicing: {attempt: invoice_posted, success: invoice_posted}

## Instead
workflows:
  invoicing: {attempt: invoice_post_clicked, success: invoice_posted}

## Covers
M04
"""

from __future__ import annotations

from saasmetrics.definitions.fingerprint import rule_key
from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def attempt_as_success(definition: Definition) -> Findings:
    for name, workflow in definition.workflows.items():
        success = rule_key(definition.rule(workflow.success))
        for other in ("attempt", "failure"):
            ref = getattr(workflow, other)
            if ref and rule_key(definition.rule(ref)) == success:
                message = f"workflow '{name}' has the same event as success and as {other}"
                yield ("workflows", name, "success"), f"{message}; success is the event of finished work"
