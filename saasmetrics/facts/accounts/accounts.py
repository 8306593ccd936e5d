"""The accounts that count, as of T: created before T, not internal. The base of every rate.

An account is listed, or has events, or has a subscription that began before T. One of which there is only a subscription is
of unknown age.

## Columns
account         key    the account
created_at      time   when it was created (µs): as listed, or its first event when that is earlier or it is not listed; null: neither is there
created_day     date   the local day of that
listed          flag   stands in the accounts table
backdated       flag   has events before its listed creation, so created_at is its first event
left_truncated  flag   older than the export by more than a week, or of unknown age: what it did first is unknown
observed_from   date   the local day of the export's first event: before it nothing was seen; the same for all
first_at        time   its first event of any kind
last_at         time   its last one before T

## Cut
anew
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import DAY, UNOBSERVED_DAYS, Clock
from saasmetrics.definitions.model import Definition
from saasmetrics.facts._where import ours
from saasmetrics.facts.accounts._history import known, row_at
from saasmetrics.messages import refuse

UNOBSERVED = UNOBSERVED_DAYS * DAY


def accounts(seen: pl.LazyFrame, listed: pl.LazyFrame | None, subscribed: pl.LazyFrame, export_start: int | None, definition: Definition, clock: Clock) -> pl.LazyFrame:
    """seen (all accounts with events), listed (the accounts table or None), subscribed → one row an account, segments behind."""
    every = _with_orphans(_listed(listed, definition, clock), seen, subscribed, definition)
    dated = every.with_columns(
        backdated=(pl.col("first_at") < pl.col("created")).fill_null(False),
        created_at=pl.min_horizontal("created", "first_at"),
    )
    return (
        dated.filter((pl.col("created_at") < clock.now) | pl.col("created_at").is_null())
        .with_columns(
            created_day=clock.day_of(pl.col("created_at")),
            observed_from=clock.day_of(pl.lit(export_start, pl.Int64)),
            left_truncated=(pl.col("created_at") + UNOBSERVED < export_start).fill_null(True) if export_start is not None else pl.col("created_at").is_null(),
        )
        .select("account", "created_at", "created_day", "listed", "backdated", "left_truncated", "observed_from", "first_at", "last_at", *segments(definition))
    )


def segments(definition: Definition) -> list[str]:
    """The declared segment columns."""
    return list(definition.sources.accounts.segments) if definition.sources.accounts else []


def _listed(listed: pl.LazyFrame | None, definition: Definition, clock: Clock) -> pl.LazyFrame:
    if listed is None:
        schema = {"account": pl.Categorical, "created": pl.Int64}
        return pl.LazyFrame(schema={**schema, "internal": pl.Boolean, "listed": pl.Boolean})
    source = definition.sources.accounts
    now, inside = row_at(listed, pl.lit(clock.now - 1)), own_accounts(listed, definition, clock)
    then = row_at(listed, pl.col("created")) if source and source.segment_as_of == "anchor" else now
    told = known(then, segments(definition), clock.now)
    internal = pl.col("account").is_in(inside.select("account").collect()["account"].implode())
    return told.with_columns(internal=internal, listed=pl.lit(True)).with_columns(pl.col("account").cast(pl.Categorical))


def own_accounts(listed: pl.LazyFrame, definition: Definition, clock: Clock) -> pl.LazyFrame:
    """The listed accounts that are our own, as of T."""
    return row_at(listed, pl.lit(clock.now - 1)).filter(ours(definition, "accounts"))


def _with_orphans(known: pl.LazyFrame, seen: pl.LazyFrame, subscribed: pl.LazyFrame, definition: Definition) -> pl.LazyFrame:
    source = definition.sources.accounts
    policy = source.orphans if source else "keep"
    met = pl.concat([seen.select("account", what=pl.lit("events")), subscribed.select("account", what=pl.lit("a subscription"))], how="vertical_relaxed")
    orphans = met.join(known, on="account", how="anti").group_by("account").agg(pl.col("what").max())  # events, where there are both
    if policy == "refuse" and (found := orphans.cast({"account": pl.String}).sort("account").head(1).collect()).height:
        refuse("SM314", f"account '{found['account'][0]}' has {found['what'][0]} but no row in the accounts table (orphans: refuse)")
    if policy != "drop":
        strange = orphans.select("account", internal=pl.lit(False) if source else ours(definition, "accounts"), listed=pl.lit(False))
        known = pl.concat([known, strange], how="diagonal_relaxed")
    return known.filter(~pl.col("internal")).join(seen, on="account", how="left")
