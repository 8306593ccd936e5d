"""Most accounts do the job in another rhythm than the declared cadence.

## Code
SM704 warning

## Why
A monthly job watched week by week looks abandoned three weeks out of four, and a daily one watched by the month hides
a silence of weeks. Told only where more than half of the accounts beyond doubt have the other rhythm.

## Remedy
declare the cadence that is measured; see `engagement rhythm`

## Example
engagement: {min_days: 3, min_accounts: 4}
workflows: {closing: {cadence: week, success: closed}}
--- events.csv
account_id,user_id,timestamp,event
a1,u,2026-01-30T09:00:00Z,closed
a1,u,2026-02-27T09:00:00Z,closed
a1,u,2026-03-31T09:00:00Z,closed
a2,u,2026-01-30T09:00:00Z,closed
a2,u,2026-02-27T09:00:00Z,closed
a2,u,2026-03-31T09:00:00Z,closed
a3,u,2026-01-30T09:00:00Z,closed
a3,u,2026-02-27T09:00:00Z,closed
a3,u,2026-03-31T09:00:00Z,closed
a4,u,2026-01-30T09:00:00Z,closed
a4,u,2026-02-27T09:00:00Z,closed
a4,u,2026-03-31T09:00:00Z,closed
a4,u,2026-04-02T09:00:00Z,opened

## Instead
engagement: {min_days: 3, min_accounts: 4}
workflows: {closing: {cadence: month, success: closed}}
--- events.csv
account_id,user_id,timestamp,event
a1,u,2026-01-30T09:00:00Z,closed
a1,u,2026-02-27T09:00:00Z,closed
a1,u,2026-03-31T09:00:00Z,closed
a1,u,2026-04-02T09:00:00Z,opened
"""

from __future__ import annotations

import polars as pl

from saasmetrics import catalog
from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition
from saasmetrics.metrics.engagement.rhythm import rhythm
from saasmetrics.rules import Findings


def cadence_against_rhythm(definition: Definition, workflows: pl.LazyFrame, activity: pl.LazyFrame, clock: Clock) -> Findings:
    room = catalog.rooms_in("engagement")["rhythm"]
    told = {name: value for name, value in definition.settings("engagement").items() if name in room.settings}
    for row in rhythm(workflows, activity, clock, **told).sort("workflow").collect().iter_rows(named=True):
        if row["verdict"] in ("slower", "faster") and row["measured"] != row["declared"]:
            message = f"declared is {row['declared']}, measured {row['measured']}: {row['agree']} of {row['accounts']} accounts work by the {row['declared']}"
            yield ("workflows", row["workflow"], "cadence"), f"{message}; declare the cadence that is measured"
