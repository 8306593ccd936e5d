"""Every logical attempt at a workflow and what became of it, as of T.

With a declared `entity` all attempts at one thing are one logical attempt: the first begins it, a retry belongs to it, and
only the success of the same thing ends it. Without one, an attempt lasts until the account's next attempt.

## Columns
account     key    the account
workflow    key    the workflow
entity      key    the thing; null: none declared, or the event names none
at          time   when it was begun (µs)
outcome     label  completed: succeeded in time; failed: a failure and no success in time; abandoned: neither; open: the time is not over; unpaired: the event does not name its thing
success_at  time   when it first succeeded, in time or not (µs); null: not yet
due_at      time   the end of its time (µs): the declared `within` after it was begun
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition

KINDS = ("attempt", "failure", "success")  # in this order where times are equal
SCHEMA = {"rule": pl.Int64, "workflow": pl.String, "kind": pl.String, "paired": pl.Boolean, "within": pl.Int64}
THREAD = ["account", "workflow", "entity"]


def things(definition: Definition) -> Iterator[tuple[str, str]]:
    """The rules of which every time counts, with the column that names the thing."""
    for workflow in definition.workflows.values():
        if workflow.attempt is not None:
            named = (getattr(workflow, kind) for kind in KINDS)
            yield from ((rule, workflow.entity or "") for rule in named if rule is not None)


def rules(definition: Definition) -> Iterable[str]:
    """The rules that the fold must bring."""
    return (rule for rule, _ in things(definition))


def attempts(entities: pl.LazyFrame, definition: Definition, rules: Mapping[str, int], clock: Clock) -> pl.LazyFrame:
    """entities (account, rule, entity, at, n) → logical attempts."""
    seen = entities.group_by("account", "rule", "entity", "at").agg(pl.col("n").sum()).filter(pl.col("n") > 0)
    placed = seen.join(_kinds(definition, rules), on="rule")
    lost = pl.col("paired") & pl.col("entity").is_null()
    unpaired = placed.filter(lost & (pl.col("kind") == "attempt")).select(*THREAD, "at", due_at=pl.col("at") + pl.col("within"), outcome=pl.lit("unpaired"))
    return pl.concat([_judged(placed.filter(~lost), clock), unpaired], how="diagonal")


def _kinds(definition: Definition, rules: Mapping[str, int]) -> pl.LazyFrame:
    rows = [
        (rules[rule], name, kind, w.entity is not None, w.within)
        for name, w in definition.workflows.items() if w.attempt is not None
        for kind in KINDS if (rule := getattr(w, kind)) is not None
    ]  # fmt: skip
    return pl.LazyFrame(rows, schema=SCHEMA, orient="row")


def _judged(placed: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """Each event belongs to the attempt that was begun last before it; what came before any attempt belongs to none."""
    tried = pl.col("kind") == "attempt"
    first = pl.col("at").filter(tried).min().over(THREAD)
    begins = tried & (~pl.col("paired") | (pl.col("at") == first))
    begun = pl.when(begins).then("at").forward_fill().over(THREAD, order_by=["at", "kind"])
    due = pl.col("begun") + pl.col("within")
    told = placed.with_columns(begun=begun).filter(pl.col("begun").is_not_null()).with_columns(due_at=due).group_by(*THREAD, "begun", "due_at").agg(
        success_at=pl.col("at").filter(pl.col("kind") == "success").min(), failure_at=pl.col("at").filter(pl.col("kind") == "failure").min()
    )  # fmt: skip
    outcome = (
        pl.when(pl.col("success_at") <= pl.col("due_at")).then(pl.lit("completed"))
        .when(pl.col("due_at") > clock.now).then(pl.lit("open"))
        .when(pl.col("failure_at") <= pl.col("due_at")).then(pl.lit("failed"))
        .otherwise(pl.lit("abandoned"))
    )  # fmt: skip
    return told.select(*THREAD, "success_at", "due_at", at="begun", outcome=outcome)
