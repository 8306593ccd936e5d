"""Which accounts cannot work, ask and get nothing done, or ask far too often?

## Why
An account manager calls one account, not an average: first the one whose work stands still, then the one that asks and never
succeeds, then the one that needs help with every few pieces of work.

## Columns
account       key    the account
state         label  the first that holds: unknown (there is no tickets table); left (no longer pays); blocked (a ticket known to stop the work is open at T); fruitless (tickets, and no success); hurt (per_100 is above hurt_from beyond luck: low is); inconspicuous
waiting       count  blocking tickets not solved at T, however old; empty: none is known, and one of those not solved does not say whether it blocks
waiting_days  count  whole days since the oldest of them was opened; empty: none is known
tickets       count  tickets opened in the friction_days before T, but none before the export's first day; empty: no tickets table
per_100       number 100 × tickets / successes; empty: no success
low           number lower end of its 95 % score interval
successes     count  successes of all workflows on these days; empty: no tickets table
mostly        label  the category of most of these tickets; of equally many the first of the alphabet; empty: none said
repeated      count  of these tickets, those opened at most repeat_days after another one of the same category
before        count  tickets of the friction_days before; empty: the export does not cover them
mrr           money  monthly recurring revenue at T; empty: unknown, never paid, or in several currencies
currency      label  its currency
last_ticket   date   the day of its last ticket; empty: none by T
refunds       count  refunds asked for on these days; empty: friction declares none
help          count  clicks on help, wherever; empty: friction declares none
dismissed     count  errors clicked away, wherever; empty: friction declares none
read          count  sessions in the knowledge base that ended in the friction_days before T; empty: friction declares none
then_asked    count  of these, those after which a ticket followed within solved_days, see `friction self_serve`; empty: no tickets table

## Limits
Few tickets are no proof of ease: the account may have given up. A click that counts for two workflows (see `friction workflows`)
counts twice here. Sessions whose solved_days are not over may still lead to a ticket.

## Better with
tickets        tickets, what they are about, and whether they block the work
subscriptions  the money at stake

## Order
state -waiting_days -tickets -help account

## Covers

## Example: who stands still comes first, then who never succeeds, then who asks too often beyond luck
accounts:
account  observed_from
gone     2025-01-01
idle     2025-01-01
lucky    2025-01-01
none     2025-01-01
often    2025-01-01
stuck    2025-01-01
tickets_known:
ticketed
true
friction_kinds:
measure  workflow   lacks
tickets  invoicing  ·
tickets  ·          ·
help     invoicing  ·
refunds  ·          needs friction.refunds
friction:
account  workflow   measure  day         events  base
stuck    invoicing  tickets  2026-05-29  1       50
often    invoicing  tickets  2026-05-01  20      0
often    ·          tickets  2026-05-02  10      0
often    invoicing  tickets  2026-05-03  0       100
often    invoicing  help     2026-05-03  7       9
none     invoicing  tickets  2026-05-03  2       0
lucky    invoicing  tickets  2026-05-03  1       2
repeats:
account  opened_at         opened_day  category  blocking  resolved_at       previous_day
stuck    2026-05-29 23:59  2026-05-29  bug       true      ·                 ·
often    2026-05-02 10:00  2026-05-02  how to    ·         ·                 2026-05-01
often    2026-05-01 10:00  2026-05-01  how to    ·         2026-05-02 00:00  ·
often    2026-05-02 10:00  2026-05-02  billing   ·         2026-05-02 00:00  2026-01-02
none     2026-05-03 10:00  2026-05-03  ·         false     ·                 ·
gone     2026-05-03 00:00  2026-05-03  ·         true      ·                 ·
topics:
topic  lacks
·      needs friction.knowledge
help_sessions:
account  day  asked_day
contract_state:
account  mrr     currency  ended_day
often    100.00  EUR       ·
gone     0.00    ·         2026-05-05
with as_of=2026-06-01
becomes
account  state          waiting  waiting_days  tickets  per_100  low       successes  mostly  repeated  before  mrr     currency  last_ticket  refunds  help  dismissed  read  then_asked
stuck    blocked        1        2             1        2        0.353049  50         bug     0         0       ·       ·         2026-05-29   ·        0     ·          ·     ·
none     fruitless      0        ·             2        ·        ·         0          ·       0         0       ·       ·         2026-05-03   ·        0     ·          ·     ·
often    hurt           ·        ·             30       30       21.01509  100        how to  1         0       100.00  EUR       2026-05-02   ·        7     ·          ·     ·
lucky    inconspicuous  0        ·             1        50       8.826228  2          ·       0         0       ·       ·         ·            ·        0     ·          ·     ·
idle     inconspicuous  0        ·             0        ·        ·         0          ·       0         0       ·       ·         ·            ·        0     ·          ·     ·
gone     left           1        29            0        ·        ·         0          ·       0         0       0.00    ·         2026-05-03   ·        0     ·          ·     ·

## Example: without a tickets table nobody is at ease, only unknown
accounts:
account  observed_from
a1       2026-05-01
tickets_known:
ticketed
false
friction_kinds:
measure  workflow   lacks
tickets  ·          needs sources.tickets
help     invoicing  ·
friction:
account  workflow   measure  day         events  base
a1       invoicing  help     2026-05-30  3       50
repeats:
account  opened_at  opened_day  category  blocking  resolved_at  previous_day
topics:
topic  lacks
·      ·
help_sessions:
account  day         asked_day
a1       2026-05-20  ·
a1       2026-05-21  ·
contract_state:
account  mrr  currency  ended_day
with as_of=2026-06-01
becomes
account  state    waiting  waiting_days  tickets  per_100  low  successes  mostly  repeated  before  mrr  currency  last_ticket  refunds  help  dismissed  read  then_asked
a1       unknown  ·        ·             ·        ·        ·    ·          ·       ·         ·       ·    ·         ·            ·        3     ·          2     ·

## Example: whole days are not dates apart, and what was asked before the export is no trouble of these days
accounts:
account  observed_from
a1       2026-05-10
tickets_known:
ticketed
true
friction_kinds:
measure  workflow   lacks
tickets  invoicing  ·
friction:
account  workflow   measure  day         events  base
a1       invoicing  tickets  2026-05-11  1       0
repeats:
account  opened_at         opened_day  category  blocking  resolved_at       previous_day
a1       2026-05-07 10:00  2026-05-07  bug       false     2026-05-08 00:00  ·
a1       2026-05-08 23:59  2026-05-08  bug       true      ·                 2026-05-07
a1       2026-05-11 10:00  2026-05-11  how to    false     2026-05-12 00:00  ·
topics:
topic  lacks
·      ·
help_sessions:
account  day  asked_day
contract_state:
account  mrr  currency  ended_day
with as_of=2026-06-01
becomes
account  state    waiting  waiting_days  tickets  per_100  low  successes  mostly  repeated  before  mrr  currency  last_ticket  refunds  help  dismissed  read  then_asked
a1       blocked  1        23            1        ·        ·    0          how to  0         ·       ·    ·         2026-05-11   ·        ·     ·          0     0
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import DAY, Clock, Days, Delay
from saasmetrics.statistics import poisson

CLICKS = ["refunds", "help", "dismissed"]


def accounts(
    accounts: pl.LazyFrame, friction_kinds: pl.LazyFrame, friction: pl.LazyFrame, tickets_known: pl.LazyFrame, repeats: pl.LazyFrame,
    topics: pl.LazyFrame, help_sessions: pl.LazyFrame, contract_state: pl.LazyFrame, clock: Clock, *,
    friction_days: Days = 90, repeat_days: Delay = 14, solved_days: Delay = 7, hurt_from: float = 10.0,
) -> pl.LazyFrame:  # fmt: skip
    since = clock.day - friction_days
    told = accounts.select("account", "observed_from").join(tickets_known, how="cross").join(_declared(friction_kinds, topics), how="cross")
    sessions = help_sessions.filter(pl.col("day") >= since).group_by("account").agg(
        read=pl.len().cast(pl.Int64), then_asked=(pl.col("asked_day") - pl.col("day") <= solved_days).sum().cast(pl.Int64)
    )
    seen = (pl.col("opened_day") >= pl.col("observed_from")).fill_null(True) & (pl.col("opened_day") >= since)
    asked = repeats.join(accounts.select("account", "observed_from"), on="account").with_columns(recent=seen)
    parts = (_counts(friction, since, friction_days), _asked(asked, clock, repeat_days), _mostly(asked.filter("recent")), sessions)
    for part in (*parts, contract_state.select("account", "mrr", "currency", "ended_day")):
        told = told.join(part, on="account", how="left")
    return _judged(told, since - friction_days, hurt_from)


def _judged(told: pl.LazyFrame, earliest: int, hurt_from: float) -> pl.LazyFrame:
    ticketed, known = pl.col("ticketed"), {**{name: f"has_{name}" for name in CLICKS}, "read": "has_read"}
    counts = {name: pl.when("ticketed").then(pl.col(name).fill_null(0)) for name in ("tickets", "successes", "repeated")}
    counts["waiting"] = pl.when(ticketed & ~pl.col("unsaid").fill_null(False)).then(pl.col("waiting").fill_null(0))
    counts |= {name: pl.when(pl.col(flag)).then(pl.col(name).fill_null(0)) for name, flag in known.items()}
    counts["then_asked"] = pl.when(ticketed & pl.col("has_read")).then(pl.col("then_asked").fill_null(0))
    covered = pl.col("observed_from") <= earliest
    filled = told.with_columns(**counts, before=pl.when(ticketed & covered).then(pl.col("before").fill_null(0)))
    n, k = pl.col("successes"), pl.col("tickets")
    low, _ = poisson(k, n, pl.lit(100))
    state = (
        pl.when(~ticketed).then(pl.lit("unknown")).when(pl.col("ended_day").is_not_null()).then(pl.lit("left")).when(pl.col("waiting") > 0).then(pl.lit("blocked"))
        .when((k > 0) & (n == 0)).then(pl.lit("fruitless")).when(low > hurt_from).then(pl.lit("hurt"))
        .otherwise(pl.lit("inconspicuous"))
    )  # fmt: skip
    return filled.with_columns(state=state, per_100=pl.when(n > 0).then(100 * k / n), low=low)


def _declared(friction_kinds: pl.LazyFrame, topics: pl.LazyFrame) -> pl.LazyFrame:
    """One row: which counts there can be at all."""
    declared = {name: (pl.col("measure") == name) & pl.col("lacks").ne_missing(pl.lit(f"needs friction.{name}")) for name in CLICKS}
    kinds = friction_kinds.select(told.any().alias(f"has_{name}") for name, told in declared.items())
    return kinds.join(topics.select(has_read=pl.col("lacks").is_null().any()), how="cross")


def _counts(friction: pl.LazyFrame, since: int, friction_days: int) -> pl.LazyFrame:
    recent, asked = pl.col("day") >= since, pl.col("measure") == "tickets"
    earlier = (pl.col("day") < since) & (pl.col("day") >= since - friction_days)
    return friction.group_by("account").agg(
        tickets=pl.when(asked & recent).then("events").sum(), successes=pl.when(asked & recent).then("base").sum(),
        before=pl.when(asked & earlier).then("events").sum(),
        **{name: pl.when(recent & (pl.col("measure") == name)).then("events").sum() for name in CLICKS},
    )  # fmt: skip


def _asked(asked: pl.LazyFrame, clock: Clock, repeat_days: int) -> pl.LazyFrame:
    again = pl.col("recent") & (pl.col("opened_day") - pl.col("previous_day") <= repeat_days)
    stands = pl.col("blocking").fill_null(False) & pl.col("resolved_at").is_null()
    unsaid = pl.col("blocking").is_null() & pl.col("resolved_at").is_null()
    return asked.group_by("account").agg(
        unsaid=unsaid.any() & ~stands.any(), repeated=again.sum().cast(pl.Int64), waiting=stands.sum().cast(pl.Int64), last_ticket=pl.col("opened_day").max(),
        waiting_days=(clock.now - pl.when(stands).then("opened_at").min()).floordiv(DAY),
    )  # fmt: skip


def _mostly(recent: pl.LazyFrame) -> pl.LazyFrame:
    named = recent.filter(pl.col("category").is_not_null())
    counted = named.group_by("account", "category").agg(n=pl.len()).sort("account", "n", "category", descending=[False, True, False])
    return counted.group_by("account", maintain_order=True).agg(mostly=pl.col("category").first())
