"""Two workflows have the same tiers in opposite order.

## Code
SM624 error

## Why
Tiers go from shallow to deep. Where standard is above advanced in one workflow, comparing them compares nothing.

## Remedy
write the tiers of every workflow from shallow to deep

## Example
workflows:
  invoicing: {success: s, tiers: {basic: a, advanced: b}}
  payroll: {success: p, tiers: {advanced: c, basic: d}}
  tax: {success: t}

## Instead
workflows:
  invoicing: {success: s, tiers: {basic: a, advanced: b}}
  payroll: {success: p, tiers: {basic: d, advanced: c}}
  tax: {success: t}
"""

from __future__ import annotations

from itertools import combinations

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def tiers_in_another_order(definition: Definition) -> Findings:
    seen: dict[tuple[str, str], str] = {}
    for name, workflow in definition.workflows.items():
        for low, high in combinations(workflow.tiers, 2):
            if (high, low) in seen:
                message = f"'{low}' lies below '{high}' here and above it in workflow '{seen[high, low]}'"
                yield ("workflows", name, "tiers", high), f"{message}; write tiers from shallow to deep"
            seen.setdefault((low, high), name)
