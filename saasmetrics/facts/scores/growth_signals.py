"""Every sign that an account is ready to grow, for every account that still pays or never did: with its evidence.

## Columns
account   key    the account
position  key    order of the signal
signal    label  its name in the definition file
ident     label  its catalogue id
state     label  fired; quiet; insufficient: too little use to tell a change from noise; unknown: the input is missing
points    score  what it adds to the account's readiness; they add up exactly
evidence  text   the numbers, as a sentence; null unless fired
why       text   what it means
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.expansion import GrowthSignals
from saasmetrics.definitions.model import Definition
from saasmetrics.facts.accounts.snapshot import TWICE
from saasmetrics.facts.scores._models import modelled
from saasmetrics.facts.scores._score import SEATS_USED, USERS_NOW, joined, judged, percent, scored
from saasmetrics.facts.scores.risk_signals import rules as rules  # the features that both watch
from saasmetrics.sentences import counted, sentence
from saasmetrics.statistics import theil_sen

LATELY = 28


def growth_signals(
    snapshot: pl.LazyFrame, activity: pl.LazyFrame, user_activity: pl.LazyFrame, members: pl.LazyFrame, feature_use: pl.LazyFrame,
    people: pl.LazyFrame | None, models: pl.LazyFrame, definition: Definition, clock: Clock,
) -> pl.LazyFrame:  # fmt: skip
    """Accounts that no longer pay are not judged."""
    stays = snapshot.filter(pl.col("ended_day").is_null())
    return modelled("expansion", models, definition, lambda own: _found(stays, activity, user_activity, members, feature_use, people, own, clock))


def _found(
    stays: pl.LazyFrame, activity: pl.LazyFrame, user_activity: pl.LazyFrame, members: pl.LazyFrame, feature_use: pl.LazyFrame,
    people: pl.LazyFrame | None, definition: Definition, clock: Clock,
) -> pl.LazyFrame:  # fmt: skip
    told = definition.expansion.signals
    tiered = any(definition.workflows[name].tiers for name in definition.core_workflows())
    several = len(definition.workflows) > 1 and any(w.tiers for w in definition.workflows.values())
    found = {
        "seats_filled": _seats(stays, told),
        "users_growing": _users(stays, told),
        "volume_growing": _volume(stays, activity, told, clock),
        "second_workflow": judged(stays, pl.col("workflows") >= 2, pl.lit(several), sentence("a tier reached in {} workflows: {}", "workflows", "tiers")),
        "advanced_depth": judged(stays, pl.col("deepest").is_not_null(), pl.lit(tiered), sentence("reached the deepest tier: {}", "deepest")),
        "teams_spreading": _teams(stays, user_activity, members, told, clock),
        "inviting": _invites(stays, members, people, told, clock),
        "premium_pull": judged(feature_use.filter(~pl.col("high_value")), pl.col("n") > 0, pl.lit(True), sentence("{} of premium features in the last 28 days", counted("n", "use"))),
    }
    return scored(definition.expansion.weighed, found, stays)


def _seats(stays: pl.LazyFrame, told: GrowthSignals) -> pl.LazyFrame:
    known = (pl.col("seats") > 0) & pl.col("users").is_not_null()
    return judged(stays, pl.col("users") >= told.seats_filled.share * pl.col("seats") - 1e-9, known, SEATS_USED)


def _users(stays: pl.LazyFrame, told: GrowthSignals) -> pl.LazyFrame:
    signal, more = told.users_growing, pl.col("users") - pl.col("users_before")
    fires = (more >= signal.min_growth) & (more >= signal.growth * pl.col("users_before") - 1e-9)
    return judged(stays, fires, pl.col("users_before").is_not_null() & (pl.col("age_days") >= TWICE), USERS_NOW, pl.col("users_before") > 0)


def _volume(stays: pl.LazyFrame, activity: pl.LazyFrame, told: GrowthSignals, clock: Clock) -> pl.LazyFrame:
    """Theil–Sen on log(1 + weekly successes) over complete weeks since creation that the export covers; it must rise beyond doubt."""
    signal, last = told.volume_growing, clock.last_complete("week")
    looked_at = pl.col("day").is_between(clock.first_day(last - signal.weeks + 1, "week"), clock.first_day(last + 1, "week") - 1)
    core = activity.filter(looked_at & pl.col("core"))
    counts = core.with_columns(week=clock.index(pl.col("day"), "week")).group_by("account", "week").agg(pl.col("n").sum())
    weeks = pl.LazyFrame({"week": list(range(last - signal.weeks + 1, last + 1))}, schema={"week": pl.Int32})
    since = pl.max_horizontal(clock.day_of(pl.col("created_at") - 1), pl.col("observed_from") - 1)
    born = stays.select("account", first=clock.index(since, "week") + 1)
    lived = counts.join(born, on="account").filter(pl.col("week") >= pl.col("first"))
    busy = born.join(lived.group_by("account").agg(busy=pl.len()), on="account", how="left").select("account", pl.col("busy").fill_null(0))
    working = born.join(busy.filter(pl.col("busy") >= signal.min_weeks), on="account", how="semi")  # all others are too quiet to have a trend
    grid = working.join(weeks, how="cross").filter(pl.col("week") >= pl.col("first")).join(counts, on=["account", "week"], how="left")
    trend = theil_sen(grid.select("account", x=pl.col("week"), y=(pl.col("n").fill_null(0) + 1).log()), "account")
    weekly = pl.col("slope").exp() - 1
    text = sentence("core work grew by about {} a week over {} complete weeks", percent(weekly), "n")
    told_ = stays.select("account").join(trend, on="account", how="left").join(busy, on="account", how="left")
    enough = (pl.col("busy") >= signal.min_weeks) & pl.col("low").is_not_null()
    return judged(told_, pl.col("low") > 0, pl.lit(True), text, enough)


def _teams(stays: pl.LazyFrame, user_activity: pl.LazyFrame, members: pl.LazyFrame, told: GrowthSignals, clock: Clock) -> pl.LazyFrame:
    lately = user_activity.filter(pl.col("core") & (pl.col("day") >= clock.day - LATELY)).select("account", "user").unique()
    teams = lately.join(members.filter(pl.col("team").is_not_null()), on=["account", "user"]).group_by("account").agg(
        teams=pl.col("team").n_unique(), names=pl.col("team").unique().sort()
    )
    have = members.filter(pl.col("team").is_not_null()).select("account").unique().with_columns(has_team=pl.lit(True))
    frame = stays.join(teams, on="account", how="left").join(have, on="account", how="left").with_columns(pl.col("teams").fill_null(0))
    text = sentence("people of {} did core work in the last 28 days: {}", counted("teams", "team"), joined(pl.col("names"), ", "))
    return judged(frame, pl.col("teams") >= told.teams_spreading.teams, pl.col("has_team"), text)


def _invites(stays: pl.LazyFrame, members: pl.LazyFrame, people: pl.LazyFrame | None, told: GrowthSignals, clock: Clock) -> pl.LazyFrame:
    day = clock.day_of(pl.col("invited_at"))
    invited = members.filter(pl.col("invited_at").is_not_null()).with_columns(age=clock.day - day)
    sums = invited.group_by("account").agg(
        invited=(pl.col("age") <= LATELY).sum().cast(pl.Int64), before=pl.col("age").is_between(LATELY + 1, 2 * LATELY).sum().cast(pl.Int64)
    )
    known = invited.select(pl.len() > 0).collect().item() if people is not None else False
    frame = stays.join(sums, on="account", how="left").with_columns(pl.col("invited", "before").fill_null(0))
    text = sentence("{} in the last 28 days, {} in the 28 days before", counted("invited", "invitation"), "before")
    return judged(frame, (pl.col("invited") >= told.inviting.invites) & (pl.col("invited") > pl.col("before")), pl.lit(known), text)
