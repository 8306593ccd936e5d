"""value.vanity and value.vanity_periods: being there, beside getting something done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from oracle.beats import Beat, begins, born, ended, pays
from oracle.days import SECOND, day_of
from oracle.habits import habits
from oracle.numbers import share, wilson
from oracle.shoulders import Held, main
from oracle.split import Rows
from oracle.text import Says
from oracle.truth import Account, Truth
from oracle.world import Event

ENOUGH = 5


def counted(truth: Truth, rules: Iterable[str] | None, account: str, beat: Beat, first: int, last: int) -> list[Event] | None:
    """Of any of these rules; None: none declared."""
    return None if rules is None else [event for rule in rules for event in beat.inside(truth.rule(account, rule), first, last)]


def sessions(truth: Truth, account: str, beat: Beat, first: int, last: int) -> int:
    """Whole seconds from the first to the last event of each session of a person, a long one cut."""
    activity, total = truth.definition.activity, 0
    for user in {event.user for event in truth.of.get(account, []) if truth.person(event)}:
        start = end = None
        for event in [*(one for one in truth.of[account] if one.user == user), None]:
            if event is None or end is None or start is None or event.time - end.time > activity.gap:
                if start is not None and end is not None and first <= beat.index(start.day) <= last:
                    total += min(end.time - start.time, activity.longest) // SECOND
                start = event
            end = event
    return total


def vanity(truth: Truth, accounts: Sequence[Account], weeks: int = 12, active: int = 8, consistent: float = 0.75, effective: float = 2.0) -> Rows:
    rows = [row(truth, account, weeks, active, Fraction(str(consistent)), effective) for account in accounts if not ended(truth, account)]
    if not any(truth.of.get(name) for name in truth.accounts):  # where nothing ever happened, nothing is said of it
        rows = [{**one, **dict.fromkeys(("events", "logins", "page_views", "feature_uses"))} for one in rows]
    return rows


def row(truth: Truth, account: Account, weeks: int, active: int, consistent: Fraction, least: float) -> dict[str, Any]:
    beat, name = Beat(truth, "week"), account.name
    first, last = beat.last - weeks + 1, beat.last
    events = beat.inside(truth.of.get(name, []), first, last)
    people = {event.user for event in events if truth.person(event)}
    there = len({beat.index(event.day) for event in events if truth.person(event)})
    regular, held = consistency(truth, account), Held(truth, account)
    shoulders = held.effective(ENOUGH)
    busy = there >= active
    reason = "irregular" if busy and regular is not None and seldom(truth, account, consistent) else "one person" if busy and shoulders is not None and shoulders < least and len(people) > 1 else None
    return {
        "account": name, "optional": reason is not None, "reason": reason, "why": Says(len(people), there, weeks) if reason else None, "active_weeks": there, "users": len(people),
        "events": len(events), "logins": size(counted(truth, truth.definition.activity.logins, name, beat, first, last)),
        "page_views": size(counted(truth, truth.definition.activity.page_views, name, beat, first, last)), "minutes": sessions(truth, name, beat, first, last) // 60,
        "feature_uses": size(counted(truth, [one.rule for one in truth.definition.features.values()] or None, name, beat, first, last)),
        "success_rate": success_rate(truth, account), "consistency": None if regular is None else float(regular), "effective_users": shoulders, **pays(truth, account),
    }  # fmt: skip


def seldom(truth: Truth, account: Account, least: Fraction) -> bool:
    """Whether the main job was done in fewer of the periods, beyond doubt; one never done is."""
    habit = main(truth, account)
    high = wilson(habit.hit, len(habit.window))[1]
    return high is None or high < least


def size(found: Sequence[Event] | None) -> int | None:
    return None if found is None else len(found)


def consistency(truth: Truth, account: Account) -> Fraction | None:
    """Of the main job; 0: it never did any; None: too young to tell, or unknown."""
    habit = main(truth, account)
    if habit.state == "unknown":
        return None
    return Fraction(0) if not habit.events else habit.consistency if habit.judged else None


def success_rate(truth: Truth, account: Account) -> float | None:
    """Of the core jobs that declare a failure, in the periods looked at."""
    done = failed = 0
    for habit in habits(truth, account):
        if habit.workflow in truth.definition.core_workflows() and habit.flow.failure and habit.window:
            done += len(habit.inside)
            failed += len(habit.beat.inside(truth.rule(account.name, habit.flow.failure), habit.window[0], habit.window[-1]))
    return share(done, done + failed)


def vanity_periods(truth: Truth, accounts: Sequence[Account], period: str = "week") -> Rows:
    """A row for each period in which anything happened."""
    beat, start = Beat(truth, period), begins(truth)
    if start is None:
        return []
    rows = [period_row(truth, accounts, beat, index, start) for index in range(beat.index(start), beat.running + 1)]
    return [one for one in rows if one["signups"] or one["events"]]


def period_row(truth: Truth, accounts: Sequence[Account], beat: Beat, index: int, start: int) -> dict[str, Any]:
    activity, names = truth.definition.activity, [account.name for account in accounts]
    events = [event for name in names for event in beat.inside(truth.of.get(name, []), index, index)]
    people = {(event.account, event.user) for event in events if truth.person(event)}
    logins, views = ([event for name in names for event in counted(truth, rules, name, beat, index, index) or []] for rules in (activity.logins, activity.page_views))
    who = {(event.account, event.user) for event in logins if truth.person(event)}
    done = {(event.account, event.user) for name in names for event in beat.inside(truth.successes(name, truth.definition.workflows), index, index)}
    low, high = wilson(len(who - done), len(who))
    days = [day for account in accounts if (day := born(truth, account)) is not None]
    told = activity.logins is not None
    return {
        "period": day_of(beat.first(index)), "signups": sum(day >= start and beat.index(day) == index for day in days), "active_accounts": len({name for name, _ in people}),
        "working": sum(bool(beat.inside(truth.successes(name), index, index)) for name in names), "active_users": len(people), "events": len(events),
        "logins": len(logins) if told else None, "page_views": len(views) if activity.page_views is not None else None, "logged_in": len(who) if told else None,
        "without_success": len(who - done) if told else None, "share": share(len(who - done), len(who)) if told else None, "low": low if told else None, "high": high if told else None,
        "status": "provisional" if index > beat.last else "partial" if beat.first(index) < start else "final",
    }  # fmt: skip


TABLES = {"value.vanity": vanity, "value.vanity_periods": vanity_periods}
