"""Which expected role is missing?

## Why
A workflow that only half of its people do is half adopted, and the half that does not is the half that votes against the
renewal. Each gap stands with its numbers as a sentence.

## Columns
position  key    order of the gaps
gap       label  role missing, managers watch, admins alone, champion alone; none: nothing found; unknown: no people with roles, or nobody at work
account   key    the account
workflow  key    the workflow; `any` where the gap is one of the whole account
role      key    the role that is missing; `any` where none is meant
idle      count  people who ought to work and did not
people    count  people who ought to
share     share  at work: 1 − idle / people
low       share  Wilson 95 % interval
high      share  Wilson 95 % interval
text      text   the gap, with its numbers

## Limits
People count once they have been there for `settle` days, or from their first success on, whichever is sooner. Role missing: an expected role has people and none of the workflow's
successes of the last `days` days, although by its part of the people it would have had some beyond doubt (Wilson). Managers
watch: somebody who manages looked at pages (activity.page_views) and did no work, and at most `watched_share` of those expected in core
workflows had a success. Admins alone: all who worked are administrators, although others were expected to, beyond doubt again. Champion alone: one
person made champion_share of the successes, in at least champion_weeks weeks, and at most spread_share of those invited ever
had one. The part is of those expected in the workflow or who did it (admins alone: of the others expected and those who worked). Whoever has left has no role
here: a role is not at work because somebody did its work who is gone. Nor has, where dates of joining are known, who has neither
joined nor worked; only champion alone counts whoever was invited. The others expected are no managers in managers watch, no
administrators in admins alone; managers watch and champion alone need at least 2 others. Without a role `manager`,
administrators manage.

## Order
position -idle account workflow role

## Needs
users

## Covers
W07 W08 W09 W10

## Example: finance does it, operations do not; whoever is new is missed nowhere, and counts where they work
accounts:
account
a1
a2
a3
persons:
account  user  role     admin  manager  since_at          invited_at  joined  left   first_day
a1       ann   finance  false  false    2025-01-01 00:00  ·           true    false  2025-02-01
a1       bob   ops      false  false    2025-01-01 00:00  ·           true    false  ·
a1       cy    ops      false  false    2025-01-01 00:00  ·           true    true   ·
a2       dan   finance  false  false    2025-01-01 00:00  ·           true    false  2025-02-01
a2       eve   ops      false  false    2026-01-30 00:00  ·           true    false  ·
a3       fay   finance  false  false    2025-01-01 00:00  ·           true    false  2025-02-01
a3       gus   ops      false  false    2025-01-01 00:00  ·           true    false  ·
a3       new   ops      false  false    2026-01-30 00:00  ·           true    false  2026-01-31
user_activity:
account  user  workflow  day         core  n
a1       ann   bills     2026-01-20  true  20
a2       dan   bills     2026-01-20  true  20
a3       fay   bills     2026-01-20  true  20
a3       new   bills     2026-01-31  true  1
expected_roles:
workflow  role     core
bills     finance  true
bills     ops      true
views:
account  user  day  n
people_known:
named  listed
true   true
with as_of=2026-02-01
becomes
position  gap           account  workflow  role  idle  people  share  low  high      text
1         role missing  a1       bills     ops   1     1       0      0    0.793451  none of 1 with role ops had any of the 20 bills successes of the last 90 days; they were by finance
5         none          a2       any       any   ·     ·       ·      ·    ·         ·
5         none          a3       any       any   ·     ·       ·      ·    ·         ·

## Example: little work proves no gap, but watching managers and lonely champions are seen
accounts:
account
calm
lone
seen
persons:
account  user  role     admin  manager  since_at          invited_at        joined  left   first_day
calm     ann   finance  false  true     2025-01-01 00:00  ·                 true    false  2025-02-01
calm     bob   ops      false  false    2025-01-01 00:00  ·                 true    false  ·
calm     zoe   ops      false  false    2025-01-01 00:00  ·                 true    false  ·
lone     cy    finance  false  false    2025-01-01 00:00  ·                 true    false  2025-02-01
lone     dan   ·        false  false    2025-01-01 00:00  2025-01-01 00:00  false   false  ·
lone     eve   ·        false  false    2025-01-01 00:00  2025-01-01 00:00  false   false  ·
seen     fay   boss     false  true     2025-01-01 00:00  ·                 true    false  ·
seen     gus   finance  false  false    2025-01-01 00:00  ·                 true    false  ·
seen     hal   finance  false  false    2025-01-01 00:00  ·                 true    false  ·
user_activity:
account  user  workflow  day         core  n
calm     ann   bills     2026-01-20  true  1
lone     cy    bills     2026-01-02  true  5
lone     cy    bills     2026-01-08  true  5
lone     cy    bills     2026-01-15  true  5
lone     cy    bills     2026-01-22  true  5
expected_roles:
workflow  role     core
bills     finance  true
bills     ops      true
views:
account  user  day         n
calm     ann   2026-01-20  9
seen     fay   2026-01-20  7
seen     gus   2026-01-20  3
people_known:
named  listed
true   true
with as_of=2026-02-01
becomes
position  gap             account  workflow  role  idle  people  share  low  high     text
2         managers watch  seen     any       any   2     2       0      0    0.65762  1 who manage looked at pages 7 times in the last 90 days and did no work; 0 of the 2 who ought to do core work had a success
4         champion alone  lone     any       any   2     2       0      0    0.65762  cy made 20 of the 20 successes of the last 90 days, in 4 weeks; of 2 others invited, 0 ever had one
5         none            calm     any       any   ·     ·       ·      ·    ·        ·
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import DAY, Clock, Days, Delay
from saasmetrics.sentences import sentence
from saasmetrics.statistics import Share, share, wilson

COLUMNS = ("account", "gap", "workflow", "role", "idle", "people", "text")
GAPS = ("role missing", "managers watch", "admins alone", "champion alone", "none", "unknown")
FEWEST = 2  # people, before their number says anything


def role_gaps(
    accounts: pl.LazyFrame, persons: pl.LazyFrame, user_activity: pl.LazyFrame, expected_roles: pl.LazyFrame, views: pl.LazyFrame,
    people_known: pl.LazyFrame, clock: Clock, *,
    days: Days = 90, settle: Delay = 14, watched_share: Share = 0.25, champion_share: Share = 0.9, champion_weeks: int = 4, spread_share: Share = 0.34,
) -> pl.LazyFrame:  # fmt: skip
    first = clock.day - days
    lately = user_activity.filter(pl.col("day") >= first).join(people_known.filter("named"), how="cross")
    work = lately.group_by("account", "user", "workflow", "core", week=clock.index(pl.col("day"), "week")).agg(pl.col("n").sum()).cache()
    there = pl.col("first_day").is_not_null() | (pl.col("since_at") + settle * DAY <= clock.now).fill_null(True)
    settled = persons.filter(there & ~pl.col("left"))
    staff = settled.filter("joined")
    seen = views.filter(pl.col("day") >= first)
    found = [
        _missing(staff, work, expected_roles, days),
        _watched(staff, work, expected_roles, seen, days).filter(pl.col("people") - pl.col("idle") <= watched_share * pl.col("people")),
        _admins(staff, work, expected_roles, days),
        _champions(settled, work, days, champion_share, champion_weeks).filter(pl.col("people") - pl.col("idle") <= spread_share * pl.col("people")),
    ]
    gaps = pl.concat([gap.select(COLUMNS) for gap in found], how="vertical_relaxed")
    judged = work.select("account").unique().join(staff.filter(pl.col("role").is_not_null()).select("account"), on="account", how="semi")
    every = pl.concat([gaps, _rest(accounts, gaps, judged)], how="diagonal_relaxed")
    told = every.with_columns(position=pl.col("gap").replace_strict({gap: at for at, gap in enumerate(GAPS, 1)}, return_dtype=pl.Int64))
    k, n = pl.col("people") - pl.col("idle"), pl.col("people")
    low, high = wilson(k, n)
    return told.with_columns(share=share(k, n), low=low, high=high)


def _rest(accounts: pl.LazyFrame, gaps: pl.LazyFrame, judged: pl.LazyFrame) -> pl.LazyFrame:
    """The accounts without a gap: none, or nothing to go by."""
    quiet = accounts.select("account").join(gaps, on="account", how="anti").join(judged.with_columns(judged=pl.lit(True)), on="account", how="left")
    gap = pl.when(pl.col("judged").fill_null(False)).then(pl.lit("none")).otherwise(pl.lit("unknown"))
    return quiet.select("account", gap=gap, workflow=pl.lit("any"), role=pl.lit("any"))


def _missing(staff: pl.LazyFrame, work: pl.LazyFrame, expected: pl.LazyFrame, days: int) -> pl.LazyFrame:
    """Each workflow and expected role with people and no success, where chance does not explain it."""
    ought = staff.join(expected, on="role").select("account", "workflow", "role", "user")
    each = work.group_by("account", "workflow", "user").agg(pl.col("n").sum()).cache()
    done = each.join(staff.select("account", "user", "role"), on=["account", "user"], how="left").group_by("account", "workflow", "role")
    busy = done.agg(pl.col("n").sum()).cache()
    heads = ought.group_by("account", "workflow", "role").agg(people=pl.len().cast(pl.Int64))
    idle = heads.join(busy, on=["account", "workflow", "role"], how="anti").cache()
    there = [frame.join(idle, on=["account", "workflow"], how="semi") for frame in (busy, ought, each)]
    total = there[0].group_by("account", "workflow").agg(total=pl.col("n").sum(), by=pl.col("role").fill_null("others").unique().sort().str.join(", "))
    people = pl.concat([frame.select("account", "workflow", "user") for frame in there[1:]]).unique().group_by("account", "workflow").agg(everybody=pl.len())
    told = idle.join(total, on=["account", "workflow"]).join(people, on=["account", "workflow"])
    sure = wilson(pl.lit(0), pl.col("total"))[1] < pl.col("people") / pl.col("everybody")
    text = sentence(f"none of {{}} with role {{}} had any of the {{}} {{}} successes of the last {days} days; they were by {{}}", "people", "role", "total", "workflow", "by")
    return told.filter(sure).with_columns(gap=pl.lit("role missing"), idle="people", text=text)


def _watched(staff: pl.LazyFrame, work: pl.LazyFrame, expected: pl.LazyFrame, seen: pl.LazyFrame, days: int) -> pl.LazyFrame:
    """Managers look on and do nothing; of the others expected in core workflows, how many had a success there?"""
    managers = staff.filter("manager").join(work, on=["account", "user"], how="anti")
    watching = seen.join(managers, on=["account", "user"], how="semi").group_by("account").agg(watchers=pl.col("user").n_unique(), looks=pl.col("n").sum())
    ought = _expected(staff.filter(~pl.col("manager")), work.filter("core"), expected.filter("core"))
    text = sentence(f"{{}} who manage looked at pages {{}} times in the last {days} days and did no work; {{}} of the {{}} who ought to do core work had a success", "watchers", "looks", _at_work(), "people")
    return watching.join(ought.filter(pl.col("people") >= FEWEST), on="account").with_columns(gap=pl.lit("managers watch"), text=text)


def _admins(staff: pl.LazyFrame, work: pl.LazyFrame, expected: pl.LazyFrame, days: int) -> pl.LazyFrame:
    """Everybody who worked is an administrator, where by chance somebody else who was expected to would have."""
    admins = staff.filter("admin").select("account", "user", admin=pl.lit(True))
    busy = work.select("account", "user", "n").join(admins, on=["account", "user"], how="left")
    alone = busy.group_by("account").agg(only=pl.col("admin").fill_null(False).all(), who=pl.col("user").n_unique(), n=pl.col("n").sum()).filter("only")
    ought = _expected(staff.filter(~pl.col("admin")), work, expected)
    sure = wilson(pl.lit(0), pl.col("n"))[1] < pl.col("people") / (pl.col("people") + pl.col("who"))
    text = sentence(f"all {{}} successes of the last {days} days were by {{}} with an administrator's role, none by the {{}} others expected to work", "n", "who", "people")
    return alone.join(ought, on="account").filter(sure).with_columns(gap=pl.lit("admins alone"), text=text)


def _expected(staff: pl.LazyFrame, work: pl.LazyFrame, expected: pl.LazyFrame) -> pl.LazyFrame:
    """How many of these have an expected role, and how many of them did nothing."""
    busy = work.select("account", "user").unique().with_columns(busy=pl.lit(True))
    ought = staff.join(expected.select("role").unique(), on="role", how="semi").join(busy, on=["account", "user"], how="left")
    counted = ought.group_by("account").agg(people=pl.len().cast(pl.Int64), idle=pl.col("busy").is_null().sum().cast(pl.Int64))
    return counted.with_columns(workflow=pl.lit("any"), role=pl.lit("any"))


def _champions(settled: pl.LazyFrame, work: pl.LazyFrame, days: int, champion_share: float, champion_weeks: int) -> pl.LazyFrame:
    """One person does nearly all of it, week after week; of the others who were invited, how many ever had a success?"""
    each = work.group_by("account", "user").agg(n=pl.col("n").sum(), weeks=pl.col("week").n_unique())
    top = each.with_columns(total=pl.col("n").sum().over("account")).filter((pl.col("n") >= champion_share * pl.col("total")) & (pl.col("weeks") >= champion_weeks))
    others = settled.filter(pl.col("invited_at").is_not_null()).join(top, on=["account", "user"], how="anti")
    asked = others.group_by("account").agg(people=pl.len().cast(pl.Int64), idle=pl.col("first_day").is_null().sum().cast(pl.Int64)).filter(pl.col("people") >= FEWEST)
    text = sentence(
        f"{{}} made {{}} of the {{}} successes of the last {days} days, in {{}} weeks; of {{}} others invited, {{}} ever had one",
        pl.col("user").cast(pl.String), "n", "total", "weeks", "people", _at_work(),
    )  # fmt: skip
    return top.join(asked, on="account").with_columns(gap=pl.lit("champion alone"), workflow=pl.lit("any"), role=pl.lit("any"), text=text)


def _at_work() -> pl.Expr:
    return pl.col("people") - pl.col("idle")
