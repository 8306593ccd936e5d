"""What the plan of each account includes: every declared workflow and feature. One that names no plans is in every plan.

## Columns
account   key    the account
kind      key    workflow or feature
name      key    its name in the definition
entitled  flag   whether the account's plan includes it; null: the account's plan is unknown
"""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.model import Definition

THING = {"kind": pl.String, "name": pl.String}


def entitlements(accounts: pl.LazyFrame, account_plans: pl.LazyFrame, definition: Definition) -> pl.LazyFrame:
    """accounts × workflows and features, with what the plans at T say."""
    declared = [("workflow", name, w.plans) for name, w in definition.workflows.items()]
    declared += [("feature", name, f.plans) for name, f in definition.features.items()]
    things = _frame([(kind, name, not plans) for kind, name, plans in declared], {"everybody": pl.Boolean})
    including = _frame([(kind, name, plan) for kind, name, plans in declared for plan in plans], {"plan": pl.String})
    granted = account_plans.join(including, on="plan").select("account", *THING).unique().with_columns(granted=pl.lit(True))
    planned = account_plans.select("account").unique().with_columns(planned=pl.lit(True))
    grid = accounts.select("account").join(things, how="cross").join(planned, on="account", how="left")
    told = grid.join(granted, on=["account", *THING], how="left")
    known = pl.when("everybody").then(True).when("planned").then(pl.col("granted").fill_null(False))
    return told.select("account", *THING, entitled=known)


def _frame(rows: list[tuple[object, ...]], more: dict[str, type[pl.DataType]]) -> pl.LazyFrame:
    return pl.LazyFrame(rows, schema={**THING, **more}, orient="row")
