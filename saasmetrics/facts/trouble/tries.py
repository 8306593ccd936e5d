"""Every logical attempt at every operation that declares one, as of T, with what went wrong in its time.

With an `entity` all attempts at one thing are one: the first begins it, later ones are retries, and what happens to the same
thing within the operation's `within` belongs to it. Without one, every attempt stands for itself: what goes wrong belongs
to the account's last attempt before it (to those begun at one moment in turn), and the account's next success to every
attempt in whose time it comes.

## Columns
account    key    the account
position   key    the operation
entity     key    the thing; null: none declared, or the event names none
at         time   when it was begun (µs)
due_at     time   the end of its time (µs): the declared `within` after it was begun
failures   count  failures in its time
timeouts   count  timeouts in its time
retries    count  in its time: attempts at the same thing after the first, and retries that are events of their own
outcome    label  completed: succeeded in time; open: the time is not over; lost: neither; untold: no success is declared; unpaired: the event does not name its thing

## Cut
rows at
stands due_at

## Large
About as many rows as events.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition
from saasmetrics.definitions.reliability import PARTS
from saasmetrics.facts.trouble._operations import declared

THREAD = ["account", "position", "entity"]
COUNTED = {"failures": "failure", "timeouts": "timeout", "again": "retry", "tried": "attempt"}
OF_OPERATION = pl.col("within", "ends", "paired").min()
SIMPLE = (pl.col("first") >= pl.col("begun")) & (pl.col("last") <= pl.col("begun") + pl.col("within"))
SCHEMA: dict[str, Any] = {"rule": pl.Int64, "position": pl.Int64, "part": pl.Enum(PARTS), "paired": pl.Boolean, "ends": pl.Boolean, "within": pl.Int64}


def things(definition: Definition) -> Iterator[tuple[str, str]]:
    """The rules of which every time counts, with the column that names the thing."""
    for one in declared(definition):
        if one.parts["attempt"]:
            yield from ((rule, one.entity or "") for refs in one.parts.values() for rule in refs)


def rules(definition: Definition) -> Iterable[str]:
    """The rules that the fold must bring."""
    return (rule for rule, _ in things(definition))


def tries(entities: pl.LazyFrame, definition: Definition, rules: Mapping[str, int], clock: Clock) -> pl.LazyFrame:
    """entities (account, rule, entity, at, n) → logical attempts."""
    placed = entities.join(_parts(definition, rules), on="rule").cache()
    nameless = pl.col("paired") & pl.col("entity").is_null()
    due_at = pl.col("at") + pl.col("within")
    lost = placed.filter(nameless & (pl.col("part") == "attempt")).select(*THREAD, "rule", "at", due_at=due_at, outcome=pl.lit("unpaired")).unique().drop("rule")
    there = placed.filter(~nameless)
    paired, alone = there.filter("paired"), there.filter(~pl.col("paired"))
    each = _each_thing(paired).cache()
    others = paired.join(each.filter(~SIMPLE).select(*THREAD, "begun"), on=THREAD)
    told = pl.concat([_simple(each), _summed(_threads(others, alone))])
    return pl.concat([_judged(told, clock), lost], how="diagonal").with_columns(pl.col("failures", "timeouts", "retries").fill_null(0))


def _parts(definition: Definition, rules: Mapping[str, int]) -> pl.LazyFrame:
    rows = [
        (rules[rule], at, part, one.entity is not None, bool(one.parts["success"]), one.within)
        for at, one in enumerate(declared(definition), 1) if one.parts["attempt"]
        for part, refs in one.parts.items() for rule in dict.fromkeys(refs)
    ]  # fmt: skip
    return pl.LazyFrame(rows, schema=SCHEMA, orient="row")


def _each_thing(paired: pl.LazyFrame) -> pl.LazyFrame:
    """Each thing that was attempted, with all that ever happened to it."""
    ends = {"begun": pl.when(part="attempt").then("at").min(), "first": pl.col("at").min(), "last": pl.when(pl.col("part") != "success").then("at").max()}
    done = pl.when(part="success").then("at").min()
    return paired.group_by(THREAD).agg(OF_OPERATION, **ends, **_counts(pl.lit(True)), done_at=done).filter(pl.col("begun").is_not_null())


def _simple(things: pl.LazyFrame) -> pl.LazyFrame:
    """Most: nothing happened before its first attempt, and all trouble in its time. No event needs to be looked at a second time."""
    return things.filter(SIMPLE).drop("first", "last")


def _threads(paired: pl.LazyFrame, alone: pl.LazyFrame) -> pl.LazyFrame:
    """Each event with the attempt that it belongs to: the first one at its thing, else the last one before it; of attempts, the next success."""
    tried, done = (pl.when(pl.col("part") == part).then("at") for part in ("attempt", "success"))
    last, next_ = tried.forward_fill().over(THREAD, order_by=["at", "part"]), done.backward_fill().over(THREAD, order_by=["at", "part"])
    of_last = alone.with_columns(begun=last, done_at=pl.when(tried.is_not_null()).then(next_))
    return pl.concat([paired.with_columns(done_at=done), of_last]).filter(pl.col("at") >= pl.col("begun"))


def _summed(threads: pl.LazyFrame) -> pl.LazyFrame:
    """What happened to each attempt in its time."""
    inside = pl.col("at") <= pl.col("begun") + pl.col("within")
    told = threads.group_by(*THREAD, "begun").agg(OF_OPERATION, **_counts(inside), done_at=pl.col("done_at").min())
    return told.select(*THREAD, "within", "ends", "paired", "begun", *COUNTED, "done_at")


def _counts(inside: pl.Expr) -> dict[str, pl.Expr]:
    return {name: pl.when(inside & (pl.col("part") == kind)).then("n").sum() for name, kind in COUNTED.items()}


def _judged(told: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """What became of each."""
    due = pl.col("begun") + pl.col("within")
    outcome = (
        pl.when(pl.col("done_at") <= due).then(pl.lit("completed")).when(due > clock.now).then(pl.lit("open"))
        .when("ends").then(pl.lit("lost")).otherwise(pl.lit("untold"))
    )  # fmt: skip
    more = pl.when("paired").then(pl.col("tried") - 1).otherwise(0)
    return _each(told).select(*THREAD, "failures", "timeouts", at="begun", due_at=due, retries=pl.col("again") + more, outcome=outcome)


def _each(told: pl.LazyFrame) -> pl.LazyFrame:
    """Attempts of one moment without a thing stand one by one: the first trouble is the first one's, the second the second one's, and round again."""
    together = pl.when("paired").then(1).otherwise("tried")
    apart = told.with_columns(turn=pl.int_ranges(1, together + 1)).explode("turn")
    return apart.with_columns((pl.col("failures", "timeouts", "again") + together - pl.col("turn")) // together)
