"""Every activation step of every account, in order: when it was done, and when everything up to it was.

## Columns
account   key    the account
position  key    number of the step, from 1
step      label  its name
kind      label  setup, entity, workflow, invite, integration, import
required  flag   needed to be activated
at        time   when first done (µs); with order: ordered, first done after the step before; null: not yet
through   time   when this and all required steps before it were done; null: not yet
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from saasmetrics.definitions.model import Definition


def rules(definition: Definition) -> Iterable[str]:
    """The rules that the fold must bring."""
    return (step.rule for step in definition.steps().values())


def steps(accounts: pl.LazyFrame, chain: pl.LazyFrame, definition: Definition) -> pl.LazyFrame:
    """accounts × declared steps, with the times of `chain` (account, position, at)."""
    declared = pl.LazyFrame(
        [(at, name, step.kind, step.required) for at, (name, step) in enumerate(definition.steps().items(), 1)],
        schema={"position": pl.Int64, "step": pl.String, "kind": pl.String, "required": pl.Boolean},
        orient="row",
    )
    grid = accounts.select("account").join(declared, how="cross").join(chain, on=["account", "position"], how="left")
    needed = pl.when(pl.col("required")).then(pl.col("at"))
    waiting = (pl.col("required") & pl.col("at").is_null()).cast(pl.Int64)
    return (
        grid.sort("account", "position")
        .with_columns(
            latest=pl.max_horizontal(needed.cum_max().forward_fill(), pl.col("at")).over("account", order_by="position"),
            waiting=waiting.cum_sum().over("account", order_by="position"),
        )
        .with_columns(through=pl.when((pl.col("waiting") == 0) & pl.col("at").is_not_null()).then(pl.col("latest")))
        .select("account", "position", "step", "kind", "required", "at", "through")
    )
