"""More than two workflows are named as those that bring the value.

## Code
SM614 warning

## Why
Value comes from a small number of workflows. Where all count, none is steered by.

## Remedy
name the one or two workflows that bring the outcome about

## Example
value: {workflows: [a, b, c]}
workflows: {a: {success: x}, b: {success: y}, c: {success: z}}

## Instead
value: {workflows: [a, b]}
workflows: {a: {success: x}, b: {success: y}, c: {success: z}}
"""

from __future__ import annotations

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings

MOST = 2


def many_value_workflows(definition: Definition) -> Findings:
    count = len(set(definition.value.workflows))
    if count > MOST:
        yield ("value", "workflows"), f"{count} workflows are said to bring the outcome about; name the one or two that do"
