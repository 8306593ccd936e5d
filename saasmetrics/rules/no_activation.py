"""The file does not say when a new account has reached first value.

## Code
SM631 note

## Why
Between signing up and getting value lies what most new accounts are lost by. Undeclared, nobody sees it.

## Remedy
declare activation: something set up, something created, a job done

## Example
product: Ledgerly

## Instead
activation: {steps: {taxes: {kind: setup, rule: taxes_configured}, posted: {rule: invoice_posted}}}
"""

from __future__ import annotations

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def no_activation(definition: Definition) -> Findings:
    if definition.activation is None:
        yield ("activation",), "no activation declared: nobody can tell which new accounts got there; declare its steps"
