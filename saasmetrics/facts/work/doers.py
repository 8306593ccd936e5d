"""Who did each job of each account within the periods that `consistency` looks at. Nobody, when no period is over yet.

## Columns
account     key    the account
workflow    key    the workflow
people      count  people with a success; null: the events name no users
people_n    count  their successes
top_n       count  the successes of the person with the most of them
others_hit  count  periods with a success of anybody but the person with the most core work in the trailing days
roles       count  different roles of these people; null: none of them has one
in_role     count  of these people, those with a role that ought to do the job; null: no such roles, or nobody has one
expected    count  people with such a role, working or not; invited people who never joined and those who left are not there
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition
from saasmetrics.facts.work._cadence import last_of, period_of

KEYS = ["account", "workflow"]
NAME = pl.col("workflow").cast(pl.Categorical)  # quicker to group by than texts
COUNTS = ["people", "people_n", "top_n", "others_hit"]


def doers(
    habits: pl.LazyFrame, user_activity: pl.LazyFrame, spread: pl.LazyFrame, members: pl.LazyFrame, users_named: bool, definition: Definition, clock: Clock
) -> pl.LazyFrame:
    """user_activity → one row an account and workflow, zeros where nobody did anything."""
    jobs = habits.select("account", NAME, "periods")
    work = _inside(user_activity, jobs, definition, clock)
    found = jobs.select(KEYS)
    for more in (_counted(work, members), _others(work, spread), _expected(work, members, definition)):
        found = found.join(more, on=KEYS, how="left")
    told = found.with_columns(pl.col("workflow").cast(pl.String), pl.col(COUNTS).fill_null(0))
    told = told.with_columns(roles=pl.when(pl.col("people") == 0).then(0).otherwise("roles"))
    known = pl.when(users_named)
    return told.with_columns(known.then(pl.col(name)).alias(name) for name in (*COUNTS, "roles", "in_role", "expected"))


def _inside(user_activity: pl.LazyFrame, jobs: pl.LazyFrame, definition: Definition, clock: Clock) -> pl.LazyFrame:
    """account, workflow, user, period, n within the periods looked at."""
    period = period_of(pl.col("day"), definition, clock)
    placed = user_activity.with_columns(period=period, ago=last_of(definition, clock) - period)
    lately = placed.filter(pl.col("ago").is_between(0, definition.value.periods - 1))
    both = lately.with_columns(NAME).join(jobs, on=KEYS).filter(pl.col("ago") < pl.col("periods"))
    return both.group_by(*KEYS, "user", "period").agg(pl.col("n").sum())


def _counted(work: pl.LazyFrame, members: pl.LazyFrame) -> pl.LazyFrame:
    each = work.group_by(*KEYS, "user").agg(pl.col("n").sum())
    named = each.join(members.select("account", "user", "role"), on=["account", "user"], how="left")
    roles = pl.col("role").drop_nulls().n_unique().cast(pl.Int64)
    return named.group_by(KEYS).agg(
        people=pl.len().cast(pl.Int64), people_n=pl.col("n").sum(), top_n=pl.col("n").max(), roles=pl.when(roles > 0).then(roles)
    )


def _others(work: pl.LazyFrame, spread: pl.LazyFrame) -> pl.LazyFrame:
    top = spread.select("account", user=pl.col("top_user").cast(pl.Categorical))
    others = work.join(top, on=["account", "user"], how="anti").select(*KEYS, "period").unique()
    return others.group_by(KEYS).agg(others_hit=pl.len().cast(pl.Int64))


def _expected(work: pl.LazyFrame, members: pl.LazyFrame, definition: Definition) -> pl.LazyFrame:
    """Who works is there, whatever the users table says about joining and leaving."""
    spelt = {spelling: name for name, spellings in definition.roles.items() for spelling in spellings}
    asked = [(name, role) for name, workflow in definition.workflows.items() for role in {spelt.get(role, role) for role in workflow.roles}]
    roles = pl.LazyFrame(asked, schema={"workflow": pl.Categorical, "role": pl.String}, orient="row")
    worked = work.select(*KEYS, "user").unique().with_columns(works=pl.lit(True))
    told = members.filter(~pl.col("service")).with_columns(pl.col("role").replace(spelt), dated=pl.col("joined_at").is_not_null().any()).join(roles, on="role")
    there = told.join(worked, on=[*KEYS, "user"], how="left").with_columns(pl.col("works").fill_null(False))
    joined = (pl.col("joined_at").is_not_null() | ~pl.col("dated")) & pl.col("left_at").is_null()
    return there.filter(pl.col("works") | joined).group_by(KEYS).agg(
        in_role=pl.col("works").sum().cast(pl.Int64), expected=pl.len().cast(pl.Int64)
    )
