"""The day on which each account first got as far in each of the `behaviours`. Level 0, nothing, has no row.

## Columns
account    key    the account
position   key    number of the behaviour, as in `behaviours`
level      key    how far
day        count  local day number on which it first got there
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock

MOST = 3  # people from which on more make no other level


def behaviour_days(
    behaviours: pl.LazyFrame, activations: pl.LazyFrame, tiers: pl.LazyFrame, user_activity: pl.LazyFrame, feature_days: pl.LazyFrame, clock: Clock
) -> pl.LazyFrame:
    """One row an account, behaviour and level reached."""
    depth, used = pl.concat_str("workflow", pl.lit(" depth")), pl.concat_str(pl.lit("feature "), "feature")
    activated = activations.filter(pl.col("activated_at").is_not_null())
    core = tiers.filter("core")
    found = [
        activated.select("account", behaviour=pl.lit("activated"), level=pl.lit(1, pl.Int64), day=clock.day_of(pl.col("activated_at"))),
        core.select("account", behaviour=depth, level="level", day=clock.day_of(pl.col("reached_at"))),
        _people(user_activity.filter("core")),
        feature_days.group_by("account", "feature").agg(pl.col("day").min()).select(
            "account", behaviour=used, level=pl.lit(1, pl.Int64), day="day"
        ),
    ]  # fmt: skip
    typed = [frame.select("account", "behaviour", pl.col("level").cast(pl.Int64), pl.col("day").cast(pl.Int32)) for frame in found]
    return pl.concat(typed).join(behaviours.select("position", "behaviour", "level"), on=["behaviour", "level"]).select("account", "position", "level", "day")


def _people(core: pl.LazyFrame) -> pl.LazyFrame:
    """The day on which the first, second and third person got core work done."""
    firsts = core.group_by("account", "user").agg(pl.col("day").min())
    ranked = firsts.select("account", "day", level=pl.col("day").rank("ordinal").over("account").cast(pl.Int64))
    return ranked.filter(pl.col("level") <= MOST).select("account", behaviour=pl.lit("active people"), level="level", day="day")
