"""Something has to happen within no time.

## Code
SM628 error

## Why
Nothing can happen within zero days: the rate would be 0 % for ever.

## Remedy
write a duration such as 14d

## Example
activation: {within: 0d, steps: {a: {kind: setup, rule: taxes_configured}, b: {rule: invoice_posted}}}

## Instead
activation: {within: 14d, steps: {a: {kind: setup, rule: taxes_configured}, b: {rule: invoice_posted}}}
"""

from __future__ import annotations

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings, Place


def no_time(definition: Definition) -> Findings:
    spots: list[tuple[Place, int]] = [(("workflows", name, "within"), workflow.within) for name, workflow in definition.workflows.items()]
    if definition.activation:
        spots.append((("activation", "within"), definition.activation.within))
    for path, within in spots:
        if not within:
            yield path, "within no time nothing can happen; write a duration such as 14d"
