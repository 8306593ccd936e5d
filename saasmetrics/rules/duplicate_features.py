"""Two features are the same use.

## Code
SM652 warning

## Why
An account with one would seem to have adopted two.

## Remedy
remove one of the two, or name the event that sets them apart

## Example
features: {exports: {rule: exported}, downloads: {rule: exported}}

## Instead
features: {exports: {rule: exported}, downloads: {rule: downloaded}}
"""

from __future__ import annotations

from saasmetrics.definitions.fingerprint import rule_key
from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def duplicate_features(definition: Definition) -> Findings:
    seen: dict[str, str] = {}
    for name, feature in definition.features.items():
        first = seen.setdefault(rule_key(definition.rule(feature.rule)), name)
        if first != name:
            yield ("features", name, "rule"), f"feature '{name}' is the same use as '{first}'; remove one, or name what sets them apart"
