"""Is the north star any good: does it move from week to week, go with retention and revenue, and resist being faked?

## Why
A north star that never moves steers nothing, one that does not go with retention steers the wrong way, and one that a
script can raise will be raised. Each test has its number, its limit and a verdict with its reason.

## Columns
measure   key    what is measured
test      label  moves weekly, goes with retention, goes with revenue, hard to fake
value     number the number measured: a share, a ratio or a correlation; empty: unknown
low       number 95 % interval, where there is one
high      number 95 % interval
limit     text   what it has to be
n         count  what the number stands on: weeks, accounts or successes
verdict   label  passes, fails, unclear (the interval includes the limit, or too few), unknown (an input is missing)
reason    text   why
position  count  order of the tests

## Limits
"Goes with" is no proof of a cause. Retention is tested at a landmark: what an account did in the 28 days before it, against
core work in the last 28 of the 90 days after it, among accounts that did any of it in those 28 days before. Rank correlation by
Spearman, interval by Fisher's z (Bonett & Wright 2000), reaching to 1 where the order is perfect, which counts as half a swap of
neighbours short of it; difference of shares by Newcombe 1998. Fewer than 20 accounts are
unclear. Weeks are the last twelve complete ones; who made it is asked of the last 84 days; a repeat is the same thing done
again within repeat_days.
The landmark lies 90 days before the first day that may still change; when the export begins later than 28 days before it,
nobody is tested. Fifths are cut by mean rank, equals stay together; the lowest is the lowest that holds anybody, and without
a highest the gap is unknown. MRR is the one at T of the same accounts, against the same amount of those 28 days, of those who pay in the currency of most. The median is over accounts with
work in those weeks, each asked about the weeks for all of which it was there; the weekly totals hold weeks with none, their deviation is that of a sample. Busiest persons are named and
no service users; the share of service users is one of all work, also of nobody named; repeats are a share of the work that
names a thing, and their days are local days.

## Order
position

## Better with
users          people and service users told apart
subscriptions  the test against revenue
accounts       the accounts that never did anything

## Account by account
value.north_star_accounts

## Covers
N03 N04 N05

## Example: a north star made by one robot in one account
accounts:
account  created_day  observed_from
big      2025-01-01   2025-01-01
small    2025-01-01   2025-01-01
star:
account  day         n   undone
big      2026-01-20  90  0
big      2026-01-27  90  10
small    2026-01-27  10  0
star_terms:
workflow   settles  service
invoicing  8        true
star_users:
account  user  day         service  n
big      bot   2026-01-20  true     90
big      bot   2026-01-27  true     80
big      ada   2026-01-27  false    10
small    bob   2026-01-27  false    10
star_again:
account  day         ago  n
big      2026-01-20  ·    90
big      2026-01-27  30   9
big      2026-01-27  ·    91
star_cohort:
account  x  fifth  kept  mrr
with as_of=2026-02-03
becomes
measure                                                 test                 value     low  high  limit         n    verdict  reason                                                                                  position
share of the weeks in which the median account did it   moves weekly         0.125     ·    ·     at least 0.5  2    unclear  0.125: stands on 2 only; it takes 20                                                    1
coefficient of variation of the weekly totals           moves weekly         2.339375  ·    ·     0.02 to 0.5   12   fails    2.339: it stands still, or swings too much to show a change                             2
rank correlation of the amount with staying             goes with retention  ·         ·    ·     at least 0.0  0    unknown  nobody worked before the landmark, or nobody left or nobody stayed                      3
retention of the highest fifth less that of the lowest  goes with retention  ·         ·    ·     at least 0.0  0    unknown  nobody worked before the landmark, or so many did as much that no fifth is the highest  4
rank correlation of the amount with MRR                 goes with revenue    ·         ·    ·     at least 0.0  0    unknown  no MRR known, or all pay the same                                                       5
share of the largest account                            hard to fake         0.947368  ·    ·     at most 0.2   190  fails    0.947: one account can move the whole number                                            6
share of each account's busiest person, pooled          hard to fake         1         ·    ·     at most 0.8   20   fails    1.0: in most accounts one person does it all                                            7
share of service users                                  hard to fake         0.894737  ·    ·     at most 0.5   190  fails    0.895: machines do most of it                                                           8
share done to the same thing again in time              hard to fake         0.047368  ·    ·     at most 0.05  190  passes   0.047: things are seldom done twice                                                     9
share taken back in time                                hard to fake         0.05      ·    ·     at most 0.05  200  passes   0.05: what is done lasts                                                                10

## Example: nothing to judge by is unknown, not passed
accounts:
account  created_day  observed_from
star:
account  day  n  undone
star_terms:
workflow   settles  service
invoicing  0        true
star_users:
account  user  day  service  n
star_again:
account  day  ago  n
star_cohort:
account  x  fifth  kept  mrr
with as_of=2026-02-03
becomes
measure                                                 test                 value  low  high  limit         n  verdict  reason                                                                                  position
share of the weeks in which the median account did it   moves weekly         ·      ·    ·     at least 0.5  0  unknown  no work in a complete week                                                              1
coefficient of variation of the weekly totals           moves weekly         ·      ·    ·     0.02 to 0.5   0  unknown  no work in a complete week                                                              2
rank correlation of the amount with staying             goes with retention  ·      ·    ·     at least 0.0  0  unknown  nobody worked before the landmark, or nobody left or nobody stayed                      3
retention of the highest fifth less that of the lowest  goes with retention  ·      ·    ·     at least 0.0  0  unknown  nobody worked before the landmark, or so many did as much that no fifth is the highest  4
rank correlation of the amount with MRR                 goes with revenue    ·      ·    ·     at least 0.0  0  unknown  no MRR known, or all pay the same                                                       5
share of the largest account                            hard to fake         ·      ·    ·     at most 0.2   0  unknown  no work in the last weeks                                                               6
share of each account's busiest person, pooled          hard to fake         ·      ·    ·     at most 0.8   0  unknown  no work of a named person                                                               7
share of service users                                  hard to fake         ·      ·    ·     at most 0.5   0  unknown  no users table tells machines from people, or no work                                   8
share done to the same thing again in time              hard to fake         ·      ·    ·     at most 0.05  0  unknown  the workflow declares no `entity`, or no work                                           9
share taken back in time                                hard to fake         ·      ·    ·     at most 0.05  0  unknown  north_star declares no `unless`, or no work                                             10
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from saasmetrics.clock import Clock, Delay
from saasmetrics.sentences import sentence
from saasmetrics.statistics import newcombe, share, spearman

WEEKS = 12
TESTS = [  # test, measure, least, most, how many it takes, what passing means, what failing means, what is missing when unknown
    ("moves weekly", "share of the weeks in which the median account did it", 0.5, None, 20, "most accounts do it week by week", "rare work makes a jumpy number: judge it by the month", "no work in a complete week"),
    ("moves weekly", "coefficient of variation of the weekly totals", 0.02, 0.5, 6, "it moves, and a change can be told from noise", "it stands still, or swings too much to show a change", "no work in a complete week"),
    ("goes with retention", "rank correlation of the amount with staying", 0.0, None, 20, "accounts that do more of it stay more often", "accounts that do more of it stay less often", "nobody worked before the landmark, or nobody left or nobody stayed"),
    ("goes with retention", "retention of the highest fifth less that of the lowest", 0.0, None, 20, "the busiest fifth stays more often than the quietest", "the busiest fifth stays less often than the quietest", "nobody worked before the landmark, or so many did as much that no fifth is the highest"),
    ("goes with revenue", "rank correlation of the amount with MRR", 0.0, None, 20, "accounts that do more of it pay more", "accounts that do more of it pay less", "no MRR known, or all pay the same"),
    ("hard to fake", "share of the largest account", None, 0.2, 20, "no account can move the whole number", "one account can move the whole number", "no work in the last weeks"),
    ("hard to fake", "share of each account's busiest person, pooled", None, 0.8, 20, "several people do it", "in most accounts one person does it all", "no work of a named person"),
    ("hard to fake", "share of service users", None, 0.5, 20, "people do most of it", "machines do most of it", "no users table tells machines from people, or no work"),
    ("hard to fake", "share done to the same thing again in time", None, 0.05, 20, "things are seldom done twice", "things done twice count twice: `measure: entities` counts each once", "the workflow declares no `entity`, or no work"),
    ("hard to fake", "share taken back in time", None, 0.05, 20, "what is done lasts", "much of it does not last", "north_star declares no `unless`, or no work"),
]  # fmt: skip
NAMES = ["test", "measure", "least", "most", "takes", "good", "bad", "missing"]
KINDS = dict.fromkeys(NAMES, pl.String) | {"least": pl.Float64, "most": pl.Float64, "takes": pl.Int64}
FOUND: Mapping[str, type[pl.DataType]] = {"value": pl.Float64, "low": pl.Float64, "high": pl.Float64, "n": pl.Int64}


def north_star_tests(
    accounts: pl.LazyFrame, star: pl.LazyFrame, star_terms: pl.LazyFrame, star_users: pl.LazyFrame, star_again: pl.LazyFrame,
    star_cohort: pl.LazyFrame, clock: Clock, *, repeat_days: Delay = 30,
) -> pl.LazyFrame:  # fmt: skip
    terms = star_terms.collect().row(0, named=True)
    work, weeks = _weekly(accounts, star, clock)
    lately = pl.col("day") >= clock.day - 7 * WEEKS
    users, works = star_users.filter(lately), star.filter(lately)
    found = [
        _often(work, weeks, accounts, clock), _swing(work, weeks), spearman(star_cohort.select("x", y="kept")), _gap(star_cohort),
        spearman(star_cohort.filter(pl.col("mrr").is_not_null()).select("x", y="mrr")), _largest(works), _busiest(users),
        _part(users, pl.col("n").filter("service"), terms["service"]), _part(star_again.filter(lately), pl.col("n").filter(pl.col("ago") <= repeat_days)),
        _part(works.with_columns(n=pl.col("n") + pl.col("undone")), pl.col("undone"), terms["settles"] > 0),
    ]  # fmt: skip
    told = pl.LazyFrame([(at, *test) for at, test in enumerate(TESTS)], schema={"at": pl.Int64, **KINDS}, orient="row")
    measured = pl.concat([frame.rename({"rho": "value"}, strict=False).with_columns(at=pl.lit(at, pl.Int64)) for at, frame in enumerate(found)], how="diagonal_relaxed")
    return _judged(told.join(measured, on="at").with_columns(pl.col(name).cast(kind) for name, kind in FOUND.items()))


def _judged(rows: pl.LazyFrame) -> pl.LazyFrame:
    """An interval has to lie within the limit as a whole, and outside it as a whole to fail."""
    low, high = pl.coalesce("low", "value"), pl.coalesce("high", "value")
    inside = (low >= pl.col("least").fill_null(-1e9)) & (high <= pl.col("most").fill_null(1e9))
    outside = ((high < pl.col("least")) | (low > pl.col("most"))).fill_null(False)
    few = pl.col("n") < pl.col("takes")
    verdict = (
        pl.when(pl.col("value").is_null()).then(pl.lit("unknown")).when(few).then(pl.lit("unclear"))
        .when(inside).then(pl.lit("passes")).when(outside).then(pl.lit("fails")).otherwise(pl.lit("unclear"))
    )  # fmt: skip
    doubt = pl.when(few).then(sentence("stands on {} only; it takes {}", "n", "takes")).otherwise(pl.lit("the interval includes the limit"))
    texts = {"passes": "good", "fails": "bad", "unknown": "missing"}
    reason = pl.coalesce(*(pl.when(pl.col("verdict") == name).then(text) for name, text in texts.items()), doubt)
    between = sentence("{} to {}", "least", "most")
    limit = pl.coalesce(between, sentence("at least {}", "least"), sentence("at most {}", "most"))
    told = rows.with_columns(verdict=verdict, limit=limit, position=pl.col("at") + 1, n=pl.when(pl.col("value").is_not_null()).then("n").otherwise(0))
    return told.with_columns(reason=pl.concat_str(pl.col("value").round(3), reason, separator=": ", ignore_nulls=True))


def _weekly(accounts: pl.LazyFrame, star: pl.LazyFrame, clock: Clock) -> tuple[pl.LazyFrame, list[int]]:
    """Successes by account and week, in the complete weeks that the export holds, at most twelve."""
    last = clock.last_complete("week")
    begins = accounts.select(pl.col("observed_from").cast(pl.Int64).min()).collect().item()
    first = max(last - WEEKS, clock.index_of(begins - 1, "week")) + 1 if begins is not None else last + 1
    placed = star.filter(pl.col("n") > 0).with_columns(week=clock.index(pl.col("day"), "week").cast(pl.Int64))
    return placed.filter(pl.col("week").is_between(first, last)).group_by("account", "week").agg(pl.col("n").sum()), list(range(first, last + 1))


def _often(work: pl.LazyFrame, weeks: list[int], accounts: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """Each account is asked about the weeks that it was there for as a whole."""
    first, end = (weeks[0], weeks[-1] + 1) if weeks else (0, 0)
    begun = pl.max_horizontal(clock.index(pl.col("created_day") - 1, "week").cast(pl.Int64) + 1, first)
    own = work.join(accounts.select("account", begun=begun), on="account").filter(pl.col("week") >= pl.col("begun"))
    each = own.group_by("account").agg(made=pl.len() / (end - pl.col("begun").first()))
    return each.select(value=pl.col("made").median(), n=pl.len())


def _swing(work: pl.LazyFrame, weeks: list[int]) -> pl.LazyFrame:
    """Standard deviation over mean, from whole sums."""
    totals = pl.LazyFrame({"week": weeks}, schema={"week": pl.Int64}).join(work.group_by("week").agg(pl.col("n").sum()), on="week", how="left")
    n, total, squares = pl.len().cast(pl.Int64), pl.col("n").sum(), (pl.col("n") ** 2).sum()
    spread = share((n * squares - total * total).cast(pl.Float64), n * (n - 1)).sqrt()
    return totals.with_columns(pl.col("n").fill_null(0)).select(value=share(spread * n, total), n=n)


def _gap(cohort: pl.LazyFrame) -> pl.LazyFrame:
    top, bottom = pl.col("fifth") == 5, pl.col("fifth") == pl.col("fifth").min()
    sums = cohort.filter(pl.col("fifth").min() < 5).select(
        k=pl.col("kept").filter(top).sum(), n=top.sum(), k_=pl.col("kept").filter(bottom).sum(), n_=bottom.sum()
    )
    low, high = newcombe(*(pl.col(name).cast(pl.Int64) for name in ("k", "n", "k_", "n_")))
    return sums.select(value=share(pl.col("k"), pl.col("n")) - share(pl.col("k_"), pl.col("n_")), low=low, high=high, n=pl.col("n") + pl.col("n_"))


def _largest(star: pl.LazyFrame) -> pl.LazyFrame:
    each = star.group_by("account").agg(pl.col("n").sum())
    return each.select(value=share(pl.col("n").max(), pl.col("n").sum()), n=pl.col("n").sum())


def _busiest(users: pl.LazyFrame) -> pl.LazyFrame:
    people = users.filter(~pl.col("service") & pl.col("user").is_not_null()).group_by("account", "user").agg(pl.col("n").sum())
    each = people.group_by("account").agg(top=pl.col("n").max(), n=pl.col("n").sum())
    return each.select(value=share(pl.col("top").sum(), pl.col("n").sum()), n=pl.col("n").sum())


def _part(frame: pl.LazyFrame, some: pl.Expr, known: bool = True) -> pl.LazyFrame:
    """A part of all successes; without the input that could tell, unknown."""
    total = pl.col("n").sum()
    return frame.select(value=share(some.sum(), total) if known else pl.lit(None, pl.Float64), n=total)
