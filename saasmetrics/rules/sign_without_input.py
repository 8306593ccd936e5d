"""A sign of a score is declared that can never fire, for lack of its input.

## Code
SM665 warning

## Why
Its points are counted nowhere. Who reads the file believes that somebody is watching.

## Remedy
declare the input, or remove the sign

## Example
churn_risk: {signals: {usage_down_before_renewal: {points: 5}}}

## Instead
sources: {events: {files: e.csv}, subscriptions: {files: s.csv}}
churn_risk: {signals: {usage_down_before_renewal: {points: 5}}}
"""

from __future__ import annotations

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings

INPUTS = {
    "no_admin_activity": "sources.users", "usage_down_before_renewal": "sources.subscriptions", "never_seen": "sources.subscriptions", "weak_onboarding": "activation",
    "less_high_value_use": "features", "seats_filled": "sources.subscriptions", "teams_spreading": "sources.users",
    "inviting": "sources.users", "premium_pull": "features", "activated": "activation", "invited": "sources.users",
    "advanced_features": "features", "low_support": "sources.tickets", "admins": "sources.users", "support": "sources.tickets",
    "renewal": "sources.subscriptions", "feature_use": "features", "activation": "activation",
}  # fmt: skip
SCORES = ("churn_risk", "expansion", "qualification", "health")


def sign_without_input(definition: Definition) -> Findings:
    for score in SCORES:
        signals = getattr(definition, score).signals
        for name in signals.named():
            needed = INPUTS.get(name, "")
            if name in signals.model_fields_set and needed and not _declared(definition, needed):
                yield (score, "signals", name), f"'{name}' can never fire without {needed}; declare it, or remove the sign"


def _declared(definition: Definition, needed: str) -> bool:
    block, _, source = needed.partition(".")
    return bool(getattr(definition.sources, source) if source else getattr(definition, block))
