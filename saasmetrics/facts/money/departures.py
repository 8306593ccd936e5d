"""The last time that each account left or came to pay much less, and what had gone before. An account without any has no row.

## Columns
account          key    the account
day              date   the first day number without the money
kind             label  left (ceased to pay altogether), shrank (pays less)
currency         label  of the amounts: revenue.currency where they are converted
before           money  what it paid until then, in ten-thousandths; null: in several currencies
lost             money  what it pays less
activated        flag   it was activated before that day; null: older than the export, or no activation is declared
change_day       date   the last day on or before it on which an administrator joined (the first one apart) or left; null: none, or unknown
last_success     date   the last day on or before it with a core success; null: none seen
cancelled        flag   a subscription that ended or changed on that day had been cancelled, as far as T knows
failed_day       date   the last day on or before it on which a payment failed; null: none
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock

LEAST = 10  # a contraction counts from one part in so many of what it paid


def departures(
    ledger: pl.LazyFrame, accounts: pl.LazyFrame, activations: pl.LazyFrame, members: pl.LazyFrame, activity: pl.LazyFrame, contracts: pl.LazyFrame,
    payments_failed: pl.LazyFrame, clock: Clock,
) -> pl.LazyFrame:  # fmt: skip
    """ledger → one row an account."""
    moves = ledger.with_columns(fell=pl.col("churn") + pl.col("contraction")).filter(pl.col("fell") > 0)
    big = moves.filter((pl.col("churn") > 0) | (pl.col("contraction") * LEAST >= pl.col("before")))
    single = pl.len() == 1
    days = big.group_by("account", "day").agg(
        kind=pl.when((pl.col("churn") > 0).any()).then(pl.lit("left")).otherwise(pl.lit("shrank")),
        **{name: pl.when(single).then(pl.col(name).first()) for name in ("currency", "before", "fell")},
    )  # fmt: skip
    last = days.filter(pl.col("day") == pl.col("day").max().over("account")).rename({"fell": "lost"})
    ended = contracts.filter(pl.col("cancelled") < clock.day).select("account", day=pl.min_horizontal("end", "cancelled"), alt="end", cancelled=pl.lit(True))
    stopped = pl.concat([ended.select("account", "day", "cancelled"), ended.select("account", day="alt", cancelled="cancelled")]).unique()
    told = last.join(accounts.select("account", "left_truncated"), on="account").join(stopped, on=["account", "day"], how="left")
    for name, frame in {"change_day": _changes(members, clock), "last_success": activity.filter("core").select("account", when="day"), "failed_day": payments_failed.select("account", when="day")}.items():
        told = told.join(_before(last, frame, name), on="account", how="left")
    done = activations.select("account", activated_day=clock.day_of(pl.col("activated_at")), asked=pl.lit(True))
    full = told.join(done, on="account", how="left")
    known = pl.when(pl.col("asked") & ~pl.col("left_truncated"))
    return full.select(
        "account", "day", "kind", "currency", "before", "lost", activated=known.then((pl.col("activated_day") < pl.col("day")).fill_null(False)),
        change_day="change_day", last_success="last_success", cancelled=pl.col("cancelled").fill_null(False), failed_day="failed_day",
    )


def _changes(members: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """account, when: the days on which administrators joined or left; the first one to join changes nothing."""
    admins = members.filter("admin")
    joined = admins.filter(pl.col("joined_at") > pl.col("joined_at").min().over("account")).select("account", when=clock.day_of(pl.col("joined_at")))
    return pl.concat([joined, admins.filter(pl.col("left_at").is_not_null()).select("account", when=clock.day_of(pl.col("left_at")))])


def _before(last: pl.LazyFrame, dated: pl.LazyFrame, name: str) -> pl.LazyFrame:
    """The latest day on or before the departure."""
    near = dated.join(last.select("account", "day"), on="account").filter(pl.col("when") <= pl.col("day"))
    return near.group_by("account").agg(pl.col("when").max().cast(pl.Int32).alias(name))
