"""The name of a rule is also the name of an event that the rule does not match.

## Code
SM653 warning

## Why
Elsewhere in the file the name means the rule, in the data it means the event. Whoever reads both compares two things.

## Remedy
give the rule a name of its own, or let it match the event

## Example
rules:
  posted: {event: sent}
  large: {event: posted, where: {amount: {gt: 100}}}
workflows: {a: {success: posted, tiers: {deep: [posted, large]}}}

## Instead
rules:
  delivered: {event: sent}
  large: {event: posted, where: {amount: {gt: 100}}}
workflows: {a: {success: delivered, tiers: {deep: [delivered, large]}}}
"""

from __future__ import annotations

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def name_of_two_things(definition: Definition) -> Findings:
    events = {event: name for name, rule in definition.rules.items() for event in rule.event}
    for name, rule in definition.rules.items():
        if name in events and name not in rule.event:
            yield ("rules", name), f"'{name}' means a rule here and an event in rule '{events[name]}'; give the rule a name of its own"
