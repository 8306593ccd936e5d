"""Do customers that use more of the product pay more later, and do those whose use declines pay less?

## Why
Expansion and contraction are decided before they are booked. Here every paying account is placed by what it had done before
one day, the landmark, and judged by what it paid afterwards. Nobody is judged by what came after.

## Columns
behaviour     key    what the account may have done before the landmark; core work: its last 28 days beside the 28 before them
value         key    how far it got; of core work: declining, growing, too little
currency      key    of the amounts; empty: the subscriptions do not say
compared_with label  the value that it is compared with
verdict       label  associated with paying less, associated with not paying less, not shown, insufficient (fewer than min_base on either side)
accounts      count  that paid on the eve of the landmark: the base
less          count  of these, those that pay less at the end, or nothing
rate          share  less / accounts
others        count  the base of those compared with
others_rate   share  their rate
difference    number rate − others_rate, in percentage points
diff_low      number 95 % interval of the difference (Newcombe)
diff_high     number 95 % interval of the difference (Newcombe)
q             share  how likely chance alone makes such a difference, all rows together (Benjamini–Hochberg); empty: not tested
start         money  MRR of the accounts on the eve of the landmark
end           money  their MRR after the last complete month
nrr           ratio  end / start
grr           share  of the start, what is still there; more from one does not heal less from another
others_nrr    ratio  nrr of those compared with
low           share  Wilson 95 % interval of rate
high          share  Wilson 95 % interval of rate

## Limits
Associated is not caused: who means to grow also does more. The landmark is the first day of the last `months` complete
months. What was done on it or later does not count. Left out are accounts older than the export, those without a date of
creation, and those created on the landmark or later, whatever they paid before. A currency in which nobody is left has no
rows. The behaviours are activation, the deepest tier of each core workflow, people with core work (nobody, 1, 2, 3 or more),
each feature, and core work of late. A behaviour once reached counts as reached. With fewer than 1 account on either side
nothing is tested, whatever min_base says. Core work declines when it fell by at least `drop`, and grows when it rose by as much, from at least min_work successes in the 28 days before; with fewer it is too little to tell, else steady.
Foreign amounts are valued at both ends at the rate of the landmark's eve. Money has no interval: one large account may make
the NRR of a row; the verdict is by accounts.

## Needs
subscriptions

## Better with
accounts  the true dates of creation, and the segments
users     service users told from people

## Order
-diff_low behaviour value currency

## Account by account
revenue.accounts

## Covers
R10

## Example: the feature used in time; used on the landmark is too late
mrr:
account  currency  day         mrr
used     EUR       2026-01-05  100
used     EUR       2026-02-05  150
late     EUR       2026-01-05  100
late     EUR       2026-02-20  50
new      EUR       2026-02-05  100
old      EUR       2026-01-05  100
accounts:
account  created_day  left_truncated
used     2026-01-01   false
late     2026-01-01   false
new      2026-01-01   false
old      2025-01-01   true
rates:
currency  month_day  rate  into
behaviours:
position  level  behaviour       value     reference
1         0      feature export  not used  0
1         1      feature export  used      0
behaviour_days:
account  position  level  day
used     1         1      2026-01-31
late     1         1      2026-02-01
old      1         1      2026-01-10
activity:
account  day  core  n
with as_of=2026-03-03 months=1 min_base=1
becomes
behaviour       value       currency  compared_with  verdict       accounts  less  rate  others  others_rate  difference  diff_low  diff_high  q         start   end     nrr  grr   others_nrr  low       high
feature export  used        EUR       not used       not shown     1         0     0     1       1            -100        -100      12.210872  0.157299  100.00  150.00  1.5  1     0.5         0         0.793451
core work       declining   EUR       steady         insufficient  0         0     ·     0       ·            ·           ·         ·          ·         0.00    0.00    ·    ·     ·           ·         ·
core work       growing     EUR       steady         insufficient  0         0     ·     0       ·            ·           ·         ·          ·         0.00    0.00    ·    ·     ·           ·         ·
core work       too little  EUR       steady         insufficient  2         1     0.5   0       ·            ·           ·         ·          ·         200.00  200.00  1    0.75  ·           0.094531  0.905469

## Example: work that declines
mrr:
account  currency  day         mrr
falls    EUR       2025-12-05  100
falls    EUR       2026-02-05  0
steady   EUR       2025-12-05  100
accounts:
account  created_day  left_truncated
falls    2025-11-01   false
steady   2025-11-01   false
rates:
currency  month_day  rate  into
behaviours:
position  level  behaviour  value  reference
behaviour_days:
account  position  level  day
activity:
account  day         core   n
falls    2025-12-20  true   10
falls    2026-01-20  true   7
falls    2026-01-21  false  9
steady   2025-12-20  true   10
steady   2026-01-20  true   8
with as_of=2026-03-03 months=1 min_base=1
becomes
behaviour  value       currency  compared_with  verdict       accounts  less  rate  others  others_rate  difference  diff_low    diff_high  q         start   end   nrr  grr  others_nrr  low       high
core work  declining   EUR       steady         not shown     1         1     1     1       0            100         -12.210872  100        0.157299  100.00  0.00  0    0    1           0.206549  1
core work  growing     EUR       steady         insufficient  0         0     ·     1       0            ·           ·           ·          ·         0.00    0.00  ·    ·    1           ·         ·
core work  too little  EUR       steady         insufficient  0         0     ·     1       0            ·           ·           ·          ·         0.00    0.00  ·    ·    1           ·         ·
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.statistics import Share, exchanged, held_against, share, wilson

BLOCK, WORK = 28, ("steady", "declining", "growing", "too little")
SUMS = ("accounts", "less", "start", "end", "kept")
OTHERS = {"accounts": "others", "less": "others_less", "start": "others_start", "end": "others_end", "value": "compared_with"}


def by_behaviour(
    mrr: pl.LazyFrame, accounts: pl.LazyFrame, rates: pl.LazyFrame, behaviours: pl.LazyFrame, behaviour_days: pl.LazyFrame, activity: pl.LazyFrame,
    clock: Clock, *, months: int = 3, drop: Share = 0.3, min_work: int = 4, min_base: int = 10, by: Sequence[str] = (),
) -> pl.LazyFrame:  # fmt: skip
    last = clock.last_complete("month")
    mark, after = (clock.first_day(index, "month") for index in (last - months + 1, last + 1))
    known = accounts.filter((pl.col("created_day") < mark) & ~pl.col("left_truncated"))
    paid = _paid(mrr, rates, clock, mark, after).join(known.select("account", *by), on="account")
    early = behaviour_days.filter(pl.col("day") < mark).group_by("account", "position").agg(pl.col("level").max())
    grid = known.select("account").join(behaviours.select("position").unique(), how="cross")
    far = grid.join(early, on=["account", "position"], how="left").with_columns(pl.col("level").fill_null(0))
    placed = paid.join(pl.concat([far, _work(known, activity, mark, drop, min_work)]), on="account")
    scale = pl.LazyFrame({"position": 0, "level": range(4), "behaviour": "core work", "value": WORK, "reference": 0})
    keys = [*by, "currency", "position", "level"]
    told = placed.group_by(keys).agg(pl.col("less", "start", "end", "kept").sum(), accounts=pl.len())
    return _judged(told, pl.concat([behaviours, scale], how="vertical_relaxed"), [*by, "currency"], min_base)


def _paid(mrr: pl.LazyFrame, rates: pl.LazyFrame, clock: Clock, mark: int, after: int) -> pl.LazyFrame:
    """account, currency, start, end, kept (the smaller of the two), less: of who paid on the eve of the landmark."""
    levels = {name: pl.col("mrr").filter(pl.col("day") < day).last().fill_null(0) for name, day in (("start", mark), ("end", after))}
    each = mrr.sort("day").group_by("account", "currency", maintain_order=True).agg(**levels)
    month = clock.first_day(clock.index_of(mark - 1, "month"), "month")
    priced = each.join(rates.filter(pl.col("month_day") == month), on="currency", how="left")
    worth = priced.with_columns(exchanged(pl.col(name), pl.col("rate")).alias(name) for name in levels)
    sums = worth.with_columns(currency=pl.coalesce("into", "currency")).group_by("account", "currency").agg(pl.col("start", "end").sum())
    kept = pl.min_horizontal("start", "end")
    return sums.filter(pl.col("start") > 0).with_columns(kept=kept, less=(pl.col("end") < pl.col("start")).cast(pl.Int64))


def _work(known: pl.LazyFrame, activity: pl.LazyFrame, mark: int, drop: float, least: int) -> pl.LazyFrame:
    """account, position 0, level: how core work moved before the landmark, as in WORK."""
    ago = mark - pl.col("day")
    now, before = (pl.col("n").filter(ago.is_between(low, low + BLOCK - 1)).sum() for low in (1, BLOCK + 1))
    amounts = known.select("account").join(activity.filter("core").group_by("account").agg(now=now, before=before), on="account", how="left")
    change, base = pl.col("now") - pl.col("before"), pl.col("before")
    limit = base * drop - 1e-9
    level = pl.when(base.fill_null(0) < least).then(3).when(-change >= limit).then(1).when(change >= limit).then(2).otherwise(0)
    return amounts.select("account", position=pl.lit(0, pl.Int64), level=level.cast(pl.Int64))


def _judged(told: pl.LazyFrame, scale: pl.LazyFrame, apart: Sequence[str], min_base: int) -> pl.LazyFrame:
    grid = told.select(apart).unique().join(scale, how="cross")
    every = grid.join(told, on=[*apart, "position", "level"], how="left", nulls_equal=True).with_columns(pl.col(SUMS).fill_null(0))
    norm = pl.col("level") == pl.col("reference")
    others = every.filter(norm).select(*apart, "position", *(pl.col(name).alias(other) for name, other in OTHERS.items()))
    both = every.filter(~norm).join(others, on=[*apart, "position"], how="left", nulls_equal=True)
    sides = [pl.col(name).cast(pl.Int64) for name in ("less", "accounts", "others_less", "others")]
    low, high = wilson(sides[0], sides[1])
    judged = held_against(both, sides, min_base, "associated with paying less", "associated with not paying less")
    start, others_start = pl.col("start"), pl.col("others_start")
    return judged.with_columns(
        rate=share(*sides[:2]), others_rate=share(*sides[2:]), low=low, high=high, nrr=pl.when(start > 0).then(pl.col("end") / start),
        grr=pl.when(start > 0).then(pl.col("kept") / start), others_nrr=pl.when(others_start > 0).then(pl.col("others_end") / others_start),
    )  # fmt: skip
