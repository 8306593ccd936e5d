"""More than one event in a hundred arrives later than `late_after` says.

## Code
SM711 warning

## Why
A week is told as complete once `late_after` is over. What arrives after that changes a number that was told, always
upwards: the last week looks like a drop that mends itself.

## Remedy
declare late_after at least as long as 99 of 100 events take; `saasmetrics inspect` measures it

## Example
late_after: 1d
sources: {events: {files: events.csv, columns: {ingested: loaded_at}}}
--- events.csv
account_id,user_id,timestamp,event,loaded_at
a1,u1,2026-01-05T09:00:00Z,invoice_posted,2026-01-05T09:05:00Z
a1,u1,2026-01-06T09:00:00Z,invoice_posted,2026-01-06T09:05:00Z
a1,u1,2026-01-07T09:00:00Z,invoice_posted,2026-01-10T11:00:00Z

## Instead
late_after: 4d
sources: {events: {files: events.csv, columns: {ingested: loaded_at}}}
--- events.csv
account_id,user_id,timestamp,event,loaded_at
a1,u1,2026-01-05T09:00:00Z,invoice_posted,2026-01-05T09:05:00Z
a1,u1,2026-01-06T09:00:00Z,invoice_posted,2026-01-06T09:05:00Z
a1,u1,2026-01-07T09:00:00Z,invoice_posted,2026-01-10T11:00:00Z
"""

from __future__ import annotations

from saasmetrics.definitions.durations import as_text
from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings
from saasmetrics.sources.lateness import Lateness


def late_after_short(definition: Definition, lateness: Lateness | None) -> Findings:
    if lateness is None or lateness.days is None or lateness.quantiles[-1] <= definition.late_after:
        return
    told = f"more than one in a hundred of {lateness.rows} events arrive later ({lateness.later[0]} by more than a day)"
    yield ("late_after",), f"late_after is {as_text(definition.late_after)}, and {told}; within {lateness.days}d 99 of 100 have come"
