"""An account may take more than thirty days to activate.

## Code
SM637 warning

## Why
If activation takes weeks, the product lives on the heroics of customer success. And the rate of this month's new
accounts is known when the next but one has begun.

## Remedy
look for an earlier moment of value, and ask for that within 14 or 30 days

## Example
activation: {within: 60d, steps: {a: {kind: setup, rule: taxes_configured}, b: {rule: invoice_posted}}}

## Instead
activation: {within: 14d, steps: {a: {kind: setup, rule: taxes_configured}, b: {rule: invoice_posted}}}
"""

from __future__ import annotations

from saasmetrics.definitions.durations import DAY, as_text
from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings

LONGEST = 30


def slow_activation(definition: Definition) -> Findings:
    if definition.activation and definition.activation.within > LONGEST * DAY:
        message = f"activation may take {as_text(definition.activation.within)}, so its rate is always that of accounts long past"
        yield ("activation", "within"), f"{message}; look for an earlier moment of value"
