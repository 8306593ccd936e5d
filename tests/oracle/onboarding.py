"""activation.onboarding and activation.onboarding_invites."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from oracle.activation import HALF, NINE, days, way
from oracle.days import DAY
from oracle.numbers import quantile, rated, reached_by, share, wilson
from oracle.people import anybody, invitations
from oracle.split import Rows
from oracle.truth import Account, Truth

Passed = tuple[int | None, int | None]  # when, and failures before


def setup(truth: Truth, account: Account) -> Passed:
    found = way(truth, account.name)
    kinds = [step.kind for step in truth.definition.steps().values()]
    times = [at for at, kind, needed in zip(found.at, kinds, found.required, strict=True) if kind == "setup" and needed]
    return (None if None in times else max(times)), None  # type: ignore[type-var]


def workflow(truth: Truth, account: Account) -> Passed:
    work = truth.successes(account.name)
    return (work[0].time if work else None), None


def invited(truth: Truth, account: Account) -> Passed:
    people = invitations(truth, account)
    return (people[0].at if people else None), None


def connections(truth: Truth) -> list[str]:
    """The rules whose first success connects a system."""
    features = [feature.rule for feature in truth.definition.features.values() if feature.integration]
    return features + [step.rule for step in truth.definition.steps().values() if step.kind in ("integration", "import")]


def failing(truth: Truth) -> list[str]:
    return [feature.failure for feature in truth.definition.features.values() if feature.integration and feature.failure]


def integration(truth: Truth, account: Account) -> Passed:
    times = [events[0].time for rule in connections(truth) if (events := truth.rule(account.name, rule))]
    at = min(times, default=None)
    return at, sum(failed(truth, account, rule, at) for rule in failing(truth)) if failing(truth) else None


def failed(truth: Truth, account: Account, rule: str, at: int | None) -> int:
    """Failures before the first success."""
    return sum(at is None or event.time < at for event in truth.rule(account.name, rule))


def repeated(truth: Truth, account: Account) -> Passed:
    each = [truth.successes(account.name, [name]) for name in truth.definition.core_workflows()]
    again = [next((event.time for event in work if event.day > work[0].day), None) for work in each if work]
    return min((at for at in again if at is not None), default=None), None


MILESTONES = {"setup completed": setup, "key workflow": workflow, "person invited": invited, "integration": integration, "repeated": repeated}


def shown(truth: Truth, name: str) -> bool:
    """Whether the definition and the data can show it."""
    required = [step for step in truth.definition.steps().values() if step.kind == "setup" and step.required]
    return {"setup completed": bool(required), "person invited": truth.world.users is not None, "integration": bool(connections(truth))}.get(name, True)


def onboarding(truth: Truth, accounts: Sequence[Account], within: int = 14 * DAY, min_base: int = 5) -> Rows:
    return [
        {"position": n, "milestone": name, **row(truth, accounts, {a.name: passed(truth, a) for a in accounts}, name, within, min_base)}
        for n, (name, passed) in enumerate(MILESTONES.items(), 1) if accounts and shown(truth, name)
    ]  # fmt: skip


def row(truth: Truth, accounts: Sequence[Account], passed: dict[str, Passed], name: str, within: int, min_base: int) -> dict[str, object]:
    known = {account.name: account.created or 0 for account in accounts if account.known}
    old = {name: created for name, created in known.items() if created + within <= truth.now}
    done = sum((at := passed[one][0]) is not None and at <= created + within for one, created in old.items())
    waits = [(max(0, (truth.now if (at := passed[one][0]) is None else at) - created), at is not None) for one, created in known.items()]
    late = any(created + within > truth.final for created in old.values())
    failures = [passed[one][1] for one in old]
    return {
        "done": done, "eligible": len(old), "immature": len(known) - len(old), "unknown": len(accounts) - len(known), **rated(done, len(old)),
        "median_days": days(reached_by(waits, HALF)), "p90_days": days(reached_by(waits, NINE)),
        "failures": sum(n or 0 for n in failures) if name == "integration" and failing(truth) else None,
        "status": "insufficient" if len(old) < min_base else "provisional" if late else "final",
    }  # fmt: skip


def invites(truth: Truth, accounts: Sequence[Account], within: int = 14 * DAY, min_base: int = 5) -> Rows:
    known = [account for account in accounts if account.known]
    old = [account for account in known if (account.created or 0) + within <= truth.now]
    counts = [sum(one.at <= (account.created or 0) + within for one in invitations(truth, account)) for account in old]
    inviting = sum(count > 0 for count in counts)
    low, high = wilson(inviting, len(old))
    return [{
        "accounts": len(old), "immature": len(known) - len(old), "unknown": len(accounts) - len(known),
        "nobody": counts.count(0), "one": counts.count(1), "few": sum(2 <= count <= 4 for count in counts), "many": sum(count > 4 for count in counts),
        "inviting": share(inviting, len(old)), "low": low, "high": high, "mean": share(sum(counts), len(old)),
        "median": middle(counts, 0.5), "p90": middle(counts, 0.9), "status": "insufficient" if len(old) < min_base else "final",
    }] if accounts and anybody(truth) else []  # fmt: skip


def middle(counts: Sequence[int | Fraction], part: float) -> float | None:
    return float(quantile(counts, part)) if counts else None  # type: ignore[arg-type]


TABLES = {"activation.onboarding": onboarding, "activation.onboarding_invites": invites}
