"""From which day to which day each sign of readiness to buy held in each account.

Most can only come: what an account has done stays done. The shares of failures and of tickets can fall and rise again, so
these signs have a spell for each time they held. A day counts as a whole: a spell begins with the day in the course of which
the sign came to hold.

## Columns
account    key    the account
signal     key    the sign's name in the definition file
day        key    local day number from which it held
until_day  count  first day number on which it no longer held; null: it holds at T
evidence   text   the numbers with which it came to hold, as a sentence
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition
from saasmetrics.definitions.qualification import LowSupport, Signs
from saasmetrics.definitions.work import Workflow
from saasmetrics.facts._in_turn import FRESH, by_day, so_far
from saasmetrics.facts.scores._models import modelled
from saasmetrics.facts.scores._score import day_text
from saasmetrics.sentences import counted, sentence

SCHEMA = {"account": pl.Categorical, "signal": pl.String, "day": pl.Int32, "until_day": pl.Int32, "evidence": pl.String}
REVOCABLE = ("low_errors", "low_support")


def measured(definition: Definition) -> Sequence[Workflow]:
    """The core workflows of which both the attempts and the failures are declared."""
    core = (definition.workflows[name] for name in definition.core_workflows())
    return [workflow for workflow in core if workflow.attempt and workflow.failure]


def rules(definition: Definition) -> Iterable[str]:
    """The rules that the fold must bring."""
    return (rule for workflow in measured(definition) for rule in (workflow.attempt, workflow.failure) if rule)


def sign_spells(
    daily: pl.LazyFrame, activations: pl.LazyFrame, invitations: pl.LazyFrame, members: pl.LazyFrame, activity: pl.LazyFrame,
    feature_days: pl.LazyFrame, accounts: pl.LazyFrame, tickets: pl.LazyFrame, tickets_known: pl.LazyFrame,
    models: pl.LazyFrame, definition: Definition, rules: Mapping[str, int], clock: Clock,
) -> pl.LazyFrame:  # fmt: skip
    """One row an account, sign and spell in which it held."""
    asked = _asked(tickets, accounts)

    def spells(own: Definition) -> pl.LazyFrame:
        told = own.qualification.signals
        found = {
            "activated": _activated(activations, clock),
            "invited": _invited(invitations, members, told, clock),
            "volume": _volume(activity, told),
            "advanced_features": _advanced(feature_days, told),
            "weeks": _weeks(activity, told, clock),
            "low_errors": _low_errors(daily, own, rules),
            "low_support": _low_support(asked, activity, tickets_known, told),
        }
        return _together([found[name].with_columns(signal=pl.lit(name)) for name in told.named()])

    return modelled("qualification", models, definition, spells)


def _together(frames: Sequence[pl.LazyFrame]) -> pl.LazyFrame:
    typed = [frame.select(pl.col(column).cast(kind) for column, kind in SCHEMA.items()) for frame in frames]
    return pl.concat([pl.LazyFrame(schema=SCHEMA), *typed])


def _activated(activations: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    done = activations.filter(pl.col("activated_at").is_not_null()).select("account", day=clock.day_of(pl.col("activated_at")))
    return _for_good(done, sentence("activated on {}", day_text(pl.col("day"))))


def _invited(invitations: pl.LazyFrame, members: pl.LazyFrame, told: Signs, clock: Clock) -> pl.LazyFrame:
    sign = told.invited
    joined = invitations.select("account", "user", "invited_at").join(members.select("account", "user", "joined_at"), on=["account", "user"])
    accepted = pl.when(pl.col("joined_at").is_not_null()).then(pl.max_horizontal("joined_at", "invited_at"))  # some are invited afterwards
    at = accepted if sign.accepted else pl.col("invited_at")
    days = joined.select("account", day=clock.day_of(at)).drop_nulls()
    who, verb = "person" if sign.people == 1 else "people", "joined on invitation" if sign.accepted else "invited"
    return _for_good(_nth(days, sign.people), sentence(f"{sign.people} {who} {verb} by {{}}", day_text(pl.col("day"))))


def _volume(activity: pl.LazyFrame, told: Signs) -> pl.LazyFrame:
    sign = told.volume
    work = activity.filter(pl.col("workflow") == sign.workflow if sign.workflow else pl.col("core"))
    days = by_day(work, pl.col("n").sum())
    if sign.within:
        days = days.rolling("day", period=f"{sign.within}i", group_by="account").agg(pl.col("n").sum()).sort("account", "day")
    else:
        days = days.with_columns(so_far("n"))
    reached = days.filter(pl.col("n") >= sign.successes).filter(FRESH)
    what, window = sign.workflow or "core workflows", f" within {sign.within} days," if sign.within else ""
    return _for_good(reached, sentence("{} in {}{} by {}", counted("n", "success"), pl.lit(what), pl.lit(window), day_text(pl.col("day"))))


def _advanced(feature_days: pl.LazyFrame, told: Signs) -> pl.LazyFrame:
    sign = told.advanced_features
    chosen = feature_days.filter(pl.col("feature").is_in(list(sign.features))) if sign.features else feature_days
    firsts = chosen.group_by("account", "feature").agg(pl.col("day").min())
    used = firsts.sort("account", "day", "feature").group_by("account", maintain_order=True).agg(
        day=pl.col("day").get(sign.least - 1, null_on_oob=True), names=pl.col("feature").head(sign.least).str.join(", ")
    )
    return _for_good(used.filter(pl.col("day").is_not_null()), sentence("{} used by {}", "names", day_text(pl.col("day"))))


def _weeks(activity: pl.LazyFrame, told: Signs, clock: Clock) -> pl.LazyFrame:
    dated = activity.filter("core").select("account", "day", week=clock.index(pl.col("day"), "week"))
    firsts = dated.group_by("account", "week").agg(pl.col("day").min()).select("account", "day")
    weeks = told.weeks.weeks
    count = "1 week" if weeks == 1 else f"{weeks} different weeks"
    return _for_good(_nth(firsts, weeks), sentence(f"core work in {count} by {{}}", day_text(pl.col("day"))))


def _low_errors(daily: pl.LazyFrame, definition: Definition, rules: Mapping[str, int]) -> pl.LazyFrame:
    sign = definition.qualification.signals.low_errors
    attempts = [rules[w.attempt] for w in measured(definition) if w.attempt]
    failures = [rules[w.failure] for w in measured(definition) if w.failure]
    tried, failed = (pl.when(pl.col("rule").is_in(numbers)).then("n").sum() for numbers in (attempts, failures))
    sums = _so_far(daily.filter(pl.col("rule").is_in([*attempts, *failures])), tried=tried, failed=failed)
    holds = (pl.col("tried") >= sign.min_attempts) & (pl.col("failed") <= sign.share * pl.col("tried") + 1e-9)
    return _while(sums, holds, sentence("{} of {} attempts had failed by {}", "failed", "tried", day_text(pl.col("day"))))


def _low_support(asked: pl.LazyFrame, activity: pl.LazyFrame, tickets_known: pl.LazyFrame, told: Signs) -> pl.LazyFrame:
    """Without a tickets table nobody is known to get along alone."""
    sign = told.low_support or LowSupport()
    done = activity.filter("core").select("account", "day", done=pl.col("n").cast(pl.Int64), asked=pl.lit(0, pl.Int64))
    known = pl.concat([done, asked]).join(tickets_known.filter("ticketed"), how="cross")
    sums = _so_far(known, done=pl.col("done").sum(), asked=pl.col("asked").sum())
    holds = (pl.col("done") >= sign.min_successes) & (100 * pl.col("asked") <= sign.per_100 * pl.col("done") + 1e-9)
    return _while(sums, holds, sentence("{} beside {} by {}", counted("asked", "ticket"), counted("done", "success"), day_text(pl.col("day"))))


def _asked(tickets: pl.LazyFrame, accounts: pl.LazyFrame) -> pl.LazyFrame:
    """A row for each ticket; those from before the export have no successes beside them, and do not count."""
    since = accounts.select("account", "observed_from")
    seen = tickets.join(since, on="account").filter(pl.col("opened_day") >= pl.col("observed_from"))
    return seen.select("account", day="opened_day", done=pl.lit(0, pl.Int64), asked=pl.lit(1, pl.Int64))


def _so_far(rows: pl.LazyFrame, **counts: pl.Expr) -> pl.LazyFrame:
    """account, day and the counts up to the end of each day, in turn."""
    return by_day(rows, *(count.alias(name) for name, count in counts.items())).with_columns(so_far(name) for name in counts)


def _while(sums: pl.LazyFrame, holds: pl.Expr, text: pl.Expr) -> pl.LazyFrame:
    """A spell begins on a day at whose end the sign holds, and ends on one at whose end it does not."""
    before = pl.when(~FRESH).then(pl.col("holds").shift(1)).otherwise(False)
    turns = sums.with_columns(holds=holds).filter(pl.col("holds") != before)
    until = pl.when(pl.col("account") == pl.col("account").shift(-1)).then(pl.col("day").shift(-1))
    return turns.with_columns(until_day=until).filter("holds").select("account", "day", "until_day", evidence=text)


def _nth(days: pl.LazyFrame, count: int) -> pl.LazyFrame:
    """account, day: that of the count-th row, where there are so many."""
    return days.group_by("account").agg(pl.col("day").sort().get(count - 1, null_on_oob=True)).filter(pl.col("day").is_not_null())


def _for_good(reached: pl.LazyFrame, text: pl.Expr) -> pl.LazyFrame:
    return reached.select("account", "day", until_day=pl.lit(None, pl.Int32), evidence=text)
