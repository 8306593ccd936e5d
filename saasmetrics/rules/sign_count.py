"""Fewer than four or more than six signs decide which accounts are ready to buy.

## Code
SM666 warning

## Why
Four to six signs that fit the product can be told in one breath. One is a coincidence, ten are a fog.

## Remedy
leave out a sign with counts: false, or declare another

## Example
qualification:
  min_signals: 2
  signals: {weeks: {counts: false}, low_errors: {counts: false}, volume: {counts: false}}

## Instead
qualification:
  min_signals: 2
  signals: {weeks: {counts: false}, low_errors: {counts: false}}
"""

from __future__ import annotations

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings

FEWEST, MOST = 4, 6


def sign_count(definition: Definition) -> Findings:
    count = len(definition.qualification.signals.named())
    if not FEWEST <= count <= MOST:
        yield ("qualification", "signals"), f"{count} signs decide who is ready to buy, where {FEWEST} to {MOST} can be told in one breath"
