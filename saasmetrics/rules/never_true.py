"""Conditions exclude each other.

## Code
SM656 error

## Why
No event, account or user ever meets them, so the number that stands on them is 0 for ever.

## Remedy
correct one of the conditions

## Example
rules: {a: {event: a, where: {amount: {gt: 100, lt: 50}}}}
workflows: {w: {success: a}}

## Instead
rules: {a: {event: a, where: {amount: {gt: 50, lt: 100}}}}
workflows: {w: {success: a}}
"""

from __future__ import annotations

from saasmetrics.definitions.conditions import Condition
from saasmetrics.definitions.contradictions import contradictions
from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings, Place


def never_true(definition: Definition) -> Findings:
    spots: list[tuple[Place, tuple[Condition, ...]]] = [(("rules", name, "where"), rule.where) for name, rule in definition.rules.items()]
    spots += [(("internal", kind), getattr(definition.internal, kind)) for kind in ("accounts", "users")]
    for path, where in spots:
        for column, reason in contradictions(where):
            yield (*path, column), f"never true: {reason} in '{column}'; correct one of the conditions"
