"""A band is given however few of a score's signs have data.

## Code
SM664 warning

## Why
An account of which nearly nothing is known would be called safe. Unknown is not low.

## Remedy
write min_coverage: 0.3 or more

## Example
churn_risk: {min_coverage: 0}

## Instead
churn_risk: {min_coverage: 0.3}
"""

from __future__ import annotations

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings

LEAST = 0.1


def band_from_nothing(definition: Definition) -> Findings:
    for score in ("churn_risk", "expansion", "health"):
        if getattr(definition, score).min_coverage < LEAST:
            yield (score, "min_coverage"), "a band is given though hardly any sign has data: unknown would read as safe; write 0.3 or more"
