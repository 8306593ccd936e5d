"""adoption.breadth and adoption.breadth_accounts."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from oracle.depth import got, held, tiered
from oracle.features import old_enough
from oracle.numbers import share
from oracle.onboarding import middle
from oracle.recent import Recent
from oracle.scores import money
from oracle.split import Rows
from oracle.truth import Account, Truth
from oracle.world import Event

QUARTERS = {"p25": 0.25, "median": 0.5, "p75": 0.75, "p90": 0.9}


class Wide:
    """Who did what in an account in the last 28 days, and in the 28 before."""

    def __init__(self, truth: Truth, account: Account) -> None:
        self.truth, self.account, self.recent = truth, account, Recent(truth, account)
        flows = truth.definition.workflows
        work = [(name, event) for name in flows for event in truth.successes(account.name, [name])]
        now = [(name, event) for name, event in work if truth.today - 28 <= event.day]
        by_people = [event for _, event in now if truth.person(event)]
        self.workflows = len({name for name, _ in now})
        self.successes = len(by_people)
        self.people = self.of(by_people)
        self.before = self.of([event for _, event in work if truth.today - 56 <= event.day < truth.today - 28 and truth.person(event)])
        self.roles, self.teams, self.teams_before = self.different("role"), self.different("team"), self.different("team", self.before)

    @staticmethod
    def of(events: Sequence[Event]) -> list[str]:
        return sorted({event.user for event in events if event.user is not None})

    def told(self, user: str, column: str) -> str | None:
        return self.truth.people.get((self.account.name, user), {}).get(column)

    def different(self, column: str, people: list[str] | None = None) -> int | None:
        """None: none of them has one."""
        who = self.people if people is None else people
        found = {told for user in who if (told := self.told(user, column))}
        return len(found) if found or not who else None

    @property
    def per_user(self) -> Fraction | None:
        return Fraction(self.successes, len(self.people)) if self.people else None


def breadth_accounts(truth: Truth, accounts: Sequence[Account], trailing_days: int = 90) -> Rows:
    return [account_row(truth, Wide(truth, account), trailing_days) for account in accounts]


def account_row(truth: Truth, wide: Wide, trailing_days: int) -> dict[str, Any]:
    contract, deep = wide.recent.contract, []
    for workflow in sorted(tiered(truth)):
        tiers = got(truth, wide.account.name, workflow)
        if level := held(truth, tiers, trailing_days):
            deep.append(f"{workflow} {tiers[level - 1][2]}")
    seen = truth.start is None or truth.today - truth.calendar.local(truth.start) >= 56
    known = seen and wide.teams is not None and wide.teams_before is not None
    return {
        "account": wide.account.name, "users": len(wide.people), "users_before": len(wide.before) if seen else None, "roles": wide.roles, "teams": wide.teams,
        "teams_before": wide.teams_before if seen else None, "teams_change": float((wide.teams or 0) - (wide.teams_before or 0)) if known else None,
        "teamless": sum(not wide.told(user, "team") for user in wide.people), "workflows": wide.workflows, "successes": wide.successes,
        "per_user": share(wide.successes, len(wide.people)), "depth": ", ".join(deep) or None,
        "mrr": money(contract.mrr if contract else None), "currency": contract.currency if contract else None,
    }  # fmt: skip


def breadth(truth: Truth, accounts: Sequence[Account], min_age: int = 30) -> Rows:
    wide = [Wide(truth, account) for account in accounts if old_enough(truth, account, min_age)]
    wide = [one for one in wide if not one.recent.ended]
    measures: dict[str, list[int | Fraction | None]] = {
        "active users": [len(one.people) for one in wide], "roles": [one.roles for one in wide], "teams": [one.teams for one in wide],
        "workflows": [one.workflows for one in wide], "successes per active user": [one.per_user for one in wide],
    }  # fmt: skip
    return [{"position": n, "measure": name, **spread(found)} for n, (name, found) in enumerate(measures.items(), 1) if wide]


def spread(found: Sequence[int | Fraction | None]) -> dict[str, Any]:
    known = [value for value in found if value is not None]
    return {
        "accounts": len(known), "unknown": len(found) - len(known), "none": known.count(0), "one": sum(0 < value <= 1 for value in known),
        "few": sum(1 < value <= 4 for value in known), "many": sum(value > 4 for value in known),
        "mean": float(sum(known, Fraction(0)) / len(known)) if known else None, **{name: middle(known, part) for name, part in QUARTERS.items()},
        "most": float(max(known)) if known else None,
    }  # fmt: skip


TABLES = {"adoption.breadth": breadth, "adoption.breadth_accounts": breadth_accounts}
