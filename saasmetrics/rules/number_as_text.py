"""A number in quotes is compared as text.

## Code
SM657 warning

## Why
As text, 9 is more than 100. The condition holds for other rows than its writer thinks.

## Remedy
write the number without quotes

## Example
rules: {large: {event: posted, where: {amount: {gt: "100"}}}}
workflows: {w: {success: large}}

## Instead
rules: {large: {event: posted, where: {amount: {gt: 100}}}}
workflows: {w: {success: large}}
"""

from __future__ import annotations

import re

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings

NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
ORDERS = ("gt", "ge", "lt", "le")


def number_as_text(definition: Definition) -> Findings:
    for name, rule in definition.rules.items():
        for part in rule.where:
            if part.op in ORDERS and isinstance(part.value, str) and NUMBER.fullmatch(part.value):
                yield ("rules", name, "where", part.column, part.op), f"'{part.value}' is text, and text is ordered letter by letter; write {part.value} without quotes"
