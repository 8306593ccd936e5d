"""From when to when the rule of each stage held for each account; several may hold at once.

Whether a rule held on a day follows from what happened up to it: later events change nothing before it.

## Columns
account   key    the account
position  key    0 unknown (older than the export or of unknown age, nothing seen); 1 acquisition; 2 activation; 3 adoption; 4 engagement; 5 retention; 6 expansion; 7 churn
from_day  key    day number from which on it held
to_day    count  first day number on which it held no longer; null: it still does
why       label  what the rule saw
"""

from __future__ import annotations

from typing import Any

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition
from saasmetrics.sentences import sentence

SCHEMA: dict[str, Any] = {"account": pl.Categorical, "position": pl.Int64, "from_day": pl.Int32, "to_day": pl.Int32, "why": pl.String}


def stage_spans(
    accounts: pl.LazyFrame, activations: pl.LazyFrame, tiers: pl.LazyFrame, habit_spans: pl.LazyFrame, paying: pl.LazyFrame, mrr: pl.LazyFrame,
    definition: Definition, clock: Clock,
) -> pl.LazyFrame:  # fmt: skip
    """All spans that began before T."""
    told = definition.journey
    firsts = habit_spans.group_by("account").agg(first_day=pl.col("start_day").min())
    alive = _united(habit_spans)
    spans = [
        _entered(accounts, clock), _activated(activations, firsts, accounts, definition, clock), _adopted(tiers, habit_spans, told.adopted_level, clock),
        _span(habit_spans.filter(pl.col("habit_day").is_not_null()), 4, "habit_day", "end_day", "core work again and again"),
        _retained(habit_spans, firsts, told.retained_after), _paid_more(mrr, told.grown_within),
        _took_up(tiers, habit_spans, firsts, told.retained_after, told.grown_within, clock),
        _after(paying, "no longer pays"), _after(alive, f"no core work for {told.silent_periods} periods in a row"),
    ]  # fmt: skip
    every = pl.concat([frame.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items()) for frame in spans])
    begun = every.filter((pl.col("from_day") < clock.day) & (pl.col("to_day").is_null() | (pl.col("to_day") > pl.col("from_day"))))
    return begun.join(accounts.select("account"), on="account", how="semi")


def _span(frame: pl.LazyFrame, position: int, begin: str, end: str | None, why: str) -> pl.LazyFrame:
    until = pl.col(end) if end else pl.lit(None, pl.Int32)
    return frame.select("account", position=pl.lit(position), from_day=pl.col(begin), to_day=until, why=pl.lit(why))


def _entered(accounts: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """One of unknown age is there as long as anything was seen."""
    dated, eve = pl.col("created_day"), clock.day - 1
    told = accounts.with_columns(begin=pl.coalesce(dated, pl.col("observed_from").clip(upper_bound=eve), eve))
    undated, old = dated.is_null(), pl.col("left_truncated") & dated.is_not_null()
    return pl.concat([
        _span(told.filter(old), 0, "begin", None, "older than the export, and nothing seen in it"),
        _span(told.filter(undated), 0, "begin", None, "of unknown age, and nothing seen of it"),
        _span(told.filter(~old & ~undated), 1, "begin", None, "created, no first value yet"),
    ])  # fmt: skip


def _activated(activations: pl.LazyFrame, firsts: pl.LazyFrame, accounts: pl.LazyFrame, definition: Definition, clock: Clock) -> pl.LazyFrame:
    """Of accounts older than the export, and without a declared activation, the first core work stands for it."""
    declared = definition.activation is not None
    told = accounts.join(activations, on="account", how="left").join(firsts, on="account", how="left")
    loose = pl.col("left_truncated") | (not declared)
    day = pl.min_horizontal(clock.day_of(pl.col("activated_at")), pl.when(loose).then("first_day"))
    return _span(told.with_columns(day=day).filter(pl.col("day").is_not_null()), 2, "day", None, "first value reached")


def _adopted(tiers: pl.LazyFrame, habit_spans: pl.LazyFrame, level: int, clock: Clock) -> pl.LazyFrame:
    """A workflow without tiers is adopted when it becomes a habit."""
    deep = tiers.filter(pl.col("core") & ((pl.col("level") >= level) | pl.col("top")))
    reached = deep.group_by("account").agg(day=clock.day_of(pl.col("reached_at")).min())
    habit = habit_spans.group_by("account").agg(day=pl.col("habit_day").min()).filter(pl.col("day").is_not_null())
    return pl.concat([_span(reached, 3, "day", None, "a core workflow at depth"), _span(habit, 3, "day", None, "a core workflow made a habit")])


def _retained(habit_spans: pl.LazyFrame, firsts: pl.LazyFrame, days: int) -> pl.LazyFrame:
    held = habit_spans.filter(pl.col("habit_day").is_not_null()).join(firsts, on="account")
    begun = held.with_columns(begin=pl.max_horizontal("habit_day", pl.col("first_day") + days))
    return _span(begun.filter(pl.col("begin") < pl.col("end_day")), 5, "begin", "end_day", f"engaged, {days} days after its first core work")


def _paid_more(mrr: pl.LazyFrame, days: int) -> pl.LazyFrame:
    before = pl.col("mrr").shift(1, fill_value=0).over("account", "currency", order_by="day")
    more = mrr.filter((before > 0) & (pl.col("mrr") > before)).with_columns(end=pl.col("day") + days)
    return _span(more, 6, "day", "end", "pays more than before")


def _took_up(tiers: pl.LazyFrame, habit_spans: pl.LazyFrame, firsts: pl.LazyFrame, after: int, days: int, clock: Clock) -> pl.LazyFrame:
    """A further workflow, taken up when the account had been at work for a while; one that it had completed before is none."""
    done = habit_spans.group_by("account", pl.col("workflow").cast(pl.String)).agg(done=pl.col("start_day").min())
    reached = tiers.filter(pl.col("level") == 1).with_columns(pl.col("workflow").cast(pl.String), day=clock.day_of(pl.col("reached_at")))
    first = reached.join(done, on=["account", "workflow"], how="left").join(firsts, on="account")
    later = first.filter(pl.min_horizontal("day", "done") >= pl.col("first_day") + after).with_columns(end=pl.col("day") + days)
    return later.select("account", position=pl.lit(6), from_day="day", to_day="end", why=sentence("took up {}", "workflow"))


def _united(habit_spans: pl.LazyFrame) -> pl.LazyFrame:
    """The stretches of all core workflows as one, shorter silences included: account, start_day, end_day."""
    placed = habit_spans.group_by("account", "start_day").agg(end_day=pl.col("silent_day").max())
    reach = pl.col("end_day").cum_max().shift(1).over("account", order_by="start_day")
    fresh = placed.with_columns(fresh=(pl.col("start_day") >= reach).fill_null(True).cast(pl.Int64))
    numbered = fresh.with_columns(stretch=pl.col("fresh").cum_sum().over("account", order_by="start_day"))
    return numbered.group_by("account", "stretch").agg(pl.col("start_day").min(), pl.col("end_day").max())


def _after(spells: pl.LazyFrame, why: str) -> pl.LazyFrame:
    """From the end of one spell to the start of the next."""
    following = spells.with_columns(next=pl.col("start_day").shift(-1).over("account", order_by="start_day"))
    return _span(following.filter(pl.col("end_day").is_not_null()), 7, "end_day", "next", why)
