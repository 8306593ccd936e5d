"""Do accounts that got further early stay more often: activated, deeper, with more people, with a feature?

## Why
"Accounts that ever used it stay longer" is true of anything: who stays longer has more time to use it. Here every account is
judged on one day of its life, the landmark, by what it had done before. Only those that were still at work after the
landmark count, and staying is measured later still. So nobody is judged by what came after.

## Columns
behaviour      key    what the account may have done before the landmark
value          key    how far it got
compared_with  label  the value that it is compared with
verdict        label  associated with staying, associated with leaving (both: q at most 0.05), not shown, insufficient (fewer than min_base on either side)
present        count  of the accounts, those with core work within `presence` days from the landmark on: the base
retained       count  of the present, those with core work in the `window` days after that
rate           share  retained / present
others         count  the base of those compared with
others_rate    share  their rate
difference     number rate − others_rate, in percentage points
diff_low       number 95 % interval of the difference (Newcombe)
diff_high      number 95 % interval of the difference (Newcombe)
q              share  how likely chance alone makes such a difference, all rows together (Benjamini–Hochberg); empty: not tested
stays          share  still at work `survival` days after the landmark (Kaplan–Meier); empty: nobody was watched so long
others_stays   share  the same of those compared with
low            share  Wilson 95 % interval
high           share  Wilson 95 % interval
accounts       count  accounts with this value whose time is over
immature       count  accounts with this value whose time is not over: not counted, not failed

## Limits
Associated is not caused: who means to stay also does more. An account that did no core work between the landmark and the
start of the window is not present: it was gone, or had not begun; compare `accounts` with `present`. For `stays` an account
is gone after its last core work when it has been silent for `silence` days since. Accounts older than the export are left
out: what they did early was not seen. Days are local days since the creation; the landmark is the first day not looked at.
Segments are as the accounts table lists them: where it lists today's plan, it lists what became of the account. One in
which nobody is past the landmark has no rows.
The values are: activated yes or no; the deepest tier of each core workflow; people with core work (nobody, 1, 2, 3 or
more); each feature used or not; fifths of the early core work over all accounts past their landmark, also with --by: in the first are
those of whom less than a fifth of all did less, and so on; equal amounts stand in the same fifth, so that some may be empty.
Time is over, and a landmark past, when it was so `late_after` before T.
`stays` is over those present whose presence time is over; work of the last `late_after` does not count, and who is
not gone is watched up to `silence` days before that. Accounts not yet past their landmark stand in no column.

## Order
-diff_low behaviour value

## Better with
users     service users told from people
accounts  the true dates of creation, and the segments

## Account by account
journey.accounts

## Covers
D07 K04 K05 K09 K12 J03

## Example: what was done after the landmark counts for nothing, and the gone are in no base
accounts:
account  created_day  left_truncated
early    2026-01-01   false
late     2026-01-01   false
gone     2026-01-01   false
young    2026-05-01   false
old      2026-01-01   true
behaviours:
position  level  behaviour  value  reference
1         0      activated  no     0
1         1      activated  yes    0
behaviour_days:
account  position  level  day
early    1         1      2026-01-14
late     1         1      2026-01-15
gone     1         1      2026-01-02
young    1         1      2026-05-02
old      1         1      2026-01-02
activity:
account  day         core  n
early    2026-01-20  true  1
early    2026-04-01  true  1
late     2026-01-20  true  1
gone     2026-01-03  true  1
old      2026-04-01  true  1
with as_of=2026-06-01 min_base=1
becomes
behaviour   value       compared_with  verdict       present  retained  rate  others  others_rate  difference  diff_low    diff_high  q         stays  others_stays  low       high  accounts  immature
activated   yes         no             not shown     1        1         1     1       0            100         -12.210872  100        0.157299  0      0             0.206549  1     2         1
early work  fifth 4: 1  fifth 1: 0     insufficient  0        0         ·     2       0.5          ·           ·           ·          ·         ·      0             ·         ·     1         0

## Example: fifths of the early work; equal amounts stand in the same fifth
accounts:
account  created_day  left_truncated
a1       2026-01-01   false
a2       2026-01-01   false
a3       2026-01-01   false
behaviours:
position  level  behaviour  value  reference
behaviour_days:
account  position  level  day
activity:
account  day         core  n
a1       2026-01-05  true  9
a1       2026-01-16  true  1
a1       2026-03-20  true  1
a2       2026-01-16  true  1
a3       2026-01-17  true  1
with as_of=2026-09-01
becomes
behaviour   value       compared_with  verdict       present  retained  rate  others  others_rate  difference  diff_low   diff_high  q  stays  others_stays  low       high  accounts  immature
early work  fifth 4: 9  fifth 1: 0     insufficient  1        1         1     2       0            100         -3.054731  100        ·  0      0             0.206549  1     1         0
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from saasmetrics.clock import Clock, Days
from saasmetrics.sentences import sentence
from saasmetrics.statistics import held_against, kaplan_meier, share, survival_at, wilson

FIFTHS = 5
COUNTS = ("accounts", "immature", "present", "retained")
OTHERS = {"present": "others", "retained": "others_retained", "stays": "others_stays", "value": "compared_with"}


def by_behaviour(
    accounts: pl.LazyFrame, behaviours: pl.LazyFrame, behaviour_days: pl.LazyFrame, activity: pl.LazyFrame, clock: Clock, *,
    landmark: Days = 14, presence: Days = 60, window: Days = 30, survival: Days = 180, silence: Days = 30, min_base: int = 10,
    by: Sequence[str] = (),
) -> pl.LazyFrame:  # fmt: skip
    lives = _lives(accounts, activity, clock, landmark, presence, window, by)
    fifths = _fifths(lives)
    scale = pl.concat([behaviours, _scale(fifths)], how="diagonal_relaxed")
    reached = pl.concat([_levels(lives, behaviours, behaviour_days), fifths.select("account", "position", "level")])
    placed = lives.join(reached, on="account")
    keys = [*by, "position", "level"]
    counted = _counts(placed, keys).join(_staying(placed, clock, survival, silence, keys), on=keys, how="left", nulls_equal=True)
    grid = lives.select(by).unique().join(scale, how="cross") if by else scale
    told = grid.join(counted, on=keys, how="left", nulls_equal=True).with_columns(pl.col(COUNTS).fill_null(0))
    return _judged(_beside(told, by), min_base)


def _lives(
    accounts: pl.LazyFrame, activity: pl.LazyFrame, clock: Clock, landmark: int, presence: int, window: int, by: Sequence[str]
) -> pl.LazyFrame:
    """The accounts that are old enough to have passed the landmark: how much they did before it, and whether they worked after it."""
    mark = pl.col("created_day").cast(pl.Int64) + landmark
    known = accounts.filter(pl.col("created_day").is_not_null() & ~pl.col("left_truncated"))
    past = known.select("account", *by, mark=mark).filter(pl.col("mark") <= clock.settled)
    start, end = pl.col("mark") + presence, pl.col("mark") + presence + window
    day = pl.col("day")
    work = activity.filter("core").join(past.select("account", "mark"), on="account").filter(day < clock.settled)
    done = work.group_by("account").agg(
        before=pl.when(day < pl.col("mark")).then("n").sum(), present=((day >= pl.col("mark")) & (day < start)).any(),
        retained=((day >= start) & (day < end)).any(), last=day.max().cast(pl.Int64),
    )  # fmt: skip
    told = past.join(done, on="account", how="left").with_columns(pl.col("before").fill_null(0), pl.col("present", "retained").fill_null(False))
    return told.with_columns(known=start <= clock.settled, over=end <= clock.settled)


def _levels(lives: pl.LazyFrame, behaviours: pl.LazyFrame, behaviour_days: pl.LazyFrame) -> pl.LazyFrame:
    """account, position, level: how far each account had got before the landmark, 0 where it had done nothing."""
    early = behaviour_days.join(lives.select("account", "mark"), on="account").filter(pl.col("day") < pl.col("mark"))
    best = early.group_by("account", "position").agg(pl.col("level").max())
    grid = lives.select("account").join(behaviours.select("position").unique(), how="cross")
    return grid.join(best, on=["account", "position"], how="left").with_columns(pl.col("level").fill_null(0))


def _fifths(lives: pl.LazyFrame) -> pl.LazyFrame:
    """account, position, level, before: a fifth of all accounts each, by core work before the landmark; equals stand together."""
    place = (pl.col("before").rank("min").cast(pl.Int64) - 1) * FIFTHS
    return lives.select("account", "before", position=pl.lit(0, pl.Int64), level=place.floordiv(pl.len().cast(pl.Int64)) + 1)


def _scale(fifths: pl.LazyFrame) -> pl.LazyFrame:
    least, most = pl.col("before").min(), pl.col("before").max()
    span = pl.when(least == most).then(least.cast(pl.String)).otherwise(sentence("{}–{}", least, most))
    named = fifths.group_by("position", "level").agg(span=span).with_columns(reference=pl.col("level").min())
    return named.select("position", "level", "reference", behaviour=pl.lit("early work"), value=sentence("fifth {}: {}", "level", "span"))


def _counts(placed: pl.LazyFrame, keys: Sequence[str]) -> pl.LazyFrame:
    over, present = pl.col("over"), pl.col("over") & pl.col("present")
    tests = {"accounts": over, "immature": ~over, "present": present, "retained": present & pl.col("retained")}
    return placed.group_by(keys).agg(test.sum().cast(pl.Int64).alias(name) for name, test in tests.items())


def _staying(placed: pl.LazyFrame, clock: Clock, survival: int, silence: int, keys: Sequence[str]) -> pl.LazyFrame:
    """Who worked within `silence` days before the end was still there when these days began; later is not known of anybody."""
    seen = clock.settled - silence
    watched = placed.filter(pl.col("known") & pl.col("present")).with_columns(
        observed=pl.col("last") < seen, duration=(pl.min_horizontal("last", pl.lit(seen)) - pl.col("mark")).clip(lower_bound=0)
    )
    return survival_at(kaplan_meier(watched, keys), survival, keys, "stays")


def _beside(told: pl.LazyFrame, by: Sequence[str]) -> pl.LazyFrame:
    """Each value beside the one that it is compared with."""
    apart = pl.col("level") == pl.col("reference")
    others = told.filter(apart).select(*by, "position", *(pl.col(name).alias(other) for name, other in OTHERS.items()))
    return told.filter(~apart).join(others, on=[*by, "position"], how="left", nulls_equal=True)


def _judged(both: pl.LazyFrame, min_base: int) -> pl.LazyFrame:
    k, n, other_k, other_n = sides = [pl.col(name) for name in ("retained", "present", "others_retained", "others")]
    low, high = wilson(k, n)
    rated = both.with_columns(rate=share(k, n), low=low, high=high, others_rate=share(other_k, other_n))
    return held_against(rated, sides, min_base, "associated with staying", "associated with leaving")
