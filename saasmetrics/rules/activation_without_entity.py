"""Activation asks for no first real thing.

## Code
SM633 note

## Why
A definition of activation that proves something has three parts: the least that must be set up, a first real thing,
and one job from end to end.

## Remedy
add a step of kind entity: a customer, a product, a project of their own

## Example
activation: {steps: {taxes: {kind: setup, rule: taxes_configured}, posted: {rule: invoice_posted}}}

## Instead
activation: {steps: {taxes: {kind: setup, rule: taxes_configured}, customer: {kind: entity, rule: customer_created}, posted: {rule: invoice_posted}}}
"""

from __future__ import annotations

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings

KINDS = ("entity", "import")


def activation_without_entity(definition: Definition) -> Findings:
    steps = [step for step in definition.steps().values() if step.required]
    if steps and not any(step.kind in KINDS for step in steps):
        yield ("activation", "steps"), "no required step creates a first real thing (kind: entity or import); add a customer, a product, a project"
