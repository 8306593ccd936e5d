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
    return (*_core(definition), *_connecting(definition), *_failing(definition))


def milestones(
    accounts: pl.LazyFrame, steps: pl.LazyFrame, daily: pl.LazyFrame, invitations: pl.LazyFrame, people: pl.LazyFrame | None,
    definition: Definition, rules: Mapping[str, int],
) -> pl.LazyFrame:  # fmt: skip
    """One row an account and milestone that can be known."""
    kinds = {step.kind for step in definition.steps().values() if step.required}
    core, connecting, failing = (_days(daily, [rules[rule] for rule in names]) for names in (_core(definition), _connecting(definition), _failing(definition)))
    found = [
        _all_done(steps, "setup") if "setup" in kinds else None,
        _first(core),
        _invited(invitations, steps, people is not None, "invite" in kinds),
        _first(connecting) if _connecting(definition) else None,
        _first(_second_day(core)),
    ]
    failed = {NAMES.index("integration") + 1: failing} if _failing(definition) else {}
    frames = [_placed(accounts, at, number, failed.get(number)) for number, at in enumerate(found, 1) if at is not None]
    return pl.concat([pl.LazyFrame(schema=SCHEMA), *frames], how="vertical_relaxed")


def _days(daily: pl.LazyFrame, wanted: list[int]) -> pl.LazyFrame:
    days = daily.filter(pl.col("rule").is_in(wanted)).group_by("account", "rule", "day")
    return days.agg(pl.col("n").sum(), pl.col("first_at").min(), pl.col("last_at").max()).filter(pl.col("n") > 0)


def _placed(accounts: pl.LazyFrame, reached: pl.LazyFrame, number: int, failed: pl.LazyFrame | None) -> pl.LazyFrame:
    every = accounts.select("account").join(reached, on="account", how="left")
    told = every.with_columns(failures=pl.lit(None, pl.Int64)) if failed is None else _with_failures(every, failed)
    place = {"position": pl.lit(number, pl.Int64), "milestone": pl.lit(NAMES[number - 1])}
    return told.with_columns(**place).select(SCHEMA.keys())


def _with_failures(every: pl.LazyFrame, failed: pl.LazyFrame) -> pl.LazyFrame:
    """A day counts with all its failures when the last of them came first; with one when only its first did."""
    not_yet = pl.col("at").is_null() | (pl.col("last_at") < pl.col("at"))
    n = pl.when(not_yet).then("n").when(pl.col("first_at") < pl.col("at")).then(1)
    return every.join(failed, on="account", how="left").group_by("account", "at").agg(failures=n.sum())


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


def _core(definition: Definition) -> list[str]:
    return [definition.workflows[name].success for name in definition.core_workflows()]


def _connecting(definition: Definition) -> list[str]:
    """The rules that show a connected system or an import."""
    steps = [step.rule for step in definition.steps().values() if step.kind in CONNECTED]
    return sorted({*steps, *(feature.rule for feature in definition.features.values() if feature.integration)})


def _failing(definition: Definition) -> list[str]:
    return sorted({feature.failure for feature in definition.features.values() if feature.integration and feature.failure})
