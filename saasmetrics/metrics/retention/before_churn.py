"""What did use look like in the weeks before churn, beside accounts that had paid as long and stayed?

## Why
After a farewell everybody remembers signs. Whether they were signs is seen only beside those who stayed: use ebbs and flows there,
too. So each account that left is held against accounts that began to pay at about the same time, looked at after exactly as many
days of paying, and stayed.

## Columns
week            key    weeks before churn: 1 is the last 7 days of paying
position        key    order of the signal
signal          label  work (core successes), days (with a core success), people (with a core success; left out where no person is known to work)
verdict         label  lower or higher (than those who stayed, beyond doubt: the interval leaves out 0); not shown; insufficient: `leavers` below min_base
leavers_level   number their week against the mean of the four earliest weeks shown, all together: 1 is as much; empty: nothing then
stayers_level   number the same of those who stayed
leavers_mean    number in that week, of those who left
stayers_mean    number the mean of the means of each leaver's stayers, each to the nearest thousandth
difference      number leavers_mean − stayers_mean
low             number 95 % interval of the difference, leaver by leaver; empty: below min_base, or a single leaver
high            number 95 % interval
leavers         count  accounts that left, each time counted, that have stayers to be held against
stayers         count  different accounts among these stayers
alone           count  that left, but nobody comparable stayed, or their `stays` days are not over yet: not counted
short           count  that left, but had not paid and been observed for all the weeks: not counted

## Limits
Associated is not caused, and what goes before churn may go before much else: how many of those who show a sign leave is what
`backtest` tells. Churn is the end of a stretch of paying, as in `retention logos`. A stayer began to pay at most `apart` days before
or after the leaver, paid for `stays` days more after its own same day of paying, was observed for all the weeks before it, and stood in the same segment with --by; the
`controls` nearest in time count, of equally near ones those whose name comes first. One account may be a stayer to several leavers. The
interval takes leavers as independent and normal; of 20 rows one may miss by chance. Service users work, and are no people.
What ended, or would have lasted `stays` days, only within `late_after` before T is not over yet.

## Needs
subscriptions

## Order
week position

## Better with
users     people, beside work

## Account by account
churn_risk.churned

## Covers
K06

## Example: work ebbs away before the farewell, and not beside it
accounts:
account  observed_from
gone     2026-01-01
left     2026-01-01
stays    2026-01-01
paying:
account  start_day   end_day
gone     2026-01-05  2026-03-02
left     2026-01-05  2026-03-02
stays    2026-01-12  ·
activity:
account  workflow  day         core  n
gone     selling   2026-02-17  true  4
gone     selling   2026-02-18  true  4
gone     selling   2026-03-01  true  1
left     selling   2026-02-16  true  6
left     selling   2026-02-24  true  2
stays    selling   2026-02-26  true  5
stays    selling   2026-03-03  true  6
stays    selling   2026-03-09  true  9
user_activity:
account  user  workflow  day         core  n
gone     u1    selling   2026-02-17  true  4
gone     u2    selling   2026-02-18  true  4
left     u3    selling   2026-02-16  true  6
left     u3    selling   2026-02-24  true  2
stays    u4    selling   2026-02-26  true  5
stays    u4    selling   2026-03-03  true  6
with as_of=2026-08-01 weeks=2 min_base=2
becomes
week  position  signal  verdict    leavers_level  stayers_level  leavers_mean  stayers_mean  difference  low        high       leavers  stayers  alone  short
1     1         work    lower      0.352941       1.090909       1.5           6             -4.5        -5.479982  -3.520018  2        1        0      0
1     2         days    not shown  0.8            1              1             1             0           0          0          2        1        0      0
1     3         people  not shown  0.5            1              0.5           1             -0.5        -1.479982  0.479982   2        1        0      0
2     1         work    higher     1.647059       0.909091       7             5             2           0.040036   3.959964   2        1        0      0
2     2         days    not shown  1.2            1              1.5           1             0.5         -0.479982  1.479982   2        1        0      0
2     3         people  not shown  1.5            1              1.5           1             0.5         -0.479982  1.479982   2        1        0      0

## Example: who leaves soon after, came at another time or is too young is nobody to be held against
accounts:
account  observed_from
gone     2026-01-01
next     2026-01-01
early    2026-01-01
brief    2026-01-01
paying:
account  start_day   end_day
gone     2026-01-05  2026-03-02
next     2026-01-12  2026-04-20
early    2026-02-10  ·
brief    2026-01-05  2026-01-10
activity:
account  workflow  day         core  n
gone     selling   2026-02-17  true  4
next     selling   2026-03-03  true  6
early    selling   2026-04-01  true  6
user_activity:
account  user  workflow  day         core  n
gone     u1    selling   2026-02-17  true  4
with as_of=2026-05-15 weeks=1
becomes
week  position  signal  verdict       leavers_level  stayers_level  leavers_mean  stayers_mean  difference  low  high  leavers  stayers  alone  short
1     1         work    insufficient  ·              ·              ·             ·             ·           ·    ·     0        0        2      1
1     2         days    insufficient  ·              ·              ·             ·             ·           ·    ·     0        0        2      1
1     3         people  insufficient  ·              ·              ·             ·             ·           ·    ·     0        0        2      1
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from saasmetrics.clock import Clock, Days, Delay
from saasmetrics.statistics import Z95

FOREVER = 2**30
FULL = 1000  # means of stayers are taken in thousandths, so that sums are exact
BASE = 4
SIGNALS = ("work", "days", "people")
CELL = ["week", "position", "signal"]
SIZES = ("leavers", "stayers", "alone", "short")


def before_churn(
    accounts: pl.LazyFrame, paying: pl.LazyFrame, activity: pl.LazyFrame, user_activity: pl.LazyFrame, clock: Clock, *,
    weeks: int = 12, controls: int = 10, apart: Delay = 28, stays: Days = 90, min_base: int = 10, by: Sequence[str] = (),
) -> pl.LazyFrame:  # fmt: skip
    keys = ["one", *by]  # one group where there are no segments
    spells = _spells(accounts, paying, keys)
    left = spells.filter(pl.col("end") <= clock.settled).with_columns(fits=pl.col("seen") <= pl.col("end") - 7 * weeks)
    alike = _alike(left.filter("fits"), spells, clock, 7 * weeks, apart, stays, keys)
    pairs = alike.group_by("account", "end", maintain_order=True).head(controls).cache()
    named = user_activity.select(pl.len() > 0).collect().item()
    grid = _grid(weeks, SIGNALS if named else SIGNALS[:2])
    counts = _counts(pairs, activity.filter("core"), user_activity.filter("core"), weeks).cache()
    rows = accounts.select(pl.lit(1).alias("one"), *by).unique() if by else pl.LazyFrame({"one": [1]}, schema={"one": pl.Int32})
    told = rows.join(grid, how="cross").join(_means(pairs, grid, counts, keys), on=[*keys, *CELL], how="left", nulls_equal=True)
    return _judged(told.join(_sizes(left, pairs, keys), on=keys, how="left", nulls_equal=True), keys, min_base)


def _spells(accounts: pl.LazyFrame, paying: pl.LazyFrame, keys: Sequence[str]) -> pl.LazyFrame:
    """Each stretch of paying: its first day, the first day after it (FOREVER: it goes on), and since when it was seen."""
    known = accounts.select("account", "observed_from", *keys[1:], one=pl.lit(1), name=pl.col("account").cast(pl.String).rank("dense"))
    days = paying.select("account", start=pl.col("start_day").cast(pl.Int64), end=pl.col("end_day").cast(pl.Int64).fill_null(FOREVER))
    return days.join(known, on="account").with_columns(seen=pl.max_horizontal("start", pl.col("observed_from").cast(pl.Int64)))


def _alike(left: pl.LazyFrame, spells: pl.LazyFrame, clock: Clock, window: int, apart: int, stays: int, keys: Sequence[str]) -> pl.LazyFrame:
    """Each leaver with its stayers, the nearest in time first; `upto` is the stayer's own same day of paying."""
    width = max(apart, 1)
    place = pl.col("start").floordiv(width)  # stretches that began near to each other lie in the same place or the next
    steps = pl.LazyFrame({"step": [-1, 0, 1]}, schema={"step": pl.Int64})
    cases = left.select("account", "end", *keys, "start", "name").join(steps, how="cross").with_columns(place=place + pl.col("step"))
    others = spells.select(*keys, who="account", other="name", began="start", ended="end", since="seen", place=place)
    met = cases.join(others, on=["place", *keys], nulls_equal=True).with_columns(
        upto=pl.col("began") + pl.col("end") - pl.col("start"), off=(pl.col("began") - pl.col("start")).abs()
    )
    stayed = pl.min_horizontal("ended", pl.lit(clock.settled)) >= pl.col("upto") + stays
    fits = (pl.col("other") != pl.col("name")) & (pl.col("off") <= apart) & (pl.col("since") <= pl.col("upto") - window)
    return met.filter(stayed & fits).sort("off", "other", "began")


