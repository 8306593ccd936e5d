"""Every session in the knowledge base, the first ticket after it and the first core success after it.

A session is what is read there about one topic in one account, whoever reads it, with no gap of `activity.gap` or more in
between.

## Columns
account    key    the account
topic      key    the category it is about, as the tickets spell it; null: about anything
at         key    when it began (µs)
day        date   the local day on which it ended
asked_day  date   the local day on which the account's next ticket was opened, at or after it began: of a session about a topic, a ticket of that category or of none; null: none by T
done_day   date   the first local day with a core success when it ended or later; null: none by T
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition
from saasmetrics.facts.work.activity import successes

TOPIC = ["account", "topic"]


def things(definition: Definition) -> Iterator[tuple[str, str]]:
    """The rules of which every time counts."""
    return ((rule, "") for rule, _ in _about(definition))


def rules(definition: Definition) -> Iterator[str]:
    """The rules that the fold must bring."""
    yield from (rule for rule, _ in _about(definition))
    yield from (workflow.success for workflow in definition.workflows.values())


def help_sessions(entities: pl.LazyFrame, daily: pl.LazyFrame, tickets: pl.LazyFrame, definition: Definition, rules: Mapping[str, int], clock: Clock) -> pl.LazyFrame:
    """entities (account, rule, entity, at, n), daily, tickets → sessions."""
    about = pl.LazyFrame([*{(rules[ref], topic): None for ref, topic in _about(definition)}], schema={"rule": pl.Int64, "topic": pl.String}, orient="row")
    read = entities.join(about, on="rule").group_by(*TOPIC, "at").agg(pl.col("n").sum()).filter(pl.col("n") > 0)
    begins = (pl.col("at") - pl.col("at").shift(1) >= definition.activity.gap).fill_null(True)
    numbered = read.with_columns(session=begins.cast(pl.Int64).cum_sum().over(TOPIC, order_by="at"))
    sessions = numbered.group_by(*TOPIC, "session").agg(pl.col("at").min(), ended=pl.col("at").max())
    asked = _asked(sessions, tickets)
    done = _following(asked, _finished(daily, definition, rules), ["account"], "ended", "done_day")
    return done.select(*TOPIC, "at", "asked_day", "done_day", day=clock.day_of(pl.col("ended")))


def _about(definition: Definition) -> Iterator[tuple[str, str | None]]:
    told = definition.friction
    yield from ((ref, topic) for topic, refs in told.topics.items() for ref in refs)
    yield from ((ref, None) for ref in told.knowledge or ())


def _asked(sessions: pl.LazyFrame, tickets: pl.LazyFrame) -> pl.LazyFrame:
    """Of a session about anything the next ticket of any kind; of one about a topic the next that may be about it."""
    marks = tickets.select("account", topic="category", when="opened_at", mark="opened_day")
    named = pl.col("topic").is_not_null()
    anything = _following(sessions.filter(~named), marks.drop("topic"), ["account"], "at", "asked_day")
    same = _following(sessions.filter(named), marks.filter(named), TOPIC, "at", "same_day")
    unsaid = _following(same, marks.filter(~named).drop("topic"), ["account"], "at", "unsaid_day")
    either = unsaid.with_columns(asked_day=pl.min_horizontal("same_day", "unsaid_day")).drop("same_day", "unsaid_day")
    return pl.concat([anything, either], how="diagonal")


def _following(sessions: pl.LazyFrame, marks: pl.LazyFrame, keys: Sequence[str], since: str, name: str) -> pl.LazyFrame:
    """The sessions, each with the mark of the first of `marks` (…, when, mark) at or after its time `since`."""
    both = pl.concat([sessions.with_columns(when=pl.col(since), later=pl.lit(False)), marks.with_columns(later=pl.lit(True))], how="diagonal")
    found = both.with_columns(pl.col("mark").backward_fill().over(keys, order_by=["when", "later"]).alias(name))
    return found.filter(~pl.col("later")).drop("when", "mark", "later")


def _finished(daily: pl.LazyFrame, definition: Definition, rules: Mapping[str, int]) -> pl.LazyFrame:
    """The last core success of each day: one comes after a moment of that day if, and only if, this one does."""
    core = daily.join(successes(definition, rules).filter("core").select("rule").unique(), on="rule")
    days = core.group_by("account", "rule", "day").agg(pl.col("n").sum(), pl.col("last_at").max()).filter(pl.col("n") > 0)
    return days.group_by("account", mark=pl.col("day").cast(pl.Int32)).agg(when=pl.col("last_at").max())
