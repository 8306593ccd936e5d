"""A login, a page view, a heartbeat, a click or any event at all counts as success.

## Code
SM601 error

## Why
Being there is not getting value. An account whose people only log in would look active and retained until the day
it cancels.

## Remedy
name the event that says the work is done

## Example
workflows:
  invoicing: {success: login}

## Instead
workflows:
  invoicing: {success: invoice_posted}

## Covers
N21
"""

from __future__ import annotations

from saasmetrics.definitions.activity import activity_in
from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def activity_as_success(definition: Definition) -> Findings:
    for name, workflow in definition.workflows.items():
        for event in activity_in(definition.rule(workflow.success)):
            message = f"workflow '{name}' counts '{event}' as success, which only says that somebody was there"
            yield ("workflows", name, "success"), f"{message}; name the event that says the work is done"
