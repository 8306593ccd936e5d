"""Where does risk meet opportunity: how many accounts, and how much money, stand in each corner?

## Why
The same account can be about to grow and about to leave. Two lists hide that; here every account stands once, between its risk and its
readiness, each by its own points.

## Columns
position   key    order: high risk first, and in it the readiest
risk       label  band of churn risk: high, medium, low; unknown: too little data to judge
readiness  label  band of readiness to grow: ready, warm, not yet; unknown: too little data to judge
posture    label  rescue: risk is high, yet ready or warm; save: high risk, not yet ready; steady: medium risk, ready or warm; watch: medium risk, not yet; grow: low risk, ready; nurture: low risk, warm; leave be: low risk, not yet; find out: one of the two is unknown
accounts   count  accounts that have not left
mrr        money  their monthly recurring revenue; empty: unknown for all of them, or in several currencies
currency   label  its currency; empty: as for mrr
look_at    list   up to three of them with the most MRR

## Limits
Corners without accounts have no row. In `expansion accounts` an account at high risk is not called ready; here both bands are shown as
their points give them. The MRR of accounts for which it is unknown is not in the sum.

## Better with
subscriptions  the money in each corner
users          seats, teams and people, in both scores

## Account by account
health.accounts

## Covers
Y10

## Example: ready and about to leave is the corner to look at first
accounts:
account
a1
a2
a3
postures:
account  risk  readiness  mrr     currency
a1       low   ready      100.00  EUR
a2       high  ready      50.00   EUR
a3       high  ready      80.00   EUR
becomes
position  risk  readiness  posture  accounts  mrr     currency  look_at
1         high  ready      rescue   2         130.00  EUR       [a3,a2]
9         low   ready      grow     1         100.00  EUR       [a1]

## Example: two currencies are not added, unknown money is not nought
accounts:
account
a1
a2
a3
postures:
account  risk     readiness  mrr     currency
a1       low      not yet    100.00  EUR
a2       low      not yet    50.00   USD
a3       unknown  not yet    ·       ·
becomes
position  risk     readiness  posture   accounts  mrr  currency  look_at
11        low      not yet    leave be  2         ·    ·         [a1,a2]
15        unknown  not yet    find out  1         ·    ·         [a3]

## Example: who pays in several currencies is no sum of the others
accounts:
account
a1
a2
postures:
account  risk  readiness  mrr   currency
a1       low   not yet    ·     several
a2       low   not yet    0.00  EUR
becomes
position  risk  readiness  posture   accounts  mrr  currency  look_at
11        low   not yet    leave be  2         ·    ·         [a2,a1]
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

RISKS, READINESS = ("high", "medium", "low", "unknown"), ("ready", "warm", "not yet", "unknown")
POSTURES = {
    "high": ("rescue", "rescue", "save", "find out"), "medium": ("steady", "steady", "watch", "find out"),
    "low": ("grow", "nurture", "leave be", "find out"), "unknown": ("find out",) * 4,
}  # fmt: skip
LOOK = 3


def matrix(postures: pl.LazyFrame, accounts: pl.LazyFrame, *, by: Sequence[str] = ()) -> pl.LazyFrame:
    told = postures.join(accounts.select("account", *by), on="account").with_columns(pl.col("account").cast(pl.String))
    known = pl.col("mrr").is_not_null()
    one = pl.col("currency").filter(~known | (pl.col("mrr") != 0)).drop_nulls().n_unique() <= 1
    money = known.any() & one & ~(pl.col("currency") == "several").any()
    ranked = pl.col("account").sort_by("mrr", "account", descending=[True, False], nulls_last=True)
    corners = told.group_by(*by, "risk", "readiness").agg(
        accounts=pl.len().cast(pl.Int64), mrr=pl.when(money).then(pl.col("mrr").sum()),
        currency=pl.when(money).then(pl.col("currency").drop_nulls().sort().first()), look_at=ranked.head(LOOK),
    )  # fmt: skip
    return corners.join(_places(), on=["risk", "readiness"])


def _places() -> pl.LazyFrame:
    cells = [(risk, readiness, POSTURES[risk][at]) for risk in RISKS for at, readiness in enumerate(READINESS)]
    rows = [(place, *cell) for place, cell in enumerate(cells, 1)]
    return pl.LazyFrame(rows, schema={"position": pl.Int64, "risk": pl.String, "readiness": pl.String, "posture": pl.String}, orient="row")
