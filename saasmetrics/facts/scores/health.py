"""How well each account does at T, all parts together. Accounts that no longer pay are not judged.

## Columns
account        key    the account
score          score  the points of its parts, 0 to 100; null: too little data to judge
coverage       share  of the points, those with data
band           label  healthy, watch, poor, unknown
entered_day    count  day number since which it has been in this band; null: since before the weeks looked at
before         score  the score four weeks earlier; null: none
weekly         list   the score at T and in each of the 11 weeks before, oldest first; null where there was none
contributions  list   points and part, for every part that adds to the score
evidence       text   the numbers of each part that is known
weakest        label  the part that costs the most points; null: none does
model          label  the model of its segment that judged it; null: what holds for all others
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.facts.scores._score import joined
from saasmetrics.sentences import sentence

BEFORE, SHOWN = 4, 12


def health(health_signals: pl.LazyFrame, health_weeks: pl.LazyFrame, models: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """health_signals, health_weeks → one row a judged account."""
    now = health_weeks.filter(pl.col("ago") == 0).with_columns(entered_day=(clock.day - 7 * pl.col("since")).cast(pl.Int32))
    before = health_weeks.filter(pl.col("ago") == BEFORE).select("account", before="score")
    past = health_weeks.filter(pl.col("ago") < SHOWN).sort("account", "ago", descending=[False, True])
    weekly = past.group_by("account", maintain_order=True).agg(weekly="score")
    told = now.drop("ago", "since").join(models.select("account", model="health"), on="account")
    for frame in (before, weekly, _parts(health_signals)):
        told = told.join(frame, on="account", how="left" if frame is before else "inner")
    return told


def _parts(signals: pl.LazyFrame) -> pl.LazyFrame:
    """account, contributions, evidence, weakest, in the order of the parts."""
    named = sentence("{} {}", "points", pl.col("signal") + pl.when(pl.col("state") == "unknown").then(pl.lit(" (unknown)")).otherwise(pl.lit("")))
    short = pl.col("signal").filter((pl.col("lost") > 0) & (pl.col("lost") == pl.col("lost").max()))
    found = signals.sort("account", "position").group_by("account", maintain_order=True).agg(
        contributions=named.filter(pl.col("points") > 0), evidence=pl.col("evidence"), weakest=short.first()
    )  # fmt: skip
    # collected here: the streaming engine panics on some plans that join such lists of texts
    return found.with_columns(evidence=joined(pl.col("evidence"), "; ")).collect(engine="in-memory").lazy()
