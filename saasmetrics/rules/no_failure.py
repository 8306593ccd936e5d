"""A core workflow does not say how it fails.

## Code
SM618 note

## Why
A broken product corrupts every other number. Without an event of failure, adoption stands there without its quality,
and customers who cannot work look like customers who do not want to.

## Remedy
declare failure: the event with which the product fails them

## Example
workflows:
  invoicing: {core: true, success: invoice_posted}

## Instead
workflows:
  invoicing: {core: true, success: invoice_posted, failure: invoice_post_failed}

## Covers
M07
"""

from __future__ import annotations

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def no_failure(definition: Definition) -> Findings:
    for name in definition.core_workflows():
        if definition.workflows[name].failure is None:
            yield ("workflows", name), f"core workflow '{name}' has no failure: adoption is told without its quality; name the event"
