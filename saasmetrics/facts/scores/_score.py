"""What scored signals have in common: how a fired, quiet or unknown one counts, so that the parts add up exactly."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from saasmetrics.definitions.signals import Bands, Score, Signal
from saasmetrics.sentences import counted, sentence

SCHEMA = {
    "account": pl.Categorical, "position": pl.Int64, "signal": pl.String, "ident": pl.String, "state": pl.String, "points": pl.Int64,
    "evidence": pl.String, "why": pl.String,
}  # fmt: skip
NONE = pl.lit(0, pl.Int64)
FULL = 1000  # a signal counts in thousandths of its points
SEATS_USED = sentence("{} of {} paid seats did core work in the last 28 days", "users", "seats")
USERS_NOW = sentence("{} in the last 28 days, {} in the 28 days before", counted("users", "active user"), "users_before")


def judged(frame: pl.LazyFrame, fires: pl.Expr, known: pl.Expr, evidence: pl.Expr, enough: pl.Expr | None = None) -> pl.LazyFrame:
    """account, state (fired, quiet, insufficient, unknown), evidence (only of what fired).

    Insufficient: the data are there, but too few (`enough` is false) to tell a change from noise. It adds no points, and
    counts as covered; unknown does not.
    """
    few = ~enough.fill_null(False) if enough is not None else pl.lit(False)
    state = (
        pl.when(~known.fill_null(False)).then(pl.lit("unknown"))
        .when(few).then(pl.lit("insufficient"))
        .when(fires.fill_null(False)).then(pl.lit("fired"))
        .otherwise(pl.lit("quiet"))
    )  # fmt: skip
    value = pl.when(pl.col("state") == "fired").then(FULL).otherwise(0)
    return frame.with_columns(state=state).select("account", "state", evidence=pl.when(pl.col("state") == "fired").then(evidence), value=value)


def graded(value: pl.Expr) -> pl.Expr:
    """The state of a signal that can be partly met, by its thousandths: met, partly, not met, unknown."""
    return (
        pl.when(value.is_null()).then(pl.lit("unknown"))
        .when(value >= FULL).then(pl.lit("met"))
        .when(value <= 0).then(pl.lit("not met"))
        .otherwise(pl.lit("partly"))
    )  # fmt: skip


def between(amount: pl.Expr, none: float, full: float) -> pl.Expr:
    """Thousandths: 0 at `none`, 1000 at `full`, in proportion between them, rounded down."""
    return ((amount - none) * FULL / (amount * 0 + (full - none)) + 1e-6).clip(0, FULL).floor().cast(pl.Int64)


def scored(score: Score, found: Mapping[str, pl.LazyFrame], accounts: pl.LazyFrame) -> pl.LazyFrame:
    """One row an account and signal; an account without a row in what a signal found is unknown to it.

    `points` are what the signal adds to the account's score: integers that add up to it exactly. Under
    `missing: exclude` the known signals are scaled up to the points of all that are declared.
    """
    signals = {(at, name): signal for at, (name, signal) in enumerate(score.signals.added().items(), 1) if signal.points}  # type: ignore[attr-defined]
    beside = accounts.select("account")
    for at, name in signals:
        told = found[name].select("account", pl.col("state", "evidence", "value").name.suffix(f"_{at}"))
        beside = beside.join(told, on="account", how="left")
    every = _pointed(beside, {at: signal.points for (at, _), signal in signals.items()}, score).collect(engine="in-memory").lazy()  # once for all signals
    rows = [every.select("account", *_row(at, name, signal)) for (at, name), signal in signals.items()]
    return pl.concat([pl.LazyFrame(schema=SCHEMA), *rows], how="vertical_relaxed")


def alone(score: Score, name: str, told: pl.LazyFrame, signals: pl.LazyFrame) -> pl.LazyFrame:
    """signals, and a row of the sign that judges alone for each account that it knows; where it fires, the others are left out."""
    named = score.signals.named()  # type: ignore[attr-defined]
    at, signal, fired = [*named].index(name) + 1, named[name], pl.col("state") == "fired"
    points = pl.when(fired).then(signal.points).otherwise(NONE)
    rows = told.filter(pl.col("state") != "unknown").select("account", pl.col("state", "evidence").name.suffix(f"_{at}"), points.alias(f"points_{at}"))
    others = signals.join(told.filter(fired), on="account", how="anti")
    return pl.concat([others, rows.select("account", *_row(at, name, signal))], how="vertical_relaxed") if signal.points else signals


def _row(at: int, name: str, signal: Signal) -> list[pl.Expr]:
    return [
        pl.lit(at, pl.Int64).alias("position"), pl.lit(name).alias("signal"), pl.lit(signal.ident or None, pl.String).alias("ident"),
        pl.col(f"state_{at}").fill_null("unknown").alias("state"), pl.col(f"points_{at}").alias("points"),
        pl.col(f"evidence_{at}").alias("evidence"), pl.lit(signal.why).alias("why"),
    ]  # fmt: skip


def _pointed(beside: pl.LazyFrame, weights: Mapping[int, int], score: Score) -> pl.LazyFrame:
    """All signals of an account side by side → with the points of each: what the score grows by when it is added to those before it."""
    total, unknown = pl.lit(sum(weights.values()), pl.Int64), score.unknown[score.missing]
    known = {at: (pl.col(f"state_{at}") != "unknown").fill_null(False) for at in weights}
    covered = pl.sum_horizontal(NONE, *(pl.when(known[at]).then(weight).otherwise(0) for at, weight in weights.items())).cast(pl.Int64)
    parts = {at: weight * pl.when(known[at]).then(f"value_{at}").otherwise(unknown).cast(pl.Int64) for at, weight in weights.items()}
    based = beside.with_columns(base=covered if score.missing == "exclude" else total, **{f"part_{at}": part for at, part in parts.items()})
    upto = [whole(pl.sum_horizontal(f"part_{at}" for at in [*weights][:n]), total, pl.col("base")) for n in range(1, len(weights) + 1)]
    return based.with_columns((now - before).alias(f"points_{at}") for at, now, before in zip(weights, upto, [NONE, *upto], strict=False))


def whole(reached: pl.Expr, total: pl.Expr, base: pl.Expr) -> pl.Expr:
    """Thousandths of points reached, of those that counted (`base`) → whole points of `total`, half up; 0 where none counted."""
    return pl.when(base > 0).then((2 * reached * total + FULL * base).floordiv(2 * FULL * base)).otherwise(0)


def percent(part: pl.Expr) -> pl.Expr:
    """A share as whole percent text, half away from zero; never 0 of something, nor 100 of less than all."""
    near = (part.abs() * 100 + 0.5 + 1e-9).floor().cast(pl.Int64)
    size = pl.when((part != 0) & (part.abs() < 1)).then(near.clip(1, 99)).otherwise(near)
    return pl.when(part < 0).then(sentence("−{} %", size)).otherwise(sentence("+{} %", size))


def tenths(number: pl.Expr) -> pl.Expr:
    """A number ≥ 0 as text with one decimal, half up."""
    whole = (number * 10 + 0.5 + 1e-9).floor().cast(pl.Int64)
    return sentence("{}.{}", whole.floordiv(10), whole % 10)


def day_text(day: pl.Expr) -> pl.Expr:
    """A day number as ISO date text."""
    return day.cast(pl.Int32).cast(pl.Date).dt.strftime("%Y-%m-%d")


def totals(signals: pl.LazyFrame, score: Score) -> pl.LazyFrame:
    """account, score, coverage (share of the points with data); below min_coverage there is no score."""
    known, points = pl.col("state") != "unknown", weight(score)
    sums = signals.filter(points > 0).group_by("account").agg(score=pl.col("points").sum(), coverage=points.filter(known).sum() / points.sum())
    return sums.with_columns(score=pl.when(pl.col("coverage") >= score.min_coverage).then("score"))


def weight(score: Score) -> pl.Expr:
    """The points that a signal can add, by its name; one that judges alone has none until it fires."""
    named = score.signals.named()  # type: ignore[attr-defined]
    idle = pl.col("signal").is_in([name for name, signal in named.items() if signal.alone]) & (pl.col("state") != "fired")
    points = pl.col("signal").replace_strict({name: signal.points for name, signal in named.items()}, return_dtype=pl.Int64)
    return pl.when(~idle).then(points).otherwise(NONE)


def band(bands: Bands, score: pl.Expr) -> pl.Expr:
    """The name of the band in which a score lies; null without one."""
    found = pl.lit(bands.below)
    for name, limit in sorted(bands.model_dump().items(), key=lambda item: item[1]):
        found = pl.when(score >= limit).then(pl.lit(name)).otherwise(found)
    return pl.when(score.is_not_null()).then(found)


def evidence(signals: pl.LazyFrame) -> pl.LazyFrame:
    """account, contributions (`20 declining_workflow`), evidence (the sentences), in the order of the signals."""
    told = signals.filter(pl.col("points") > 0).sort("account", "position")
    part = sentence("{} {}", "points", pl.col("signal") + pl.when(pl.col("state") == "unknown").then(pl.lit(" (unknown)")).otherwise(pl.lit("")))
    found = told.group_by("account", maintain_order=True).agg(contributions=part, evidence=pl.col("evidence"))
    # collected here: the streaming engine panics on some plans that join such lists of texts
    return found.with_columns(evidence=joined(pl.col("evidence"), "; ")).collect(engine="in-memory").lazy()


def joined(texts: pl.Expr, separator: str) -> pl.Expr:
    """A list of texts as one, nulls left out; null when nothing is left."""
    there = texts.list.drop_nulls()
    return pl.when(there.list.len() > 0).then(there.list.join(separator))
