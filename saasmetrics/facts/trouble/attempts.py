"""Every logical attempt at a workflow and what became of it, as of T.

With a declared `entity` all attempts at one thing are one logical attempt: the first begins it, a retry belongs to it, and
only the success of the same thing ends it. Without one, an attempt lasts until the account's next attempt; several at the
very same moment last equally long: the first success goes to the first of them, the first failure to the last.

## Columns
account     key    the account
workflow    key    the workflow
entity      key    the thing; null: none declared, or the event names none
at          time   when it was begun (µs)
outcome     label  completed: succeeded in time; failed: a failure and no success in time; abandoned: neither; open: the time is not over; unpaired: the event does not name its thing
success_at  time   when it first succeeded, in time or not (µs); null: not yet
due_at      time   the end of its time (µs): the declared `within` after it was begun

## Cut
rows at
known success_at
stands due_at

## Large
About as many rows as events.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition

KINDS = ("attempt", "failure", "success")  # in this order where times are equal
ENDS = {"success_at": "success", "failure_at": "failure"}
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
    placed = entities.join(_kinds(definition, rules), on="rule")
    named = pl.col("paired") & pl.col("entity").is_not_null()
    loose = placed.filter(~named).group_by(*THREAD, "kind", "paired", "within", "at").agg(pl.col("n").sum()).filter(pl.col("n") > 0)
    lost = loose.filter(pl.col("paired") & (pl.col("kind") == "attempt"))
    unpaired = lost.select(*THREAD, "at", due_at=pl.col("at") + pl.col("within"), outcome=pl.lit("unpaired"))
    judged = _judged(pl.concat([_paired(placed.filter(named)), _chained(loose.filter(~pl.col("paired")))]), clock)
    return pl.concat([judged, unpaired], how="diagonal").with_columns(pl.col("workflow").cast(pl.String))


def _kinds(definition: Definition, rules: Mapping[str, int]) -> pl.LazyFrame:
    rows = [
        (rules[rule], name, kind, w.entity is not None, w.within)
        for name, w in definition.workflows.items() if w.attempt is not None
        for kind in KINDS if (rule := getattr(w, kind)) is not None
    ]  # fmt: skip
    names, kinds = pl.Enum(list(definition.workflows)), pl.Enum(KINDS)  # as numbers, they are quick to group by
    return pl.LazyFrame(rows, schema={"rule": pl.Int64, "workflow": names, "kind": kinds, "paired": pl.Boolean, "within": pl.Int64}, orient="row")


def _judged(attempted: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """What became of each attempt."""
    told = attempted.with_columns(due_at=pl.col("at") + pl.col("within"))
    outcome = (
        pl.when(pl.col("success_at") <= pl.col("due_at")).then(pl.lit("completed"))
        .when(pl.col("due_at") > clock.now).then(pl.lit("open"))
        .when(pl.col("failure_at") <= pl.col("due_at")).then(pl.lit("failed"))
        .otherwise(pl.lit("abandoned"))
    )  # fmt: skip
    return told.select(*THREAD, "success_at", "due_at", "at", outcome=outcome)


def _paired(placed: pl.LazyFrame) -> pl.LazyFrame:
    """Each thing is attempted once: what came before its first attempt belongs to none."""
    times = placed.group_by(THREAD).agg(pl.col("within").min(), pl.when(kind="attempt").then("at").min(), *_ends())
    each = times.filter(pl.col("at").is_not_null()).cache()
    early = (pl.min_horizontal(*ENDS) < pl.col("at")).fill_null(False)
    begun = each.filter(early).drop(*ENDS)
    later = placed.join(begun.select(*THREAD, begun="at"), on=THREAD).filter(pl.col("at") >= pl.col("begun"))
    again = begun.join(later.group_by(THREAD).agg(_ends()), on=THREAD, how="left")
    return pl.concat([each.filter(~early), again]).select(*THREAD, "within", "at", *ENDS)


def _chained(placed: pl.LazyFrame) -> pl.LazyFrame:
    """Without a thing, each event belongs to the attempt that was begun last before it."""
    tried, begin = pl.col("kind") == "attempt", ["account", "workflow", "begun"]
    begun = pl.when(tried).then("at").forward_fill().over(THREAD, order_by=["at", "kind"])
    there = placed.with_columns(begun=begun).filter(pl.col("begun").is_not_null())
    together = there.filter(tried & (pl.col("n") > 1)).select(*begin, together="n")
    alone = there.join(together, on=begin, how="anti").with_columns(turn=pl.lit(1, pl.Int64))
    each = pl.concat([alone, _in_turn(there.join(together, on=begin), begin)], how="diagonal")
    return each.group_by(*THREAD, "within", "begun", "turn").agg(_ends()).select(*THREAD, "within", "begun", *ENDS).rename({"begun": "at"})


def _in_turn(there: pl.LazyFrame, begin: list[str]) -> pl.LazyFrame:
    """Events of attempts that were begun together: the first success is the first one's, the first failure the last one's."""
    each = there.with_columns(copy=pl.int_ranges("n")).explode("copy")
    place = pl.int_range(1, pl.len() + 1).over(*begin, "kind", order_by=["at", "copy"])
    turn = pl.when(pl.col("kind") == "failure").then(pl.col("together") + 1 - place).otherwise(place)
    return each.with_columns(turn=turn).filter(pl.col("turn").is_between(1, "together")).drop("copy", "together")


def _ends() -> list[pl.Expr]:
    return [pl.when(kind=kind).then("at").min().alias(name) for name, kind in ENDS.items()]
