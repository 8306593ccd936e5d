"""Every sign of churn risk for every account that could still leave: fired, quiet or unknown, with its evidence.

An account that pays and was never seen has one row, for that; the sign has rows of those that pay only.

## Columns
account   key    the account
position  key    order of the signal
signal    label  its name in the definition file
ident     label  its catalogue id; null: it has none
state     label  fired; quiet; insufficient: too little use to tell a change from noise; unknown: the input is missing
points    score  what it adds to the account's score; they add up exactly
evidence  text   the numbers, as a sentence; null unless fired
why       text   what it means
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.churn_risk import RiskSignals
from saasmetrics.definitions.model import Definition
from saasmetrics.facts.accounts.snapshot import TWICE
from saasmetrics.facts.scores._models import modelled
from saasmetrics.facts.scores._score import SEATS_USED, USERS_NOW, alone, day_text, judged, percent, scored, tenths
from saasmetrics.sentences import counted, sentence

BEFORE_RENEWAL = "usage_down_before_renewal"
SETTLED = pl.col("n_before").is_not_null() & (pl.col("age_days") >= TWICE)  # account and export are old enough for a decline to be one


def rules(definition: Definition) -> Iterable[str]:
    """The rules that the fold must bring."""
    return (feature.rule for feature in definition.features.values())


def risk_signals(
    snapshot: pl.LazyFrame, decline: pl.LazyFrame, gaps: pl.LazyFrame, feature_use: pl.LazyFrame, admin_last: pl.LazyFrame,
    members: pl.LazyFrame, tiers: pl.LazyFrame, paying: pl.LazyFrame, models: pl.LazyFrame, definition: Definition, clock: Clock,
) -> pl.LazyFrame:  # fmt: skip
    """Accounts that no longer pay have left already and are not judged."""
    stays = snapshot.filter(pl.col("ended_day").is_null())
    admins = _admins(stays, admin_last, members)
    return modelled("churn_risk", models, definition, lambda own: _found(stays, decline, gaps, feature_use, admins, tiers, paying, own, clock))


def _found(
    stays: pl.LazyFrame, decline: pl.LazyFrame, gaps: pl.LazyFrame, feature_use: pl.LazyFrame, admins: pl.LazyFrame, tiers: pl.LazyFrame,
    paying: pl.LazyFrame, definition: Definition, clock: Clock,
) -> pl.LazyFrame:  # fmt: skip
    told = definition.churn_risk.signals
    falling = _falling(decline, told)
    found = {
        "declining_workflow": judged(stays.join(falling, on="account", how="left"), pl.col("falls"), SETTLED, _falling_text(), pl.col("falls").is_not_null()),
        "fewer_active_users": _fewer_users(stays, told),
        "less_high_value_use": _less_use(feature_use, stays, told),
        "longer_gaps": _longer(stays.select("account").join(gaps, on="account", how="left"), told, clock),
        "no_admin_activity": _no_admin(admins, told, clock),
        "weak_onboarding": _weak(stays, definition, clock),
        "low_adoption": _shallow(stays, tiers, definition, clock),
        BEFORE_RENEWAL: _before_renewal(stays.join(falling, on="account", how="left"), told),
        "single_user": _single(stays, told),
    }
    return alone(definition.churn_risk, "never_seen", _unseen(stays, paying, told, clock), scored(definition.churn_risk, found, stays))


def _falling(decline: pl.LazyFrame, told: RiskSignals) -> pl.LazyFrame:
    """The workflow of each account that fell the most."""
    ranked = fallen(decline, told).sort("account", "falls", "change", "workflow", descending=[False, True, False, False])
    return ranked.group_by("account", maintain_order=True).first()


def fallen(decline: pl.LazyFrame, told: RiskSignals) -> pl.LazyFrame:
    """Each workflow with enough of a base: whether it falls. Every one of its last periods must be below the line."""
    rate = pl.col("base_n") / pl.col("base")
    enough = decline.filter((pl.col("base") >= 2) & (pl.col("base_n") >= told.declining_workflow.min_base))
    measured = enough.with_columns(rate=rate, change=pl.col("last").list.mean() / rate - 1)
    line = (1 - told.declining_workflow.drop) * pl.col("rate")
    return measured.with_columns(falls=pl.col("last").list.max() <= line + 1e-9)


def _falling_text() -> pl.Expr:
    numbers = pl.col("last").list.eval(pl.element().cast(pl.String)).list.join(" and ")
    several = sentence("{} complete {}s", pl.col("last").list.len(), "cadence")
    looked_at = pl.when(pl.col("last").list.len() == 1).then(sentence("complete {}", "cadence")).otherwise(several)
    return sentence(
        "{}: {} in the last {}, {} a {} before ({})",
        "workflow", numbers, looked_at, tenths(pl.col("rate")), "cadence", percent(pl.col("change")),
    )  # fmt: skip


def _fewer_users(stays: pl.LazyFrame, told: RiskSignals) -> pl.LazyFrame:
    signal = told.fewer_active_users
    lost = pl.col("users_before") - pl.col("users")
    fires = (lost >= signal.min_drop) & (lost >= signal.drop * pl.col("users_before") - 1e-9)
    return judged(stays, fires, pl.col("users_before").is_not_null() & (pl.col("age_days") >= TWICE), USERS_NOW, pl.col("users_before") > 0)


def _less_use(feature_use: pl.LazyFrame, stays: pl.LazyFrame, told: RiskSignals) -> pl.LazyFrame:
    signal = told.less_high_value_use
    held = stays.select("account", held=pl.col("n_before").is_not_null())
    fires = pl.col("n") <= (1 - signal.drop) * pl.col("n_before") + 1e-9
    text = sentence("{} of high-value features in the last 28 days, {} in the 28 days before", counted("n", "use"), "n_before")
    return judged(feature_use.filter("high_value").join(held, on="account"), fires, pl.lit(True), text, pl.col("held") & (pl.col("n_before") >= signal.min_base))


def _longer(gaps: pl.LazyFrame, told: RiskSignals, clock: Clock) -> pl.LazyFrame:
    signal = told.longer_gaps
    usual = pl.col("gaps").list.eval(pl.element().quantile(signal.quantile, "linear")).list.first()
    frame = gaps.with_columns(now=clock.day - 1 - pl.col("last_day"), usual=usual)
    text = sentence("last core success on {}, {} ago; {} of {} earlier gaps were at most {} days",
                     day_text(pl.col("last_day")), counted("now", "day"), pl.col("gaps").list.eval(pl.element() <= pl.element().quantile(signal.quantile, "linear")).list.sum(),
                     pl.col("gaps").list.len(), tenths(pl.col("usual")))  # fmt: skip
    return judged(frame, pl.col("now") > pl.col("usual"), pl.lit(True), text, pl.col("gaps").list.len() >= signal.min_gaps)


def _admins(stays: pl.LazyFrame, admin_last: pl.LazyFrame, members: pl.LazyFrame) -> pl.LazyFrame:
    have = members.filter("admin").select("account").unique().with_columns(has_admin=pl.lit(True))
    last = admin_last.select("account", admin_day="day")
    return stays.join(have, on="account", how="left").join(last, on="account", how="left")


def _no_admin(admins: pl.LazyFrame, told: RiskSignals, clock: Clock) -> pl.LazyFrame:
    days = told.no_admin_activity.days
    silent, admins = pl.col("silent"), admins.with_columns(silent=clock.day - 1 - pl.col("admin_day"))
    fires = pl.when(pl.col("admin_day").is_null()).then(_watched(clock) > days).otherwise(silent > days)
    seen = sentence("no administrator active since {} ({})", day_text(pl.col("admin_day")), counted("silent", "day"))
    text = pl.when(pl.col("admin_day").is_null()).then(pl.lit("no administrator has ever been seen in the events")).otherwise(seen)
    return judged(admins, fires, pl.col("has_admin") & fires.is_not_null(), text)


def _watched(clock: Clock) -> pl.Expr:
    """Days that the account was there, and seen."""
    return pl.when(pl.col("age_days").is_not_null()).then(pl.min_horizontal("age_days", clock.day - pl.col("observed_from")))


def _weak(stays: pl.LazyFrame, definition: Definition, clock: Clock) -> pl.LazyFrame:
    share = definition.churn_risk.signals.weak_onboarding.share
    within = definition.activation.within if definition.activation else 0
    fires = pl.col("done") < share * pl.col("required") - 1e-9
    missing = pl.col("missing").list.join(", ")
    text = sentence("{} of {} activation steps done after {}; missing: {}", "done", "required", counted("age_days", "day"), missing)
    known = (pl.col("required") > 0) & ~pl.col("left_truncated") & clock.mature(pl.col("created_at"), within)
    return judged(stays, fires, known, text)


def _shallow(stays: pl.LazyFrame, tiers: pl.LazyFrame, definition: Definition, clock: Clock) -> pl.LazyFrame:
    """Which rung the tier is may differ from workflow to workflow: its name says who holds it. What came before the export is no lack of depth."""
    signal = definition.churn_risk.signals.low_adoption
    holds = tiers.filter(pl.col("core") & (pl.col("tier") == signal.tier)).select("account").unique().with_columns(holds=True)
    stays = stays.join(holds, on="account", how="left")
    there = any(signal.tier in definition.workflows[name].tiers for name in definition.core_workflows())
    watched = _watched(clock)
    settled = (watched > signal.after) | (pl.col("age_days") <= signal.after)
    shallow = pl.when(settled | pl.col("holds")).then(pl.col("holds").is_null()) if there else pl.lit(None, pl.Boolean)
    empty = pl.col("users") < signal.seat_use * pl.col("seats") - 1e-9
    old = (pl.col("age_days") > signal.after).fill_null(False)
    within = pl.when("left_truncated").then(pl.lit("in")).otherwise(pl.lit("after"))
    seen = pl.when("left_truncated").then(pl.lit(" of the export")).otherwise(pl.lit(""))
    depth = sentence("depth {} {} days{}: {}", within, watched, seen, "tiers")
    text = pl.concat_str([pl.when(shallow).then(depth), pl.when(empty).then(SEATS_USED)], separator="; ", ignore_nulls=True)
    known = shallow.is_not_null() | empty.is_not_null()
    return judged(stays, old & (shallow.fill_null(False) | empty.fill_null(False)), known & pl.col("age_days").is_not_null(), text)


def _before_renewal(stays: pl.LazyFrame, told: RiskSignals) -> pl.LazyFrame:
    """A renewal that is far off is none to fear, whatever the work does; before a near one all hangs on that."""
    near, falls = pl.col("renews_in") <= told.usage_down_before_renewal.within, pl.col("falls")
    text = sentence("renewal in {}, and {} declines", counted("renews_in", "day"), "workflow")
    return judged(stays, near & falls, ~near | (near & SETTLED), text, ~near | falls.is_not_null())


def _single(stays: pl.LazyFrame, told: RiskSignals) -> pl.LazyFrame:
    signal = told.single_user
    fires = (pl.col("top_share") >= signal.top_share - 1e-9) & (pl.col("effective_before") >= signal.was - 1e-9)
    usual = tenths(pl.col("effective_before"))
    share = percent(pl.col("top_share")).str.strip_prefix("+")
    text = sentence("one person made {} of the {} successes of the last 28 days; they rested on {} people before", share, "people_n", usual)
    enough = pl.col("top_share").is_not_null() & pl.col("effective_before").is_not_null()
    return judged(stays, fires, pl.col("users").is_not_null(), text, enough)


def _unseen(stays: pl.LazyFrame, paying: pl.LazyFrame, told: RiskSignals, clock: Clock) -> pl.LazyFrame:
    """Of those that pay: what counts is the time for which they paid while the export watched."""
    since = pl.max_horizontal("start_day", "observed_from")
    pays = stays.join(paying.filter(pl.col("end_day").is_null()), on="account").with_columns(days=clock.day - since)
    text = sentence("pays since {}; not one event in the {} since then that the export holds", day_text(pl.col("start_day")), counted("days", "day"))
    fires = pl.col("last_at").is_null() & (pl.col("days") >= told.never_seen.days)
    return judged(pays, fires, pl.col("observed_from").is_not_null(), text)
