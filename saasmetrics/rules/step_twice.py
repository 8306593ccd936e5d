"""A step of activation is done whenever another one is.

## Code
SM636 warning

## Why
It looks like a second hurdle and is none: no account is ever lost between the two.

## Remedy
remove one of the two, or ask for something else

## Example
activation: {steps: {a: {kind: setup, rule: invoice_posted}, b: {rule: invoice_posted}}}

## Instead
activation: {steps: {a: {kind: setup, rule: taxes_configured}, b: {rule: invoice_posted}}}
"""

from __future__ import annotations

from saasmetrics.definitions.fingerprint import rule_key
from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def step_twice(definition: Definition) -> Findings:
    if definition.activation is None or definition.activation.order != "any":
        return
    seen: dict[str, str] = {}
    for name, step in definition.steps().items():
        first = seen.setdefault(rule_key(definition.rule(step.rule)), name)
        if first != name:
            message = f"activation step '{name}' is done whenever '{first}' is; remove one, or ask for something else"
            yield ("activation", "steps", name, "rule"), message
