"""More than fifteen tables are headlines.

## Code
SM671 warning

## Why
Pick fewer numbers and enforce their definitions. Beyond fifteen every one should earn its place.

## Remedy
name under headlines: those that somebody acts on every week

## Example
headlines: [a.a, a.b, a.c, a.d, a.e, a.f, a.g, a.h, a.i, a.j, a.k, a.l, a.m, a.n, a.o, a.p]

## Instead
headlines: [activation.rate, retention.cohorts]

## Covers
M08
"""

from __future__ import annotations

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings

MOST = 15


def many_headlines(definition: Definition) -> Findings:
    count = len(set(definition.headlines))
    if count > MOST:
        yield ("headlines",), f"{count} headlines, where {MOST} are more than anybody steers by; name those that somebody acts on every week"
