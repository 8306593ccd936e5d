"""Who left or came to pay much less, and what had gone before: weak activation, a change of owner, abandonment, a failed payment?

## Why
Every departure has a story, and each kind asks for another remedy: a better start, a new champion, a call in time, a better way to
collect.

## Columns
account     key    the account
day         date   the first day without the money, of the last time; empty: it never left and never shrank by a tenth
kind        label  left (ceased to pay altogether), shrank (pays at least a tenth less); stays: pays, and neither happened; free: never paid
reason      label  the first that holds: payment (a payment failed in the failed_days before, and nothing was cancelled); weak activation (left, had never been activated, and paid less than small_mrr); ownership change (an administrator joined or left in the change_days before, and it left or lost at least big_drop of what it paid); abandoned (no core success in the quiet_days before); unknown (none, but the export does not hold these days in full); other
choice      label  voluntary: a subscription was cancelled; involuntary: a payment failed, and none was; unknown
before      money  what it paid until then; empty: in several currencies
lost        money  what it pays less since
lost_share  share  lost / before
currency    label  of the amounts
activated   flag   it was activated before that day; empty: older than the export, or no activation is declared
changed     date   the last day on or before it on which an administrator joined (the first one apart) or left; empty: none known
last_worked date   the last day on or before it with a core success; empty: none seen
failed      date   the last day on or before it on which a payment failed; empty: none, or none declared
cancelled   flag   a subscription that ended or changed on that day had been cancelled; no date of it is no proof

## Headline
lost

## Limits
What goes before need not be the reason. When an account leaves, and what counts as recurring, is settled by the conventions of
`revenue`. small_mrr is in whatever currency the account pays. Who came back since stands here with the last time it left.

## Needs
subscriptions

## Better with
users  administrators who joined or left

## Order
-day -lost account

## Covers
C11 C12 C15

## Example: five departures, five stories
accounts:
account  observed_from
card     2020-01-01
small    2020-01-01
owner    2020-01-01
quiet    2020-01-01
none     2020-01-01
contract_state:
account  pays
card     false
small    false
owner    true
quiet    false
departures:
account  day         kind    currency  before  lost    activated  change_day  last_success  cancelled  failed_day
card     2026-05-20  left    EUR       200.00  200.00  true       ·           2026-05-19    false      2026-05-15
small    2026-05-19  left    EUR       20.00   20.00   false      ·           ·             true       2026-05-15
owner    2026-05-18  shrank  EUR       900.00  400.00  true       2026-04-18  2026-05-17    false      ·
quiet    2026-05-17  left    EUR       90.00   90.00   ·          2026-01-18  2026-04-01    false      ·
with as_of=2026-06-01
becomes
account  day         kind    reason            choice       before  lost    lost_share  currency  activated  changed     last_worked  failed      cancelled
card     2026-05-20  left    payment           involuntary  200.00  200.00  1           EUR       true       ·           2026-05-19   2026-05-15  false
small    2026-05-19  left    weak activation   voluntary    20.00   20.00   1           EUR       false      ·           ·            2026-05-15  true
owner    2026-05-18  shrank  ownership change  unknown      900.00  400.00  0.444444    EUR       true       2026-04-18  2026-05-17   ·           false
quiet    2026-05-17  left    abandoned         unknown      90.00   90.00   1           EUR       ·          2026-01-18  2026-04-01   ·           false
none     ·           free    ·                 ·            ·       ·       ·           ·         ·          ·           ·            ·           ·

## Example: small is not enough, a small loss is no matter of the owner, and in several currencies the amount is unknown
accounts:
account  observed_from
loyal    2020-01-01
trim     2020-01-01
large    2020-01-01
mixed    2020-01-01
contract_state:
account  pays
loyal    true
trim     true
large    false
mixed    false
departures:
account  day         kind    currency  before  lost    activated  change_day  last_success  cancelled  failed_day
trim     2026-05-18  shrank  EUR       900.00  100.00  true       2026-05-17  2026-05-17    false      ·
large    2026-05-17  left    EUR       900.00  900.00  false      ·           2026-05-16    false      ·
mixed    2026-05-16  left    ·         ·       ·       false      ·           2026-05-16    false      ·
with as_of=2026-06-01
becomes
account  day         kind    reason  choice   before  lost    lost_share  currency  activated  changed     last_worked  failed  cancelled
trim     2026-05-18  shrank  other   unknown  900.00  100.00  0.111111    EUR       true       2026-05-17  2026-05-17   ·       false
large    2026-05-17  left    other   unknown  900.00  900.00  1           EUR       false      ·           2026-05-16   ·       false
mixed    2026-05-16  left    other   unknown  ·       ·       ·           ·         false      ·           2026-05-16   ·       false
loyal    ·           stays   ·       ·        ·       ·       ·           ·         ·          ·           ·            ·       ·
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Days
from saasmetrics.statistics import Share

CENTS = 10_000


def churned(
    accounts: pl.LazyFrame, departures: pl.LazyFrame, contract_state: pl.LazyFrame, *,
    small_mrr: float = 100.0, big_drop: Share = 0.3, change_days: Days = 60, failed_days: Days = 14, quiet_days: Days = 28,
) -> pl.LazyFrame:  # fmt: skip
    told = accounts.select("account", "observed_from").join(departures, on="account", how="left").join(contract_state.select("account", "pays"), on="account", how="left")
    day, gone, left = pl.col("day"), pl.col("day").is_not_null(), pl.col("kind") == "left"
    since = {name: day - pl.col(name) for name in ("failed_day", "change_day", "last_success")}
    unpaid = (since["failed_day"] <= failed_days).fill_null(False) & ~pl.col("cancelled")
    small = left & ~pl.col("activated") & (pl.col("before") < small_mrr * CENTS)
    owner = (since["change_day"] <= change_days) & (left | (pl.col("lost") >= big_drop * pl.col("before")))
    quiet = (since["last_success"] > quiet_days) | pl.col("last_success").is_null()
    seen = (day - quiet_days >= pl.col("observed_from")).fill_null(False)
    reason = (
        pl.when(unpaid).then(pl.lit("payment")).when(small.fill_null(False)).then(pl.lit("weak activation"))
        .when(owner.fill_null(False)).then(pl.lit("ownership change")).when(quiet & seen).then(pl.lit("abandoned"))
        .when(quiet).then(pl.lit("unknown"))
        .otherwise(pl.lit("other"))
    )  # fmt: skip
    choice = pl.when("cancelled").then(pl.lit("voluntary")).when(unpaid).then(pl.lit("involuntary")).otherwise(pl.lit("unknown"))
    stays = pl.when(pl.col("pays").fill_null(False)).then(pl.lit("stays")).otherwise(pl.lit("free"))
    return told.with_columns(
        kind=pl.when(gone).then("kind").otherwise(stays), reason=pl.when(gone).then(reason), choice=pl.when(gone).then(choice),
        lost_share=pl.col("lost") / pl.col("before"), changed="change_day", last_worked="last_success", failed="failed_day",
    )  # fmt: skip
