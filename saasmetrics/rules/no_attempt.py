"""A core workflow does not say how it begins.

## Code
SM619 note

## Why
Without an attempt nobody can tell how many of those who tried got it done: giving up leaves no trace.

## Remedy
declare attempt: the event with which the work begins

## Example
workflows:
  invoicing: {core: true, success: invoice_posted}

## Instead
workflows:
  invoicing: {core: true, attempt: invoice_post_clicked, success: invoice_posted}
"""

from __future__ import annotations

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def no_attempt(definition: Definition) -> Findings:
    for name in definition.core_workflows():
        if definition.workflows[name].attempt is None:
            yield ("workflows", name), f"core workflow '{name}' has no attempt: the share that gets it done is unknown; name the event"
