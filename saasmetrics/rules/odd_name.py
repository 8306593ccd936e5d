"""A name is not written in lower case with underscores.

## Code
SM655 warning

## Why
Names of workflows, steps, tiers, features and rules become the words of every table, of filters and of scripts. Blanks,
capitals and points in them have to be quoted for ever.

## Remedy
write names such as bank_reconciliation

## Example
workflows: {Bank Reconciliation: {success: reconciled}}

## Instead
workflows: {bank_reconciliation: {success: reconciled}}
"""

from __future__ import annotations

import re

from saasmetrics.definitions.base import shown
from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings, Place

PLAIN = re.compile(r"[^\W\dA-Z][^\WA-Z]*")


def odd_name(definition: Definition) -> Findings:
    spots: list[Place] = [(block, name) for block in ("workflows", "features", "rules") for name in getattr(definition, block)]
    spots += [("workflows", name, "tiers", tier) for name, workflow in definition.workflows.items() for tier in workflow.tiers]
    spots += [("activation", "steps", name) for name in definition.steps()]
    for path in spots:
        name = str(path[-1])
        if not PLAIN.fullmatch(name) or name != name.lower():
            yield path, f"{shown(name)} has to be quoted wherever it is used; write it in lower case with underscores"
