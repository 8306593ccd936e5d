"""What scored signals have in common: how a fired, quiet or unknown one counts, so that the parts add up exactly."""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.signals import Score
from saasmetrics.sentences import sentence

SCHEMA = {
    "account": pl.Categorical, "position": pl.Int64, "signal": pl.String, "ident": pl.String, "state": pl.String,
    "points": pl.Int64, "evidence": pl.String, "why": pl.String,
}  # fmt: skip
UNKNOWN = {"exclude": 0.0, "neutral": 0.5, "worst": 1.0}


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
    return frame.with_columns(state=state).select("account", "state", evidence=pl.when(pl.col("state") == "fired").then(evidence))


def scored(score: Score, found: dict[str, pl.LazyFrame], accounts: pl.LazyFrame) -> pl.LazyFrame:
    """One row an account and signal; an account without a row in what a signal found is unknown to it.

    `points` are what the signal adds to the account's score: integers that add up to it exactly. Under
    `missing: exclude` the known signals are scaled up to the points of all that are declared.
    """
    signals = [(at, name, signal) for at, (name, signal) in enumerate(score.signals.named().items(), 1) if signal.points]  # type: ignore[attr-defined]
    rows = [_row(accounts, found[name], at, name, signal) for at, name, signal in signals]
    every = pl.concat([pl.LazyFrame(schema={**SCHEMA, "weight": pl.Int64}), *rows], how="vertical_relaxed")
    return _pointed(every, score.missing).select(SCHEMA.keys())


def _row(accounts: pl.LazyFrame, found: pl.LazyFrame, at: int, name: str, signal) -> pl.LazyFrame:  # type: ignore[no-untyped-def]
    told = accounts.select("account").join(found, on="account", how="left")
    return told.select(
        "account",
        position=pl.lit(at, pl.Int64),
        signal=pl.lit(name),
        ident=pl.lit(signal.ident),
        state=pl.col("state").fill_null("unknown"),
        points=pl.lit(0, pl.Int64),
        evidence="evidence",
        why=pl.lit(signal.why),
        weight=pl.lit(signal.points, pl.Int64),
    )


def _pointed(rows: pl.LazyFrame, missing: str) -> pl.LazyFrame:
    known = pl.col("state") != "unknown"
    counted = known if missing == "exclude" else pl.lit(True)
    base = pl.col("weight").filter(counted).sum().over("account")
    total = pl.col("weight").sum().over("account")
    part = pl.when(pl.col("state") == "fired").then(1.0).when(~known).then(UNKNOWN[missing]).otherwise(0.0)
    reached = (pl.col("weight") * part).cum_sum().over("account", order_by="position")
    rounded = pl.when(base > 0).then((reached * total / base + 0.5).floor().cast(pl.Int64)).otherwise(0)
    upto = rows.with_columns(upto=rounded)
    before = pl.col("upto").shift(1, fill_value=0).over("account", order_by="position")
    return upto.with_columns(points=pl.col("upto") - before)


def percent(part: pl.Expr) -> pl.Expr:
    """A share as whole percent text, half away from zero."""
    size = (part.abs() * 100 + 0.5).floor().cast(pl.Int64)
    return pl.when(part < 0).then(sentence("−{} %", size)).otherwise(sentence("+{} %", size))


def tenths(number: pl.Expr) -> pl.Expr:
    """A number ≥ 0 as text with one decimal, half up."""
    whole = (number * 10 + 0.5).floor().cast(pl.Int64)
    return sentence("{}.{}", whole.floordiv(10), whole % 10)


def day_text(day: pl.Expr) -> pl.Expr:
    """A day number as ISO date text."""
    return day.cast(pl.Int32).cast(pl.Date).dt.strftime("%Y-%m-%d")


def totals(signals: pl.LazyFrame, score: Score) -> pl.LazyFrame:
    """account, score, coverage (share of the points with data), band; below min_coverage there is no score: `unknown`."""
    weights = {name: signal.points for name, signal in score.signals.named().items()}  # type: ignore[attr-defined]
    weight = pl.col("signal").replace_strict(weights, return_dtype=pl.Int64)
    known = pl.col("state") != "unknown"
    sums = signals.group_by("account").agg(
        score=pl.col("points").sum(), coverage=weight.filter(known).sum() / weight.sum()
    )
    bands = score.bands.model_dump()  # type: ignore[attr-defined]
    covered = pl.col("coverage") >= score.min_coverage
    band = pl.lit("low" if "high" in bands else "not yet")
    for name, limit in sorted(bands.items(), key=lambda item: item[1]):
        band = pl.when(pl.col("score") >= limit).then(pl.lit(name)).otherwise(band)
    banded = sums.with_columns(band=pl.when(covered).then(band).otherwise(pl.lit("unknown")))
    return banded.with_columns(score=pl.when(covered).then("score"))


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
