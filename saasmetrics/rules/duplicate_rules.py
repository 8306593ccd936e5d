"""Two named rules match the same events.

## Code
SM651 warning

## Why
Two names for one thing drift apart with the first correction, and then two numbers with one meaning disagree.

## Remedy
keep one of the two names

## Example
rules:
  posted: {event: invoice_posted, where: {status: ok}}
  invoiced: {event: invoice_posted, where: {status: {in: [ok]}}}
workflows: {a: {success: posted, tiers: {deep: [posted, invoiced]}}}

## Instead
rules:
  posted: {event: invoice_posted, where: {status: ok}}
workflows: {a: {success: posted, tiers: {deep: posted}}}
"""

from __future__ import annotations

from saasmetrics.definitions.fingerprint import rule_key
from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def duplicate_rules(definition: Definition) -> Findings:
    seen: dict[str, str] = {}
    for name, rule in definition.rules.items():
        first = seen.setdefault(rule_key(rule), name)
        if first != name:
            yield ("rules", name), f"rule '{name}' matches the same events as '{first}'; keep one of the two names"