def _grid(weeks: int, signals: Sequence[str]) -> pl.LazyFrame:
    names = pl.LazyFrame({"position": range(1, len(signals) + 1), "signal": signals}, schema={"position": pl.Int64, "signal": pl.String})
    return pl.LazyFrame({"week": range(1, weeks + 1)}, schema={"week": pl.Int64}).join(names, how="cross")


def _counts(pairs: pl.LazyFrame, work: pl.LazyFrame, people: pl.LazyFrame, weeks: int) -> pl.LazyFrame:
    """who, upto, week, signal, value: for whom and when anything was counted."""
    watched = pl.concat([pairs.select(who="account", upto="end"), pairs.select("who", "upto")]).unique()
    ago = pl.col("upto") - 1 - pl.col("day").cast(pl.Int64)

    def counted(rows: pl.LazyFrame, **values: pl.Expr) -> pl.LazyFrame:
        dated = watched.join(rows, left_on="who", right_on="account").filter(ago.is_between(0, 7 * weeks - 1))
        sums = dated.group_by("who", "upto", week=ago.floordiv(7) + 1).agg(value.cast(pl.Int64).alias(name) for name, value in values.items())
        return sums.unpivot(index=["who", "upto", "week"], variable_name="signal", value_name="value")

    days = work.group_by("account", "day").agg(pl.col("n").sum())
    return pl.concat([counted(days, work=pl.col("n").sum(), days=pl.len()), counted(people, people=pl.col("user").n_unique())])


