"""A sign of a score does not say in plain words what it saw.

## Code
SM661 error

## Why
If nobody can say what a score is made of, nobody trusts it when a renewal is at risk.

## Remedy
write what this sign saw, as a sentence of its own

## Example
churn_risk: {signals: {single_user: {why: one user}}}

## Instead
churn_risk: {signals: {single_user: {why: Everything hangs on one person.}}}

## Covers
V14
"""

from __future__ import annotations

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings

FEWEST_WORDS = 3
SCORES = ("churn_risk", "expansion", "qualification", "health")


def hollow_why(definition: Definition) -> Findings:
    for score in SCORES:
        said: dict[str, str] = {}
        for name, signal in getattr(definition, score).signals.named().items():
            path = (score, "signals", name, "why")
            if len(signal.why.split()) < FEWEST_WORDS:
                yield path, f"'{signal.why}' explains nothing; write what this signal saw, as a sentence"
            elif said.setdefault(signal.why.casefold(), name) != name:
                yield path, f"says the same as {said[signal.why.casefold()]}; write what this signal saw"
