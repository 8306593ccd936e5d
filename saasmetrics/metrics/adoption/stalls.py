"""Which accounts are stalled at a tier or have fallen from one, and what happened before?

## Why
An account that works at the same depth for months pays for more than it uses; one that gave a tier up is on its way out.
The missing steps say what to talk about.

## Columns
account    key    the account
workflow   key    the workflow
state      label  fallen: the deepest tier it ever reached is no longer done within trailing_days; stalled: it still holds its deepest tier, and has not reached the next for stalled_after days or longer
tier       label  the deepest tier it ever reached
days       days   from `since` to T
missing    text   fallen: the steps of the lost tier not done within trailing_days; stalled: the steps of the next tier never done
mrr        money  monthly recurring revenue at T; empty: unknown, never paid, or in several currencies
currency   label  its currency
since      date   fallen: the first day on which the tier no longer counted as held; stalled: the day on which the account reached its tier
now        label  fallen: the tier still held, empty: none; stalled: the same tier
next       label  stalled: the tier it does not reach
last_step  label  the last thing it did or tried in the workflow, a failure included
last_day   date   when that was
failures   count  failures in the workflow in the `before` days up to and including that day; empty: the workflow declares none
attempts   count  attempts in the same days; empty: the workflow declares none
held_until date   the last day on which all of its deepest tier was still done; of several steps, the one longest ago
standing   label  pays; no subscription: none is known; left: no longer pays
tickets    count  tickets opened in the same days as the failures, about this workflow or about none in particular; empty: there is no tickets table

## Headline
days

## Limits
What the tickets were about is in `adoption stall_reasons`. An account that holds the deepest tier there is cannot stall; one older
than the export cannot be called stalled, since its deeper work may lie before it, but it can have fallen from a tier that
was seen. An account that still works but whose plan lacks the next tier's steps is stalled too. Whoever never reached any
tier is in `adoption accounts`.
Of several things on one day `last_step` is a failure, else the deepest tier's step (deeper than all is a success that no tier
asks for), an attempt last. `missing` is in the order of the tiers, then of their names.

## Order
-standing state -mrr -days account workflow

## Better with
subscriptions  the money at stake, and who has left
tickets        the calls for help before it

## Covers
D05 D09

## Example: fallen, stalled, and neither
deepest:
account  workflow   level  tier      reached_at        last_day    next      climbs
falls    invoicing  2      standard  2026-01-06 00:00  2026-02-01  ·         false
fine     invoicing  2      standard  2026-01-06 00:00  2026-05-20  ·         false
stalls   invoicing  1      basic     2026-03-02 00:00  2026-05-20  standard  true
tiers:
account  workflow   level  tier      reached_at        last_day
falls    invoicing  1      basic     2026-01-05 00:00  2026-05-20
falls    invoicing  2      standard  2026-01-06 00:00  2026-02-01
fine     invoicing  1      basic     2026-01-05 00:00  2026-05-20
fine     invoicing  2      standard  2026-01-06 00:00  2026-05-20
stalls   invoicing  1      basic     2026-03-02 00:00  2026-05-20
workflow_rules:
workflow   rule  name   level  attempt  failure
invoicing  0     draft  1      true     false
invoicing  1     post   2      false    false
invoicing  2     send   2      false    false
invoicing  3     fail   ·      false    true
rule_days:
account  rule  first_at          last_day
falls    0     2026-01-05 00:00  2026-05-20
falls    1     2026-01-05 00:00  2026-02-01
falls    2     2026-01-06 00:00  2026-05-10
fine     0     2026-01-05 00:00  2026-05-20
stalls   0     2026-03-02 00:00  2026-05-20
stalls   1     2026-03-09 00:00  2026-03-09
stalls   3     2026-05-22 00:00  2026-05-25
outcomes:
account  workflow   day         attempts  failures
stalls   invoicing  2026-05-25  3         2
stalls   invoicing  2026-04-28  1         1
stalls   invoicing  2026-04-27  9         9
contract_state:
account  mrr   currency  ended_day
stalls   9.00  EUR       ·
tickets:
account  opened_day  workflow
stalls   2026-04-27  invoicing
stalls   2026-04-28  invoicing
stalls   2026-05-25  ·
stalls   2026-05-25  shipping
stalls   2026-05-26  invoicing
tickets_known:
ticketed
true
with as_of=2026-06-01
becomes
account  workflow   state    tier      days  missing  mrr   currency  since       now    next      last_step  last_day    failures  attempts  held_until  standing         tickets
stalls   invoicing  stalled  basic     91    send     9.00  EUR       2026-03-02  basic  standard  fail       2026-05-25  3         4         2026-05-20  pays             2
falls    invoicing  fallen   standard  29    post     ·     ·         2026-05-03  basic  ·         draft      2026-05-20  0         0         2026-02-01  no subscription  0

## Example: older than the export: not stalled, but it may have fallen; young: not stalled yet
deepest:
account  workflow   level  tier   reached_at        last_day    next      climbs
old      invoicing  1      basic  2026-01-05 00:00  2026-05-20  standard  false
older    invoicing  1      basic  2026-01-05 00:00  2026-01-20  standard  false
young    invoicing  1      basic  2026-05-05 00:00  2026-05-20  standard  true
tiers:
account  workflow   level  tier   reached_at        last_day
old      invoicing  1      basic  2026-01-05 00:00  2026-05-20
older    invoicing  1      basic  2026-01-05 00:00  2026-01-20
young    invoicing  1      basic  2026-05-05 00:00  2026-05-20
workflow_rules:
workflow   rule  name   level  attempt  failure
invoicing  0     draft  1      false    false
rule_days:
account  rule  first_at          last_day
old      0     2026-01-05 00:00  2026-05-20
older    0     2026-01-05 00:00  2026-01-20
young    0     2026-05-05 00:00  2026-05-20
outcomes:
account  workflow   day         attempts  failures
contract_state:
account  mrr   currency  ended_day
older    0.00  ·         2026-03-01
tickets:
account  opened_day  workflow
tickets_known:
ticketed
false
with as_of=2026-06-01
becomes
account  workflow   state   tier   days  missing  mrr   currency  since       now  next  last_step  last_day    failures  attempts  held_until  standing  tickets
older    invoicing  fallen  basic  41    draft    0.00  ·         2026-04-21  ·    ·     draft      2026-01-20  ·         ·         2026-01-20  left      ·
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import DAY, Clock, Days

KEYS = ["account", "workflow"]
MANY = 10**6  # more steps than any definition has
KINDS = {"attempts": "attempt", "failures": "failure"}


def stalls(
    deepest: pl.LazyFrame, tiers: pl.LazyFrame, workflow_rules: pl.LazyFrame, rule_days: pl.LazyFrame, outcomes: pl.LazyFrame,
    contract_state: pl.LazyFrame, tickets: pl.LazyFrame, tickets_known: pl.LazyFrame, clock: Clock, *,
    stalled_after: Days = 60, trailing_days: Days = 90, before: Days = 28,
) -> pl.LazyFrame:  # fmt: skip
    found = _found(deepest, tiers, clock, stalled_after, trailing_days).cache()
    used = rule_days.select("account", "rule", used_day="last_day")
    told = found.join(_missing(found, workflow_rules, used, clock.day - trailing_days), on=KEYS, how="left")
    told = told.join(_last_step(workflow_rules, used), on=KEYS, how="left").cache()
    told = told.join(_tried(told, outcomes, before), on=KEYS, how="left").join(_declared(workflow_rules), on="workflow", how="left")
    told = told.join(_asked(told, tickets, before), on=KEYS, how="left").join(tickets_known, how="cross")
    money = contract_state.select("account", "mrr", "currency", standing=pl.when(pl.col("ended_day").is_null()).then(pl.lit("pays")).otherwise(pl.lit("left")))
    counts = {kind: pl.when(f"has_{kind}").then(pl.col(kind).fill_null(0)) for kind in KINDS}
    counts["tickets"] = pl.when("ticketed").then(pl.col("tickets").fill_null(0))
    return told.join(money, on="account", how="left").with_columns(days=clock.day - pl.col("since"), held_until="tier_day", standing=pl.col("standing").fill_null("no subscription"), **counts)


def _found(deepest: pl.LazyFrame, tiers: pl.LazyFrame, clock: Clock, stalled_after: int, trailing_days: int) -> pl.LazyFrame:
    """account, workflow, level, tier, now, next, state, since, tier_day of those that are stalled or have fallen."""
    recent = pl.col("last_day") >= clock.day - trailing_days
    held = tiers.filter(recent).filter(pl.col("level") == pl.col("level").max().over(KEYS)).select(*KEYS, now="tier")
    waits = pl.col("climbs") & (pl.col("reached_at") + stalled_after * DAY <= clock.now)
    state = pl.when(~recent).then(pl.lit("fallen")).when(waits).then(pl.lit("stalled"))
    judged = deepest.with_columns(state=state, holds=recent).filter(pl.col("state").is_not_null()).join(held, on=KEYS, how="left")
    lost = pl.col("last_day").cast(pl.Int32) + trailing_days + 1
    since = pl.when("holds").then(clock.day_of(pl.col("reached_at"))).otherwise(lost)
    return judged.with_columns(since=since, next=pl.when("holds").then("next"), tier_day="last_day").drop("climbs", "reached_at", "last_day")


def _missing(found: pl.LazyFrame, rules: pl.LazyFrame, used: pl.LazyFrame, cutoff: int) -> pl.LazyFrame:
    """Of a lost tier the steps not done lately, of the next one those never done; in the order of the tiers."""
    asked = rules.filter(pl.col("level").is_not_null()).select("workflow", "rule", "name", step="level")
    pairs = found.select(*KEYS, "level", "holds").join(asked, on="workflow").join(used, on=["account", "rule"], how="left")
    never = pl.col("holds") & (pl.col("step") == pl.col("level") + 1) & pl.col("used_day").is_null()
    stopped = ~pl.col("holds") & (pl.col("step") <= pl.col("level")) & (pl.col("used_day") < cutoff)
    lacking = pairs.filter(never | stopped.fill_null(False)).sort("step", "name")
    return lacking.group_by(KEYS, maintain_order=True).agg(missing=pl.col("name").str.join(", "))


def _last_step(rules: pl.LazyFrame, used: pl.LazyFrame) -> pl.LazyFrame:
    """The step done last; of several on one day a failure, then the deepest, then the last by name."""
    untold = pl.when("attempt").then(0).otherwise(MANY)  # no tier asks for it: the attempt, or else the success
    ranked = rules.sort("failure", pl.col("level").fill_null(untold), "name", "workflow", "rule").with_row_index("rank").cast({"rank": pl.Int64})
    latest = (pl.col("used_day").cast(pl.Int64) * MANY + pl.col("rank")).max()
    last = used.join(ranked, on="rule").group_by(KEYS).agg(rank=latest % MANY, last_day=latest.floordiv(MANY).cast(pl.Int32))
    return last.join(ranked.select("rank", last_step="name"), on="rank").drop("rank")


def _tried(told: pl.LazyFrame, outcomes: pl.LazyFrame, before: int) -> pl.LazyFrame:
    near = told.select(*KEYS, "last_day").join(outcomes, on=KEYS)
    inside = pl.col("day").is_between(pl.col("last_day") - before + 1, pl.col("last_day"))
    return near.filter(inside).group_by(KEYS).agg(pl.col(list(KINDS)).sum())


def _asked(told: pl.LazyFrame, tickets: pl.LazyFrame, before: int) -> pl.LazyFrame:
    """Tickets about the workflow, or about none in particular, in the same days."""
    near = told.select(*KEYS, "last_day").join(tickets.select("account", "opened_day", about="workflow"), on="account")
    inside = pl.col("opened_day").is_between(pl.col("last_day") - before + 1, pl.col("last_day"))
    fits = (pl.col("about") == pl.col("workflow")).fill_null(True)
    return near.filter(inside & fits).group_by(KEYS).agg(tickets=pl.len().cast(pl.Int64))


def _declared(rules: pl.LazyFrame) -> pl.LazyFrame:
    return rules.group_by("workflow").agg(pl.col(flag).any().alias(f"has_{kind}") for kind, flag in KINDS.items())
