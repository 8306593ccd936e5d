"""The name of a success reads as a beginning: started, requested, tried.

## Code
SM603 warning

## Why
Work that was begun is no outcome. What begins and never ends would count as value.

## Remedy
name the event with which the work ends, and declare this one as attempt

## Example
workflows:
  imports: {success: import_started}

## Instead
workflows:
  imports: {attempt: import_started, success: import_finished}
"""

from __future__ import annotations

from saasmetrics.definitions.activity import words
from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings

BEGUN = {"started", "begun", "began", "requested", "attempted", "tried", "initiated", "queued", "scheduled", "opened"}


def beginning_as_success(definition: Definition) -> Findings:
    for name, workflow in definition.workflows.items():
        rule = definition.rule(workflow.success)
        begun = [event for event in rule.event if words(event)[-1:] in [[word] for word in BEGUN]]
        if begun and not rule.where:
            message = f"workflow '{name}' counts '{begun[0]}' as success, which reads as a beginning"
            yield ("workflows", name, "success"), f"{message}; name the event with which the work ends"
