"""Every period in which an account did a job, or failed at it, with what came before and after: who stopped after a failure?

Only workflows that declare a failure, only complete periods of the workflow's own cadence, only those with `prior` further
periods of the data before them (the first one of the data, perhaps not whole, does not count), and only those in which
the account had a success in one of these.

## Columns
account   key    the account
workflow  key    the workflow
period    count  number of the period (with account and workflow the key)
often     count  how often it had done the job in the `reliability.prior` periods before it: the successes there, rounded down to 1, 2, 4, 8, …
failed    flag   it holds a failure
known     flag   the `reliability.lost_after` periods after it are complete
stopped   flag   no success in these; null: not known yet
last      flag   no success in any later period, the running one included
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition

LARGEST = 40
KEYS = ["account", "workflow", "period"]


def landmarks(beats: pl.LazyFrame, accounts: pl.LazyFrame, definition: Definition, clock: Clock) -> pl.LazyFrame:
    """beats → one row an account, workflow and period."""
    told, done = definition.reliability, pl.col("n") > 0
    hits = beats.filter(done).select(*KEYS, "n")
    final = hits.group_by("account", "workflow").agg(final=pl.col("period").max())
    over = beats.filter((pl.col("ago") >= 0) & (done | (pl.col("failures") > 0))).join(_starts(accounts, definition, clock), on="workflow")
    placed = over.filter(pl.col("period") - told.prior > pl.col("start"))
    for name, steps in {"prior": range(1, told.prior + 1), "after": range(-told.lost_after, 0)}.items():
        placed = placed.join(_moved(hits, steps).group_by(KEYS).agg(pl.col("n").sum().alias(name)), on=KEYS, how="left")
    known = pl.col("ago") >= told.lost_after
    judged = placed.filter(pl.col("prior") > 0).join(final, on=["account", "workflow"]).with_columns(
        failed=pl.col("failures") > 0, known=known, stopped=pl.when(known).then(pl.col("after").is_null()), last=pl.col("final") <= pl.col("period")
    )
    return judged.select(*KEYS, "failed", "known", "stopped", "last", often=_rounded(pl.col("prior")))


def _moved(hits: pl.LazyFrame, steps: range) -> pl.LazyFrame:
    """Each period with a success, moved on by each of so many periods."""
    return hits.join(pl.LazyFrame({"step": list(steps)}, schema={"step": pl.Int64}), how="cross").select("account", "workflow", pl.col("period") + pl.col("step"), "n")


def _rounded(count: pl.Expr) -> pl.Expr:
    """Down to a power of two, exactly."""
    return 1 + sum(((count >= 2**k).cast(pl.Int64) * 2 ** (k - 1) for k in range(1, LARGEST)), pl.lit(0, pl.Int64))


def _starts(accounts: pl.LazyFrame, definition: Definition, clock: Clock) -> pl.LazyFrame:
    """workflow, start: the period that holds the first event of the data, of the workflows that declare a failure."""
    first = accounts.select(pl.col("observed_from").min().cast(pl.Int64)).collect().item()
    rows = [(name, None if first is None else clock.index_of(first, clock.beat(w.cadence))) for name, w in definition.workflows.items() if w.failure]
    return pl.LazyFrame(rows, schema={"workflow": pl.String, "start": pl.Int64}, orient="row")
