"""A tier of adoption is reached by a login, a page view or a click.

## Code
SM606 error

## Why
A customer who uses Reports a hundred times may be confused, not successful. Depth is work done, not screens seen.

## Remedy
ask for the work that is done at this depth

## Example
workflows:
  invoicing: {success: invoice_posted, tiers: {basic: page_viewed, standard: invoice_posted}}

## Instead
workflows:
  invoicing: {success: invoice_posted, tiers: {basic: invoice_drafted, standard: invoice_posted}}
"""

from __future__ import annotations

from saasmetrics.definitions.activity import activity_in
from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def activity_as_tier(definition: Definition) -> Findings:
    for name, workflow in definition.workflows.items():
        for tier, refs in workflow.tiers.items():
            for at, ref in enumerate(refs):
                if found := activity_in(definition.rule(ref)):
                    message = f"tier '{tier}' counts '{found[0]}', which only says that somebody was there"
                    yield ("workflows", name, "tiers", tier, at), f"{message}; ask for work done at this depth"
