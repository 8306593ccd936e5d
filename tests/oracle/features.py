"""adoption.features and adoption.feature_accounts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from oracle.days import DAY, day_of
from oracle.numbers import rated
from oracle.onboarding import middle
from oracle.plans import entitled, plans
from oracle.recent import Recent
from oracle.scores import money
from oracle.split import Rows
from oracle.truth import Account, Truth


def uses(truth: Truth, account: Account, feature: str) -> list[int]:
    """The days of its uses, one for each."""
    return [event.day for event in truth.rule(account.name, truth.definition.features[feature].rule)]


def old_enough(truth: Truth, account: Account, min_age: int) -> bool:
    return account.created is not None and truth.now - account.created >= min_age * DAY


def months(truth: Truth, period: str, periods: int) -> range:
    """The last complete ones, by number."""
    last = truth.calendar.index(truth.today, period)
    while not truth.over(truth.calendar.first(last + 1, period)):
        last -= 1
    return range(last - periods + 1, last + 1)


def features(
    truth: Truth, accounts: Sequence[Account], min_uses: int = 1, trailing_days: int = 90, min_age: int = 30, min_base: int = 5, period: str = "month", periods: int = 3
) -> Rows:
    shown = months(truth, period, periods)
    rows = []
    for feature, told in truth.definition.features.items() if accounts else ():
        may = {account.name: entitled(truth, account, told.plans) for account in accounts}
        used = {account.name: uses(truth, account, feature) for account in accounts}
        late = {account: sum(day >= truth.today - trailing_days for day in found) for account, found in used.items()}
        base = [account for account in accounts if may[account.name]]
        old = [account.name for account in base if old_enough(truth, account, min_age)]
        done = sum(late[account] >= min_uses for account in old)
        depth = [n for found in used.values() for index, n in Counter(truth.calendar.index(day, period) for day in found).items() if index in shown]
        rows.append({
            "feature": feature, "high_value": told.high_value, "premium": told.premium, "used": done, "eligible": len(old), "immature": len(base) - len(old),
            "not_entitled": list(may.values()).count(False), "unknown_plan": list(may.values()).count(None), **rated(done, len(old)),
            "ever": sum(bool(used[account]) for account in old), "outside": sum(late[name] > 0 and may[name] is False for name in may),
            "account_periods": len(depth), "p50": middle(depth, 0.5), "p90": middle(depth, 0.9), "status": "insufficient" if len(old) < min_base else "current",
        })  # fmt: skip
    return rows


def feature_accounts(truth: Truth, accounts: Sequence[Account], trailing_days: int = 90, min_age: int = 30) -> Rows:
    found = [(account, Recent(truth, account)) for account in accounts if account.created is None or old_enough(truth, account, min_age)]
    return [account_row(truth, account, recent, trailing_days) for account, recent in found if not recent.ended] if truth.definition.features else []


def account_row(truth: Truth, account: Account, recent: Recent, trailing_days: int) -> dict[str, Any]:
    declared, contract = truth.definition.features, recent.contract
    used = {name: uses(truth, account, name) for name in sorted(declared)}
    lately = [name for name, found in used.items() if any(day >= truth.today - trailing_days for day in found)]
    may = {name: entitled(truth, account, declared[name].plans) for name in used}
    unused = [name for name in used if may[name] and name not in lately and (declared[name].premium or declared[name].high_value)]
    premium = [name for name, found in used.items() if found and declared[name].premium]
    outside = [name for name in lately if may[name] is False]
    return {
        "account": account.name, "unused": len(unused), "unused_names": named(unused), "used": len(lately), "used_names": named(lately),
        "premium": len(premium), "premium_names": named(premium), "premium_since": day_of(min(used[name][0] for name in premium)) if premium else None,
        "premium_uses": sum(day >= truth.today - trailing_days for name in premium for day in used[name]), "outside": named(outside),
        "plan_known": bool(plans(truth, account)), "older": account.truncated, "mrr": money(contract.mrr if contract else None),
        "currency": contract.currency if contract else None,
    }  # fmt: skip


def named(names: Sequence[str]) -> str | None:
    return ", ".join(names) or None


TABLES = {"adoption.features": features, "adoption.feature_accounts": feature_accounts}
