"""More than fifteen numbers are headlines, or lines of the weekly report.

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

MOST, WEEKLY = 15, 13  # the weekly report has thirteen lines of its own


def many_headlines(definition: Definition) -> Findings:
    spots = {("headlines",): len(set(definition.headlines)), ("report", "lines"): WEEKLY + len(definition.report.lines)}
    for path, count in spots.items():
        if count > MOST:
            yield path, f"{count} headlines, where {MOST} are more than anybody steers by; name those that somebody acts on every week"
