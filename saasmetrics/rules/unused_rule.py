"""A named rule is used nowhere.

## Code
SM654 warning

## Why
It looks as if something were measured. Most often the name was changed in one place and not in the other.

## Remedy
use the rule, or remove it

## Example
rules: {posted: {event: invoice_posted, where: {status: ok}}}
workflows: {invoicing: {success: invoice_posted}}

## Instead
rules: {posted: {event: invoice_posted, where: {status: ok}}}
workflows: {invoicing: {success: posted}}
"""

from __future__ import annotations

from saasmetrics.definitions.model import Definition
from saasmetrics.messages import did_you_mean
from saasmetrics.rules import Findings


def unused_rule(definition: Definition) -> Findings:
    used = {*definition.rule_names()}
    metered = ", unless a meter of the limits has its name" if definition.sources.limits else ""
    for name in definition.rules:
        if name not in used:
            yield ("rules", name), f"rule '{name}' is used nowhere; use it, or remove it{metered}{did_you_mean(name, sorted(used - {*definition.rules}))}"
