"""How far each part of an account's health is met, at T and in the weeks before: whole thousandths.

Where a part lies between what earns nothing and full marks it counts in proportion, rounded down.

## Columns
account       key    the account
ago           key    weeks before T
activation    count  1000 when all required steps are done, 500 when some are, else 0; null: no activation is declared, or not all are done and the account is younger than activation.within or older than the export
core_use      count  1000 × hit / periods, rounded down; null: no period yet
trend         count  n / n_before: 1 is full, 1 − `drop` nothing; null: `age` below 56 days, or n_before below `min_base`
active_users  count  users / seats: `seat_use` is full; without seats users / users_before, where 1 is full, from an `age` of 56 days on; null: no user column, or neither
admins        count  days since an administrator was seen: `recent` is full, `days` nothing; one never seen earns nothing once `age` is above `days`; null: no administrator is listed, or none was seen so far
feature_use   count  different features used: `least` is full, or all that are declared when these are fewer; null: none is declared
support       count  100 × tickets / n: `calm` is full, `heavy` nothing; tickets without successes earn nothing; null: no tickets table, or neither ticket nor success
renewal       count  1000 when the renewal is more than `within` days off, else as `trend`; null: unknown
"""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.health import HealthSignals
from saasmetrics.definitions.model import Definition
from saasmetrics.facts.scores._models import modelled
from saasmetrics.facts.scores._score import FULL, between

TWICE = 56


def health_values(health_measures: pl.LazyFrame, models: pl.LazyFrame, definition: Definition) -> pl.LazyFrame:
    """One row an account and week."""
    return modelled("health", models, definition, lambda own: _values(health_measures, own))


def _values(health_measures: pl.LazyFrame, definition: Definition) -> pl.LazyFrame:
    told = definition.health.signals
    first = health_measures.select(
        "account", "ago", "renews_in", activation=_activation(definition), core_use=(FULL * pl.col("hit")).floordiv(pl.col("periods")),
        trend=_trend(told), active_users=_users(told), admins=_admins(told), feature_use=_features(told, len(definition.features)), support=_support(told),
    )  # fmt: skip
    near = pl.col("renews_in") <= told.renewal.within
    renewal = pl.when(pl.col("renews_in").is_not_null()).then(pl.when(near).then("trend").otherwise(FULL))
    return first.with_columns(renewal=renewal).drop("renews_in")


def _activation(definition: Definition) -> pl.Expr:
    within = definition.activation.within if definition.activation else 0
    done, young = pl.col("done") >= pl.col("required"), (pl.col("old") < within).fill_null(False)
    part = pl.when(pl.col("truncated") | young).then(None).when(pl.col("done") > 0).then(FULL // 2).otherwise(0)
    return pl.when(pl.col("required") > 0).then(pl.when(done).then(FULL).otherwise(part)).cast(pl.Int64)


def _trend(told: HealthSignals) -> pl.Expr:
    known = (pl.col("age") >= TWICE) & (pl.col("n_before") >= told.trend.min_base)
    return pl.when(known).then(between(pl.col("n") / pl.col("n_before"), 1 - told.trend.drop, 1))


def _users(told: HealthSignals) -> pl.Expr:
    of_seats = between(pl.col("users") / pl.col("seats"), 0, told.active_users.seat_use)
    of_past = between(pl.col("users") / pl.col("users_before"), 0, 1)
    past = pl.when(pl.col("seats").is_null() & (pl.col("users_before") > 0) & (pl.col("age") >= TWICE)).then(of_past)
    return pl.when(pl.col("seats") > 0).then(of_seats).otherwise(past)


def _admins(told: HealthSignals) -> pl.Expr:
    signal = told.admins
    unseen = pl.when(pl.col("age") > signal.days).then(0)
    seen = pl.when(pl.col("admin_ago").is_null()).then(unseen).otherwise(between(pl.col("admin_ago"), signal.days, signal.recent))
    return pl.when("has_admin").then(seen)


def _features(told: HealthSignals, declared: int) -> pl.Expr:
    if not declared:
        return pl.lit(None, pl.Int64)
    return between(pl.col("features"), 0, min(told.feature_use.least, declared))


def _support(told: HealthSignals) -> pl.Expr:
    signal = told.support
    rate = between(100 * pl.col("tickets") / pl.col("n"), signal.heavy, signal.calm)
    alone = pl.when((pl.col("n") == 0) & (pl.col("tickets") > 0)).then(0)
    return pl.when(pl.col("n") > 0).then(rate).otherwise(alone)
