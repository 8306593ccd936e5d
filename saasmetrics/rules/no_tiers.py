"""A core workflow has no tiers of depth.

## Code
SM622 note

## Why
Doing a job once and living in it are two things; the second goes with staying. Without tiers they look alike.

## Remedy
declare tiers: basic, standard, advanced, each with its events

## Example
workflows:
  invoicing: {core: true, success: invoice_posted}

## Instead
workflows:
  invoicing: {core: true, success: invoice_posted, tiers: {basic: invoice_drafted, standard: invoice_posted}}
"""

from __future__ import annotations

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def no_tiers(definition: Definition) -> Findings:
    for name in definition.core_workflows():
        if not definition.workflows[name].tiers:
            yield ("workflows", name), f"core workflow '{name}' has no tiers: how deep an account is in it stays unknown; declare two or three"
