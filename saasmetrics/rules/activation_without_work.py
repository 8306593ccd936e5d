"""No required step of activation is the success of a workflow.

## Code
SM634 warning

## Why
What does not map to a workflow is entertainment. An account that only filled in forms has not seen the product work.

## Remedy
add the success of a workflow as a required step

## Example
activation: {steps: {taxes: {rule: taxes_configured}}}

## Instead
activation: {steps: {taxes: {kind: setup, rule: taxes_configured}, posted: {rule: invoice_posted}}}

## Covers
M03
"""

from __future__ import annotations

from saasmetrics.definitions.fingerprint import rule_key
from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def activation_without_work(definition: Definition) -> Findings:
    done = [rule_key(definition.rule(workflow.success)) for workflow in definition.workflows.values()]
    steps = [rule_key(definition.rule(step.rule)) for step in definition.steps().values() if step.required]
    if definition.steps() and not any(step in done for step in steps):
        message = "no required activation step is the success of a workflow; add one, so that it means first value"
        yield ("activation", "steps"), message
