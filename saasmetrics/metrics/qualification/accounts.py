"""Which accounts that do not pay yet are ready to buy, since when, and what shows it?

## Why
A form filled in or a trial begun is interest. A product-qualified account has shown by its work that it is about to buy:
enough of the declared signs hold at the same time. Once it has qualified it stays so; every sign is shown with its numbers.

## Columns
account       key    the account
state         label  qualified; not yet; unknown: signs that the data cannot show could change the answer; with `customers` also customer: pays, and left: paid once
qualified     flag   qualified, and does not pay yet: talk to it
entered_at    date   the day on which it qualified, also of customers who did so before they paid; empty: not, or the account is older than the export
signals       count  signs that hold at T; empty: it pays, or paid once
needed        count  signs needed
unknown       count  signs that the data cannot show
fired         text   the signs that hold
missing       text   those that do not
evidence      text   the numbers behind each sign that holds
age_days      count  whole days since its creation
last_success  date   last day with a core success
active_users  count  people with core successes in the last 28 days
paid_at       date   the first day on which it paid; empty: never, or no subscriptions are given
model         label  the model of its segment that judged it (qualification.segments), such as `size small`; empty: what holds for all others

## Limits
Whoever pays, or paid once, is left out, unless `customers` is true: what became of them is in `qualification conversion`.
All signs weigh the same. A sign that held once counts on, but for the shares of failures and of tickets, which may rise again.
Signs of the day of the first payment and later qualify nobody: they cannot foretell it. An account older than the export may
have qualified before; when is not known. `low_support` counts only where the definition declares it, since without a tickets
table it is unknown; tickets of any kind count, as far back as the export.
A time is over once `late_after` has passed too. Of an account older than the export a sign that does not hold is
unknown, except low_errors, which counts the attempts at core workflows. `invited` is known where the users table says
when anybody was invited; the first of an account's people, invited no later than its creation, is taken for who created it.

## Order
-qualified -signals -entered_at account

## Better with
subscriptions  who pays already; without them every account counts as one that does not
users          the people invited
accounts       the accounts that never did anything
tickets        who gets along without help (the sign `low_support`)

## Covers
P01 P02 P03 P04 P05 P06 P07 P08

## Example: the ready come first, customers last, and a lost sign takes nothing away
accounts:
account  left_truncated
ready    false
early    false
pays     false
qualified:
account  entered_day  paid_day    needed  fired  unknown  model
ready    2026-01-10   ·           2       1      0        ·
early    ·            ·           2       1      0        ·
pays     2026-01-05   2026-01-09  2       2      0        ·
signs:
account  position  signal      state  evidence
ready    1         activated   fired  activated on 2026-01-10
ready    2         low_errors  quiet  ·
early    1         activated   fired  activated on 2026-01-11
early    2         low_errors  quiet  ·
pays     1         activated   fired  activated on 2026-01-04
pays     2         low_errors  fired  0 of 20 attempts had failed by 2026-01-05
snapshot:
account  age_days  last_success_day  users  pays   ended_day
ready    20        2026-01-28        2      false  ·
early    20        ·                 ·      false  ·
pays     30        2026-01-30        1      true   ·
with customers=True
becomes
account  state      qualified  entered_at  signals  needed  unknown  fired                  missing     evidence                                                          age_days  last_success  active_users  paid_at       model
ready    qualified  true       2026-01-10  1        2       0        activated              low_errors  activated on 2026-01-10                                           20        2026-01-28    2             ·             ·
early    not yet    false      ·           1        2       0        activated              low_errors  activated on 2026-01-11                                           20        ·             ·             ·             ·
pays     customer   false      2026-01-05  ·        2       0        activated, low_errors  ·           activated on 2026-01-04; 0 of 20 attempts had failed by 2026-01-05  30        2026-01-30    1             2026-01-09  ·

## Example: who pays already is no prospect
accounts:
account  left_truncated
new      false
pays     false
left     false
qualified:
account  entered_day  paid_day    needed  fired  unknown  model
new      2026-01-10   ·           1       1      0        ·
pays     2026-01-05   2026-01-09  1       1      0        ·
left     2026-01-05   2026-01-09  1       1      0        ·
signs:
account  position  signal     state  evidence
new      1         activated  fired  activated on 2026-01-10
pays     1         activated  fired  activated on 2026-01-04
left     1         activated  fired  activated on 2026-01-04
snapshot:
account  age_days  last_success_day  users  pays   ended_day
new      20        2026-01-28        2      false  ·
pays     30        2026-01-30        1      true   ·
left     30        2026-01-12        ·      false  2026-01-20
becomes
account  state      qualified  entered_at  signals  needed  unknown  fired      missing  evidence                 age_days  last_success  active_users  paid_at  model
new      qualified  true       2026-01-10  1        1       0        activated  ·        activated on 2026-01-10  20        2026-01-28    2             ·        ·

## Example: what the data cannot show is not held against an account
accounts:
account  left_truncated
old      true
dim      false
qualified:
account  entered_day  paid_day  needed  fired  unknown  model
old      2026-01-10   ·         1       1      0        ·
dim      ·            ·         1       0      1        ·
signs:
account  position  signal   state    evidence
old      1         invited  fired    2 people invited by 2026-01-10
dim      1         invited  unknown  ·
snapshot:
account  age_days  last_success_day  users  pays  ended_day
old      900       ·                 ·      ·     ·
dim      20        ·                 ·      ·     ·
becomes
account  state      qualified  entered_at  signals  needed  unknown  fired    missing  evidence                        age_days  last_success  active_users  paid_at  model
old      qualified  true       ·           1        1       0        invited  ·        2 people invited by 2026-01-10  900       ·             ·             ·        ·
dim      unknown    false      ·           0        1       1        ·        ·        ·                               20        ·             ·             ·        ·
"""

