"""Attempts are declared, but not which thing an attempt is about.

## Code
SM620 warning

## Why
Then the success of one invoice settles the attempt at another, and what was given up looks done.

## Remedy
declare entity: the column that names the invoice, the shipment, the ticket

## Example
workflows:
  invoicing: {attempt: invoice_post_clicked, success: invoice_posted}

## Instead
workflows:
  invoicing: {attempt: invoice_post_clicked, success: invoice_posted, entity: invoice_id}
"""

from __future__ import annotations

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def attempt_without_entity(definition: Definition) -> Findings:
    for name, workflow in definition.workflows.items():
        if workflow.attempt and not workflow.entity:
            message = f"workflow '{name}' cannot tell whose attempt a success belongs to"
            yield ("workflows", name, "attempt"), f"{message}; declare entity: the column that names the thing"
