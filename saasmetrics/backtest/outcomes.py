"""What became of the accounts, read off the facts of T: on which days churn, growth or a first payment came."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from saasmetrics.facts._book import Book

Outcome = Callable[[int, int], pl.LazyFrame]
"""(day, horizon) → account, event_day: the accounts to which it could happen on that day, and when it did within the horizon; null: not."""


def churn(book: Book) -> Outcome:
    """The end of a stretch of paying, of accounts that pay. Work may be long over when the contract ends: silence is a sign of
    churn, then, and no churn. Without subscriptions it is the end of a stretch of work: see `at_work`."""
    paid = book.definition.sources.subscriptions is not None
    known = book.get("paying").select("account", pl.col("start_day", "end_day").cast(pl.Int64)) if paid else at_work(book.get("habit_spans"), book.clock.day)
    spells = known.collect()

    def told(day: int, horizon: int) -> pl.LazyFrame:
        there = spells.lazy().filter((pl.col("start_day") < day) & (pl.col("end_day").is_null() | (pl.col("end_day") >= day)))
        return _first(there.select("account").unique(), spells.lazy().select("account", day="end_day"), day, horizon)

    return told


def growth(book: Book) -> Outcome:
    """More MRR than on the day, at any time within the horizon; of accounts that pay, in one currency."""
    single = book.get("mrr").group_by("account").agg(pl.col("currency").n_unique()).filter(pl.col("currency") == 1)
    steps = book.get("mrr").join(single.select("account"), on="account", how="semi").select("account", "day", "mrr").collect()

    def told(day: int, horizon: int) -> pl.LazyFrame:
        before = steps.lazy().filter(pl.col("day") < day).sort("account", "day").group_by("account", maintain_order=True).agg(level=pl.col("mrr").last())
        pays = before.filter(pl.col("level") > 0)
        rises = steps.lazy().join(pays, on="account").filter(pl.col("mrr") > pl.col("level")).select("account", pl.col("day").cast(pl.Int64))
        return _first(pays.select("account"), rises, day, horizon)

    return told


def purchase(book: Book) -> Outcome:
    """A first payment, of accounts that never paid."""
    paid = book.get("paying").group_by("account").agg(day=pl.col("start_day").min().cast(pl.Int64)).collect()
    every = book.get("accounts").select("account", "created_at").collect()

    def told(day: int, horizon: int) -> pl.LazyFrame:
        known = every.lazy().filter(pl.col("created_at").is_null() | (pl.col("created_at") < book.clock.midnight(day)))
        free = known.select("account").join(paid.lazy().filter(pl.col("day") < day), on="account", how="anti")
        return _first(free, paid.lazy(), day, horizon)

    return told


def _first(accounts: pl.LazyFrame, events: pl.LazyFrame, day: int, horizon: int) -> pl.LazyFrame:
    inside = events.filter(pl.col("day").is_between(day, day + horizon - 1)).group_by("account").agg(event_day=pl.col("day").min())
    return accounts.join(inside, on="account", how="left")


def at_work(habit_spans: pl.LazyFrame, today: int) -> pl.LazyFrame:
    """account, start_day, end_day: the stretches without silence in all core workflows at once; end null: none so far."""
    spans = habit_spans.select("account", start=pl.col("start_day").cast(pl.Int64), end=pl.col("silent_day").cast(pl.Int64))
    order = pl.struct("start", "end")
    reached = pl.col("end").cum_max().over("account", order_by=order)
    fresh = (pl.col("start") > reached.shift(1).over("account", order_by=order)).fill_null(True)
    joined = spans.with_columns(fresh=fresh.cast(pl.Int64)).with_columns(spell=pl.col("fresh").cum_sum().over("account", order_by=order))
    ended = joined.group_by("account", "spell").agg(start_day=pl.col("start").min(), end=pl.col("end").max())
    return ended.select("account", "start_day", end_day=pl.when(pl.col("end") < today).then("end"))
