"""In which stage is each account, since when, and how did it get there?

## Columns
account     key    the account
stage       label  acquisition, activation, adoption, engagement, retention, expansion, churn; unknown: older than the export or of unknown age, nothing seen yet
since       date   its first day in this stage
days        count  days since then
before      label  the stage it was in `since` days before T; empty: it did not exist
moved       flag   that is another one; of a new account no
why         text   what the rule of the stage saw
created     date   when it was created
activated   date   first value reached
adopted     date   a core workflow at depth, or made a habit
engaged     date   core work again and again, for the first time
retained    date   still engaged after the days that retention asks for, for the first time
expanded    date   paid more, or took up a further workflow, for the first time
churned     date   no longer paid, or fell silent, for the first time; it may have come back

## Limits
The rules of the stages stand at journey stages. Dates before the export are unknown. The latest movers stand first.

## Order
-moved -since account

## Better with
accounts       the true dates of creation, and the accounts that never did anything
subscriptions  expansion and churn by what is paid

## Covers

## Example: the latest mover stands first
accounts:
account  created_day
a1       2026-01-01
a2       2026-01-01
stage_spans:
account  position  from_day
a1       1         2026-01-01
a1       2         2026-01-30
a2       1         2026-01-01
stage_history:
account  position  stage        from_day    to_day      why
a1       1         acquisition  2026-01-01  2026-01-30  created
a1       2         activation   2026-01-30  ·           first value reached
a2       1         acquisition  2026-01-01  ·           created
with as_of=2026-02-01
becomes
account  stage        since       days  before       moved  why                  created     activated   adopted  engaged  retained  expanded  churned
a1       activation   2026-01-30  2     acquisition  true   first value reached  2026-01-01  2026-01-30  ·        ·        ·         ·         ·
a2       acquisition  2026-01-01  31    acquisition  false  created              2026-01-01  ·           ·        ·        ·         ·         ·

## Example: back from churn
accounts:
account  created_day
a1       2025-06-01
stage_spans:
account  position  from_day
a1       4         2025-07-01
a1       7         2025-12-01
stage_history:
account  position  stage       from_day    to_day      why
a1       4         engagement  2025-07-01  2025-12-01  core work
a1       7         churn       2025-12-01  2026-01-10  silent
a1       4         engagement  2026-01-10  ·           core work
with as_of=2026-02-01
becomes
account  stage       since       days  before      moved  why        created     activated  adopted  engaged     retained  expanded  churned
a1       engagement  2026-01-10  22    engagement  false  core work  2025-06-01  ·          ·        2025-07-01  ·         ·         2025-12-01
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock, Days

DATES = {2: "activated", 3: "adopted", 4: "engaged", 5: "retained", 6: "expanded", 7: "churned"}


def accounts(accounts: pl.LazyFrame, stage_spans: pl.LazyFrame, stage_history: pl.LazyFrame, clock: Clock, *, since: Days = 7) -> pl.LazyFrame:
    now, then = _on(stage_history, clock.day - 1), _on(stage_history, clock.day - since - 1)
    dates = stage_spans.group_by("account").agg(
        pl.col("from_day").filter(pl.col("position") == position).min().alias(name) for position, name in DATES.items()
    )
    told = accounts.select("account", created="created_day").join(now.rename({"from_day": "since"}), on="account", how="left")
    joined = told.join(then.select("account", before="stage"), on="account", how="left").join(dates, on="account", how="left")
    return joined.with_columns(days=clock.day - pl.col("since"), moved=(pl.col("stage") != pl.col("before")).fill_null(False))


def _on(history: pl.LazyFrame, day: int) -> pl.LazyFrame:
    """What each account was in on that day."""
    held = (pl.col("from_day") <= day) & (pl.col("to_day").is_null() | (pl.col("to_day") > day))
    return history.filter(held).select("account", "stage", "why", "from_day")
