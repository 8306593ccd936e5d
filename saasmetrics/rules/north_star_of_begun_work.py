"""What the north star asks for besides is an attempt, a failure or mere activity.

## Code
SM612 error

## Why
A good north star is successful usage, hard to fake. A click that must come along proves nothing more.

## Remedy
name a later outcome of the same thing, such as invoice_paid

## Example
workflows:
  invoicing: {attempt: post_clicked, success: invoice_posted, entity: invoice_id}
north_star: {workflow: invoicing, measure: entities, also: post_clicked}

## Instead
workflows:
  invoicing: {attempt: post_clicked, success: invoice_posted, entity: invoice_id}
north_star: {workflow: invoicing, measure: entities, also: invoice_paid}
"""

from __future__ import annotations

from saasmetrics.definitions.activity import activity_in
from saasmetrics.definitions.fingerprint import rule_key
from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def north_star_of_begun_work(definition: Definition) -> Findings:
    star = definition.north_star
    if star is None or star.also is None:
        return
    workflow, also = definition.workflows[star.workflow], definition.rule(star.also)
    others = [rule_key(definition.rule(ref)) for ref in (workflow.attempt, workflow.failure) if ref]
    if activity_in(also) or rule_key(also) in others:
        yield ("north_star", "also"), f"'{star.also}' is no outcome of '{star.workflow}'; name what happens to the thing after its success"
