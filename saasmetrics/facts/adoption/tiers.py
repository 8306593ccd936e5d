"""Which depth of each workflow an account reached, and on which day it last did all that the depth asks for.

## Columns
account     key    the account
workflow    key    the workflow
level       key    number of the tier, from 1; a tier includes the ones below it
tier        label  its name
top         flag   the deepest tier of the workflow
core        flag   whether the workflow is a core one
reached_at  time   when every rule of this tier and of those below had happened (µs)
last_day    count  the last day number by which each of these rules still happened; the tier is held in a trailing window that includes it
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from saasmetrics.definitions.model import Definition

LADDER = {
    "workflow": pl.Categorical, "level": pl.Int64, "tier": pl.Categorical, "top": pl.Boolean, "core": pl.Boolean, "rule": pl.Int64, "asks": pl.Int64,
}  # fmt: skip  # names as numbers: quick to group by


def rules(definition: Definition) -> Iterable[str]:
    """The rules that the fold must bring."""
    return (rule for w in definition.workflows.values() for refs in w.tiers.values() for rule in refs)


def tiers(rule_days: pl.LazyFrame, definition: Definition, rules: Mapping[str, int]) -> pl.LazyFrame:
    """rule_days (account, rule, first_at, last_day) → one row an account and tier ever reached."""
    ladder = pl.LazyFrame(_ladder(definition, rules), schema=LADDER, orient="row")
    met = rule_days.join(ladder, on="rule").group_by("account", "workflow", "level", "tier", "top", "core", "asks")
    held = met.agg(reached_at=pl.col("first_at").max(), last_day=pl.col("last_day").min(), met=pl.len())
    return held.filter(pl.col("met") == pl.col("asks")).drop("met", "asks").with_columns(pl.col("workflow", "tier").cast(pl.String))


def _ladder(definition: Definition, rules: Mapping[str, int]) -> list[tuple[str, int, str, bool, bool, int, int]]:
    """One row for each rule that a tier asks for, itself or through a lower tier."""
    rows = []
    for name, workflow in definition.workflows.items():
        asked: dict[str, None] = {}
        for level, (tier, refs) in enumerate(workflow.tiers.items(), 1):
            asked |= dict.fromkeys(refs)
            top, core = level == len(workflow.tiers), name in definition.core_workflows()
            rows += [(name, level, tier, top, core, rules[rule], len(asked)) for rule in asked]
    return rows
