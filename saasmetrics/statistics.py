"""Small, pure statistics on expressions and frames, each with its source. No state, no I/O, no randomness."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import polars as pl

Share = float  # as a setting: from 0 to 1
Times = float  # as a setting: so many times as much, 1 or more
Z95 = 1.959963984540054
TINY = 1e-12
SURE = 0.05


def wilson(k: pl.Expr, n: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Wilson score interval, 95 %, for k of n; null where n is 0. Wilson 1927, JASA 22:209."""
    n_ = n.cast(pl.Float64)
    p = k / n_
    middle = (p + Z95**2 / (2 * n_)) / (1 + Z95**2 / n_)
    half = Z95 / (1 + Z95**2 / n_) * (p * (1 - p) / n_ + Z95**2 / (4 * n_**2)).sqrt()
    known = pl.when(n > 0)
    # at k = 0 and k = n the bound is exactly 0 or 1; the formula is off by a rounding error there
    low = known.then(pl.when(k == 0).then(0.0).otherwise((middle - half).clip(0, 1)))
    high = known.then(pl.when(k == n).then(1.0).otherwise((middle + half).clip(0, 1)))
    return low, high


def share(k: pl.Expr, n: pl.Expr) -> pl.Expr:
    """k / n to the last digit (see `divided`: n may be one number for all), and null where n is 0."""
    return pl.when(n > 0).then(k / (k * 0 + n))


def total(value: pl.Expr) -> pl.Expr:
    """The sum of what is known; null, not 0, where nothing is."""
    return pl.when(value.count() > 0).then(value.sum())


