"""The table of accounts declares no segments.

## Code
SM643 warning

## Why
Segment, or you are blind: the average of a plan that grows and one that dies is a calm line.

## Remedy
list columns such as [plan, industry, size, channel] under sources.accounts.segments

## Example
sources: {events: {files: events.csv}, accounts: {files: accounts.csv}}

## Instead
sources: {events: {files: events.csv}, accounts: {files: accounts.csv, segments: [plan, industry, size, channel]}}

## Covers
M06
"""

from __future__ import annotations

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def no_segments(definition: Definition) -> Findings:
    accounts = definition.sources.accounts
    if accounts and not accounts.segments:
        message = "no segments: averages hide what differs; list columns such as [plan] under sources.accounts.segments"
        yield ("sources", "accounts"), message
