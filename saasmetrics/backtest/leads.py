"""How long before what it foretells a signal first fires: Kaplan–Meier from that day, with all for whom it has not come yet."""

from __future__ import annotations

from typing import Any

import polars as pl

from saasmetrics.backtest.kinds import Kind
from saasmetrics.backtest.measures import time_to
from saasmetrics.backtest.observing import Observed
from saasmetrics.statistics import kaplan_meier

Rows = list[tuple[Any, ...]]


def leads(kind: Kind, seen: Observed, settled: int) -> Rows:
    """position, signal, half, quarter (each with its interval), reached, fired, came, before: the band that asks for action first, then each signal."""
    band = seen.looks.select("account", "day", position=pl.lit(0, pl.Int64), signal=pl.lit(f"band {kind.flag}"), fired=pl.col("band") == kind.flag)
    parts = seen.parts.select("account", "day", "position", "signal", fired=pl.col("state") == "fired")
    firsts = _firsts(pl.concat([band, parts]))
    began = firsts.with_columns(known=pl.col("day") > pl.lit(seen.looks["day"].min(), pl.Int64)).join(seen.futures, on=["account", "day"], how="left", maintain_order="left")
    names = parts.select("position", "signal").unique().sort("position").rows()
    return [(at, name, *_lead(began.filter(pl.col("position") == at), settled)) for at, name in [(0, f"band {kind.flag}"), *names]]


def _firsts(looks: pl.DataFrame) -> pl.DataFrame:
    """account, position, day: that of the first look at which it fired."""
    return looks.filter("fired").group_by("account", "position").agg(pl.col("day").min()).sort("position", "account")


def _lead(began: pl.DataFrame, settled: int) -> tuple[Any, ...]:
    """Who was found firing on the first day of all began to before: for how long is not known."""
    known = began.filter("known")
    came = pl.col("event_day").is_not_null()
    times = known.lazy().select(duration=pl.when(came).then("event_day").otherwise(settled) - pl.col("day"), observed=came)
    curve = kaplan_meier(times).collect()
    reached = curve.select(1 - pl.col("survival").min()).item()
    return *time_to(curve, 0.5), *time_to(curve, 0.25), reached, known.height, known.select(came.sum()).item(), began.height - known.height
