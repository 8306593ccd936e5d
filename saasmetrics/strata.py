"""Comparing like with like: two shares within strata, pooled."""

from __future__ import annotations

import math
from collections.abc import Sequence

import polars as pl

from saasmetrics.statistics import Z95

FINE = 10**9


def stratified(strata: pl.LazyFrame, keys: Sequence[str]) -> pl.LazyFrame:
    """k/n − other_k/other_n, compared within strata and pooled: keys, adjusted, low, high, p; null where no stratum has both sides.

    Difference and weights of Mantel & Haenszel 1959, JNCI 22:719; 95 % interval of Sato 1989, Biometrics 45:1323; p two-sided,
    without continuity correction. `strata`: one row a stratum, with n, k, other_n, other_k. Whole billionths are summed, so that
    the order of the rows does not matter.
    """
    k, n, other_k, other_n = (pl.col(name).cast(pl.Int128) for name in ("k", "n", "other_k", "other_n"))
    both, came = n + other_n, k + other_k
    parts = {
        "weight": (n * other_n, both), "gap": (k * other_n - other_k * n, both),
        "tilt": (2 * n * n * other_k - 2 * other_n * other_n * k + n * other_n * (other_n - n), 2 * both * both),
        "noise": (k * (other_n - other_k) + other_k * (n - k), 2 * both),
        "spread": (n * other_n * came * (both - came), both * both * (both - 1)),
    }  # fmt: skip
    usable = strata.filter((pl.col("n") > 0) & (pl.col("other_n") > 0))
    sums = usable.group_by(keys).agg((amount * FINE).floordiv(base).sum().cast(pl.Int64).alias(name) for name, (amount, base) in parts.items())
    made = sums.with_columns(pl.col(name).cast(pl.Float64) / (pl.col(name) * 0 + FINE) for name in parts).with_columns(adjusted=pl.col("gap") / pl.col("weight"))
    error = (pl.col("adjusted") * pl.col("tilt") + pl.col("noise")).clip(lower_bound=0).sqrt() / pl.col("weight")
    z = pl.when(pl.col("spread") > 0).then(pl.col("gap").abs() / pl.col("spread").sqrt()).otherwise(0.0)
    tail = z.map_elements(lambda value: math.erfc(value / math.sqrt(2)), return_dtype=pl.Float64)
    half = Z95 * error
    return made.select(*keys, "adjusted", low=(pl.col("adjusted") - half).clip(-1, 1), high=(pl.col("adjusted") + half).clip(-1, 1), p=tail)
