"""Which stage each account was in, and from when to when: exactly one at a time, the last one whose rule held.

## Columns
account   key    the account
from_day  key    first day number in the stage
to_day    count  first day number in the next one; null: still there at T
position  count  number of the stage
stage     label  its name
why       label  what put it there
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock


def stage_history(stage_spans: pl.LazyFrame, stage_names: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """stage_spans → the stage between each two days on which a rule began or ceased to hold."""
    begins = stage_spans.select("account", day="from_day")
    ends = stage_spans.filter(pl.col("to_day") < clock.day).select("account", day="to_day")
    days = pl.concat([begins, ends]).unique()
    holds = (pl.col("from_day") <= pl.col("day")) & (pl.col("to_day").is_null() | (pl.col("to_day") > pl.col("day")))
    spans = stage_spans.sort("position", "from_day", "why", descending=[True, False, False]).with_row_index("place").cache()
    held = days.join(spans, on="account").filter(holds).group_by("account", "day").agg(pl.col("place").min())
    last = held.join(spans.select("place", "position", "why"), on="place")
    before = pl.col("position").shift(1).over("account", order_by="day")
    turns = last.filter((pl.col("position") != before).fill_null(True)).rename({"day": "since"})
    following = turns.with_columns(until=pl.col("since").shift(-1).over("account", order_by="since"))
    named = following.join(stage_names, on="position")
    return named.select("account", "position", "stage", "why", from_day="since", to_day="until")
