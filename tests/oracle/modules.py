"""Workflows taken up one after the other: adoption.modules, module_times, module_paths."""

from __future__ import annotations

from collections.abc import Sequence

from oracle.activation import HALF, QUARTER, days
from oracle.days import DAY
from oracle.depth import got, held, tiered, timed, waiting
from oracle.numbers import quantile, rated, reached_by, share
from oracle.plans import entitled
from oracle.split import Rows
from oracle.truth import Account, Truth


def path(truth: Truth, account: Account) -> list[tuple[int, str]]:
    """When it reached the first tier of each workflow, in order."""
    return sorted((tiers[0][0], workflow) for workflow in tiered(truth) if (tiers := got(truth, account.name, workflow)))


def modules(truth: Truth, accounts: Sequence[Account], min_age: int = 30, trailing_days: int = 90, min_base: int = 5) -> Rows:
    paths = {account.name: [workflow for _, workflow in path(truth, account)] for account in accounts}
    rows = []
    for workflow in tiered(truth) if accounts else ():
        plans = truth.definition.workflows[workflow].plans
        may = {account.name: entitled(truth, account, plans) for account in accounts}
        base = [account for account in accounts if may[account.name]]
        older = [account for account in base if account.truncated]
        old = [account for account in base if account.known and truth.now - (account.created or 0) >= min_age * DAY]
        adopted = [account for account in old if workflow in paths[account.name]]
        still = sum(held(truth, got(truth, account.name, workflow)[:1], trailing_days) for account in [*old, *older])
        places = [paths[account.name].index(workflow) for account in accounts if account.known and workflow in paths[account.name]]
        rows.append({
            "workflow": workflow, "adopted": len(adopted), "eligible": len(old), "immature": len(base) - len(old) - len(older), "older": len(older),
            "not_entitled": list(may.values()).count(False), "unknown_plan": list(may.values()).count(None), **rated(len(adopted), len(old)),
            "held": still, "held_rate": share(still, len(old) + len(older)), "as_first": places.count(0), "as_second": places.count(1),
            "as_later": sum(place > 1 for place in places), "no_order": sum(workflow in paths[account.name] for account in accounts if not account.known),
            "status": "insufficient" if len(old) < min_base else "current",
        })  # fmt: skip
    return rows


def module_times(truth: Truth, accounts: Sequence[Account], within_days: int = 90, min_base: int = 5) -> Rows:
    paths = [(account, path(truth, account)) for account in accounts]
    known = [found for account, found in paths if account.known and found]
    unknown = sum(bool(found) for account, found in paths if not account.known)
    rows = []
    for place in range(2, len(tiered(truth)) + 1) if known or unknown else ():
        steps = [(found[0][0], found[place - 1][0] if len(found) >= place else None) for found in known]
        reached, waits = sum(at is not None for _, at in steps), waiting(truth, steps)
        rows.append({
            "place": place, "accounts": len(steps), "reached": reached, "waiting": len(steps) - reached, "share": share(reached, len(steps)),
            "quarter_days": days(reached_by(waits, QUARTER)), "median_days": days(reached_by(waits, HALF)), "unknown": unknown,
            **timed(truth, steps, within_days, min_base),
        })  # fmt: skip
    return rows


def module_paths(truth: Truth, accounts: Sequence[Account]) -> Rows:
    ways = [[(account.created or 0, ""), *path(truth, account)] for account in accounts if account.known]
    begun: dict[tuple[str, ...], list[int]] = {}
    for way in ways:
        for n in range(1, len(way)):
            begun.setdefault(tuple(name for _, name in way[1 : n + 1]), []).append(way[n][0] - way[n - 1][0])
    return [path_row(steps, took, len(begun[steps[:-1]]) if len(steps) > 1 else len(ways), begun) for steps, took in begun.items()]


def path_row(steps: tuple[str, ...], took: Sequence[int], base: int, begun: dict[tuple[str, ...], list[int]]) -> dict[str, object]:
    went_on = sum(len(more) for further, more in begun.items() if further[:-1] == steps)
    return {
        "path": " → ".join(steps), "step": len(steps), "module": steps[-1], "after": steps[-2] if len(steps) > 1 else None,
        "accounts": len(took), "base": base, **rated(len(took), base), "went_on": went_on, "stopped": len(took) - went_on,
        "median_days": float(quantile(took, 0.5) / DAY),
    }  # fmt: skip


TABLES = {"adoption.modules": modules, "adoption.module_times": module_times, "adoption.module_paths": module_paths}
