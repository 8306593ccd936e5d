"""A band begins above all the points that there are.

## Code
SM663 error

## Why
No account can ever get there, and the empty list at the top looks like good news.

## Remedy
let the band begin lower, or give the signs more points

## Example
churn_risk:
  bands: {high: 90, medium: 20}
  signals: {declining_workflow: {points: 10}}

## Instead
churn_risk:
  bands: {high: 70, medium: 20}
  signals: {declining_workflow: {points: 10}}
"""

from __future__ import annotations

from typing import Any

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def band_out_of_reach(definition: Definition) -> Findings:
    for score in ("churn_risk", "expansion", "health"):
        told = getattr(definition, score)
        blocks: dict[tuple[str, ...], Any] = {(score,): told}
        blocks |= {(score, "segments", name, of): model for name, found in told.segments.items() for of, model in found.items()}
        for path, block in blocks.items():
            total = sum(signal.points for signal in block.signals.added().values())
            for band in type(block.bands).model_fields:
                limit = getattr(block.bands, band)
                if limit > total:
                    yield (*path, "bands", band), f"'{band}' begins at {limit} points, and all signs together have {total}; let it begin lower"
