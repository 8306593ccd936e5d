"""One sign alone lifts an account into the highest band.

## Code
SM662 warning

## Why
A score is there to weigh several signs. Where one decides, the others are decoration, and one false alarm is an alarm.

## Remedy
give the sign fewer points, or let the band begin higher

## Example
churn_risk: {bands: {high: 30, medium: 15}, signals: {declining_workflow: {points: 30}}}

## Instead
churn_risk: {bands: {high: 40, medium: 20}, signals: {declining_workflow: {points: 30}}}
"""

from __future__ import annotations

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings

SCORES = {"churn_risk": "high", "expansion": "ready"}


def sign_decides_alone(definition: Definition) -> Findings:
    for score, band in SCORES.items():
        block = getattr(definition, score)
        limit = getattr(block.bands, band)
        for name, signal in block.signals.added().items():
            if signal.points >= limit:
                yield (score, "signals", name), f"with {signal.points} points '{name}' alone makes an account {band}, which begins at {limit}; give it fewer"
