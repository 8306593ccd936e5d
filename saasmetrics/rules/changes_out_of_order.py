"""The changes of the definition are not in their order.

## Code
SM676 error

## Why
The last entry names the revision that the lock compares. Numbers that jump back, or come twice, hide a change.

## Remedy
number the changes 2, 3, … and let their days not go back

## Example
changes:
  - {revision: 3, effective: 2026-06-01, why: Rejected postings no longer count.}
  - {revision: 2, effective: 2026-03-01, why: Activation within 14 days instead of 30.}

## Instead
changes:
  - {revision: 2, effective: 2026-03-01, why: Activation within 14 days instead of 30.}
  - {revision: 3, effective: 2026-06-01, why: Rejected postings no longer count.}
"""

from __future__ import annotations

from itertools import pairwise

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def changes_out_of_order(definition: Definition) -> Findings:
    for at, (before, change) in enumerate(pairwise(definition.changes), 1):
        if change.revision <= before.revision or change.effective < before.effective:
            message = f"revision {change.revision} of {change.effective} stands after revision {before.revision} of {before.effective}"
            yield ("changes", at), f"{message}; let numbers and days rise"
