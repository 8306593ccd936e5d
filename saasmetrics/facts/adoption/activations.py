"""How far each account got: the activation steps done, when it was activated, and what is missing.

## Columns
account       key    the account
activated_at  time   when the last required step was done (µs); null: not activated yet
done          count  required steps done
required      count  required steps declared
missing       list   the required steps not done yet, in order
last_step_at  time   when it last did a step for the first time

## Cut
known activated_at last_step_at
gone done missing
"""

from __future__ import annotations

import polars as pl


def activations(steps: pl.LazyFrame) -> pl.LazyFrame:
    """steps → one row an account (none when no activation is declared)."""
    needed = pl.col("required")
    done = needed & pl.col("at").is_not_null()
    return (
        steps.group_by("account")
        .agg(
            done=done.sum().cast(pl.Int64),
            required=needed.sum().cast(pl.Int64),
            latest=pl.col("at").filter(needed).max(),
            last_step_at=pl.col("at").max(),
            missing=pl.col("step").filter(needed & pl.col("at").is_null()).sort_by(pl.col("position").filter(needed & pl.col("at").is_null())),
        )
        .with_columns(activated_at=pl.when(pl.col("done") == pl.col("required")).then(pl.col("latest")))
        .select("account", "activated_at", "done", "required", "missing", "last_step_at")
    )
