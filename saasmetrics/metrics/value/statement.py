"""What can be said of each account in one sentence: it gets value because it does X every week.

## Why
If nobody can say in plain words what an account gets out of the product, no score will. What it says of the work stands
in `value consistency`, in the row of the account and its main job: how long it is missing follows from `last_day`.

## Columns
account    key    the account
state      label  broken, irregular, left, never, returned, steady, stopped, too young, unknown: as in `value consistency`
statement  text   one sentence for the account's main job: the core workflow that it does most regularly
mrr        money  monthly recurring revenue at T; empty: unknown, never paid, or in several currencies
currency   label  its currency

## Limits
The words for the work and for its people are those of the definition: workflows.*.did and workflows.*.who. Work of service
users and work without a user counts as work of the account, not of a person. Percentages are rounded, but never to 0 or 100.

## Order
state -mrr account

## Better with
users          whose job it is, and who does nothing
subscriptions  the money at stake, and who has left

## Covers
V01

## Example: a sentence an account manager can say
standing:
account  workflow  cadence  state      main
Nordvik  invoices  week     steady     true
Nordvik  bills     month    irregular  false
Olsen    invoices  week     broken     true
Pace     invoices  week     irregular  true
Quill    bills     month    steady     true
consistency:
account  workflow  periods  hit  n   quiet
Nordvik  invoices  12       11   50  0
Nordvik  bills     12       2    2   3
Olsen    invoices  12       8    80  3
Pace     invoices  12       4    4   1
Quill    bills     4        4    90  0
habits:
account  workflow  first_day   last_day
Nordvik  invoices  2025-01-01  2026-03-03
Nordvik  bills     2025-02-01  2026-01-03
Olsen    invoices  2025-01-01  2026-02-03
Pace     invoices  2025-01-01  2026-02-25
Quill    bills     2025-11-01  2026-03-03
doers:
account  workflow  people  people_n  top_n  in_role  expected
Nordvik  invoices  5       50        17     5        8
Nordvik  bills     1       2         2      ·        ·
Olsen    invoices  3       80        79     2        2
Pace     invoices  1       4         4      1        1
Quill    bills     0       0         ·      0        1
wording:
workflow  did              who
invoices  posted invoices  finance people
bills     approved bills   ·
snapshot:
account  age_days  ended_day  mrr     currency
Nordvik  427       ·          100.00  EUR
Olsen    427       ·          ·       ·
Pace     427       ·          ·       ·
Quill    124       ·          ·       ·
becomes
account  state      statement                                                                                                                                                        mrr     currency
Olsen    broken     Olsen is losing value: 3 people, both finance people among them, posted invoices in 8 of the last 12 weeks, but not in the last 3 weeks; the top user did 99 %.  ·       ·
Pace     irregular  Pace gets value only now and then: the only one of its finance people posted invoices in 4 of the last 12 weeks.                                                 ·       ·
Nordvik  steady     Nordvik gets value because 5 of 8 finance people posted invoices in 11 of the last 12 weeks; the top user did 34 %.                                              100.00  EUR
Quill    steady     Quill gets value because it approved bills in each of the last 4 months; no person did any of it.                                                                ·       ·

## Example: no value, not yet, no longer, unknown: each is said as it is
standing:
account  workflow  cadence  state      main
never    bills     day      never      true
fresh    bills     day      never      true
young    bills     day      too young  true
newest   bills     month    too young  true
stopped  bills     quarter  stopped    true
again    bills     day      returned   true
gone     bills     week     left       true
old      bills     week     unknown    true
blind    bills     day      steady     true
consistency:
account  workflow  periods  hit  n   quiet
never    bills     0        0    0   ·
fresh    bills     0        0    0   ·
young    bills     2        2    3   0
newest   bills     0        0    0   ·
stopped  bills     8        0    0   9
again    bills     12       0    0   20
gone     bills     12       9    9   2
old      bills     0        0    0   ·
blind    bills     12       12   50  0
habits:
account  workflow  first_day   last_day
never    bills     ·           ·
fresh    bills     ·           ·
young    bills     2026-02-26  2026-02-27
newest   bills     2026-02-26  2026-02-26
stopped  bills     2020-01-01  2023-11-03
again    bills     2020-01-01  2026-02-27
gone     bills     2025-01-01  2026-02-10
old      bills     ·           ·
blind    bills     2025-01-01  2026-02-27
doers:
account  workflow  people  people_n  top_n  in_role  expected
never    bills     0       0         ·      ·        ·
fresh    bills     0       0         ·      ·        ·
young    bills     2       3         2      ·        ·
newest   bills     0       0         ·      ·        ·
stopped  bills     0       0         ·      ·        ·
again    bills     0       0         ·      ·        ·
gone     bills     3       9         5      ·        ·
old      bills     0       0         ·      ·        ·
blind    bills     ·       ·         ·      ·        ·
wording:
workflow  did             who
bills     approved bills  ·
snapshot:
account  age_days  ended_day   mrr  currency
never    45        ·           ·    ·
fresh    1         ·           ·    ·
young    4         ·           ·    ·
newest   4         ·           ·    ·
stopped  2222      ·           ·    ·
again    2222      ·           ·    ·
gone     500       2026-02-15  ·    ·
old      2222      ·           ·    ·
blind    424       ·           ·    ·
becomes
account  state      statement                                                                                                        mrr  currency
gone     left       gone no longer pays (since 2026-02-15); it last approved bills on 2026-02-10.                                    ·    ·
fresh    never      fresh gets no value yet: nobody approved bills since it began.                                                   ·    ·
never    never      never gets no value yet: nobody approved bills in the 45 days since it began.                                    ·    ·
again    returned   again is back: it approved bills on 2026-02-27, for the first time in 20 working days.                           ·    ·
blind    steady     blind gets value because it approved bills in each of the last 12 working days; who did it is not in the data.   ·    ·
stopped  stopped    stopped gets no value now: nobody approved bills in any of the last 8 quarters; the last time was 2023-11-03.    ·    ·
newest   too young  newest is too new to tell: it first approved bills on 2026-02-26, and no complete month counts so far.           ·    ·
young    too young  young is too new to tell: it first approved bills on 2026-02-26, and only 2 complete working days count so far.  ·    ·
old      unknown    What old gets is unknown: it is older than the export, and nobody approved bills since the export begins.        ·    ·
"""

