"""How each account stands with each of its jobs: one word, by the thresholds of the definition's `value` block.

## Columns
account   key    the account
workflow  key    the workflow
state     label  the first that holds: left (no longer pays); unknown (older than the export, none seen); never; too young (fewer than value.min_periods complete periods); returned (a success in none of the periods, but in the running one); stopped (in none of them); broken (a run of value.run periods or more ended, the last value.missed are missing, and nothing in the running one); steady (value.consistent of the periods); irregular
core      flag   whether the workflow is a core one
cadence   label  day, week, month, quarter
main      flag   the account's main job: of the core workflows the most regular one, of equal ones that with more successes
"""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.model import Definition

KEYS = ["account", "workflow"]


def standing(habits: pl.LazyFrame, consistency: pl.LazyFrame, contract_state: pl.LazyFrame, definition: Definition) -> pl.LazyFrame:
    """habits, consistency → one row an account and workflow."""
    told = consistency.join(habits.select(*KEYS, "core", "cadence", "since"), on=KEYS)
    gone = contract_state.select("account", gone=pl.col("ended_day").is_not_null())
    judged = told.join(gone, on="account", how="left").with_columns(state=_state(definition))
    regular = pl.when(pl.col("periods") >= definition.value.min_periods).then(pl.col("hit") / pl.col("periods"))
    ranked = judged.filter("core").with_columns(regular=regular).sort(
        "account", "regular", "n", "workflow", descending=[False, True, True, False], nulls_last=True
    )
    best = ranked.group_by("account", maintain_order=True).agg(pl.col("workflow").first()).with_columns(main=pl.lit(True))
    return judged.select(*KEYS, "state", "core", "cadence").join(best, on=KEYS, how="left").with_columns(pl.col("main").fill_null(False))


def _state(definition: Definition) -> pl.Expr:
    value = definition.value
    missing = (pl.col("quiet") >= value.missed) & (pl.col("running") == 0)
    return (
        pl.when(pl.col("gone").fill_null(False)).then(pl.lit("left"))
        .when(pl.col("since") == "none seen").then(pl.lit("unknown"))
        .when(pl.col("since") == "never").then(pl.lit("never"))
        .when(pl.col("periods") < value.min_periods).then(pl.lit("too young"))
        .when(pl.col("hit") == 0).then(pl.when(pl.col("running") > 0).then(pl.lit("returned")).otherwise(pl.lit("stopped")))
        .when((pl.col("broken") >= value.run) & missing).then(pl.lit("broken"))
        .when(pl.col("hit") >= value.consistent * pl.col("periods") - 1e-9).then(pl.lit("steady"))
        .otherwise(pl.lit("irregular"))
    )  # fmt: skip
