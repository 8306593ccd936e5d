"""A headline is the name of no table.

## Code
SM673 error

## Why
What is not there cannot be locked, compared or reported.

## Remedy
write chapter.table, as `saasmetrics explain` lists them

## Example
headlines: [activation.rates]

## Instead
headlines: [activation.rate]
"""

from __future__ import annotations

from saasmetrics import catalog
from saasmetrics.definitions.model import Definition
from saasmetrics.messages import did_you_mean
from saasmetrics.rules import Findings


def unknown_headline(definition: Definition) -> Findings:
    for at, name in enumerate(definition.headlines if "headlines" in definition.model_fields_set else ()):
        folder, _, table = name.partition(".")
        if table not in (catalog.rooms_in(folder) if folder in catalog.folders() else ()):
            yield ("headlines", at), f"there is no table '{name}'{did_you_mean(name, catalog.rooms())}"
