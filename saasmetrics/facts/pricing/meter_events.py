"""The events behind each meter that counts events, by account and day.

## Columns
account   key    the account
position  key    number of the meter, as in `meter_terms`
day       key    local day number
n         count  events; of `measure: distinct` the different things of the whole month, on its first day
less      count  events that take one away (`less`)
value     money  their value, in ten-thousandths
events    count  events that count, all of them
service   count  of these, those by service users
nameless  count  of these, those that do not say what they ought to: the thing where things are counted, else the user

## Large
About as many rows as events.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition
from saasmetrics.definitions.pricing import Meter

KEYS = ["account", "position", "day"]
COUNTS = ["n", "less", "value", "events", "service", "nameless"]


def counted(meter: Meter, definition: Definition) -> str | None:
    """The rule whose events a meter counts."""
    return definition.workflows[meter.workflow].success if meter.workflow else meter.rule


def rules(definition: Definition) -> Iterable[str]:
    """The rules that the fold must bring."""
    return _asked(definition)


def things(definition: Definition) -> Iterator[tuple[str, str]]:
    """The rules of which the things are told apart."""
    for meter in definition.meters().values():
        if meter.measured == "distinct" and (rule := counted(meter, definition)):
            yield rule, meter.entity or definition.workflows[str(meter.workflow)].entity or ""


def meter_events(
    usage: pl.LazyFrame, entities: pl.LazyFrame, members: pl.LazyFrame, definition: Definition, rules: Mapping[str, int], clock: Clock
) -> pl.LazyFrame:  # fmt: skip
    """usage, entities → one row an account, meter and day."""
    robots = members.filter("service").select("account", "user", robot=pl.lit(True)).unique()
    mine = usage.filter(pl.col("rule").is_in([rules[rule] for rule in _asked(definition)]))
    told = mine.join(robots, on=["account", "user"], how="left").with_columns(pl.col("robot").fill_null(False), nobody=pl.col("user").is_null())
    daily = told.group_by("account", "rule", "day", "robot", "nobody").agg(pl.col("n", "value").sum())
    sums = daily.join(_meters(definition, rules), on="rule").group_by(KEYS).agg(
        n=pl.col("n").filter(~pl.col("takes") & ~pl.col("apart")).sum(), less=pl.col("n").filter("takes").sum(), value=pl.col("value").filter(~pl.col("takes")).sum(),
        events=pl.col("n").filter(~pl.col("takes")).sum(), service=pl.col("n").filter(~pl.col("takes") & pl.col("robot")).sum(),
        nameless=pl.col("n").filter(~pl.col("takes") & ~pl.col("apart") & pl.col("nobody")).sum(),
    )  # fmt: skip
    return pl.concat([sums, _apart(entities, definition, rules, clock)], how="diagonal_relaxed").group_by(KEYS).agg(pl.col(COUNTS).sum())


def _asked(definition: Definition) -> list[str]:
    return [rule for meter in definition.meters().values() for rule in (counted(meter, definition), meter.less) if rule]


def _meters(definition: Definition, rules: Mapping[str, int]) -> pl.LazyFrame:
    """rule → position, takes (one away), apart (different things are told apart)"""
    rows = []
    for at, meter in enumerate(definition.meters().values(), 1):
        told = [(counted(meter, definition), False), (meter.less, True)]
        rows += [(rules[rule], at, takes, meter.measured == "distinct") for rule, takes in told if rule]
    return pl.LazyFrame(rows, schema={"rule": pl.Int64, "position": pl.Int64, "takes": pl.Boolean, "apart": pl.Boolean}, orient="row")


def _apart(entities: pl.LazyFrame, definition: Definition, rules: Mapping[str, int], clock: Clock) -> pl.LazyFrame:
    """The different things of each month, on its first day; and the events that name none, on theirs."""
    some = entities.join(_meters(definition, rules).filter("apart").select("rule", "position"), on="rule")
    days = some.group_by("account", "position", "entity", day=clock.day_of(pl.col("at"))).agg(pl.col("n").sum()).filter(pl.col("n") > 0)
    named = days.filter(pl.col("entity").is_not_null()).with_columns(day=first_of_month(pl.col("day"), clock))
    each = named.group_by(KEYS).agg(n=pl.col("entity").n_unique().cast(pl.Int64))
    nameless = days.filter(pl.col("entity").is_null()).group_by(KEYS).agg(nameless=pl.col("n").sum())
    return pl.concat([each, nameless], how="diagonal_relaxed")


def first_of_month(day: pl.Expr, clock: Clock) -> pl.Expr:
    """Day number → day number of the first day of its month."""
    return clock.start(clock.index(day, "month"), "month").to_physical().cast(pl.Int32)
