"""Where is each account on the way: none, adopted, repeating, spreading, fading?

## Why
Value shows as a pattern: the core work is taken up, then repeated, then spread to more teams or further work. Where the
pattern is missing, the account is at risk although its activity may look fine.

## Columns
account        key    the account
stage          label  at the end of the last complete period: none, adopted, repeating, spreading, fading; unknown: older than the export and not seen repeating
diverges       flag   people are as active as before or more, and the account is old enough to repeat its work and does not, or no longer; empty: unknown, as events_before is
why            text   the numbers behind the flag
since          date   first day of the first period of this stage; empty: it is older than the periods looked at
before         label  the stage before
path           text   the stages and for how many periods each, oldest first, over half a year (a year of months, two of quarters)
age_days       count  whole days since its creation
workflows      count  workflows of any kind with a success in the last four periods
teams          count  known teams with a core success in the last four periods
events         count  events of people in the last 28 days; where the events name no users, of anything
events_before  count  in the 28 days before; empty: the account is older than the export, which does not reach back so far
mrr            money  monthly recurring revenue at T; empty: unknown, never paid, or in several currencies
currency       label  its currency

## Limits
none: no core success yet. repeating: a core workflow was done in three of its last four complete periods, and since then always
in two of them at least. spreading: that, with successes in two workflows or of two teams in the last four periods. fading: it
was repeating and no longer is, or its last core success is more than four periods of that workflow ago. adopted: the rest. A
period is a week, unless no core workflow comes up that often. The flag needs `after` days of age, and events that fell by no more than `tolerance`. Accounts
that no longer pay are left out.

## Order
-diverges stage -mrr account

## Better with
users          teams
subscriptions  the money at stake, and who has left

## Covers
V16 V17

## Example: fading while everybody still clicks
stages:
account  period  ago  start       stage      workflows  teams
fades    103     0    2026-01-19  fading     1          1
fades    102     1    2026-01-12  fading     1          1
fades    101     2    2026-01-05  repeating  1          1
fades    100     3    2025-12-29  repeating  1          1
grows    103     0    2026-01-19  spreading  2          2
grows    102     1    2026-01-12  repeating  1          1
accounts:
account  created_day  observed_from
fades    2025-01-01   2025-01-01
grows    2026-01-13   2025-01-01
presence:
account  user  day         person  events
fades    ann   2026-01-20  true    40
fades    bot   2026-01-20  false   900
fades    ann   2025-12-20  true    40
grows    ben   2026-01-20  true    9
snapshot:
account  age_days  ended_day  users  mrr     currency
fades    391       ·          1      100.00  EUR
grows    14        ·          1      900.00  EUR
with as_of=2026-01-27
becomes
account  stage      diverges  why                                                                                                              since       before     path                      age_days  workflows  teams  events  events_before  mrr     currency
fades    fading     true      core work has become rare or stopped after 391 days, with 40 events in the last 28 days and 40 in the 28 before  2026-01-12  repeating  repeating 2, fading 2     391       1          1      40      40             100.00  EUR
grows    spreading  false     ·                                                                                                                2026-01-19  repeating  repeating 1, spreading 1  14        2          2      9       0              900.00  EUR

## Example: too young to worry, activity that falls with the work is no divergence, and the old stay unknown
stages:
account  period  ago  start       stage    workflows  teams
young    103     0    2026-01-19  adopted  1          0
quiet    103     0    2026-01-19  fading   0          0
old      103     0    2026-01-19  unknown  0          0
gone     103     0    2026-01-19  fading   0          0
accounts:
account  created_day  observed_from
young    2026-01-19   2025-01-01
quiet    2025-01-01   2025-01-01
old      2020-01-01   2025-01-01
gone     2025-01-01   2025-01-01
presence:
account  user  day         person  events
young    ann   2026-01-20  true    40
quiet    ann   2026-01-20  true    8
quiet    ann   2025-12-20  true    40
old      ann   2026-01-20  true    40
gone     ann   2026-01-20  true    40
snapshot:
account  age_days  ended_day   users  mrr  currency
young    8         ·           1      ·    ·
quiet    391       ·           1      ·    ·
old      2218      ·           1      ·    ·
gone     391       2026-01-01  1      ·    ·
with as_of=2026-01-27
becomes
account  stage    diverges  why  since       before  path       age_days  workflows  teams  events  events_before  mrr  currency
young    adopted  false     ·    2026-01-19  ·       adopted 1  8         1          0      40      0              ·    ·
quiet    fading   false     ·    ·           ·       fading 1   391       0          0      8       40             ·    ·
old      unknown  false     ·    ·           ·       unknown 1  2218      0          0      40      0              ·    ·
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock, Days
from saasmetrics.sentences import counted, sentence
from saasmetrics.statistics import Share

LATELY = 28


def trajectory(
    stages: pl.LazyFrame, accounts: pl.LazyFrame, presence: pl.LazyFrame, snapshot: pl.LazyFrame, clock: Clock, *,
    after: Days = 60, tolerance: Share = 0.1,
) -> pl.LazyFrame:  # fmt: skip
    stays = snapshot.filter(pl.col("ended_day").is_null()).select("account", "age_days", "mrr", "currency", named=pl.col("users").is_not_null())
    now = stages.filter(pl.col("ago") == 0).select("account", "stage", "workflows", "teams")
    told = now.join(stays, on="account")
    for more in (_path(stages, accounts), _events(presence, clock), _unseen(accounts, clock)):
        told = told.join(more, on="account", how="left")
    counts = [
        pl.when("named").then(pl.col(name)).otherwise(pl.col(f"any_{name}")).fill_null(0).alias(name) for name in ("events", "events_before")
    ]
    known = told.with_columns(counts).with_columns(events_before=pl.when(~pl.col("unseen")).then("events_before"))
    return known.with_columns(diverges=_diverges(after, tolerance)).with_columns(why=pl.when("diverges").then(_why()))


def _diverges(after: int, tolerance: float) -> pl.Expr:
    old = (pl.col("age_days") >= after).fill_null(False)
    without = pl.col("stage").is_in(["none", "adopted", "fading"])
    flat = (pl.col("events") > 0) & (pl.col("events") >= (1 - tolerance) * pl.col("events_before") - 1e-9)
    return old & without & flat


def _why() -> pl.Expr:
    said = {"none": "no core work yet", "adopted": "core work is done, but not period after period", "fading": "core work has become rare or stopped"}
    state = pl.col("stage").replace_strict(said, default=None, return_dtype=pl.String)
    return sentence("{} after {} days, with {} in the last 28 days and {} in the 28 before", state, "age_days", counted("events", "event"), "events_before")


def _path(stages: pl.LazyFrame, accounts: pl.LazyFrame) -> pl.LazyFrame:
    """account, path, before, since: consecutive periods of one stage are one run."""
    changes = (pl.col("stage") != pl.col("stage").shift(1)).fill_null(True).cast(pl.Int64)
    numbered = stages.with_columns(changes=changes.over("account", order_by="period"))
    numbered = numbered.with_columns(run=pl.col("changes").cum_sum().over("account", order_by="period"))
    runs = numbered.group_by("account", "run").agg(pl.col("stage").first(), pl.col("start").min(), length=pl.len())
    dated = runs.join(accounts.select("account", "created_day"), on="account").sort("account", "run")
    older = (pl.col("run") == 1) & (pl.col("created_day") < pl.col("start").cast(pl.Int32)).fill_null(True)
    told = dated.with_columns(since=pl.when(~older).then("start"), part=sentence("{} {}", "stage", "length"))
    return told.group_by("account", maintain_order=True).agg(
        pl.col("since").last(), before=pl.col("stage").get(-2, null_on_oob=True), path=pl.col("part").str.join(", ")
    )


def _unseen(accounts: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """account, unseen: whether it was there before the export, which begins within the days looked at."""
    there = (pl.col("created_day") < pl.col("observed_from")).fill_null(True) & (pl.col("observed_from") > clock.day - 2 * LATELY)
    return accounts.select("account", unseen=there.fill_null(False))


def _events(presence: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    age = clock.day - pl.col("day")
    now, then, person = age <= LATELY, age.is_between(LATELY + 1, 2 * LATELY), pl.col("person")
    n = pl.col("events")
    return presence.group_by("account").agg(
        events=pl.when(now & person).then(n).sum(), events_before=pl.when(then & person).then(n).sum(), any_events=pl.when(now).then(n).sum(), any_events_before=pl.when(then).then(n).sum()
    )