def _means(pairs: pl.LazyFrame, grid: pl.LazyFrame, counts: pl.LazyFrame, keys: Sequence[str]) -> pl.LazyFrame:
    """Sums over the leavers, in thousandths: own numbers, means of their stayers, differences and their squares."""
    at = ["week", "signal"]
    every = pairs.join(grid, how="cross").join(counts, on=["who", "upto", *at], how="left")
    of, total = pl.len().cast(pl.Int64), pl.col("value").fill_null(0).sum()
    means = every.group_by("account", "end", *keys, *CELL).agg(mean=(2 * FULL * total + of).floordiv(2 * of))
    own = means.join(counts, left_on=["account", "end", *at], right_on=["who", "upto", *at], how="left")
    gap = pl.col("own") - pl.col("mean")
    sums = own.with_columns(own=pl.col("value").fill_null(0) * FULL).group_by(*keys, *CELL).agg(
        pl.col("own", "mean").sum(), gap=gap.sum(), squares=(gap * gap).cast(pl.Int128).sum()
    )
    return sums


def _sizes(left: pl.LazyFrame, pairs: pl.LazyFrame, keys: Sequence[str]) -> pl.LazyFrame:
    met = pairs.group_by("account", "end", *keys).agg(pl.len()).group_by(keys).agg(leavers=pl.len().cast(pl.Int64))
    stayers = pairs.group_by(keys).agg(stayers=pl.col("who").n_unique().cast(pl.Int64))
    fits = pl.col("fits").sum().cast(pl.Int64)
    all_ = left.group_by(keys).agg(fits=fits, short=pl.len().cast(pl.Int64) - fits)
    told = all_.join(met, on=keys, how="left", nulls_equal=True).join(stayers, on=keys, how="left", nulls_equal=True)
    return told.with_columns(alone=pl.col("fits") - pl.col("leavers").fill_null(0))


def _judged(told: pl.LazyFrame, keys: Sequence[str], min_base: int) -> pl.LazyFrame:
    full = told.with_columns(pl.col(SIZES).fill_null(0)).with_columns(n=pl.when(pl.col("leavers") > 0).then("leavers"))
    enough, n = pl.col("leavers") >= max(min_base, 2), pl.col("n").cast(pl.Float64)
    gap = pl.col("gap").cast(pl.Float64)
    spread = (pl.col("squares").cast(pl.Float64) - gap * gap / n).clip(lower_bound=0) / (n - 1) / n
    half = pl.when(enough).then(Z95 * spread.sqrt() / (n * 0 + FULL))
    first = [pl.col(name).filter(pl.col("week") > pl.col("week").max() - BASE).mean().over(*keys, "signal") for name in ("own", "mean")]
    means = full.with_columns(
        leavers_mean=pl.col("own") / (n * FULL), stayers_mean=pl.col("mean") / (n * FULL), difference=gap / (n * FULL), half=half,
        leavers_level=pl.when(first[0] > 0).then(pl.col("own") / first[0]), stayers_level=pl.when(first[1] > 0).then(pl.col("mean") / first[1]),
    )  # fmt: skip
    low, high = pl.col("difference") - pl.col("half"), pl.col("difference") + pl.col("half")
    shown = pl.when(high < 0).then(pl.lit("lower")).when(low > 0).then(pl.lit("higher")).otherwise(pl.lit("not shown"))
    return means.with_columns(low=low, high=high, verdict=pl.when(enough).then(shown).otherwise(pl.lit("insufficient")))
