"""engagement.users, active_users, user_churn and user_stickiness: the people beside the accounts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from oracle.beats import Beat, begins, ended, people
from oracle.days import day_of
from oracle.engagement import unseen
from oracle.numbers import rated, share
from oracle.seats import interval, persons
from oracle.split import Rows
from oracle.truth import Account, Truth

Person = tuple[str, str]


def users(truth: Truth, accounts: Sequence[Account], days: int = 28, settle: int = 14) -> Rows:
    return [users_row(truth, account, days, settle) for account in accounts]


def users_row(truth: Truth, account: Account, days: int, settle: int) -> dict[str, Any]:
    work = truth.successes(account.name)
    lately = [event for event in work if event.day >= truth.today - days]
    table = persons(truth, account)
    gone = {one.user for one in table if one.left}
    now = set(people(truth, lately)) - gone
    ever = set(people(truth, work))
    silent = len(ever - now - gone)
    never = sum(one.joined and one.settled(truth, settle) and one.user not in ever | gone for one in table)
    state = "left" if ended(truth, account) else "active" if lately else "dormant" if work else "never"
    diverges = state == "active" and bool(silent) and len(now) <= silent
    return {
        "account": account.name, "diverges": diverges, "account_state": state, "reading": reading(len(now), silent, days) if diverges else None,
        "active": len(now), "dormant": silent, "never": never, "share": share(len(now), len(now) + silent), **interval(len(now), len(now) + silent),
        "last_success": day_of(work[-1].day) if work else None,
    }  # fmt: skip


def reading(active: int, silent: int, days: int) -> str:
    if active:
        return f"the account works on with {active} of the {active + silent} people who ever worked; {silent} silent for {days} days or more"
    return f"the account works on through service users or people unknown; all {silent} who ever worked are silent"


def working(truth: Truth, accounts: Iterable[Account], workflows: Iterable[str]) -> list[tuple[int, Person]]:
    """(day, person) of each success of a person."""
    names = list(workflows)
    return [(event.day, (one.name, event.user or "")) for one in accounts for event in truth.successes(one.name, names) if truth.person(event)]


def active_users(truth: Truth, accounts: Sequence[Account], period: str = "week") -> Rows:
    beat = Beat(truth, period)
    done = [(beat.index(day), person) for day, person in working(truth, accounts, truth.definition.workflows)]
    first = {person: min(index for index, other in done if other == person) for _, person in done}
    begun = min((beat.index(day) for day, _ in working(truth, truth.accounts.values(), truth.definition.workflows)), default=beat.running)
    return [period_row(truth, beat, index, {person for one, person in done if one == index}, first) for index in range(begun, beat.running + 1)]


def period_row(truth: Truth, beat: Beat, index: int, here: set[Person], first: dict[Person, int]) -> dict[str, Any]:
    fresh = [truth.accounts[account].truncated for account, user in here if first[account, user] == index]
    accounts = len({account for account, _ in here})
    return {
        "period": day_of(beat.first(index)), "users": len(here), "new": fresh.count(False), "unclear": fresh.count(True), "accounts": accounts,
        "per_account": share(len(here), accounts), "status": "provisional" if index > beat.last else "partial" if unseen(truth, index, beat.cadence) else "final",
    }  # fmt: skip


def user_churn(truth: Truth, accounts: Sequence[Account], period: str = "month", min_base: int = 5) -> Rows:
    beat = Beat(truth, period)
    done = [(beat.index(day), person) for day, person in working(truth, accounts, truth.definition.core_workflows())]
    active = [(beat.index(day), account.name) for account in accounts for day in truth.active[account.name]]
    if not active:
        return []
    worked = {index for index, _ in active}
    rows = [churn_row(beat, index, active, done, min_base) for index in range(min(active)[0] + 1, beat.last + 1) if index - 1 in worked]
    cut = {day_of(beat.first(index + 1)) for index in worked if beat.first(index) < (begins(truth) or 0)}
    return [row | {"status": "partial"} if row["status"] == "final" and row["period"] in cut else row for row in rows]


def churn_row(beat: Beat, index: int, active: Sequence[tuple[int, str]], done: Sequence[tuple[int, Person]], min_base: int) -> dict[str, Any]:
    was, now = ({name for one, name in active if one == at} for at in (index - 1, index))
    were, are = ({person for one, person in done if one == at} for at in (index - 1, index))
    gone = were - are
    account, person = rated(len(was - now), len(was)), rated(len(gone), len(were))
    apart = account["low"] > person["high"] or person["low"] > account["high"] if was and were else None  # type: ignore[operator]
    return {
        "period": day_of(beat.first(index)), "accounts_before": len(was), "accounts_lost": len(was - now), **{f"account_{name}": value for name, value in account.items()},
        "people_before": len(were), "people_lost": len(gone), **{f"people_{name}": value for name, value in person.items()},
        "lost_alone": sum(name in now for name, _ in gone), "diverges": apart, "status": "insufficient" if len(was) < min_base else "final",
    }  # fmt: skip


def user_stickiness(truth: Truth, accounts: Sequence[Account], window: str = "weeks") -> Rows:
    done = working(truth, accounts, truth.definition.workflows)
    weeks, start = Beat(truth, "week"), begins(truth)
    if start is None:
        return []
    rows, beat = [], weeks if window == "weeks" else Beat(truth, "month")
    length, end = (4, beat.last + 1) if window == "weeks" else (1, beat.last + 1)
    while beat.first(end - length) >= start:
        rows.append(window_row(weeks, done, beat.first(end - length), beat.first(end)))
        end -= length
    return rows


def window_row(weeks: Beat, done: Sequence[tuple[int, Person]], first: int, end: int) -> dict[str, Any]:
    inside = {(day, person) for day, person in done if first <= day < end}
    whole = [index for index in range(weeks.index(first), weeks.index(end) + 1) if first <= weeks.first(index) and weeks.first(index + 1) <= end]
    mau = len({person for _, person in inside})
    by_week = len({(index, person) for day, person in inside if (index := weeks.index(day)) in whole})
    return {
        "window": day_of(first), "days": end - first, "mau": mau, "dau": share(len(inside), end - first), "wau": share(by_week, len(whole)),
        "dau_mau": share(len(inside), (end - first) * mau), "wau_mau": share(by_week, len(whole) * mau),
    }  # fmt: skip


TABLES = {"engagement.users": users, "engagement.active_users": active_users, "engagement.user_churn": user_churn, "engagement.user_stickiness": user_stickiness}
