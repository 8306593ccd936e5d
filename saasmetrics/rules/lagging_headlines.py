"""All headlines are lagging: they tell what has already happened.

## Code
SM674 warning

## Why
Revenue, churn and retention are good for checking health and bad for steering: by the time they move, the reason is
old. Activation, depth, repeated work and reliability come before them. Each table's timing is told by `explain`.

## Remedy
add a leading table, such as activation.rate or value.north_star

## Example
headlines: [retention.cohorts, retention.logos]

## Instead
headlines: [retention.cohorts, activation.rate]

## Covers
G06
"""

from __future__ import annotations

from saasmetrics import catalog
from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def lagging_headlines(definition: Definition) -> Findings:
    folders = {name.partition(".")[0] for name in definition.headlines} & {*catalog.folders()}
    if folders and all(catalog.timing(folder) == "lagging" for folder in folders):
        yield ("headlines",), "all headlines tell what has already happened; add one that comes before, such as activation.rate"
