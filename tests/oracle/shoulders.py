"""value.spread and value.dependency: on how many shoulders does the work rest?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from oracle.beats import different, ended, pays, people, told, top
from oracle.beats import effective as effective_users
from oracle.days import day_of
from oracle.engagement import levels
from oracle.habits import Habit, habits
from oracle.numbers import share
from oracle.recent import Recent
from oracle.split import Rows
from oracle.truth import Account, Truth
from oracle.world import Event


class Held:
    """Who did the core work of an account in the trailing days."""

    def __init__(self, truth: Truth, account: Account) -> None:
        self.truth, self.account = truth, account
        self.first = truth.today - truth.definition.value.trailing
        self.work = [event for event in truth.successes(account.name) if event.day >= self.first]
        self.done = people(truth, self.work)

    def effective(self, least: int) -> float | None:
        return effective_users(self.done) if self.done.total() >= least else None

    @property
    def top_share(self) -> float | None:
        return share(max(self.done.values(), default=0), self.done.total())


def gini(amounts: Sequence[int]) -> float:
    """Mean absolute difference over twice the mean."""
    apart = sum(abs(one - other) for one in amounts for other in amounts)
    return float(Fraction(apart, 2 * len(amounts) * sum(amounts)))


def spread(truth: Truth, accounts: Sequence[Account], min_successes: int = 5, min_teams: int = 2) -> Rows:
    return [spread_row(truth, Held(truth, account), min_successes, min_teams) for account in accounts]


def spread_row(truth: Truth, held: Held, min_successes: int, min_teams: int) -> dict[str, Any]:
    name, done = held.account.name, held.done
    enough = done.total() >= min_successes
    flows = [flow for flow in truth.definition.workflows if any(event.day >= held.first for event in truth.successes(name, [flow]))]
    teams, work = footholds(truth, held.account)
    teamless = not teams and (different(truth, name, done, "team") is None or bool(work) and not done)
    days = [None if held.account.truncated or len(found) < 2 else day_of(sorted(found.values())[1]) for found in (teams, work)]
    return {
        "account": name, "effective_users": held.effective(min_successes), "people": len(done), "successes": len(held.work), "by_people": done.total(),
        "top_user": top(done), "top_share": held.top_share if enough else None,
        "hhi": float(Fraction(sum(n * n for n in done.values()), done.total() ** 2)) if enough and done else None,
        "gini": gini(list(done.values())) if enough and len(done) > 1 else None,
        "roles": different(truth, name, done, "role"), "teams": different(truth, name, done, "team"), "workflows": len(flows),
        "teams_ever": None if teamless else len(teams), "multi_team": None if teamless else len(teams) >= min_teams,
        "second_team": days[0], "second_workflow": days[1], **pays(truth, held.account),
        "status": "left" if ended(truth, held.account) else "final" if enough else "insufficient",
    }  # fmt: skip


def footholds(truth: Truth, account: Account) -> tuple[dict[str, int], dict[str, int]]:
    """Team → the day it reached the first tier of a workflow; workflow → the day the account did."""
    teams: dict[str, int] = {}
    work: dict[str, int] = {}
    for workflow, flow in truth.definition.workflows.items():
        rules = levels(truth, workflow)[0][2] if flow.tiers else [flow.success]
        events = {rule: truth.rule(account.name, rule) for rule in rules}
        if (day := reached(list(events.values()))) is not None:
            work[workflow] = day
        for team in {told(truth, account.name, event.user, "team") for found in events.values() for event in found if event.user} - {None}:
            day = reached([[event for event in found if truth.person(event) and told(truth, account.name, event.user or "", "team") == team] for found in events.values()])
            if day is not None and team is not None:
                teams[team] = min(day, teams.get(team, day))
    return teams, work


def reached(found: Sequence[Sequence[Event]]) -> int | None:
    """The day by which all of it had happened."""
    return max(events[0].day for events in found) if all(found) else None


def main(truth: Truth, account: Account) -> Habit:
    """The core job that it does most regularly: of those old enough to tell, if any is; of equals that with more periods, then with more done."""
    core = truth.definition.core_workflows()
    found = [habit for habit in habits(truth, account) if habit.workflow in core]
    return min(found, key=lambda habit: (not habit.judged, -(habit.consistency or 0), -len(habit.window), -len(habit.inside), habit.workflow))


def dependency(
    truth: Truth, accounts: Sequence[Account], consistent: float = 0.75, effective: float = 2.0, still: float = 0.5, alone: float = 0.9, min_successes: int = 5
) -> Rows:
    limits = {name: Fraction(str(limit)) for name, limit in (("consistent", consistent), ("effective", effective), ("still", still), ("alone", alone))}
    return [dependency_row(truth, account, limits, min_successes) for account in accounts if not ended(truth, account)]


def others(truth: Truth, account: Account, habit: Habit, busiest: str | None) -> Fraction | None:
    """The share of its periods with a success of somebody else."""
    hit = {habit.beat.index(event.day) for event in habit.inside if truth.person(event) and event.user != busiest}
    return Fraction(len(hit), len(habit.window)) if habit.judged else None


def dependency_row(truth: Truth, account: Account, limits: dict[str, Fraction], min_successes: int) -> dict[str, Any]:
    habit, held, recent = main(truth, account), Held(truth, account), Recent(truth, account)
    core = truth.definition.core_workflows()
    without = [found for one in habits(truth, account) if one.workflow in core and (found := others(truth, account, one, top(held.done))) is not None]
    left = max(without, default=None) if habit.judged else None
    enough = held.done.total() >= min_successes
    before = recent.people(118, 28)
    return {
        "account": account.name, "state": state(habit, held.done, left, limits, habit.judged and enough), "workflow": habit.workflow, "hit": habit.hit,
        "periods": len(habit.window), "consistency": share(habit.hit, len(habit.window)) if habit.judged else None, "without_top": None if left is None else float(left),
        "effective_users": held.effective(min_successes), "before": effective_users(before), "people": len(held.done), "top_user": top(held.done),
        "top_share": held.top_share if enough else None, "renews_in": recent.contract.renews_in if recent.contract else None, **pays(truth, account),
    }  # fmt: skip


def state(habit: Habit, done: Counter[str], without: Fraction | None, limits: dict[str, Fraction], judged: bool) -> str:
    if habit.state == "unknown":
        return "unknown"
    if not judged or without is None or habit.consistency is None:
        return "too little"
    if habit.consistency < limits["consistent"]:
        return "irregular"
    if without < limits["still"] * habit.consistency or Fraction(max(done.values()), done.total()) >= limits["alone"]:
        return "dependent on one"
    return "narrow" if Fraction(done.total() ** 2, sum(n * n for n in done.values())) < limits["effective"] else "spread"


TABLES = {"value.spread": spread, "value.dependency": dependency}
