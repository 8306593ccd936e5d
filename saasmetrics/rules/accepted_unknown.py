"""The code of an accepted finding is that of no rule.

## Code
SM679 error

## Why
A slip of the pen here accepts nothing, and nobody notices until the finding stops the work.

## Remedy
write the code as `check` prints it

## Example
accepted: {SM999: {why: The third job ships in spring., until: 2027-01-31}}

## Instead
workflows: {a: {success: x}, b: {success: y}}
accepted: {SM616: {why: The third job ships in spring., until: 2027-01-31}}
"""

from __future__ import annotations

from saasmetrics import catalog
from saasmetrics.definitions.model import Definition
from saasmetrics.messages import did_you_mean
from saasmetrics.rules import Findings


def accepted_unknown(definition: Definition) -> Findings:
    for code in definition.accepted:
        if code not in catalog.checks():
            yield ("accepted", code), f"there is no rule {code}; `check` prints the codes{did_you_mean(code, catalog.checks())}"
