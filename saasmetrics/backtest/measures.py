"""Ratios over accounts that are looked at again and again, with intervals that know it: delete-one-account jackknife.

Quenouille 1956; Efron & Stein 1981, Ann Stat 9:586. The observations of one account are no independent evidence: deleting
all of them together shows how much one account weighs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import polars as pl

from saasmetrics.statistics import TINY, Z95

Get = Callable[[str], pl.Expr]
LEAST = 5  # accounts with the outcome; fewer are no evidence


class Estimate(NamedTuple):
    """A number with its 95 % interval; null where the data do not bear it."""

    value: float | None
    low: float | None = None
    high: float | None = None


NONE = Estimate(None)


def sums(observed: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """One row an account, in a fixed order: the sums that ratios are made of."""
    return observed.group_by(pl.col("account").cast(pl.String)).agg(pl.col(columns).sum()).sort("account")


def share_of(table: pl.DataFrame, k: str, n: str) -> Estimate:
    """Σk / Σn, within 0 and 1."""
    value, error = _jackknife(table, lambda get: get(k) / get(n), [k, n])
    if value is None or error is None or error == 0:
        return _wilson(value, table.filter(pl.col(n) > 0).height)
    return Estimate(value, max(0.0, value - Z95 * error), min(1.0, value + Z95 * error))


def ratio_of(table: pl.DataFrame, k: str, n: str, k_other: str, n_other: str) -> Estimate:
    """(Σk / Σn) / (Σk' / Σn'), with its interval on the log scale."""
    value, error = _jackknife(table, lambda get: ((get(k) / get(n)) / (get(k_other) / get(n_other))).log(), [k, n, k_other, n_other])
    if value is None:
        return NONE
    if value == -math.inf or error is None:
        return Estimate(math.exp(value))
    return Estimate(math.exp(value), math.exp(value - Z95 * error), math.exp(value + Z95 * error))


def _jackknife(table: pl.DataFrame, theta: Callable[[Get], pl.Expr], columns: Sequence[str]) -> tuple[float | None, float | None]:
    """The value over all accounts, and its standard error; null where it has none."""
    total = table.select(pl.col(columns).sum().cast(pl.Float64)).row(0, named=True)
    value = pl.select(theta(lambda name: pl.lit(total[name]))).item()
    if value is None or math.isnan(value) or value == math.inf:
        return None, None
    left = table.filter(pl.any_horizontal(pl.col(columns) != 0)).select(theta(lambda name: pl.lit(total[name]) - pl.col(name)).alias("theta"))["theta"]
    m = table.height
    if m < 2 or not left.is_finite().all() or not math.isfinite(value):
        return value, None
    mean = (left.sum() + (m - left.len()) * value) / m  # an account with nothing in the sums changes nothing
    spread = ((left - mean) ** 2).sum() + (m - left.len()) * (value - mean) ** 2
    return value, math.sqrt((m - 1) / m * spread)


def _wilson(value: float | None, n: int) -> Estimate:
    """At 0 and 1 no account differs from another: the interval of as many accounts."""
    if value is None or n == 0:
        return NONE
    middle, half = (value + Z95**2 / (2 * n)) / (1 + Z95**2 / n), Z95 / (1 + Z95**2 / n) * math.sqrt(value * (1 - value) / n + Z95**2 / (4 * n**2))
    return Estimate(value, 0.0 if value == 0 else middle - half, 1.0 if value == 1 else middle + half)


def topmost(score: str, top: float) -> pl.Expr:
    """How much of each observation is among the share `top` with the highest scores of its day: 1, 0, or of equals at the border an equal part."""
    count = (pl.len().over("day") * top + 0.5).floor().clip(1)
    above = pl.col(score).rank("min", descending=True).over("day").cast(pl.Int64) - 1
    upto = pl.col(score).rank("max", descending=True).over("day").cast(pl.Int64)
    return ((count - above) / (upto - above)).clip(0, 1)


def time_to(curve: pl.DataFrame, reached: float) -> Estimate:
    """The time by which the share `reached` had the event (Kaplan–Meier), with the times at which the log–log interval of the
    curve gets there. Greenwood 1926; Brookmeyer & Crowley 1982, Biometrics 38:29. A bound that is not reached is null."""
    upto, spread = 1 - reached + TINY, 0.0
    found: list[float | None] = [None, None, None]
    for time, events, at_risk, survival in curve.sort("duration").select("duration", "events", "at_risk", "survival").iter_rows():
        spread += events / (at_risk * (at_risk - events)) if events < at_risk else 0.0
        half = Z95 * math.sqrt(spread) / -math.log(survival) if 0 < survival < 1 else 0.0
        bounds = (survival, survival ** math.exp(half), 1.0 if survival == 0 else survival ** math.exp(-half))
        found = [time if told is None and bound <= upto else told for told, bound in zip(found, bounds, strict=True)]
    return Estimate(*found)


def lead_days(observed: pl.DataFrame, flagged: str) -> float | None:
    """Median of the days from the first look that flagged an account to the event it foretold."""
    caught = observed.filter(pl.col("event_day").is_not_null() & (pl.col(flagged) >= 0.5))
    firsts = caught.group_by("account", "event_day").agg(pl.col("day").min())
    return firsts.select((pl.col("event_day") - pl.col("day")).median()).item()  # type: ignore[no-any-return]
