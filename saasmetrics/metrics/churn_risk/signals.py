"""What each risk signal means, and how many accounts and how much money it touches.

## Why
The default points follow from what a signal says, and are fitted to nobody's data. Core work that falls (30) is the customer's job
going elsewhere: the thing itself. Fewer people at it (15) is the same fall seen across the account. A value-bearing feature given
up, a silence out of rhythm, an administrator gone and a start never finished (10 each) each say that one thing is wrong, and may
have a good reason. Shallow use, a renewal close to a fall and all hanging on one person (5 each) are no fall: they make one worse.
So a fall in core work needs one more sign to be high risk, and two lesser signs make it medium. `backtest churn-risk` says what
each was worth in your own data. Who pays and was never seen (60) did nothing that could fall: where that sign fires no other counts, and
the account is at high risk, or its events bear another name.

## Columns
position  key    order in the definition
signal    label  its name in the definition file
ident     label  its number in the catalogue; empty: it has none
judged    count  accounts that the data can judge by it
fired     count  of these, those it fired for
few       count  accounts with too little use to tell a change from noise
unknown   count  accounts that the data cannot judge by it: not counted as safe
rate      share  fired / judged
mrr       money  of the accounts it fired for; empty: unknown, or in several currencies
why       text   what it means

## Limits
A signal that fires for most accounts says little; one that never fires may lack its data (see `unknown`). low_adoption counts the
paid seats that do core work: where people hold seats to read or to approve it fires for most (in the example data for two accounts
in three, mostly for their seats), and then tells nobody apart: lower its `seat_use` to what only your weakest accounts fall
short of, or give it no points.

## Judged
declining_workflow         core work by complete periods of the workflow's cadence (of a daily one by weeks): each of the last `periods` lies `drop`
                           below the mean of the four before; of an account that pays and has gone silent, of the four up to its last success,
                           so it stays fallen until a period with work is complete. Of the four only those count that account and export were
                           there for in full, two at least, with `min_base` successes together
fewer_active_users         people with core work in the last 28 days beside those of the 28 before: `min_drop` fewer, and fewer by `drop`; too few to tell where there were none.
                           Unknown where the account was created, or the export begins, less than 56 days before T; so is the one above
less_high_value_use        uses of all high-value features together likewise, from `min_base` on; too few to tell where the export begins so late
longer_gaps                whole days without core work since the last one, beside the `quantile` of the account's own gaps between days with
                           it (by linear interpolation), from `min_gaps` of them on
no_admin_activity          more than `days` whole days without an event of an administrator; of one never seen, of the days since the creation
                           or the first of the export
weak_onboarding            less than `share` of the required steps once activation.within is over; unknown of accounts older than the export
low_adoption               after more than `after` days: `tier` never reached in a core workflow, or fewer than `seat_use` of the paid seats with
                           core work in the last 28 days
usage_down_before_renewal  declining_workflow fires, and the renewal is at most `within` days off; further off it does not fire, and needs no base
single_user                one person made `top_share` of the successes by people in the last 28 days (five at least), and the 90 days before
                           rested on `was` equally busy people or more; too few to tell where nobody worked then
never_seen                 pays, and no event in `days` days of it that the export holds

## Better with
users          signals on administrators, seats and people
subscriptions  renewals, seats, and the money at stake

## Account by account
churn_risk.accounts

## Covers
C01 C02 C03 C04 C05 C06 C07 C08 C09

## Example: unknown is not safe
risk_signals:
account  position  signal  ident  state         why
a1       1         gaps    C04    fired         long silence
a2       1         gaps    C04    quiet         long silence
a3       1         gaps    C04    unknown       long silence
a4       1         gaps    C04    insufficient  long silence
snapshot:
account  mrr     currency
a1       100.00  EUR
a2       50.00   EUR
a3       ·       ·
a4       ·       ·
becomes
position  signal  ident  judged  fired  few  unknown  rate  mrr     why
1         gaps    C04    2       1      1    1        0.5   100.00  long silence

## Example: money in two currencies is not added
risk_signals:
account  position  signal  ident  state  why
a1       1         gaps    C04    fired  long silence
a2       1         gaps    C04    fired  long silence
snapshot:
account  mrr     currency
a1       100.00  EUR
a2       50.00   USD
becomes
position  signal  ident  judged  fired  few  unknown  rate  mrr  why
1         gaps    C04    2       2      0    0        1     ·    long silence
"""

from __future__ import annotations

import polars as pl

from saasmetrics.statistics import share


def signals(risk_signals: pl.LazyFrame, snapshot: pl.LazyFrame) -> pl.LazyFrame:
    paid = risk_signals.join(snapshot.select("account", "mrr", "currency"), on="account", how="left")
    fired, unknown = pl.col("state") == "fired", pl.col("state") == "unknown"
    currencies = pl.col("currency").filter(fired).drop_nulls().n_unique()
    known = pl.col("mrr").filter(fired).is_not_null().any() & (currencies <= 1)
    told = paid.group_by("position", "signal", "ident", "why").agg(
        judged=(fired | (pl.col("state") == "quiet")).sum().cast(pl.Int64), fired=fired.sum().cast(pl.Int64),
        few=(pl.col("state") == "insufficient").sum().cast(pl.Int64), unknown=unknown.sum().cast(pl.Int64),
        mrr=pl.when(known).then(pl.col("mrr").filter(fired).sum()),
    )  # fmt: skip
    return told.with_columns(rate=share(pl.col("fired"), pl.col("judged")))
