"""When each account reached the milestones of onboarding. Only those that the definition or the users table can show.

## Columns
account    key    the account
position   key    order of the milestone
milestone  label  setup completed, key workflow, person invited, integration, repeated
at         time   when first reached (µs); null: not yet
failures   count  failed uses of integrations before that; null: no failure of an integration is declared, or another milestone
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from saasmetrics.definitions.model import Definition

NAMES = ("setup completed", "key workflow", "person invited", "integration", "repeated")
SCHEMA = {"account": pl.Categorical, "position": pl.Int64, "milestone": pl.String, "at": pl.Int64, "failures": pl.Int64}
CONNECTED = ("integration", "import")


def rules(definition: Definition) -> Iterable[str]:
    """The rules that the fold must bring."""
    core = (definition.workflows[name].success for name in definition.core_workflows())
    return (*core, *_connecting(definition), *_failing(definition))


def milestones(
    accounts: pl.LazyFrame, steps: pl.LazyFrame, daily: pl.LazyFrame, invitations: pl.LazyFrame, people: pl.LazyFrame | None,
    definition: Definition, rules: Mapping[str, int],
) -> pl.LazyFrame:  # fmt: skip
    """One row an account and milestone that can be known."""
    kinds = {step.kind for step in definition.steps().values() if step.required}
    days = daily.group_by("account", "rule", "day").agg(pl.col("n").sum(), pl.col("first_at").min(), pl.col("last_at").max()).filter(pl.col("n") > 0)
    core = days.filter(pl.col("rule").is_in([rules[definition.workflows[name].success] for name in definition.core_workflows()]))
    found = [
        _all_done(steps, "setup") if "setup" in kinds else None,
        _first(core),
        _invited(invitations, steps, people is not None, "invite" in kinds),
        _first(days.filter(pl.col("rule").is_in([rules[rule] for rule in _connecting(definition)]))) if _connecting(definition) else None,
        _first(_second_day(core)),
    ]
    failed = days.filter(pl.col("rule").is_in([rules[rule] for rule in _failing(definition)])) if _failing(definition) else None
    frames = [_placed(accounts, at, number, failed) for number, at in enumerate(found, 1) if at is not None]
    return pl.concat([pl.LazyFrame(schema=SCHEMA), *frames], how="vertical_relaxed")


def _placed(accounts: pl.LazyFrame, reached: pl.LazyFrame, number: int, failed: pl.LazyFrame | None) -> pl.LazyFrame:
    every = accounts.select("account").join(reached, on="account", how="left")
    counted = NAMES[number - 1] == "integration" and failed is not None
    told = every.join(_before(every, failed), on="account", how="left") if counted else every.with_columns(failures=pl.lit(None, pl.Int64))  # type: ignore[arg-type]
    filled = pl.col("failures").fill_null(0) if counted else pl.col("failures")
    return told.select("account", pl.lit(number, pl.Int64).alias("position"), pl.lit(NAMES[number - 1]).alias("milestone"), "at", filled.cast(pl.Int64))


def _before(reached: pl.LazyFrame, failed: pl.LazyFrame) -> pl.LazyFrame:
    """A day counts with all its failures when the last of them came first; with one when only its first did."""
    both = failed.join(reached, on="account")
    none_yet = pl.col("at").is_null() | (pl.col("last_at") < pl.col("at"))
    n = pl.when(none_yet).then("n").when(pl.col("first_at") < pl.col("at")).then(1).otherwise(0)
    return both.group_by("account").agg(failures=n.sum())


def _first(days: pl.LazyFrame) -> pl.LazyFrame:
    return days.group_by("account").agg(at=pl.col("first_at").min())


def _second_day(days: pl.LazyFrame) -> pl.LazyFrame:
    """The second local day of each rule."""
    return days.filter(pl.col("day").rank("ordinal").over("account", "rule") == 2)


def _all_done(steps: pl.LazyFrame, kind: str) -> pl.LazyFrame:
    """When all required steps of this kind were done."""
    told = steps.filter(pl.col("required") & (pl.col("kind") == kind)).group_by("account")
    return told.agg(at=pl.when(pl.col("at").is_not_null().all()).then(pl.col("at").max()))


def _invited(invitations: pl.LazyFrame, steps: pl.LazyFrame, listed: bool, step: bool) -> pl.LazyFrame | None:
    if listed:
        return invitations.group_by("account").agg(at=pl.col("invited_at").min())
    return _all_done(steps, "invite") if step else None


def _connecting(definition: Definition) -> list[str]:
    """The rules that show a connected system or an import."""
    steps = [step.rule for step in definition.steps().values() if step.kind in CONNECTED]
    return sorted({*steps, *(feature.rule for feature in definition.features.values() if feature.integration)})


def _failing(definition: Definition) -> list[str]:
    return sorted({feature.failure for feature in definition.features.values() if feature.integration and feature.failure})