from __future__ import annotations

import polars as pl

from saasmetrics.sentences import sentence

KEYS = ["account", "workflow"]


def statement(
    standing: pl.LazyFrame, consistency: pl.LazyFrame, habits: pl.LazyFrame, doers: pl.LazyFrame, wording: pl.LazyFrame, snapshot: pl.LazyFrame
) -> pl.LazyFrame:
    told = standing.filter("main").select(*KEYS, "cadence", "state")
    for more in (consistency.select(*KEYS, "periods", "hit", "n", "quiet"), habits.select(*KEYS, "first_day", "last_day"), doers):
        told = told.join(more, on=KEYS)
    told = told.join(wording, on="workflow").join(snapshot.select("account", "age_days", "ended_day", "mrr", "currency"), on="account", how="left")
    period = pl.when(pl.col("cadence") == "day").then(pl.lit("working day")).otherwise("cadence")
    return told.with_columns(period=period).with_columns(statement=_sentence())


def _sentence() -> pl.Expr:
    """Each state in its own words. Null in one part would be null in all: what may be missing has its own words."""
    worked = sentence("{} {} {}", _who(), "did", _periods())
    return (
        pl.when(_is("left")).then(sentence("{} no longer pays (since {}); {}.", "account", _date("ended_day"), _last()))
        .when(_is("unknown")).then(sentence("What {} gets is unknown: it is older than the export, and nobody {} since the export begins.", "account", "did"))
        .when(_is("never")).then(sentence("{} gets no value yet: nobody {}{}.", "account", "did", _age()))
        .when(_is("too young")).then(sentence("{} is too new to tell: it first {} on {}, and {} so far.", "account", "did", _date("first_day"), _over()))
        .when(_is("returned")).then(sentence("{} is back: it {} on {}, for the first time in {}.", "account", "did", _date("last_day"), _count(pl.coalesce("quiet", "periods"))))
        .when(_is("stopped")).then(sentence("{} gets no value now: nobody {} in any of the last {}; the last time was {}.", "account", "did", _count(pl.col("periods")), _date("last_day")))
        .when(_is("broken")).then(sentence("{} is losing value: {}, but not in the last {}{}.", "account", worked, _count(pl.col("quiet")), _aside()))
        .when(_is("steady")).then(sentence("{} gets value because {}{}.", "account", worked, _aside()))
        .otherwise(sentence("{} gets value only now and then: {}{}.", "account", worked, _aside()))
    )  # fmt: skip


