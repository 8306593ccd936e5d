"""Week by week: how well the product worked, and whether it kept within the limits of `reliability.stable`.

## Columns
week              count  number of the week: the key
first_day         date   its first day
complete          flag   it is over, late events included
attempts          count  logical attempts (as in reliability failures) at core workflows that declare a failure or a timeout, begun in it, whose time is over, late events included
failed            count  of these, those with a failure or a timeout in their time
screen            label  the slowest of the core screens with min_samples loads
p95               number its p95 in milliseconds; null: no core screen has so many
incident_minutes  number minutes in which any core workflow had an incident, overlaps counted once; null: no incidents table
state             label  unstable: a limit is exceeded; stable: none is, as far as known; unknown: nothing is known
reasons           text   what is exceeded, and by how much; null unless unstable
"""

from __future__ import annotations

from functools import reduce

import polars as pl

from saasmetrics.clock import SECOND, Clock
from saasmetrics.definitions.model import Definition
from saasmetrics.definitions.reliability import Stable
from saasmetrics.sentences import sentence
from saasmetrics.statistics import covered, divided

MINUTE = 60 * SECOND


def stability(
    tries: pl.LazyFrame, operations: pl.LazyFrame, latencies: pl.LazyFrame, incident_spans: pl.LazyFrame, outages: pl.LazyFrame | None,
    accounts: pl.LazyFrame, definition: Definition, clock: Clock,
) -> pl.LazyFrame:  # fmt: skip
    """One row a week, from the first that the events touch to the running one."""
    weeks, limits = _weeks(accounts, clock), definition.reliability.stable
    for known in (_attempts(tries, operations, clock), _slowest(latencies, limits), _minutes(incident_spans, weeks)):
        weeks = weeks.join(known, on="week", how="left")
    minutes = pl.col("incident_minutes").fill_null(0.0) if outages is not None else pl.lit(None, pl.Float64)
    told = weeks.with_columns(pl.col("attempts", "failed").fill_null(0), incident_minutes=minutes)
    return told.with_columns(**_judged(limits)).drop("start", "end")


def _weeks(accounts: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    first = accounts.select(pl.col("observed_from").min().cast(pl.Int64)).collect().item()
    last, over = clock.running("week"), clock.last_complete("week")
    numbers = range(clock.index_of(first, "week"), last + 1) if first is not None else ()
    rows = [(n, clock.first_day(n, "week"), n <= over, *(clock.midnight(clock.first_day(at, "week")) for at in (n, n + 1))) for n in numbers]
    schema = {"week": pl.Int64, "first_day": pl.Int32, "complete": pl.Boolean, "start": pl.Int64, "end": pl.Int64}
    return pl.LazyFrame(rows, schema=schema, orient="row")


def _attempts(tries: pl.LazyFrame, operations: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """week, attempts, failed."""
    counted = operations.filter(pl.col("core") & pl.col("fails")).select("position")
    over = tries.filter((pl.col("outcome") != "unpaired") & (pl.col("due_at") <= clock.final)).join(counted, on="position")
    week = clock.index(clock.day_of(pl.col("at")), "week").cast(pl.Int64)
    return over.group_by(week=week).agg(attempts=pl.len().cast(pl.Int64), failed=(pl.col("failures") + pl.col("timeouts") > 0).sum().cast(pl.Int64))


def _slowest(latencies: pl.LazyFrame, limits: Stable) -> pl.LazyFrame:
    """week, screen, p95."""
    core = latencies.filter(pl.col("core") & (pl.col("kind") == "screen") & (pl.col("n") >= limits.min_samples))
    worst = core.sort("week", "p95", "name", descending=[False, True, False]).group_by("week", maintain_order=True).first()
    return worst.select("week", "p95", screen="name")


def _minutes(incident_spans: pl.LazyFrame, weeks: pl.LazyFrame) -> pl.LazyFrame:
    """week, incident_minutes: each incident counts in a week for as long as it lasted there."""
    core = incident_spans.filter("core").select("start_at", "end_at")
    inside = weeks.select("week", "start", "end").join(core, how="cross").filter((pl.col("start_at") < pl.col("end")) & (pl.col("end_at") > pl.col("start")))
    spans = inside.select("week", start=pl.max_horizontal("start", "start_at"), end=pl.min_horizontal("end", "end_at"))
    return covered(spans, ["week"]).select("week", incident_minutes=divided(pl.col("covered"), MINUTE))


def _judged(limits: Stable) -> dict[str, pl.Expr]:
    """Each limit that is exceeded says so; what is not known exceeds nothing."""
    rate = pl.when(pl.col("attempts") >= limits.min_attempts).then(pl.col("failed") / pl.col("attempts"))
    longest = limits.p95 // (SECOND // 1000)
    broken = [
        (rate > limits.failure_rate, sentence("{} of {} attempts failed", "failed", "attempts")),
        (pl.col("p95") > longest, sentence("p95 of {} was {} ms", "screen", pl.col("p95").round(0).cast(pl.Int64))),
        (pl.col("incident_minutes") > limits.incident_minutes, sentence("{} minutes of incidents", pl.col("incident_minutes").round(0).cast(pl.Int64))),
    ]
    said = pl.concat_str([pl.when(test).then(text) for test, text in broken], separator="; ", ignore_nulls=True)
    unstable = reduce(lambda a, b: a | b, (test.fill_null(False) for test, _ in broken))
    known = reduce(lambda a, b: a | b, (test.is_not_null() for test, _ in broken))
    state = pl.when(unstable).then(pl.lit("unstable")).when(known).then(pl.lit("stable")).otherwise(pl.lit("unknown"))
    return {"state": state, "reasons": pl.when(unstable).then(said)}
