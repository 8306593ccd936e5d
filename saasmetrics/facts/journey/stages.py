"""On which stage of its way to value each account stood at the end of each of the last complete periods.

A period here is a week, or a month or a quarter when no core workflow comes up more often. The rules, the first that holds:
none: no core success yet. repeating: a core workflow was done in three of its last four complete periods, and since then
always in two of them at least. spreading: that, with successes in two workflows or of two teams in the last four periods.
fading: it was repeating and no longer is, or its last core success is more than four periods of that workflow's cadence ago.
adopted: the rest.

## Columns
account    key    the account
period     count  number of the period (with the account the key)
ago        count  complete periods since then; 0: the last complete one
start      date   first day of the period
end        count  day number after its last day
stage      label  none, adopted, repeating, spreading, fading; unknown: the account is older than the export and was not seen repeating
reached    flag   has been repeating by then, as far as was seen
workflows  count  workflows of any kind with a success in the last four periods
teams      count  known teams with a core success in the last four periods
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from saasmetrics.clock import ROLLING_DAYS, Clock, Period
from saasmetrics.definitions.model import Definition

WINDOW, ENOUGH, TOO_FEW = 4, 3, 1
SPAN: dict[Any, int] = {"week": 26, "month": 12, "quarter": 8}  # half a year or more, so that a landmark 90 days ago is inside
LEAD = 2  # so many times as long is looked back: a stage is held until it is earned or lost anew
KEYS = ["account", "period"]


def stages(
    activity: pl.LazyFrame, user_activity: pl.LazyFrame, members: pl.LazyFrame, accounts: pl.LazyFrame, definition: Definition, clock: Clock
) -> pl.LazyFrame:
    """activity, user_activity → one row an account and period from its creation on."""
    kind = _kind(definition)
    ends, core = _ends(kind, clock), activity.filter("core")
    windows = {cadence: frame.cache() for cadence, frame in _windows(core, definition, clock, kind).items()}
    told = accounts.select("account", "created_day", "left_truncated").join(ends, how="cross")
    told = told.filter((pl.col("created_day") < pl.col("end")) | pl.col("created_day").is_null())
    told = told.join(core.group_by("account").agg(first_day=pl.col("day").min()), on="account", how="left").join(_since(windows, clock), on="account", how="left")
    for more in (_hits(windows, ends), _alive(core, ends, definition, clock, kind)):
        told = told.join(more, on=KEYS, how="left")
    reached = (pl.col("repeats_from") <= pl.col("end")).fill_null(False)
    filled = told.with_columns(pl.col("hits").fill_null(0), reached=reached, expires=_carried(pl.col("expires").cum_max()))
    turn = pl.when(pl.col("hits") >= ENOUGH).then(True).when(pl.col("hits") <= TOO_FEW).then(False)
    held = filled.with_columns(repeating=_carried(turn).fill_null(pl.col("reached"))).filter(pl.col("ago") < SPAN[kind])
    for more in _width(activity, user_activity, members, clock, kind):
        held = held.join(more, on=KEYS, how="left")
    wide = held.with_columns(pl.col("workflows", "teams").fill_null(0))
    return wide.select(*KEYS, "ago", "start", "end", _stage().alias("stage"), "reached", "workflows", "teams")


def _carried(value: pl.Expr) -> pl.Expr:
    return value.forward_fill().over("account", order_by="period")


def _stage() -> pl.Expr:
    begun = (pl.col("first_day") < pl.col("end")).fill_null(False)
    over = (pl.col("expires") < pl.col("end")).fill_null(False)
    wide = (pl.col("workflows") > 1) | (pl.col("teams") > 1)
    return (
        pl.when(pl.col("repeating") & wide).then(pl.lit("spreading"))
        .when("repeating").then(pl.lit("repeating"))
        .when("reached").then(pl.lit("fading"))
        .when("left_truncated").then(pl.lit("unknown"))
        .when(~begun).then(pl.lit("none"))
        .when(over).then(pl.lit("fading"))
        .otherwise(pl.lit("adopted"))
    )  # fmt: skip


def _kind(definition: Definition) -> Period:
    """The shortest cadence of a core workflow, a week at least."""
    lengths = [_coarse(definition.workflows[name].cadence, "week") for name in definition.core_workflows()]
    return min(lengths, key=lambda cadence: ROLLING_DAYS[cadence])


def _coarse(cadence: Period, kind: Period) -> Period:
    return max(cadence, kind, key=lambda one: ROLLING_DAYS[one])


def _ends(kind: Period, clock: Clock) -> pl.LazyFrame:
    """The periods looked at and those that lead up to them, and for each length of period the last one that is complete at its end."""
    last = clock.last_complete(kind)
    periods = pl.LazyFrame({"period": list(range(last - LEAD * SPAN[kind] + 1, last + 1))}, schema={"period": pl.Int64})
    start, end = clock.start(pl.col("period"), kind), clock.start(pl.col("period") + 1, kind).to_physical().cast(pl.Int64)
    dated = periods.with_columns(ago=last - pl.col("period"), start=start, end=end)
    return dated.with_columns((clock.index(pl.col("end"), cadence).cast(pl.Int64) - 1).alias(cadence) for cadence in SPAN)


def _windows(core: pl.LazyFrame, definition: Definition, clock: Clock, kind: Period) -> dict[Period, pl.LazyFrame]:
    """Cadence → account, workflow, at, hits: in how many of the four periods up to `at` a workflow of that cadence was done."""
    found = {}
    cadences = {name: _coarse(definition.workflows[name].cadence, kind) for name in definition.core_workflows()}
    for cadence in sorted(set(cadences.values())):
        names = [name for name, own in cadences.items() if own == cadence]
        done = core.filter(pl.col("workflow").is_in(names)).select("account", "workflow", at=_at(clock, cadence)).unique()
        found[cadence] = _ahead(done, "at").group_by("account", "workflow", "at").agg(hits=pl.len().cast(pl.Int64))
    return found


def _hits(windows: Mapping[Period, pl.LazyFrame], ends: pl.LazyFrame) -> pl.LazyFrame:
    """account, period, hits of the core workflow that was done the most regularly."""
    frames = [frame.join(ends.select("period", at=cadence), on="at").select(*KEYS, "hits") for cadence, frame in windows.items()]
    return pl.concat(frames).group_by(KEYS).agg(pl.col("hits").max())


def _since(windows: Mapping[Period, pl.LazyFrame], clock: Clock) -> pl.LazyFrame:
    """account, repeats_from: the end of the first period at which it was repeating."""
    ended = {cadence: clock.start(pl.col("at") + 1, cadence).to_physical().cast(pl.Int64) for cadence in windows}
    frames = [frame.filter(pl.col("hits") >= ENOUGH).select("account", repeats_from=ended[cadence]) for cadence, frame in windows.items()]
    return pl.concat(frames).group_by("account").agg(pl.col("repeats_from").min())


def _alive(core: pl.LazyFrame, ends: pl.LazyFrame, definition: Definition, clock: Clock, kind: Period) -> pl.LazyFrame:
    """account, period, expires: until when the core successes of that period (or before the first one) speak for it."""
    days = {name: WINDOW * ROLLING_DAYS[_coarse(definition.workflows[name].cadence, kind)] for name in definition.core_workflows()}
    lasts = pl.col("day").cast(pl.Int64) + pl.col("workflow").replace_strict(days, return_dtype=pl.Int64)
    first = ends.select(earliest=pl.col("period").min())
    placed = core.select("account", period=clock.index(pl.col("day"), kind).cast(pl.Int64), expires=lasts).join(first, how="cross")
    return placed.group_by("account", pl.max_horizontal("period", "earliest").alias("period")).agg(pl.col("expires").max())


def _width(activity: pl.LazyFrame, user_activity: pl.LazyFrame, members: pl.LazyFrame, clock: Clock, kind: Period) -> list[pl.LazyFrame]:
    """account, period and how many different workflows, and teams, had a success in the four periods up to its end."""
    named = members.filter(pl.col("team").is_not_null()).select("account", "user", "team")
    teams = user_activity.filter("core").join(named, on=["account", "user"])
    seen = pl.col("day") >= clock.first_day(clock.last_complete(kind) - SPAN[kind] - WINDOW + 2, kind)
    return [
        _ahead(work.filter(seen).select("account", one, period=_at(clock, kind)).unique(), "period").unique().group_by(KEYS).agg(pl.len().cast(pl.Int64).alias(name))
        for work, one, name in ((activity, "workflow", "workflows"), (teams, "team", "teams"))
    ]


def _at(clock: Clock, cadence: Period) -> pl.Expr:
    return clock.index(pl.col("day"), cadence).cast(pl.Int64)


def _ahead(done: pl.LazyFrame, column: str) -> pl.LazyFrame:
    """What was done in a period is seen from it and from the three after it."""
    return done.with_columns(pl.int_ranges(pl.col(column), pl.col(column) + WINDOW).alias(column)).explode(column)
