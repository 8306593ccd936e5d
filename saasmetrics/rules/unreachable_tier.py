"""A tier asks for nothing beyond the tiers below it.

## Code
SM623 error

## Why
Every account that holds the lower tier holds this one too, so its share only repeats the one below.

## Remedy
add what is done only at this depth

## Example
workflows:
  invoicing: {success: s, tiers: {basic: [drafted, sent], standard: sent}}

## Instead
workflows:
  invoicing: {success: s, tiers: {basic: drafted, standard: sent}}
"""

from __future__ import annotations

from saasmetrics.definitions.fingerprint import rule_key
from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def unreachable_tier(definition: Definition) -> Findings:
    for name, workflow in definition.workflows.items():
        asked: list[str] = []
        for tier, refs in workflow.tiers.items():
            rules = [rule_key(definition.rule(ref)) for ref in refs]
            if asked and all(rule in asked for rule in rules):
                message = f"tier '{tier}' asks for nothing beyond the tiers below; add what is done only at this depth"
                yield ("workflows", name, "tiers", tier), message
            asked += rules
