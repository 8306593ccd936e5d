"""The north star counts something that has no id.

## Code
SM621 warning

## Why
A benefit is quantifiable when it comes in units that can be counted: an invoice, a shipment, a hire. Without an id, a
retry or a second export of the same thing counts again.

## Remedy
declare entity in the workflow of the north star

## Example
workflows:
  invoicing: {success: invoice_posted}
north_star: {workflow: invoicing}

## Instead
workflows:
  invoicing: {success: invoice_posted, entity: invoice_id}
north_star: {workflow: invoicing}

## Covers
VM08
"""

from __future__ import annotations

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def value_without_unit(definition: Definition) -> Findings:
    star = definition.north_star
    if star and not definition.workflows[star.workflow].entity:
        message = f"the north star counts '{star.workflow}', whose successes name no thing"
        yield ("north_star", "workflow"), f"{message}; declare entity in workflows.{star.workflow}: the column with the id"