from __future__ import annotations

import polars as pl


def accounts(
    accounts: pl.LazyFrame, qualified: pl.LazyFrame, signs: pl.LazyFrame, snapshot: pl.LazyFrame, *, customers: bool = False
) -> pl.LazyFrame:
    known = snapshot.select("account", "age_days", "last_success_day", "users", "pays", "ended_day")
    told = accounts.select("account", "left_truncated").join(qualified, on="account", how="left").join(known, on="account", how="left")
    judged = told.with_columns(state=_state())
    asked = judged if customers else judged.filter(~_pays())
    return asked.join(_sentences(signs), on="account", how="left").with_columns(
        qualified=pl.col("state") == "qualified",
        entered_at=pl.when(~pl.col("left_truncated")).then("entered_day"),
        signals=pl.when(~_pays()).then("fired"),
        fired="held",
        last_success="last_success_day",
        active_users="users",
        paid_at="paid_day",
    )


def _pays() -> pl.Expr:
    return pl.col("state").is_in(["customer", "left"])


def _state() -> pl.Expr:
    """Who ever paid is judged no longer; once qualified is qualified."""
    return (
        pl.when(pl.col("ended_day").is_not_null()).then(pl.lit("left"))
        .when(pl.col("paid_day").is_not_null()).then(pl.lit("customer"))
        .when(pl.col("entered_day").is_not_null()).then(pl.lit("qualified"))
        .when(pl.col("fired") + pl.col("unknown") < pl.col("needed")).then(pl.lit("not yet"))
        .otherwise(pl.lit("unknown"))
    )  # fmt: skip


def _sentences(signs: pl.LazyFrame) -> pl.LazyFrame:
    """account, held, missing, evidence: texts in the order of the signs; null where there is nothing to say."""
    fired, quiet = pl.col("state") == "fired", pl.col("state") == "quiet"
    texts = {"held": pl.col("signal").filter(fired), "missing": pl.col("signal").filter(quiet), "evidence": pl.col("evidence").filter(fired)}
    joined = {name: text.str.join("; " if name == "evidence" else ", ") for name, text in texts.items()}
    told = signs.sort("account", "position").group_by("account", maintain_order=True).agg(**joined)
    return told.with_columns(pl.when(pl.col(name) != "").then(pl.col(name)) for name in texts)
