"""In which order do accounts take up the workflows, and where do they stop?

## Why
The usual second step after a workflow is the one to offer next; a path on which everybody stops is worth a look.

## Columns
path         key    the workflows in the order in which they were taken up; an account that went further is in the shorter paths too
step         count  how many workflows
module       label  the last of them
after        label  the one before it; empty: it is the first
accounts     count  accounts whose path begins so: the transitions from `after` to `module` on this path
base         count  accounts whose path begins so, without the last workflow
rate         share  accounts / base
low          share  Wilson 95 % interval
high         share  upper end of the interval
went_on      count  of the accounts, those that took up another workflow by T
stopped      count  those that did not, by T
median_days  days   from the workflow before (the first: from the account's creation) to this one, over those who took the step; between two values by linear interpolation

## Limits
A workflow counts from its first tier on. Workflows taken up at the same instant stand in the order of their names.
Accounts without a known start or older than the export are left out: their first workflow was not seen. Whoever stopped
may go on later; `median_days` is therefore only about those who took the step, and the waiting time over all is in
`adoption module-times`. The base of the first step is every account with a known start.

## Order
-accounts step path

## Better with
accounts  the true dates of creation, and the accounts that never did anything

## Account by account
adoption.accounts

## Covers
E05

## Example: two begin alike, one goes on
accounts:
account  created_at        left_truncated
a1       2026-01-01 00:00  false
a2       2026-01-01 00:00  false
a3       2026-01-01 00:00  false
none     2026-01-01 00:00  false
tiers:
account  workflow    level  reached_at
a1       invoicing   1      2026-01-11 00:00
a1       purchasing  1      2026-02-10 00:00
a2       invoicing   1      2026-01-21 00:00
a3       purchasing  1      2026-01-11 00:00
becomes
path                    step  module      after      accounts  base  rate  low       high      went_on  stopped  median_days
invoicing               1     invoicing   ·          2         4     0.5   0.150039  0.849961  1        1        15
purchasing              1     purchasing  ·          1         4     0.25  0.045587  0.699358  0        1        10
invoicing → purchasing  2     purchasing  invoicing  1         2     0.5   0.094531  0.905469  0        1        30

## Example: a deeper tier is no further workflow, an account older than the export has no path
accounts:
account  created_at        left_truncated
a1       2026-01-01 00:00  false
old      2020-01-01 00:00  true
tiers:
account  workflow   level  reached_at
a1       invoicing  1      2026-01-11 00:00
a1       invoicing  2      2026-01-12 00:00
old      invoicing  1      2026-01-11 00:00
becomes
path       step  module     after  accounts  base  rate  low       high  went_on  stopped  median_days
invoicing  1     invoicing  ·      1         1     1     0.206549  1     0        1        10
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import DAY
from saasmetrics.statistics import divided, share, wilson

ARROW = " → "


def module_paths(accounts: pl.LazyFrame, tiers: pl.LazyFrame) -> pl.LazyFrame:
    known = accounts.filter(pl.col("created_at").is_not_null() & ~pl.col("left_truncated")).select("account", "created_at")
    paths = _paths(tiers.filter(pl.col("level") == 1).join(known, on="account"))
    counts = paths.group_by("path", "step", "module", "after", "before").agg(
        accounts=pl.len().cast(pl.Int64), went_on=pl.col("more").sum().cast(pl.Int64), median_days=divided(pl.col("took").median(), DAY)
    )
    bases = pl.concat([counts.select(before="path", base="accounts"), known.select(before=pl.lit(""), base=pl.len().cast(pl.Int64))])
    told = counts.join(bases, on="before", how="left")
    k, n = pl.col("accounts"), pl.col("base")
    low, high = wilson(k, n)
    return told.with_columns(rate=share(k, n), low=low, high=high, stopped=k - pl.col("went_on"))


def _paths(first: pl.LazyFrame) -> pl.LazyFrame:
    """Each step of each account: the path so far, the path before, how long it took and whether another step followed."""
    steps = first.sort("account", "reached_at", "workflow").with_columns(step=pl.int_range(1, pl.len() + 1).over("account"))
    module, so_far = pl.col("workflow"), pl.col("workflow").cumulative_eval(pl.element().str.join(ARROW))
    within = {
        "path": so_far, "before": so_far.shift(1, fill_value=""), "after": module.shift(1), "more": module.shift(-1).is_not_null(),
        "took": pl.col("reached_at") - pl.col("reached_at").shift(1).fill_null(pl.col("created_at")),
    }  # fmt: skip
    told = steps.with_columns(value.over("account").alias(name) for name, value in within.items())
    return told.select("account", "step", *within, module=module)
