"""Where do the user view and the account view disagree?

## Why
A person who falls silent is no lost customer, and a customer can be lost in all but one person. Accounts that go on working while
their people drop out are the ones that both views miss alone.

## Columns
account        key    the account
diverges       flag   active, but at most half of the people who ever did core work still do
account_state  label  active: a core success in the last `days` days, by people or service users; dormant: only before; never: not once in the export; left: no longer pays
active         count  people with a core success in the last `days` (28) days; empty: the events name no users
dormant        count  people who had one only before, and were not deactivated
never          count  people who joined at least `settle` days before T and had not one in the export
share          share  active / (active + dormant)
low            share  Wilson 95 % interval
high           share  Wilson 95 % interval
last_success   date   last day with a core success
reading        text   the two views side by side, where they differ

## Limits
Both views use the same measure: a success in a core workflow. People outside the core workflows are dormant or never here,
though they may do other work. Deactivated people have left and are not counted.

## Order
-diverges -dormant account_state account

## Better with
users          who joined and never worked, who left, and which users are integrations
subscriptions  which accounts left

## Covers
C13

## Example: one of two goes on: a silent person is no lost account
accounts:
account
a1
quiet
contract_state:
account  ended_day
persons:
account  user  since_at          joined  left
a1       ann   2025-01-01 00:00  true    false
a1       bob   2025-01-01 00:00  true    false
a1       cy    2025-01-01 00:00  true    false
a1       dan   2025-01-01 00:00  true    true
a1       eve   2025-01-01 00:00  true    false
quiet    fay   2025-01-01 00:00  true    false
activity:
account  day         core  n
a1       2026-01-04  true  5
quiet    2025-11-01  true  5
user_activity:
account  user  day         core   n
a1       ann   2026-01-04  true   5
a1       bob   2025-11-01  true   5
a1       bob   2026-01-20  false  5
a1       dan   2025-11-01  true   5
quiet    fay   2025-11-01  true   5
people_known:
named  listed
true   true
with as_of=2026-02-01
becomes
account  diverges  account_state  active  dormant  never  share  low       high      last_success  reading
a1       true      active         1       1        2      0.5    0.094531  0.905469  2026-01-04    the account works on with 1 of the 2 people who ever worked; 1 silent for 28 days or more
quiet    false     dormant        0       1        0      0      0         0.793451  2025-11-01    ·

## Example: an account that works through its integration alone
accounts:
account
robot
silent
contract_state:
account  ended_day
persons:
account  user  since_at          joined  left
robot    ann   2025-01-01 00:00  true    false
activity:
account  day         core  n
robot    2026-01-20  true  5
user_activity:
account  user  day         core  n
robot    ann   2025-11-01  true  5
people_known:
named  listed
true   true
with as_of=2026-02-01
becomes
account  diverges  account_state  active  dormant  never  share  low  high      last_success  reading
robot    true      active         0       1        0      0      0    0.793451  2026-01-20    the account works on through service users or people unknown; all 1 who ever worked are silent
silent   false     never          0       0        0      ·      ·    ·         ·             ·
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import DAY, Clock, Days, Delay
from saasmetrics.sentences import sentence
from saasmetrics.statistics import share, wilson

PEOPLE = ("active", "dormant", "never")


def users(
    accounts: pl.LazyFrame, contract_state: pl.LazyFrame, persons: pl.LazyFrame, activity: pl.LazyFrame, user_activity: pl.LazyFrame,
    people_known: pl.LazyFrame, clock: Clock, *, days: Days = 28, settle: Delay = 14,
) -> pl.LazyFrame:  # fmt: skip
    last = activity.filter("core").group_by("account").agg(last_success=pl.col("day").max())
    told = accounts.select("account").join(last, on="account", how="left").join(_people(persons, user_activity, clock, days, settle), on="account", how="left")
    known = told.join(people_known, how="cross").with_columns(pl.when("named").then(pl.col(name).fill_null(0)).alias(name) for name in PEOPLE)
    ended = contract_state.select("account", left=pl.col("ended_day").is_not_null())
    k, n = pl.col("active"), pl.col("active") + pl.col("dormant")
    low, high = wilson(k, n)
    placed = known.join(ended, on="account", how="left").with_columns(account_state=_state(clock.day - days))
    diverges = (pl.col("account_state") == "active") & (pl.col("dormant") > 0) & (2 * k <= n)
    return placed.with_columns(diverges=diverges.fill_null(False), share=share(k, n), low=low, high=high).with_columns(reading=_reading(days))


def _people(persons: pl.LazyFrame, user_activity: pl.LazyFrame, clock: Clock, days: int, settle: int) -> pl.LazyFrame:
    """Each account's people by when they last did core work; those who left are nobody's."""
    last = user_activity.filter("core").group_by("account", "user").agg(core_day=pl.col("day").max())
    stays = persons.filter(pl.col("joined") & ~pl.col("left")).join(last, on=["account", "user"], how="left")
    now, settled = pl.col("core_day") >= clock.day - days, (pl.col("since_at") + settle * DAY <= clock.now).fill_null(True)
    return stays.group_by("account").agg(
        active=now.sum().cast(pl.Int64), dormant=(~now).sum().cast(pl.Int64), never=(pl.col("core_day").is_null() & settled).sum().cast(pl.Int64)
    )


def _state(first: int) -> pl.Expr:
    return (
        pl.when(pl.col("left").fill_null(False)).then(pl.lit("left"))
        .when(pl.col("last_success").is_null()).then(pl.lit("never"))
        .when(pl.col("last_success") >= first).then(pl.lit("active"))
        .otherwise(pl.lit("dormant"))
    )  # fmt: skip


def _reading(days: int) -> pl.Expr:
    people = pl.col("active") + pl.col("dormant")
    some = sentence(f"the account works on with {{}} of the {{}} people who ever worked; {{}} silent for {days} days or more", "active", people, "dormant")
    none = sentence("the account works on through service users or people unknown; all {} who ever worked are silent", people)
    return pl.when("diverges").then(pl.when(pl.col("active") == 0).then(none).otherwise(some))
