"""How much a number moved from one week to the next, how sure that is, and through which accounts."""

from __future__ import annotations

from collections.abc import Iterable
from math import fsum, sqrt
from typing import Any, NamedTuple

import polars as pl

from saasmetrics.definitions.model import Definition
from saasmetrics.report.line import Behind, Reading, Rows

Z = 1.959963984540054  # 95 %
Parts = dict[str, tuple[float, float]]


class Change(NamedTuple):
    """`now` − `before`, its 95 % interval where it can be told, and whether that leaves out no change at all."""

    size: float
    low: float | None = None
    high: float | None = None

    @property
    def direction(self) -> str:
        """An arrow stands only outside the interval."""
        if self.low is None or self.high is None:
            return "not judged"
        return "up" if self.low > 0 else "down" if self.high < 0 else "no clear change"


def between(now: Reading, before: Reading | None) -> Change | None:
    """Without the accounts behind them: two intervals that do not touch are a change."""
    if now.value is None or before is None or before.value is None:
        return None
    size = now.value - before.value
    if now.low is None or now.high is None or before.low is None or before.high is None:
        return Change(size)
    return Change(size, now.low - before.high, now.high - before.low)


def paired(now: Parts, before: Parts, rated: bool, accounts: int = 0) -> Change | None:
    """With them: the same accounts on both days, each one observation; also those of all `accounts` that are on neither.

    A sum: variance of the accounts' differences. A ratio of sums: its linear part by account (Taylor linearization for
    clusters, Särndal, Swensson and Wretman 1992, 5.6). None where a side has no base.
    """
    moves = _of_ratio(now, before) if rated else _of_sum(now, before, accounts)
    if moves is None or len(moves[1]) < 2:
        return None
    size, each = moves
    mean = fsum(each) / len(each)
    wide = Z * sqrt(len(each) / (len(each) - 1) * fsum((one - mean) ** 2 for one in each))
    return Change(size, size - wide, size + wide)


def parts(frame: pl.DataFrame, behind: Behind, definition: Definition) -> Parts:
    """Account → its part of the sum above the line and below it."""
    base = behind.base(definition) if behind.base else pl.lit(1)
    told = behind.of(frame, definition).select("account", part=behind.part(definition).cast(pl.Float64).fill_null(0), base=base.cast(pl.Float64).fill_null(0))
    summed = told.group_by("account").agg(pl.col("part").sum(), pl.col("base").sum()).sort("account")
    return dict(zip(summed["account"], zip(summed["part"], summed["base"], strict=True), strict=True))


def moved(now: Parts, before: Parts, rated: bool, size: float = 0.0, order: Iterable[str] = ()) -> Rows:
    """The accounts whose part changed, the largest change first; of equal ones those that moved the number the way it went, in this order."""
    place = {name: at for at, name in enumerate(dict.fromkeys([*order, *sorted({*now, *before})]))}
    differ = [name for name in place if now.get(name) != before.get(name)]
    found = [_move(name, now.get(name, (0.0, 0.0)), before.get(name, (0.0, 0.0)), rated) for name in differ]
    return sorted((move for move in found if move["what"]), key=lambda move: (-abs(move["now"] - move["before"]), pull(move) * size <= 0, place[move["account"]]))


def pull(move: dict[str, Any]) -> float:
    """Which way an account moved the number: one that joins a base and is not counted in it lowers the rate."""
    return move["now"] - move["before"] or {"joined the base": -1.0, "left the base": 1.0}.get(move["what"], 0.0)


def because(moves: Rows, now: pl.DataFrame, before: pl.DataFrame, behind: Behind) -> Rows:
    """With what the row of each says; of the day before where it has none now."""
    names = [move["account"] for move in moves]
    rows = {row["account"]: row for frame in (before, now) for row in frame.filter(pl.col("account").is_in(names)).iter_rows(named=True)}
    return [{**move, "because": behind.because(rows[move["account"]])} for move in moves]


def _move(account: str, now: tuple[float, float], before: tuple[float, float], rated: bool) -> dict[str, Any]:
    if now == before or not rated and now[0] == before[0]:
        what = ""
    elif rated and not before[1]:
        what = "joined the base"
    elif rated and not now[1]:
        what = "left the base"
    else:
        what = "entered" if now[0] and not before[0] else "left" if before[0] and not now[0] else "up" if now[0] > before[0] else "down"
    return {"account": account, "what": what, "before": before[0], "now": now[0]}


def _of_sum(now: Parts, before: Parts, accounts: int) -> tuple[float, list[float]]:
    each = [now.get(name, (0.0, 0.0))[0] - before.get(name, (0.0, 0.0))[0] for name in sorted({*now, *before})]
    return fsum(each), each + [0.0] * (accounts - len(each))


def _of_ratio(now: Parts, before: Parts) -> tuple[float, list[float]] | None:
    n, m = fsum(base for _, base in now.values()), fsum(base for _, base in before.values())
    if not n or not m:
        return None
    here, there = fsum(part for part, _ in now.values()) / n, fsum(part for part, _ in before.values()) / m
    each = [_pull(now.get(name, (0.0, 0.0)), here) / n - _pull(before.get(name, (0.0, 0.0)), there) / m for name in sorted({*now, *before})]
    return here - there, each


def _pull(one: tuple[float, float], rate: float) -> float:
    return one[0] - rate * one[1]
