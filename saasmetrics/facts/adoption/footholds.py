"""When each workflow, and each team, first got anywhere: did all that the first tier of a workflow asks for.

## Columns
account    key    the account
kind       key    workflow, team
name       key    of the workflow or the team
first_day  date   when; teams need a users table, and count with what their people did, of one workflow
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition


def rules(definition: Definition) -> Iterable[str]:
    """The rules that the fold must bring."""
    return (rule for asked in _entries(definition).values() for rule in asked)


def footholds(usage: pl.LazyFrame, members: pl.LazyFrame, definition: Definition, rules: Mapping[str, int], clock: Clock) -> pl.LazyFrame:
    """usage → one row an account and workflow or team that reached a first tier."""
    rows = [(name, rules[rule], len(asked)) for name, asked in _entries(definition).items() for rule in asked]
    asked = pl.LazyFrame(rows, schema={"workflow": pl.Categorical, "rule": pl.Int64, "asks": pl.Int64}, orient="row")
    wanted = usage.filter(pl.col("rule").is_in(sorted({rule for _, rule, _ in rows})))
    used = wanted.group_by("account", "user", "rule").agg(pl.col("first_at").min()).join(asked, on="rule")
    teams = members.filter(~pl.col("service") & pl.col("team").is_not_null()).select("account", "user", "team")
    by_workflow = _reached(used, ["account"]).select("account", kind=pl.lit("workflow"), name=pl.col("workflow").cast(pl.String), at="at")
    by_team = _reached(used.join(teams, on=["account", "user"]), ["account", "team"]).group_by("account", "team").agg(pl.col("at").min())
    both = pl.concat([by_workflow, by_team.select("account", kind=pl.lit("team"), name="team", at="at")])
    return both.select("account", "kind", "name", first_day=clock.day_of(pl.col("at")))


def _entries(definition: Definition) -> dict[str, tuple[str, ...]]:
    """Workflow → the rules of its first tier; without tiers its success."""
    return {name: tuple(dict.fromkeys(next(iter(w.tiers.values()), (w.success,)))) for name, w in definition.workflows.items()}


def _reached(used: pl.LazyFrame, who: list[str]) -> pl.LazyFrame:
    firsts = used.group_by(*who, "workflow", "asks", "rule").agg(pl.col("first_at").min())
    met = firsts.group_by(*who, "workflow", "asks").agg(at=pl.col("first_at").max(), met=pl.len())
    return met.filter(pl.col("met") == pl.col("asks"))
