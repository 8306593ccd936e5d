"""The people invited into each account before T, and when each first got work done there after that.

## Columns
account     key    the account
user        key    the person; no service users
invited_at  time   when invited (µs)
invited_day count  the local day number of that
left_at     time   when deactivated; null: not
active_at   time   the first success in any workflow of this account at or after the invitation (exact to the day where they had succeeded earlier on the day of the invitation); null: none
known       flag   false: invited before the export begins, or the events name no users: whether they became active in time was not seen
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition


def rules(definition: Definition) -> Iterable[str]:
    """The rules that the fold must bring."""
    return (workflow.success for workflow in definition.workflows.values())


def invitations(
    usage: pl.LazyFrame, members: pl.LazyFrame, accounts: pl.LazyFrame, users_named: bool,
    definition: Definition, rules: Mapping[str, int], clock: Clock,
) -> pl.LazyFrame:  # fmt: skip
    """members with an invitation, the founders left out; usage → their first success."""
    invited = _invited(members, accounts).cache()
    successes = sorted({rules[workflow.success] for workflow in definition.workflows.values()})
    active = _active(usage.filter(pl.col("rule").is_in(successes)), invited)
    day = clock.day_of(pl.col("invited_at"))
    told = invited.join(active, on=["account", "user"], how="left").with_columns(invited_day=day)
    known = (day >= pl.col("observed_from")).fill_null(False) & users_named
    return told.select("account", "user", "invited_at", "invited_day", "left_at", "active_at", known=known)


def _invited(members: pl.LazyFrame, accounts: pl.LazyFrame) -> pl.LazyFrame:
    """The first of an account's people, when invited no later than the account was created, founded it: nobody invited them."""
    people = members.filter(~pl.col("service") & pl.col("invited_at").is_not_null())
    dated = people.join(accounts.select("account", "created_at", "listed", "observed_from"), on="account")
    early = dated.filter(pl.col("listed") & (pl.col("invited_at") <= pl.col("created_at")))
    first = pl.struct("invited_at", pl.col("user").cast(pl.String)).rank("ordinal").over("account") == 1
    return dated.join(early.filter(first), on=["account", "user"], how="anti")


def _active(work: pl.LazyFrame, invited: pl.LazyFrame) -> pl.LazyFrame:
    """A day's work counts from its first success, or from its last when the first came before the invitation."""
    since = work.join(invited.select("account", "user", "invited_at"), on=["account", "user"])
    after = since.filter(pl.col("last_at") >= pl.col("invited_at"))
    at = pl.when(pl.col("first_at") >= pl.col("invited_at")).then("first_at").otherwise("last_at")
    return after.group_by("account", "user").agg(active_at=at.min())
