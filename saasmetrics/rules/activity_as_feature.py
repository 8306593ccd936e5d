"""A feature of high value is a login, a page view or a click.

## Code
SM607 warning

## Why
Looking at a screen is not using it. A drop of clicks would be told as a loss of value.

## Remedy
name the event of the feature's successful use, or drop high_value

## Example
features:
  reports: {rule: dashboard_viewed, high_value: true}

## Instead
features:
  reports: {rule: report_sent, high_value: true}
"""

from __future__ import annotations

from saasmetrics.definitions.activity import activity_in
from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def activity_as_feature(definition: Definition) -> Findings:
    for name, feature in definition.features.items():
        found = activity_in(definition.rule(feature.rule))
        if found and feature.high_value:
            message = f"feature '{name}' is of high value and counts '{found[0]}', which achieves nothing"
            yield ("features", name, "rule"), f"{message}; name the event of its successful use"
