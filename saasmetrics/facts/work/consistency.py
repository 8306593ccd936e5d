"""How regularly each account does each job: its last complete periods and its streaks.

## Columns
account   key    the account
workflow  key    the workflow
periods   count  complete periods looked at: as many as definition.value.periods, fewer for a younger habit
hit       count  of these, those with a success
n         count  successes in them, by people and by service users
failures  count  failures in them; null: the workflow declares none
current   count  periods with a success without a break, up to the last complete one
longest   count  the longest such run ever
broken    count  the run that ended within these periods, when the last complete period has no success; else 0
quiet     count  complete periods since the last one with a success; null: never
running   count  successes in the running period: they end no run, and show who is back
"""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.model import Definition

KEYS = ["account", "workflow"]


def consistency(habits: pl.LazyFrame, beats: pl.LazyFrame, definition: Definition) -> pl.LazyFrame:
    """habits, beats → one row an account and workflow."""
    name = pl.col("workflow").cast(pl.Categorical)  # quicker to group by than texts
    looked_at = habits.select("account", name, "start", "periods")
    every = beats.with_columns(name).join(looked_at, on=KEYS).filter(pl.col("period") >= pl.col("start"))
    over, running = every.filter(pl.col("ago") >= 0), every.filter(pl.col("ago") < 0)
    inside = over.filter(pl.col("ago") < pl.col("periods")).group_by(KEYS).agg(
        hit=(pl.col("n") > 0).sum().cast(pl.Int64), n=pl.col("n").sum(), failures=pl.col("failures").sum()
    )
    runs = _streaks(over.filter(pl.col("n") > 0), definition.value.periods)
    now = running.group_by(KEYS).agg(running=pl.col("n").sum())
    told = looked_at
    for more in (inside, runs, now):
        told = told.join(more, on=KEYS, how="left")
    told = told.with_columns(pl.col("workflow").cast(pl.String))
    failing = [name for name, workflow in definition.workflows.items() if workflow.failure]
    counts = ["hit", "n", "current", "longest", "broken", "running"]
    failures = pl.when(pl.col("workflow").is_in(failing)).then(pl.col("failures").fill_null(0))
    return told.with_columns(pl.col(counts).fill_null(0), failures=failures).drop("start")


def _streaks(hits: pl.LazyFrame, periods: int) -> pl.LazyFrame:
    """Consecutive periods differ by one, and so do their ranks: what stays equal names the run."""
    run = pl.col("period") - pl.col("period").rank("ordinal").over(KEYS).cast(pl.Int64)
    runs = hits.with_columns(run=run).group_by(*KEYS, "run").agg(length=pl.len().cast(pl.Int64), ago=pl.col("ago").min())
    last = pl.col("length").sort_by("ago").first()
    quiet = pl.col("ago").min()
    return runs.group_by(KEYS).agg(
        current=pl.when(quiet == 0).then(last).otherwise(0), longest=pl.col("length").max(),
        broken=pl.when((quiet > 0) & (quiet < periods)).then(last).otherwise(0), quiet=quiet,
    )  # fmt: skip
