"""The textbook tables of Kaplan and Meier: remission of leukaemia (Freireich and others 1963), tenure in weeks."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from saasmetrics.statistics import kaplan_meier

from .world import Event, World, funnel

CENSORED = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
COMPLETE = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"
TEXTBOOK = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
SHARES = {1: 19, 2: 17, 3: 16, 4: 14, 5: 12, 8: 8, 11: 6, 12: 4, 15: 3, 17: 2, 22: 1, 23: 0}


def curve(text: str) -> dict[int, float]:
    """Weeks → survival, at the weeks in which somebody left."""
    rows = [(int(word.rstrip("+")), not word.endswith("+")) for word in text.split()]
    times = pl.LazyFrame(rows, schema={"duration": pl.Int64, "observed": pl.Boolean}, orient="row")
    return dict(kaplan_meier(times).filter(pl.col("events") > 0).select("duration", "survival").collect().iter_rows())


def lives(text: str, today: datetime) -> list[Event]:
    """An account a word: it began so many weeks before what happened to it, or before today."""
    found = []
    for at, word in enumerate(text.split()):
        start = today - timedelta(weeks=int(word.rstrip("+")) if word.endswith("+") else 40)
        found.append((f"a{at}", "began", f"{start:%Y-%m-%dT%H:%M:%SZ}"))
        if not word.endswith("+"):
            found.append((f"a{at}", "left", f"{start + timedelta(weeks=int(word)):%Y-%m-%dT%H:%M:%SZ}"))
    return found


def test_without_censoring_it_is_the_plain_share() -> None:
    assert curve(COMPLETE) == pytest.approx({week: left / 21 for week, left in SHARES.items()}, abs=1e-9)


def test_the_censored_leave_the_base_after_their_time() -> None:
    assert curve(CENSORED) == pytest.approx(TEXTBOOK, abs=0.0006)


@pytest.mark.parametrize(("text", "weeks"), [(COMPLETE, (4, 8, 17)), (CENSORED, (13, 23, None))])
def test_the_quantiles_of_the_table(tmp_path: Path, text: str, weeks: tuple[int | None, ...]) -> None:
    """Time to value is the same curve: what happened is the activation, and T censors."""
    world = World(tmp_path, lives(text, datetime(2026, 1, 1)), activation=funnel("left", within="500d"))
    columns = ("quarter_days", "median_days", "p90_days")
    rows = world.rows("activation.time_to_value", "2026-01-01", *columns)
    assert rows == [tuple(week and week * 7.0 for week in weeks)]
