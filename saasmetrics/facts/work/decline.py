"""Core work of each account and workflow: the last complete periods beside the four before them, in the workflow's cadence.

A daily workflow is judged by the week: two quiet days are a weekend, and a steep fall would soon be its own base. Of an account
that pays and has been silent for longer than the last periods, the four periods end with that of its last success: it has not
left yet, and silence is no base to fall from.

## Columns
account   key    the account
workflow  key    the workflow
cadence   label  week, month, quarter
last      list   successes in each of the last complete periods, oldest first
base_n    count  successes in the four complete periods before those, or of an account that fell silent those up to its last success
base      count  how many of these four the account existed, and the export held, in full; base_n counts no others
"""

from __future__ import annotations

from typing import Any

import polars as pl

from saasmetrics.clock import Clock, Period
from saasmetrics.definitions.model import Definition
from saasmetrics.facts.scores._models import modelled

BASE = 4
SCHEMA: dict[str, Any] = {
    "account": pl.Categorical, "workflow": pl.String, "cadence": pl.String, "last": pl.List(pl.Int64), "base_n": pl.Int64, "base": pl.Int64,
}  # fmt: skip


def decline(activity: pl.LazyFrame, accounts: pl.LazyFrame, contract_state: pl.LazyFrame, models: pl.LazyFrame, definition: Definition, clock: Clock) -> pl.LazyFrame:
    """activity → one row an account and core workflow it has ever done."""
    known = accounts.select("account", "created_at", "observed_from").join(contract_state.select("account", "pays"), on="account", how="left")
    return modelled("churn_risk", models, definition, lambda own: _of_each(activity, known, own, clock))


def _of_each(activity: pl.LazyFrame, known: pl.LazyFrame, definition: Definition, clock: Clock) -> pl.LazyFrame:
    periods = definition.churn_risk.signals.declining_workflow.periods
    frames = [
        _one(activity.filter(pl.col("workflow") == name), known, name, _judged(definition.workflows[name].cadence), periods, clock)
        for name in definition.core_workflows()
    ]
    return pl.concat([pl.LazyFrame(schema=SCHEMA), *frames], how="vertical_relaxed")


def _judged(cadence: Period) -> Period:
    return "week" if cadence == "day" else cadence


def _one(work: pl.LazyFrame, known: pl.LazyFrame, name: str, cadence: Period, periods: int, clock: Clock) -> pl.LazyFrame:
    last = clock.last_complete(cadence)
    over = work.with_columns(ago=last - clock.index(pl.col("day"), cadence)).filter(pl.col("ago") >= 0).join(known, on="account")
    silent = pl.when("pays").then(pl.col("ago").min().over("account"))
    unseen = pl.max_horizontal(clock.day_of(pl.col("created_at") - 1), pl.col("observed_from") - 1)  # the last moment without the account, or the export
    aged = over.with_columns(since=pl.max_horizontal(silent, periods), whole=last - clock.index(unseen, cadence))  # periods between the base and T; since then
    lived = (pl.col("whole") - pl.col("since")).clip(0, BASE)
    counted = aged.group_by("account", "since", "whole").agg(
        *[pl.when(pl.col("ago") == k).then("n").sum().alias(f"ago_{k}") for k in range(periods)],
        base_n=pl.when(pl.col("ago").is_between(pl.col("since"), pl.col("since") + lived - 1)).then("n").sum(),
    )  # fmt: skip
    return counted.select(
        "account",
        workflow=pl.lit(name),
        cadence=pl.lit(cadence),
        last=pl.concat_list([f"ago_{k}" for k in reversed(range(periods))]).cast(pl.List(pl.Int64)),
        base_n=pl.col("base_n").cast(pl.Int64),
        base=lived.cast(pl.Int64),
    )
