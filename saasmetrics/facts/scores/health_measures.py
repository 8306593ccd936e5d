"""What the parts of an account's health are judged by, at T and on the same weekday of each of the weeks before it.

The day of a row is T less 7 × `ago` days; a row counts what lies before its day. A block is 7 days that end with it, and a
window of 28 days is four of them.

## Columns
account      key    the account
ago          key    weeks before T; only of days after the creation of the account and after the first day of the export
age          count  days since its creation or since the first day of the export, whichever is later
old          count  µs since its creation: a step may be due within the day; null: unknown
done         count  required activation steps done
required     count  required activation steps; 0: none are declared
truncated    flag   older than the export: what it did first is unknown
n            count  core successes in the 28 days
n_before     count  in the 28 days before these
workflow     label  the core workflow that is done most regularly; null: none in the periods looked at
hit          count  periods of it with a success: 7 days for a workflow of every day or week, 35 for one of every month, 91 for one of every quarter
periods      count  periods looked at: health.signals.core_use.periods, but no more than `age` has whole ones, and no fewer than hit; without a hit those of the core workflow with the shortest cadence
users        count  people with a core success in the 28 days; null: the events have no user column
users_before count  in the 28 days before these
seats        count  seats of all subscriptions on that day but modules and usage; null: one of them does not say, or nothing is paid
admin_ago    count  whole days since the last event of an administrator; null: none so far
has_admin    flag   the users table lists an administrator
features     count  different features used in the 28 days
tickets      count  opened in the 28 days; null: no tickets table
renews_in    count  days to the next renewal; null: unknown, or nothing is paid
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition
from saasmetrics.facts.scores._models import modelled

WEEKS = {"day": 1, "week": 1, "month": 5, "quarter": 13}  # five weeks, so that no end of a month falls between two periods
KEYS = ["account", "ago"]


def health_measures(
    accounts: pl.LazyFrame, steps: pl.LazyFrame, activity: pl.LazyFrame, user_activity: pl.LazyFrame, users_named: bool, visits: pl.LazyFrame,
    members: pl.LazyFrame, feature_days: pl.LazyFrame, tickets: pl.LazyFrame, tickets_known: pl.LazyFrame, contracts: pl.LazyFrame,
    models: pl.LazyFrame, definition: Definition, clock: Clock,
) -> pl.LazyFrame:  # fmt: skip
    """One row an account and week."""
    core, weeks = activity.filter("core"), definition.health.weeks
    found = [
        _done(steps, definition, clock), _work(core, weeks, clock), _users(user_activity.filter("core"), weeks, clock),
        modelled("health", models, definition, lambda own: _regular(core, own, clock)), _features(feature_days, weeks, clock), _tickets(tickets, weeks, clock), _terms(contracts, definition, clock),
    ]  # fmt: skip
    grid = _grid(accounts, definition, clock)
    for frame in found:
        grid = grid.join(frame, on=KEYS, how="left")
    told = _admins(grid, visits, members, definition, clock).join(tickets_known, how="cross")
    counts = pl.col("done", "n", "n_before", "users", "users_before", "hit", "features", "tickets").fill_null(0)
    filled = told.with_columns(counts, required=pl.lit(sum(step.required for step in definition.steps().values()), pl.Int64))
    known = filled.with_columns(
        *(pl.when(pl.lit(users_named)).then(name).alias(name) for name in ("users", "users_before")), tickets=pl.when("ticketed").then("tickets")
    )
    return modelled("health", models, definition, lambda own: known.with_columns(periods=_periods(own))).drop("ticketed", "width")


def _weeks(definition: Definition) -> pl.LazyFrame:
    return pl.LazyFrame({"ago": list(range(definition.health.weeks + 1))}, schema={"ago": pl.Int64})


def _day(clock: Clock) -> pl.Expr:
    return clock.day - 7 * pl.col("ago")


def _grid(accounts: pl.LazyFrame, definition: Definition, clock: Clock) -> pl.LazyFrame:
    known = accounts.select("account", "created_at", "created_day", "observed_from", truncated="left_truncated")
    midnights = pl.Series([clock.midnight(clock.day - 7 * ago) for ago in range(definition.health.weeks + 1)])
    every = known.join(_weeks(definition).with_columns(midnight=midnights), how="cross").with_columns(day=_day(clock))
    since = pl.max_horizontal("created_day", "observed_from").cast(pl.Int64)
    lived = every.with_columns(age=pl.col("day") - since, old=pl.col("midnight") - pl.col("created_at"))
    return lived.filter((pl.col("age") > 0).fill_null(True)).select(*KEYS, "age", "old", "truncated")


def _block(clock: Clock) -> pl.Expr:
    return (clock.day - 1 - pl.col("day").cast(pl.Int64)).floordiv(7)


def _windowed(blocks: pl.LazyFrame, size: int, weeks: int) -> pl.LazyFrame:
    """Each row of a block once for every week whose `size` blocks hold it: ago, and place (0: the latest of them)."""
    places = pl.LazyFrame({"place": list(range(size))}, schema={"place": pl.Int64})
    late = blocks.filter(pl.col("block") < weeks + size)
    return late.join(places, how="cross").with_columns(ago=pl.col("block") - pl.col("place")).filter(pl.col("ago").is_between(0, weeks))


def _done(steps: pl.LazyFrame, definition: Definition, clock: Clock) -> pl.LazyFrame:
    needed = steps.filter(pl.col("required") & pl.col("at").is_not_null()).select("account", step_day=clock.day_of(pl.col("at")))
    upto = needed.join(_weeks(definition), how="cross").filter(pl.col("step_day") < _day(clock))
    return upto.group_by(KEYS).agg(done=pl.len().cast(pl.Int64))


def _work(core: pl.LazyFrame, weeks: int, clock: Clock) -> pl.LazyFrame:
    blocks = core.group_by("account", block=_block(clock)).agg(pl.col("n").sum())
    now = pl.col("place") < 4
    return _windowed(blocks, 8, weeks).group_by(KEYS).agg(n=pl.col("n").filter(now).sum(), n_before=pl.col("n").filter(~now).sum())


def _users(core: pl.LazyFrame, weeks: int, clock: Clock) -> pl.LazyFrame:
    blocks = core.select("account", "user", block=_block(clock)).unique()
    now, user = pl.col("place") < 4, pl.col("user")
    told = _windowed(blocks, 8, weeks).group_by(KEYS)
    return told.agg(users=user.filter(now).n_unique().cast(pl.Int64), users_before=user.filter(~now).n_unique().cast(pl.Int64))


def _regular(core: pl.LazyFrame, definition: Definition, clock: Clock) -> pl.LazyFrame:
    """Of each week the core workflow with most of its periods hit; of equals the one whose name comes first."""
    periods = definition.health.signals.core_use.periods
    blocks = core.select("account", "workflow", block=_block(clock)).unique()
    found = []
    for name in definition.core_workflows():
        width = WEEKS[definition.workflows[name].cadence]
        hits = _windowed(blocks.filter(pl.col("workflow") == name), periods * width, definition.health.weeks).with_columns(period=pl.col("place").floordiv(width))
        found.append(hits.group_by(*KEYS, "workflow").agg(hit=pl.col("period").n_unique().cast(pl.Int64), width=pl.lit(7 * width, pl.Int64)))
    ranked = pl.concat(found).sort(*KEYS, "hit", "workflow", descending=[False, False, True, False])
    return ranked.group_by(KEYS, maintain_order=True).first()


def _periods(definition: Definition) -> pl.Expr:
    """Of an account that does none, the periods of the core workflow with the shortest cadence."""
    shortest = min(7 * WEEKS[definition.workflows[name].cadence] for name in definition.core_workflows())
    lived = pl.col("age").floordiv(pl.col("width").fill_null(shortest)).clip(0, definition.health.signals.core_use.periods)
    return pl.when(pl.col("hit") > 0).then(pl.max_horizontal("hit", lived)).otherwise(lived)


def _features(feature_days: pl.LazyFrame, weeks: int, clock: Clock) -> pl.LazyFrame:
    blocks = feature_days.select("account", "feature", block=_block(clock)).unique()
    return _windowed(blocks, 4, weeks).group_by(KEYS).agg(features=pl.col("feature").n_unique().cast(pl.Int64))


def _tickets(tickets: pl.LazyFrame, weeks: int, clock: Clock) -> pl.LazyFrame:
    blocks = tickets.with_columns(day="opened_day").group_by("account", block=_block(clock)).agg(tickets=pl.len().cast(pl.Int64))
    return _windowed(blocks, 4, weeks).group_by(KEYS).agg(pl.col("tickets").sum())


def _terms(contracts: pl.LazyFrame, definition: Definition, clock: Clock) -> pl.LazyFrame:
    open_ = contracts.join(_weeks(definition), how="cross").with_columns(day=_day(clock)).filter(
        (pl.col("start") < pl.col("day")) & (pl.col("end").is_null() | (pl.col("end") >= pl.col("day")))
    )  # fmt: skip
    renews = pl.col("renews").filter(pl.col("renews") >= pl.col("day")).min()
    seats = pl.col("seats").filter(pl.col("kind") == "recurring")
    pays = pl.col("mrr").sum() > 0  # seats that cost nothing are none to fill, and nothing is renewed
    return open_.group_by(*KEYS, "day").agg(
        seats=pl.when(pays & seats.is_not_null().all() & (seats.len() > 0)).then(seats.sum()), renews=pl.when(pays).then(renews)
    ).select(*KEYS, "seats", renews_in=pl.col("renews") - pl.col("day"))  # fmt: skip


def _admins(grid: pl.LazyFrame, visits: pl.LazyFrame, members: pl.LazyFrame, definition: Definition, clock: Clock) -> pl.LazyFrame:
    """The last day on which an administrator was seen, carried on from week to week."""
    admins = members.filter("admin").select("account", "user").unique()
    held = admins.select("account").unique().with_columns(has_admin=pl.lit(True))
    there = visits.group_by("account", "user", "day").agg(pl.col("n").sum()).filter(pl.col("n") > 0).join(admins, on=["account", "user"], how="semi")
    last = there.group_by("account", ago=_block(clock).clip(0, definition.health.weeks)).agg(admin_day=pl.col("day").max().cast(pl.Int64))
    carried = pl.col("admin_day").forward_fill().over("account", order_by=-pl.col("ago"))
    told = grid.join(last, on=KEYS, how="left").join(held, on="account", how="left").with_columns(admin_day=carried, day=_day(clock))
    return told.with_columns(admin_ago=pl.col("day") - 1 - pl.col("admin_day"), has_admin=pl.col("has_admin").fill_null(False)).drop("admin_day", "day")
