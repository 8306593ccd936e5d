"""How much successful work did the product deliver, period by period?

## Why
The north star counts work that customers finished, not what they clicked. The last complete period stands first; the one
that is still running stands last, because it always looks like a fall.

## Columns
period         key    first day of the week; of the month, when the workflow comes up by the month or quarter (star_period)
n              count  successes of the declared workflow (north_star); with `measure: entities` things, each once
trend          share  n (with `measure: value` the value) against the complete period before; empty: none before, or not complete
value          money  their value, where the workflow declares one; empty: it does not, or things are counted
accounts       count  accounts with at least one
per_account    number n / accounts
median         number the median of these accounts' own numbers: what the typical account got done
undone         count  things done and taken back in time (`unless`): not in n
unclean        count  successes left out because their account failed too often in the period (max_failure_rate)
complete       flag   the period is over, and late_after has passed; the first such row is the headline
status         label  final; partial: the export begins within the period; provisional: it is running, or late events or what takes work back (`unless`) may still change it

## Limits
One large import can move n: look at `median` and at value north-star-accounts. The last `star_periods` complete periods are shown. Amounts are added up as the events give
them: a column of several currencies, or of minutes, is for you to know. With `also` a thing counts in the period in which
the last of what it asks for happened. max_failure_rate: 1 leaves out nothing; 0.02 leaves out accounts that failed in more
than 2 % of what they tried in the period.

## Order
-complete -period

## Better with
accounts  the segments to split by

## Account by account
value.north_star_accounts

## Covers
N01 N02 N06 N07 N08 N09 N11 N12 N15 N22 B09 S12

## Example: the running week is shown apart, a week without work is a row of noughts
accounts:
account  observed_from
a1       2026-01-01
a2       2026-01-01
star:
account  day         n  value   undone  failed
a1       2026-01-05  2  100.00  0       0
a2       2026-01-11  1  50.00   0       0
a1       2026-01-19  1  10.50   0       0
a1       2026-01-26  1  10.00   0       0
star_terms:
workflow   measure  priced  settles  period
invoicing  count    true    0        week
with as_of=2026-01-28
becomes
period      n  trend  value   accounts  per_account  median  undone  unclean  complete  status
2026-01-19  1  ·      10.50   1         1            1       0       0        true      final
2026-01-12  0  -1     0.00    0         ·            ·       0       0        true      final
2026-01-05  3  ·      150.00  2         1.5          1.5     0       0        true      final
2026-01-26  1  ·      10.00   1         1            1       0       0        false     provisional

## Example: processed with few failures only; what can still be taken back is not final
accounts:
account  observed_from
good     2026-01-01
bad      2026-01-01
star:
account  day         n  value  undone  failed
good     2026-01-05  9  ·      1       1
bad      2026-01-06  6  ·      0       4
good     2026-01-12  1  ·      0       0
star_terms:
workflow   measure   priced  settles  period
invoicing  entities  false   8        week
with as_of=2026-01-20 max_failure_rate=0.1
becomes
period      n  trend      value  accounts  per_account  median  undone  unclean  complete  status
2026-01-12  1  -0.888889  ·      1         1            1       0       0        true      provisional
2026-01-05  9  ·          ·      1         9            9       1       6        true      provisional
2026-01-19  0  ·          ·      0         ·            ·       0       0        false     provisional
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.statistics import Share, share

STATUS = pl.when(~pl.col("final")).then(pl.lit("provisional")).when("whole").then(pl.lit("final")).otherwise(pl.lit("partial"))
COUNTS = ["n", "accounts", "undone", "unclean"]


def north_star(
    accounts: pl.LazyFrame, star: pl.LazyFrame, star_terms: pl.LazyFrame, clock: Clock, *,
    star_period: Literal["rhythm", "week", "month"] = "rhythm", star_periods: int = 12, max_failure_rate: Share = 1.0, by: Sequence[str] = (),
) -> pl.LazyFrame:  # fmt: skip
    terms = star_terms.collect().row(0, named=True)
    period = terms["period"] if star_period == "rhythm" else star_period
    placed = star.join(accounts.select("account", *by), on="account").with_columns(index=clock.index(pl.col("day"), period).cast(pl.Int64))
    keys = [*by, "index"]
    each = placed.group_by("account", *keys).agg(pl.col("n", "undone", "failed").sum(), value=_sum("value"))
    counted = _counted(each, keys, max_failure_rate)
    first = placed.select(pl.col("index").min().fill_null(clock.running(period))).collect().item()
    told = clock.onwards(first, period, accounts, by).join(counted, on=keys, how="left", nulls_equal=True)
    filled = told.sort(keys).with_columns(pl.col(COUNTS).fill_null(0).cast(pl.Int64), value=pl.col("value").fill_null(0) if terms["priced"] else "value")
    begins = accounts.select(pl.col("observed_from").cast(pl.Int64).min()).collect().item()
    known = filled.with_columns(whole=_first_day(pl.col("index"), clock, period) >= (clock.day if begins is None else begins))
    done = known.with_columns(
        final=_first_day(pl.col("index") + 1, clock, period) + terms["settles"] <= clock.settled,
        trend=_trend("value" if terms["measure"] == "value" else "n", by, pl.col("index") <= clock.last_complete(period)),
    )
    return done.filter(pl.col("index") > clock.last_complete(period) - star_periods).with_columns(
        complete=pl.col("index") <= clock.last_complete(period), period=clock.start(pl.col("index"), period), per_account=share(pl.col("n"), pl.col("accounts")), status=STATUS
    )


def _counted(each: pl.LazyFrame, keys: Sequence[str], limit: float) -> pl.LazyFrame:
    clean = pl.col("failed") <= limit * (pl.col("n") + pl.col("failed")) + 1e-9
    works = clean & (pl.col("n") > 0)
    return each.group_by(keys).agg(
        n=pl.col("n").filter(clean).sum(), value=_sum("value", clean), accounts=works.sum(), median=pl.col("n").filter(works).median(),
        undone=pl.col("undone").sum(), unclean=pl.col("n").filter(~clean).sum(),
    )  # fmt: skip


def _sum(column: str, kept: pl.Expr | None = None) -> pl.Expr:
    """The sum of what is known; null where nothing is."""
    values = pl.col(column) if kept is None else pl.col(column).filter(kept)
    return pl.when(values.is_not_null().any()).then(values.sum())


def _trend(column: str, by: Sequence[str], over: pl.Expr) -> pl.Expr:
    """Against the period before, when both are complete. The rows stand in order of their periods."""
    known = pl.when("whole").then(column)
    before = known.shift(1).over(*by, order_by="index") if by else known.shift(1)
    return pl.when(over).then(share(pl.col(column) - before, before))


def _first_day(index: pl.Expr, clock: Clock, period: Literal["week", "month"]) -> pl.Expr:
    return clock.start(index, period).to_physical().cast(pl.Int64)
