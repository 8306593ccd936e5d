"""Signing up counts as success, as a step of activation, or as a tier.

## Code
SM604 error

## Why
Everybody who is counted has signed up. It says that somebody is interested, not that anything works for them.

## Remedy
ask for something set up, something created or work done

## Example
activation:
  steps:
    joined: {kind: setup, rule: account_created}
    posted: {rule: invoice_posted}

## Instead
activation:
  steps:
    taxes: {kind: setup, rule: taxes_configured}
    posted: {rule: invoice_posted}
"""

from __future__ import annotations

from saasmetrics.definitions.activity import words
from saasmetrics.definitions.model import Definition
from saasmetrics.definitions.uses import uses
from saasmetrics.rules import Findings

SIGNED = {
    "sign up", "signed up", "signup", "signup completed", "account created", "user created", "user registered", "registered",
    "trial started", "workspace created", "organization created", "user signed up", "account signed up",
    "registriert", "konto angelegt", "konto erstellt", "inscription", "inscription terminee", "compte cree", "utilisateur cree",
}  # fmt: skip


def signup_as_value(definition: Definition) -> Findings:
    for ref, path in uses(definition):
        if path[0] in ("activation", "workflows") and path[-1] not in ("attempt", "failure"):
            for event in definition.rule(ref).event:
                if " ".join(words(event)) in SIGNED:
                    yield path, f"'{event}' is signing up, which every account has done; ask for work, or for something set up"
