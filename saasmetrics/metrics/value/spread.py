"""Is each account's core work spread over people, roles and teams, or held by one?

## Why
A small group can keep the numbers of a whole account up. Effective users say on how many equal shoulders the work would
rest to be as spread as it is: ten people of whom one does nearly everything are 1.2 effective users.

## Columns
account          key     the account
effective_users  number  (Σ n)² / Σ n² over the people's core successes; empty: fewer than min_successes, or no user column
people           count   people with a core success in the trailing days (value.trailing, 84); empty: the events name no users
successes        count   core successes in the trailing days, by people and by service users
by_people        count   of these, those of people: only these are shared out
top_user         label   the person with the most
top_share        share   that person's share
hhi              share   Σ share²: 1 is one person
gini             share   0 is all alike, near 1 is one for all; empty: fewer than two people too
roles            count   different roles of the people; empty: unknown
teams            count   different teams of the people; empty: unknown
workflows        count   workflows of any kind with a success in the trailing days
teams_ever       count   teams that ever reached the first tier of a workflow; empty: no team is known of those who got there, or who work now
multi_team       flag    these are at least so many (min_teams); empty: unknown
second_team      date    when the second team got there; empty: not yet, or older than the export
second_workflow  date    when the second workflow got there; empty: not yet, or older than the export
mrr              money   monthly recurring revenue at T; empty: unknown, never paid, or in several currencies
currency         label   its currency
status           label   final; insufficient: fewer than min_successes by people; left: no longer pays; unknown: no user column

## Limits
Service users count in the successes, never as people. One event that completes two core workflows counts in both. The Gini
coefficient compares only people who did something. A small company has few people to spread over: see `people`.

## Order
status effective_users -by_people account

## Better with
users          roles, teams, and which users are no people
subscriptions  the money at stake, and who has left

## Covers
V03 V04 V18 S02 Z07 J12

## Example: five people on paper, hardly more than one in effect
spread:
account  n   people  people_n  top_user  top_n  squares  ranks  roles  teams  workflows
champ    60  5       50        ada       46     2120     240    2      2      1
evenly   8   2       8         ben       4      32       12     1      ·      2
footholds:
account  kind      name      first_day
champ    team      Finance   2026-01-05
champ    team      Sales     2026-02-05
champ    workflow  invoices  2026-01-04
evenly   workflow  invoices  2026-01-05
evenly   workflow  bills     2026-03-05
accounts:
account  left_truncated
champ    false
evenly   false
snapshot:
account  ended_day  mrr  currency
champ    ·          ·    ·
evenly   ·          ·    ·
becomes
account  effective_users  people  successes  by_people  top_user  top_share  hhi    gini  roles  teams  workflows  teams_ever  multi_team  second_team  second_workflow  mrr  currency  status
champ    1.179245         5       60         50         ada       0.92       0.848  0.72  2      2      1          2           true        2026-02-05   ·                ·    ·         final
evenly   2                2       8          8          ben       0.5        0.5    0     1      ·      2          ·           ·           ·            2026-03-05       ·    ·         final

## Example: too few successes give no shares, and an account older than the export no second date
spread:
account  n   people  people_n  top_user  top_n  squares  ranks  roles  teams  workflows
few      30  1       3         ada       3      9        3      ·      ·      1
old      0   0       0         ·         ·      0        0      0      0      0
nousers  9   ·       ·         ·         ·      ·        ·      ·      ·      1
never    0   0       0         ·         ·      0        0      0      0      0
footholds:
account  kind      name      first_day
old      workflow  invoices  2026-01-05
old      workflow  bills     2026-03-05
accounts:
account  left_truncated
few      false
old      true
nousers  false
never    false
snapshot:
account  ended_day   mrr  currency
few      ·           ·    ·
old      2026-03-01  ·    ·
nousers  ·           ·    ·
never    ·           ·    ·
becomes
account  effective_users  people  successes  by_people  top_user  top_share  hhi  gini  roles  teams  workflows  teams_ever  multi_team  second_team  second_workflow  mrr  currency  status
few      ·                1       30         3          ada       ·          ·    ·     ·      ·      1          ·           ·           ·            ·                ·    ·         insufficient
never    ·                0       0          0          ·         ·          ·    ·     0      0      0          0           false       ·            ·                ·    ·         insufficient
old      ·                0       0          0          ·         ·          ·    ·     0      0      0          ·           ·           ·            ·                ·    ·         left
nousers  ·                ·       9          ·          ·         ·          ·    ·     ·      ·      1          ·           ·           ·            ·                ·    ·         unknown
"""

from __future__ import annotations

import polars as pl

from saasmetrics.statistics import share


def spread(
    spread: pl.LazyFrame, footholds: pl.LazyFrame, accounts: pl.LazyFrame, snapshot: pl.LazyFrame, *, min_successes: int = 5, min_teams: int = 2
) -> pl.LazyFrame:
    told = spread.join(accounts.select("account", "left_truncated"), on="account")
    for more in (snapshot.select("account", "ended_day", "mrr", "currency"), _seconds(footholds)):
        told = told.join(more, on="account", how="left")
    n, people, squares = pl.col("people_n"), pl.col("people"), pl.col("squares")
    enough = pl.when(n >= min_successes)
    status = (
        pl.when(pl.col("ended_day").is_not_null()).then(pl.lit("left"))
        .when(n.is_null()).then(pl.lit("unknown"))
        .when(n < min_successes).then(pl.lit("insufficient"))
        .otherwise(pl.lit("final"))
    )  # fmt: skip
    young = pl.when(~pl.col("left_truncated"))
    nobody = (pl.col("teams") == 0) & pl.col("began").is_null()
    teams_ever = pl.when((pl.col("teams") > 0) | nobody).then(pl.col("teams_ever").fill_null(0)).otherwise("teams_ever")
    return told.with_columns(
        successes="n",
        by_people=n,
        effective_users=enough.then(n**2 / squares),
        top_share=enough.then(share(pl.col("top_n"), n)),
        hhi=enough.then(squares / n**2),
        gini=pl.when((n >= min_successes) & (people > 1)).then(2 * pl.col("ranks") / (people * n) - (people + 1) / people),
        teams_ever=teams_ever,
        multi_team=teams_ever >= min_teams,
        second_team=young.then("second_team"),
        second_workflow=young.then("second_workflow"),
        status=status,
    )


def _seconds(footholds: pl.LazyFrame) -> pl.LazyFrame:
    """account, began, teams_ever (null: none has a name), and when the second of each kind got there."""
    ordered = footholds.with_columns(number=pl.col("first_day").rank("ordinal").over("account", "kind"))
    teams = pl.col("kind") == "team"
    second = pl.col("number") == 2
    known = teams.sum().cast(pl.Int64)
    return ordered.group_by("account").agg(
        began=pl.lit(True),
        teams_ever=pl.when(known > 0).then(known),
        second_team=pl.col("first_day").filter(teams & second).first(),
        second_workflow=pl.col("first_day").filter(~teams & second).first(),
    )
