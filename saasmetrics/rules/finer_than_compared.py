"""A number in a condition is finer than numbers are compared.

## Code
SM658 warning

## Why
Numbers are compared in ten-thousandths, so 0.00005 is 0.0001 and 0.00002 is 0: the condition holds for other rows than its writer thinks.

## Remedy
write it with four decimals at most, or give the events the quantity in a smaller unit

## Example
rules: {slow: {event: exported, where: {seconds: {gt: 0.00002}}}}
workflows: {w: {success: slow}}

## Instead
rules: {slow: {event: exported, where: {microseconds: {gt: 20}}}}
workflows: {w: {success: slow}}
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings

COMPARED = Decimal("0.0001")


def finer_than_compared(definition: Definition) -> Findings:
    for name, rule in definition.rules.items():
        for part in rule.where:
            for value in _numbers(part.value):
                if (rounded := value.quantize(COMPARED, ROUND_HALF_UP)) != value:
                    yield ("rules", name, "where", part.column, part.op), f"{value:f} is compared as {rounded:f}: four decimals are kept"


def _numbers(value: object) -> Iterator[Decimal]:
    values = value if isinstance(value, tuple) else (value,)
    yield from (one for one in values if isinstance(one, Decimal))
