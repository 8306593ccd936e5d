"""What a score said on each past day, and what became of it, from one reading of the inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from saasmetrics.backtest.kinds import Kind, unfollowed
from saasmetrics.clock import Clock, date_of
from saasmetrics.facts._book import Book
from saasmetrics.facts._replay import replayed

WARM_UP = 56  # days of events that the signals look back on
LOOKS = {"account": pl.String, "day": pl.Int64, "score": pl.Int64, "band": pl.String, "silence": pl.Int64, "event_day": pl.Int64, "y": pl.Int64}
PARTS = {"account": pl.String, "day": pl.Int64, "position": pl.Int64, "signal": pl.String, "state": pl.String, "part": pl.Int64}
FUTURES = {"account": pl.String, "day": pl.Int64, "event_day": pl.Int64}
Frames = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]


@dataclass(frozen=True)
class Observed:
    """`looks`: account, day, score, band, silence (days since its last event), event_day, y (1: it came), every one with a score.
    `parts`: account, day, position, signal, state, part. `apart`: looks without a score. `futures`: account, day, event_day, the
    first event from that day to T, whatever the horizon."""

    looks: pl.DataFrame
    parts: pl.DataFrame
    apart: int
    futures: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FUTURES))


def days(clock: Clock, observed_from: int | None, horizon: int, replays: int) -> list[int]:
    """The last first days of months whose horizon was over before the days that late events may still change."""
    last = clock.index_of(clock.settled - horizon, "month")
    every = [clock.first_day(last - ago, "month") for ago in range(replays)]
    return sorted(day for day in every if observed_from is not None and day >= observed_from + WARM_UP)


def observed(kinds: Sequence[Kind], book: Book, chosen: Sequence[int], horizon: int) -> dict[Kind, Observed]:
    """The scores on the chosen days, day by day: its facts serve all of them, and are let go before the next."""
    outcomes = {kind: kind.outcome(book) for kind in kinds}
    found: dict[Kind, list[Frames]] = {kind: [] for kind in kinds}
    for day in chosen:
        then = replace(replayed(book, date_of(day)), definition=unfollowed(book.definition))
        for kind in kinds:
            found[kind].append(_on(kind, then, outcomes[kind](day, book.clock.settled - day).collect(), day, horizon))
    return {kind: _together(frames) for kind, frames in found.items()}


def _together(frames: Sequence[Frames]) -> Observed:
    every, parts, futures = (pl.concat([pl.DataFrame(schema=schema), *(frame[at] for frame in frames)]) for at, schema in enumerate((LOOKS, PARTS, FUTURES)))
    known = every.filter(pl.col("score").is_not_null())
    return Observed(known, parts, every.height - known.height, futures)


def _on(kind: Kind, then: Book, future: pl.DataFrame, day: int, horizon: int) -> Frames:
    soon = pl.when(pl.col("event_day") < day + horizon).then("event_day")
    looks = _looks(kind, then, future.lazy().with_columns(event_day=soon), day)
    parts = kind.parts(then).join(future.lazy(), on="account", how="semi")
    return looks, _shaped(parts, PARTS, day), _shaped(future.lazy(), FUTURES, day)


def _looks(kind: Kind, then: Book, base: pl.LazyFrame, day: int) -> pl.DataFrame:
    seen = then.get("seen").select("account", silence=day - 1 - then.clock.day_of(pl.col("last_at")).cast(pl.Int64))
    told = base.join(kind.scores(then), on="account").join(seen, on="account", how="left")
    full = told.with_columns(day=pl.lit(day, pl.Int64), y=pl.col("event_day").is_not_null().cast(pl.Int64), silence=pl.col("silence").fill_null(10**6))
    return full.select(pl.col(name).cast(kind_) for name, kind_ in LOOKS.items()).sort("account").collect()


def _shaped(rows: pl.LazyFrame, schema: Mapping[str, type[pl.DataType]], day: int) -> pl.DataFrame:
    told = rows.with_columns(day=pl.lit(day, pl.Int64))
    return told.select(pl.col(name).cast(kind) for name, kind in schema.items()).sort([*schema][:3]).collect()
