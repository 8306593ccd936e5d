"""Which features and workflows go with staying, once accounts that did equally much are compared?

## Why
Who uses a feature stays longer, and who does more uses more features: the second may be all of it. So every account is judged on one day of
its life, the landmark, by what it had used before; staying is measured later; and users are compared with others that had done about as much
core work by then.

## Columns
kind         key    feature or workflow
name         key    its name in the definition
path         label  value path: associated with staying; against it: associated with leaving (both: q at most 0.05); neutral: not shown, and the difference lies within `margin` points either way; unclear: not shown, and it may be large (also where nobody or everybody stayed: an interval of no width says nothing); insufficient: fewer than min_base on either side, or never side by side
adjusted     number users' share that stayed less others', in percentage points, compared within equal amounts of early core work (Mantel–Haenszel); empty: insufficient
diff_low     number 95 % interval of it (Sato)
diff_high    number 95 % interval of it
q            share  how likely chance alone makes such a difference (Cochran–Mantel–Haenszel), all rows together (Benjamini–Hochberg); empty: not tested
users        count  accounts that had used it before the landmark, and were present: with core work within `presence` days from the landmark on
retained     count  of these, those with core work in the `window` days after that
rate         share  retained / users
low          share  Wilson 95 % interval
high         share  Wilson 95 % interval
others       count  accounts that were present and had not used it
others_rate  share  of these, those with core work in the window
immature     count  accounts past their landmark whose window is not over: not counted, not failed

## Limits
Associated is not caused, and early core work is not all in which users differ: split by a segment with --by where it may matter. A feature
counts as used from its first successful use, a workflow from its first success. Strata are accounts with no, 1–3, 4–15, 16–63 and 64 or more
core successes before the landmark. Accounts older than the export are left out: what they did early was not seen. Whether a plan included the
feature is not asked. Days are local days since the creation; the landmark is the first day not looked at.
A window is over, and a landmark past, when it was so `late_after` before T. A segment in which nobody is past the landmark has no rows.

## Order
-diff_low kind name

## Better with
accounts  the true dates of creation, and the segments

## Account by account
journey.accounts

## Covers
V12 X02 K10 J08

## Example: what only goes with doing more is no value path
accounts:
account  created_day  left_truncated
a1       2026-01-01   false
a2       2026-01-01   false
b1       2026-01-01   false
b2       2026-01-01   false
old      2025-01-01   true
features:
feature
export
feature_days:
account  feature  day
a1       export   2026-01-05
b1       export   2026-02-20
old      export   2026-01-05
workflows:
workflow
activity:
account  workflow  day         core  n
a1       selling   2026-01-03  true  9
a1       selling   2026-02-10  true  1
a1       selling   2026-04-10  true  1
a2       selling   2026-01-03  true  9
a2       selling   2026-02-10  true  1
a2       selling   2026-04-10  true  1
b1       selling   2026-02-10  true  1
b2       selling   2026-02-10  true  1
with as_of=2026-09-01 min_base=1
becomes
kind     name    path     adjusted  diff_low  diff_high  q  users  retained  rate  low       high  others  others_rate  immature
feature  export  unclear  0         0         0          1  1      1         1     0.206549  1     3       0.333333     0

## Example: too few to tell, and the young are not counted
accounts:
account  created_day  left_truncated
a1       2026-01-01   false
young    2026-07-15   false
features:
feature
export
feature_days:
account  feature  day
workflows:
workflow
activity:
account  workflow  day         core  n
a1       selling   2026-02-10  true  1
with as_of=2026-09-01
becomes
kind     name    path          adjusted  diff_low  diff_high  q  users  retained  rate  low  high  others  others_rate  immature
feature  export  insufficient  ·         ·         ·          ·  0      0         ·     ·    ·     1       0            1
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from saasmetrics.clock import Clock, Days
from saasmetrics.statistics import SURE, benjamini_hochberg, share, wilson
from saasmetrics.strata import stratified

STRATA = (1, 4, 16, 64)
COUNTS = ("users", "retained", "others", "others_retained", "immature")


def drivers(
    accounts: pl.LazyFrame, features: pl.LazyFrame, feature_days: pl.LazyFrame, workflows: pl.LazyFrame, activity: pl.LazyFrame, clock: Clock, *,
    landmark: Days = 14, presence: Days = 60, window: Days = 30, min_base: int = 10, margin: float = 10, by: Sequence[str] = (),
) -> pl.LazyFrame:  # fmt: skip
    lives = _lives(accounts, activity, clock, landmark, presence, window, by)
    named = {"feature": features.select(name="feature"), "workflow": workflows.select(name="workflow")}
    days = {"feature": feature_days.select("account", "day", name="feature"), "workflow": activity.select("account", "day", name="workflow")}
    names = pl.concat([frame.with_columns(kind=pl.lit(kind)) for kind, frame in named.items()])
    used = pl.concat([frame.with_columns(kind=pl.lit(kind)) for kind, frame in days.items()])
    early = used.join(lives.select("account", "mark"), on="account").filter(pl.col("day") < pl.col("mark")).select("account", "kind", "name").unique()
    placed = lives.join(names, how="cross").join(early.with_columns(used=pl.lit(True)), on=["account", "kind", "name"], how="left")
    keys = [*by, "kind", "name"]
    strata = placed.group_by(*keys, "stratum").agg(_counts())
    sums = strata.group_by(keys).agg(pl.col(COUNTS).sum())
    grid = lives.select(by).unique().join(names, how="cross") if by else names
    full = grid.join(sums, on=keys, how="left", nulls_equal=True).with_columns(pl.col(COUNTS).fill_null(0))
    sides = strata.rename({"users": "n", "retained": "k", "others": "other_n", "others_retained": "other_k"})
    compared = stratified(sides, keys).rename({"low": "diff_low", "high": "diff_high"})
    return _judged(full.join(compared, on=keys, how="left", nulls_equal=True), min_base, margin)


def _lives(
    accounts: pl.LazyFrame, activity: pl.LazyFrame, clock: Clock, landmark: int, presence: int, window: int, by: Sequence[str]
) -> pl.LazyFrame:
    """The accounts past their landmark: how much they had done, whether they worked after it, and whether they stayed."""
    known = accounts.filter(pl.col("created_day").is_not_null() & ~pl.col("left_truncated"))
    past = known.select("account", *by, mark=pl.col("created_day").cast(pl.Int64) + landmark).filter(pl.col("mark") <= clock.settled)
    start, end, day = pl.col("mark") + presence, pl.col("mark") + presence + window, pl.col("day")
    work = activity.filter("core").join(past.select("account", "mark"), on="account").filter(day < clock.settled)
    done = work.group_by("account").agg(
        before=pl.when(day < pl.col("mark")).then("n").sum(), present=((day >= pl.col("mark")) & (day < start)).any(), stayed=((day >= start) & (day < end)).any()
    )
    told = past.join(done, on="account", how="left").with_columns(pl.col("before").fill_null(0), pl.col("present", "stayed").fill_null(False))
    stratum = sum(((pl.col("before") >= least).cast(pl.Int64) for least in STRATA), pl.lit(0, pl.Int64))
    return told.with_columns(over=end <= clock.settled, stratum=stratum)


def _counts() -> list[pl.Expr]:
    user, base = pl.col("used").fill_null(False), pl.col("over") & pl.col("present")
    tests = {"users": base & user, "retained": base & user & pl.col("stayed"), "others": base & ~user, "others_retained": base & ~user & pl.col("stayed"), "immature": ~pl.col("over")}
    return [test.sum().cast(pl.Int64).alias(name) for name, test in tests.items()]


def _judged(told: pl.LazyFrame, min_base: int, margin: float) -> pl.LazyFrame:
    enough = (pl.min_horizontal("users", "others") >= max(min_base, 1)) & pl.col("adjusted").is_not_null()
    low, high = wilson(pl.col("retained"), pl.col("users"))
    points = [pl.when(enough).then(pl.col(name) * 100).alias(name) for name in ("adjusted", "diff_low", "diff_high")]
    tested = told.with_columns(p=pl.when(enough).then("p")).with_columns(*points, q=benjamini_hochberg(pl.col("p")))
    shown = pl.when(pl.col("adjusted") > 0).then(pl.lit("value path")).otherwise(pl.lit("against it"))
    small = (pl.col("diff_low") < pl.col("diff_high")) & (pl.col("diff_low") >= -margin) & (pl.col("diff_high") <= margin)
    hidden = pl.when(small).then(pl.lit("neutral")).otherwise(pl.lit("unclear"))
    path = pl.when(~enough).then(pl.lit("insufficient")).when(pl.col("q") <= SURE).then(shown).otherwise(hidden)
    rate = share(pl.col("retained"), pl.col("users"))
    return tested.with_columns(path=path, rate=rate, low=low, high=high, others_rate=share(pl.col("others_retained"), pl.col("others")))
