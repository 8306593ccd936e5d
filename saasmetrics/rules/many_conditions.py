"""A success is made of many events and conditions.

## Code
SM608 warning

## Why
A value that takes a paragraph to explain confuses those who steer by it and those who are billed by it. Counted are
the events beyond the first and the conditions; up to two are fine.

## Remedy
count a simpler event, or let the product write one event when the work is done

## Example
rules:
  done: {event: [posted, sent], where: {status: ok, kind: {in: [a, b]}}}
workflows:
  invoicing: {success: done}

## Instead
rules:
  done: {event: posted, where: {status: ok, kind: {in: [a, b]}}}
workflows:
  invoicing: {success: done}

## Covers
VM10
"""

from __future__ import annotations

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings

MOST = 2


def many_conditions(definition: Definition) -> Findings:
    for name, workflow in definition.workflows.items():
        rule = definition.rule(workflow.success)
        count = len(rule.event) - 1 + len(rule.where)
        if count > MOST:
            message = f"the success of workflow '{name}' is made of {len(rule.event)} events and {len(rule.where)} conditions"
            yield ("workflows", name, "success"), f"{message}; a success that nobody can say in a sentence is not understood"