def poisson(k: pl.Expr, n: pl.Expr, per: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Score interval, 95 %, of a rate of counts: k in n, told for `per` of them; null where n is 0.

    What Wilson's is to shares. Schwertman & Martinez 1994, Commun Stat Theory Methods 23:1507.
    """
    n_ = n.cast(pl.Float64)
    middle = k + Z95**2 / 2
    half = Z95 * (k + (Z95 / 2) ** 2).sqrt()
    known = pl.when(n > 0)
    # at k = 0 the lower bound is exactly 0; the formula is off by a rounding error there
    return known.then(pl.when(k == 0).then(0.0).otherwise(per * (middle - half) / n_)), known.then(per * (middle + half) / n_)


def divided(value: pl.Expr, by: int) -> pl.Expr:
    """value / by, to the last digit.

    Polars divides a column by one number with a multiplication, and a single row without: the last digit would depend
    on how many rows are computed at once. By a column it divides.
    """
    return value / (value * 0 + by)


RATE = 10**12


def proportion(part: pl.Expr, amount: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """part × amount / whole of whole numbers (whole > 0), rounded half away from zero; null where whole is 0. Exact, whatever the size."""
    product, base = part.cast(pl.Int128) * amount.cast(pl.Int128), whole.cast(pl.Int128)
    size = (product.abs() * 2 + base).floordiv(base * 2)
    return pl.when(whole != 0).then((size * product.sign()).cast(pl.Int64))


def exchanged(amount: pl.Expr, rate: pl.Expr) -> pl.Expr:
    """A whole amount × rate / RATE, rounded half away from zero; as it is where there is no rate."""
    return pl.when(rate.is_null()).then(amount).otherwise(proportion(rate, amount, pl.lit(RATE)))


def cents(amount: pl.Expr) -> pl.Expr:
    """Ten-thousandths → the nearest whole cents, in ten-thousandths; half away from zero."""
    return (amount.abs() + 50).floordiv(100) * 100 * amount.sign()


def telescoped(start: pl.Expr, parts: Mapping[str, pl.Expr], shape: Callable[[pl.Expr], pl.Expr]) -> dict[str, pl.Expr]:
    """Parts that add up after rounding, too: each is what it makes of the shaped sum of the start and all parts before it."""
    upto, reached, shaped = start, shape(start), {}
    for name, part in parts.items():
        upto = upto + part
        now = shape(upto)
        shaped[name], reached = now - reached, now
    return shaped


def levels(flows: pl.LazyFrame, keys: Sequence[str], last: int, periods: int) -> pl.LazyFrame:
    """What changes → what stands. `flows`: *keys, index (of a period), change, and more numbers; any rows, in any order.

    One row for each of the keys and each of the last `periods` indexes, but none before the first flow of all: the numbers
    added up over that period, `start` (all changes before it) and `end` (start + change).
    """
    born = flows.select(pl.col("index").min()).collect().item()
    first = last + 1 if born is None else max(last - periods + 1, born)
    placed = flows.with_columns(index=pl.max_horizontal("index", pl.lit(first - 1)).cast(pl.Int64))
    numbers = [name for name in flows.collect_schema().names() if name not in (*keys, "index")]
    sums = placed.group_by(*keys, "index").agg(pl.col(numbers).sum())
    spine = pl.LazyFrame({"index": range(first - 1, last + 1)}, schema={"index": pl.Int64})
    every = flows.select(keys).unique().join(spine, how="cross").join(sums, on=[*keys, "index"], how="left", nulls_equal=True)
    end = pl.col("change").cum_sum().over(keys, order_by="index")
    told = every.with_columns(pl.col(numbers).fill_null(0)).with_columns(end=end, start=end - pl.col("change"))
    return told.filter(pl.col("index") >= first)


def kaplan_meier(times: pl.LazyFrame, by: Sequence[str] = ()) -> pl.LazyFrame:
    """Survival by the product-limit estimator. Kaplan & Meier 1958, JASA 53:457.

    `times`: one row a subject: *by, duration (number), observed (bool: the event happened at `duration`; false: not
    seen until then). Events come before censorings at equal durations. Result, one row a *by and distinct duration:
    duration, events, at_risk, survival (after that duration).
    """
    groups = list(by)
    counts = times.group_by(*groups, "duration").agg(
        events=pl.col("observed").sum().cast(pl.Int64), leaving=pl.len().cast(pl.Int64)
    )
    ordered = counts.sort(*groups, "duration")
    at_risk = _over(pl.col("leaving").cum_sum(reverse=True), groups).alias("at_risk")
    kept = 1 - pl.col("events") / pl.col("at_risk")
    return (
        ordered.with_columns(at_risk)
        .with_columns(survival=_over(kept.cum_prod(), groups))
        .select(*groups, "duration", "events", "at_risk", "survival")
    )


def survival_quantile(curve: pl.LazyFrame, reached: float, by: Sequence[str] = (), name: str = "value") -> pl.LazyFrame:
    """The duration by which the share `reached` had the event (0.5 = median); no row for a group that never got there.

    Smallest duration with survival ≤ 1 − reached, as lifelines does; where the curve stands at exactly that share R's
    survfit takes the middle of the step.
    """
    there = curve.filter(pl.col("survival") <= 1 - reached + TINY)
    if by:
        return there.group_by(*by).agg(pl.col("duration").min().alias(name))
    return there.select(pl.col("duration").min().alias(name))


def newcombe(k: pl.Expr, n: pl.Expr, k_other: pl.Expr, n_other: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """95 % interval of k/n − k_other/n_other, two separate groups; null where one is empty. Newcombe 1998, Stat Med 17:873, method 10."""
    p, p_other = k / n, k_other / n_other
    (low, high), (low_other, high_other) = wilson(k, n), wilson(k_other, n_other)
    down = ((p - low) ** 2 + (high_other - p_other) ** 2).sqrt()
    up = ((high - p) ** 2 + (p_other - low_other) ** 2).sqrt()
    known = pl.when((n > 0) & (n_other > 0))
    return known.then(p - p_other - down), known.then(p - p_other + up)


def two_shares(k: pl.Expr, n: pl.Expr, k_other: pl.Expr, n_other: pl.Expr) -> pl.Expr:
    """Two-sided p-value of k/n being as k_other/n_other: the score test with one pooled share. Pearson 1900; 1 where nothing varies."""
    pooled = (k + k_other) / (n + n_other)
    spread = (pooled * (1 - pooled) * (1 / n + 1 / n_other)).sqrt()
    z = pl.when(spread > 0).then((k / n - k_other / n_other).abs() / spread).otherwise(0.0)
    tail = z.map_elements(lambda value: math.erfc(value / math.sqrt(2)), return_dtype=pl.Float64)
    return pl.when((n > 0) & (n_other > 0)).then(tail)


def benjamini_hochberg(p: pl.Expr) -> pl.Expr:
    """p-values of one family → q-values: tests with q ≤ 0.05 hold up to 5 % false ones. Benjamini & Hochberg 1995, JRSS B 57:289.

    Nulls are no tests and stay null. Equal p-values get equal q-values, so the order of the rows does not matter.
    """
    place = p.rank("max")
    smallest = (p * p.count() / place).sort_by(p, nulls_last=True).cum_min(reverse=True)
    return smallest.gather(p.rank("ordinal").cast(pl.Int64) - 1).clip(upper_bound=1)


def held_against(rows: pl.LazyFrame, sides: Sequence[pl.Expr], min_base: int, higher: str, lower: str) -> pl.LazyFrame:
    """Two shares in each row, all rows one family of tests: difference, diff_low, diff_high (percentage points), q and verdict.

    `sides`: did, of how many, others that did, of how many others. verdict: `insufficient` with fewer than `min_base` on a
    side, `not shown` where chance may be all, else `higher` or `lower`.
    """
    k, n, other_k, other_n = sides
    low, high = newcombe(*sides)
    enough = pl.min_horizontal(n, other_n) >= max(min_base, 1)
    tested = rows.with_columns(p=pl.when(enough).then(two_shares(*sides))).with_columns(q=benjamini_hochberg(pl.col("p")))
    difference = share(k, n) - share(other_k, other_n)
    side = pl.when(difference > 0).then(pl.lit(higher)).otherwise(pl.lit(lower))
    verdict = pl.when(~enough).then(pl.lit("insufficient")).when(pl.col("q") > SURE).then(pl.lit("not shown")).otherwise(side)
    return tested.with_columns(difference=difference * 100, diff_low=low * 100, diff_high=high * 100, verdict=verdict)


def survival_at(curve: pl.LazyFrame, duration: float, by: Sequence[str], name: str = "survival") -> pl.LazyFrame:
    """The share that got beyond a duration without the event; no row for a group of which nobody was watched so long."""
    before = pl.col("duration") <= duration
    told = curve.group_by(*by).agg(
        pl.col("survival").filter(before).min().fill_null(1.0).alias(name), watched=pl.col("duration").max()
    )
    return told.filter((pl.col("watched") >= duration) | (pl.col(name) < TINY)).drop("watched")


def covered(spans: pl.LazyFrame, by: Sequence[str]) -> pl.LazyFrame:
    """How much the spans from `start` to `end` cover together, per group: what several cover counts once. Result: *by, covered."""
    reached = pl.col("end").cum_max().shift(1).over(by, order_by=["start", "end"])
    added = pl.col("end") - pl.max_horizontal("start", reached)
    return spans.with_columns(added=added.clip(lower_bound=0)).group_by(by).agg(covered=pl.col("added").sum())


def theil_sen(points: pl.LazyFrame, key: str) -> pl.LazyFrame:
    """Median of all pairwise slopes per key, with Sen's 95 % interval. Theil 1950; Sen 1968, JASA 63:1379.

    `points`: key, x, y; points with equal x have no slope between them. Result: key, n, slope, low, high; the interval is
    null below 4 points.
    """
    pairs = points.join(points, on=key, suffix="_2").filter(pl.col("x") < pl.col("x_2"))
    slopes = pairs.select(key, slope=(pl.col("y_2") - pl.col("y")) / (pl.col("x_2") - pl.col("x")))
    tied = points.group_by(key, "x").agg(n=pl.len().cast(pl.Int64)).group_by(key).agg(pl.col("n").sum(), tied=_disorder(pl.col("n")).sum())
    sizes = tied.with_columns(spread=Z95 * divided(_disorder(pl.col("n")) - pl.col("tied"), 18).sqrt())
    listed = slopes.group_by(key).agg(pl.col("slope").sort())
    ranked = listed.join(sizes, on=key).with_columns(m=pl.col("slope").list.len().cast(pl.Float64))
    lower = ((pl.col("m") - pl.col("spread")) / 2).floor().cast(pl.Int64) - 1
    upper = ((pl.col("m") + pl.col("spread")) / 2).ceil().cast(pl.Int64)
    inside = (pl.col("n") >= 4) & (lower >= 0) & (upper < pl.col("m"))
    return ranked.select(
        key,
        "n",
        slope=pl.col("slope").list.median(),
        low=pl.when(inside).then(pl.col("slope").list.get(lower, null_on_oob=True)),
        high=pl.when(inside).then(pl.col("slope").list.get(upper, null_on_oob=True)),
    )


def _disorder(n: pl.Expr) -> pl.Expr:
    """18 times the variance of Kendall's S of n values; what a tie of n takes off it."""
    return n * (n - 1) * (2 * n + 5)


def _over(expression: pl.Expr, groups: Sequence[str]) -> pl.Expr:
    return expression.over(*groups, order_by="duration") if groups else expression


def spearman(pairs: pl.LazyFrame, by: Sequence[str] = ()) -> pl.LazyFrame:
    """Rank correlation of the columns x and y with its 95 % interval: *by, n, rho, low, high; null where either never varies.

    Ties have their mean rank. Interval by Fisher's z with the standard error of Bonett & Wright 2000, Psychometrika 65:23;
    null below 5 pairs. Its z has no end at ±1: what is nearer than half a swap of neighbours, 6 / (n³ − n), is taken there, and
    the interval reaches to it. Twice the ranks are whole numbers: the sums are exact, whatever the order of the rows.
    """
    groups = list(by)
    doubled = [(pl.col(name).rank("average") * 2).cast(pl.Int64) for name in ("x", "y")]
    ranks = pairs.select(*groups, *(rank.over(groups) for rank in doubled)) if groups else pairs.select(doubled)
    x, y = pl.col("x"), pl.col("y")
    asked = {"n": pl.len().cast(pl.Int64), "sx": x.sum(), "sy": y.sum(), "sxx": (x * x).sum(), "syy": (y * y).sum(), "sxy": (x * y).sum()}
    sums = ranks.group_by(groups).agg(**asked) if groups else ranks.select(**asked)

    def moment(both: str, one: str, other: str) -> pl.Expr:
        return pl.col("n") * pl.col(both).cast(pl.Float64) - pl.col(one).cast(pl.Float64) * pl.col(other)

    spread = (moment("sxx", "sx", "sx") * moment("syy", "sy", "sy")).sqrt()
    found = sums.select(*groups, "n", rho=pl.when(spread > 0).then((moment("sxy", "sx", "sy") / spread).clip(-1, 1)))
    n, known = pl.col("n").cast(pl.Float64), pl.when(pl.col("n") >= 5)
    rho = pl.col("rho").clip(6 / (n**3 - n) - 1, 1 - 6 / (n**3 - n))
    half = Z95 * ((1 + rho**2 / 2) / (n - 3)).sqrt()
    low, high = (rho.arctanh() - half).tanh(), (rho.arctanh() + half).tanh()
    return found.with_columns(low=known.then(pl.min_horizontal(low, "rho")), high=known.then(pl.max_horizontal(high, "rho")))
