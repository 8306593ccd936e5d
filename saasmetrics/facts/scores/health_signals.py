"""Every part of an account's health at T: how far it is met, what it adds to the score, and by which numbers.

Accounts that no longer pay are not judged.

## Columns
account   key    the account
position  key    order of the part
signal    label  its name in the definition file
ident     label  its catalogue id
state     label  met; partly; not met; unknown: the input is missing, or too little to judge by
points    score  what it adds to the account's score; they add up exactly
evidence  text   the numbers, as a sentence; null: unknown
why       text   what it means
lost      count  points × thousandths that it is short of; 0: met or unknown
"""

from __future__ import annotations

import polars as pl

from saasmetrics import messages
from saasmetrics.definitions.model import Definition
from saasmetrics.facts.scores._models import modelled
from saasmetrics.facts.scores._score import FULL, SEATS_USED, USERS_NOW, graded, scored, weight
from saasmetrics.facts.scores.health_measures import WEEKS
from saasmetrics.sentences import counted, sentence


def health_signals(
    health_values: pl.LazyFrame, health_measures: pl.LazyFrame, snapshot: pl.LazyFrame, models: pl.LazyFrame, definition: Definition
) -> pl.LazyFrame:
    """The parts of each account that has not left."""
    stays = snapshot.filter(pl.col("ended_day").is_null()).select("account")
    now = health_values.filter(pl.col("ago") == 0).join(health_measures.filter(pl.col("ago") == 0), on=["account", "ago"], suffix="_measured")
    return modelled("health", models, definition, lambda own: _parts(now, stays, own))


def _parts(now: pl.LazyFrame, stays: pl.LazyFrame, definition: Definition) -> pl.LazyFrame:
    told = definition.health.signals.named()
    found = {name: _found(now, name, text) for name, text in _texts(definition).items() if told[name].points}
    lost = weight(definition.health) * (FULL - pl.col("value"))
    short = pl.concat([pl.LazyFrame(schema=SHORT), *(frame.select("account", "value", signal=pl.lit(name)) for name, frame in found.items())], how="vertical_relaxed")
    points = scored(definition.health, found, stays)
    return points.join(short, on=["account", "signal"], how="left").with_columns(lost=lost.fill_null(0)).drop("value")


SHORT = {"account": pl.Categorical, "value": pl.Int64, "signal": pl.String}


def _found(now: pl.LazyFrame, name: str, text: pl.Expr) -> pl.LazyFrame:
    value = pl.col(name)
    return now.select("account", state=graded(value), evidence=pl.when(value.is_not_null()).then(text), value=value)


def _texts(definition: Definition) -> dict[str, pl.Expr]:
    activated = pl.when(pl.col("done") >= pl.col("required")).then(pl.lit("activated"))
    never = pl.lit("no administrator has ever been seen in the events")
    return {
        "activation": activated.otherwise(sentence("{} of {} activation steps done", "done", "required")),
        "core_use": _regular(definition),
        "trend": sentence("{} in the last 28 days, {} in the 28 days before", counted("n", "core success"), "n_before"),
        "active_users": pl.when(pl.col("seats") > 0).then(SEATS_USED).otherwise(USERS_NOW),
        "admins": pl.when(pl.col("admin_ago").is_null()).then(never).otherwise(sentence("an administrator was last seen {} ago", counted("admin_ago", "day"))),
        "feature_use": sentence("{} of {} used in the last 28 days", "features", pl.lit(messages.counted(len(definition.features), "feature"))),
        "support": sentence("{} beside {} in the last 28 days", counted("tickets", "ticket"), counted("n", "core success")),
        "renewal": sentence("renewal in {}", counted("renews_in", "day")),
    }


def _regular(definition: Definition) -> pl.Expr:
    """Of how many periods, and how long these are: not those of the calendar."""
    widths = {name: WEEKS[definition.workflows[name].cadence] for name in definition.core_workflows()}
    weeks = pl.col("workflow").replace_strict(widths, default=min(widths.values()), return_dtype=pl.Int64)
    one, single = pl.when(weeks == 1).then(pl.lit("week")).otherwise(sentence("{} weeks", weeks)), pl.col("periods") == 1
    several = pl.when(weeks == 1).then(sentence("{} weeks", "periods")).otherwise(sentence("{} spans of {} weeks", "periods", weeks))
    looked_at = pl.when(single).then(one).otherwise(several)
    share = pl.when(single).then(pl.lit("")).otherwise(sentence("{} of ", "hit"))
    done = sentence("{}: done in {}the last {}", "workflow", share, looked_at)
    return pl.when(pl.col("hit") > 0).then(done).otherwise(sentence("no core success in the last {}", looked_at))
