"""Activation is a single required step.

## Code
SM635 warning

## Why
First value is a milestone of several steps. A single one says nothing about where new accounts get stuck.

## Remedy
add what has to be set up and created before it

## Example
activation: {steps: {posted: {rule: invoice_posted}}}

## Instead
activation: {steps: {taxes: {kind: setup, rule: taxes_configured}, posted: {rule: invoice_posted}}}
"""

from __future__ import annotations

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def activation_of_one_step(definition: Definition) -> Findings:
    required = [name for name, step in definition.steps().items() if step.required]
    if len(required) == 1:
        yield ("activation", "steps"), f"'{required[0]}' is the only required step, so nobody sees where accounts get stuck; add what comes before it"