def _is(state: str) -> pl.Expr:
    return pl.col("state") == state


def _who() -> pl.Expr:
    """`5 of 8 finance people`, or `3 people, none of its 8 finance people among them,`."""
    people, within, of, role = pl.col("people"), pl.col("in_role"), pl.col("expected"), pl.col("who")
    counted = pl.when(people == 1).then(pl.lit("1 person")).otherwise(sentence("{} people", people))
    everybody = (
        pl.when(of == 1).then(sentence("the only one of its {}", role))
        .when(of == 2).then(sentence("both {}", role))
        .otherwise(sentence("all {} {}", of, role))
    )  # fmt: skip
    ours = pl.when(within == of).then(everybody).otherwise(sentence("{} of {} {}", within, of, role))
    none = pl.when(of == 1).then(sentence("none of its {}", role)).otherwise(sentence("none of its {} {}", of, role))
    some = pl.when(within == 0).then(none).otherwise(ours)
    mixed = pl.when(people == 1).then(sentence("{}, {},", counted, some)).otherwise(sentence("{}, {} among them,", counted, some))
    known = within.is_not_null() & role.is_not_null()
    return (
        pl.when(people.is_null() | (people == 0)).then(pl.lit("it"))
        .when(~known).then(counted)
        .when(within == people).then(ours)
        .otherwise(mixed)
    )  # fmt: skip


def _periods() -> pl.Expr:
    every = sentence("in each of the last {}", _count(pl.col("periods")))
    return pl.when(pl.col("hit") == pl.col("periods")).then(every).otherwise(sentence("in {} of the last {}", "hit", _count(pl.col("periods"))))


def _count(number: pl.Expr) -> pl.Expr:
    """`week`, `12 weeks`."""
    return pl.when(number == 1).then("period").otherwise(sentence("{} {}s", number, "period"))


def _aside() -> pl.Expr:
    """The share of the busiest person, where there is more than one."""
    nobody = pl.lit("; no person did any of it")
    unnamed = pl.lit("; who did it is not in the data")
    whole = ((200 * pl.col("top_n") + pl.col("people_n")) // (2 * pl.col("people_n"))).clip(1, 99)  # half up, exactly
    of = pl.when(pl.col("people_n") < pl.col("n")).then(pl.lit(" of what people did")).otherwise(pl.lit(""))
    top = sentence("; the top user did {} %{}", whole, of)
    return pl.when(pl.col("people").is_null()).then(unnamed).when(pl.col("people") == 0).then(nobody).when(pl.col("people") > 1).then(top).otherwise(pl.lit(""))


def _age() -> pl.Expr:
    days = pl.col("age_days")
    return pl.when(days > 1).then(sentence(" in the {} days since it began", days)).otherwise(pl.lit(" since it began"))


def _last() -> pl.Expr:
    known = pl.col("last_day").is_not_null()
    return pl.when(known).then(sentence("it last {} on {}", "did", _date("last_day"))).otherwise(sentence("nobody {} as far as is known", "did"))


def _over() -> pl.Expr:
    periods = pl.col("periods")
    more = sentence("only {} complete {}s count", periods, "period")
    return pl.when(periods == 0).then(sentence("no complete {} counts", "period")).when(periods == 1).then(sentence("only 1 complete {} counts", "period")).otherwise(more)


def _date(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Int32).cast(pl.Date).dt.strftime("%Y-%m-%d")
