"""A required step of activation asks for nothing but a login, a page view or a click.

## Code
SM605 error

## Why
A login, a page view or a feature click is no progress of the customer. Activation would be the share that came back once.

## Remedy
ask for something set up, something created or work done

## Example
activation:
  steps:
    seen: {kind: setup, rule: dashboard_viewed}
    posted: {rule: invoice_posted}

## Instead
activation:
  steps:
    taxes: {kind: setup, rule: taxes_configured}
    posted: {rule: invoice_posted}

## Covers
B08
"""

from __future__ import annotations

from saasmetrics.definitions.activity import activity_in
from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def activity_as_step(definition: Definition) -> Findings:
    for name, step in definition.steps().items():
        rule = definition.rule(step.rule)
        if step.required and activity_in(rule) == list(rule.event):
            message = f"activation step '{name}' asks only for '{rule.event[0]}', which achieves nothing"
            yield ("activation", "steps", name, "rule"), f"{message}; ask for something set up or done"
