"""pricing.plans: how much of the limits of their plans accounts use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from oracle.metered import Gauge, allowed, months
from oracle.numbers import quantile, rated, share
from oracle.plans import plans as of_account
from oracle.split import Rows
from oracle.truth import Account, Truth
from oracle.world import Row
from saasmetrics.definitions.pricing import Meter

Use = tuple[int | str | None, Fraction | None]  # what is allowed; what was used in the last complete month


def plans(truth: Truth, accounts: Sequence[Account], limits: Iterable[Row], nearly: float = 0.8) -> Rows:
    kept, groups = list(limits), defaultdict(list)
    for account in accounts:
        groups[tuple(sorted(of_account(truth, account)))].append(account)
    return [
        {"plan": " + ".join(names) or "unknown", "meter": name, **row(truth, [use(truth, one, meter, names, kept) for one in group], len(accounts), nearly)}
        for names, group in groups.items() for name, meter in truth.definition.meters().items()
    ]  # fmt: skip


def use(truth: Truth, account: Account, meter: Meter, names: Sequence[str], limits: Iterable[Row]) -> Use:
    told = months(truth)
    lived = told.lived(account, 1)
    return allowed(truth, meter, names, limits), Gauge(truth, account, meter).quantity(told.last) if lived else None


def row(truth: Truth, found: Sequence[Use], all_: int, nearly: float) -> dict[str, Any]:
    limited = [(limit, used) for limit, used in found if isinstance(limit, int) and used is not None]
    free = sum(limit == "unlimited" and used is not None for limit, used in found)
    at, n = sum(used >= limit for limit, used in limited), len(limited)
    close = sum(Fraction(str(nearly)) * limit <= used < limit for limit, used in limited)
    parts = [used / limit for limit, used in limited if limit]
    return {
        "accounts": len(found), "plan_share": share(len(found), all_), "limited": n, "unlimited": free, "unknown": len(found) - n - free, "at_limit": at, **rated(at, n),
        "near": close, "used_p50": middle(parts, 0.5), "used_p90": middle(parts, 0.9), "median": middle([used for _, used in found if used is not None], 0.5),
        "status": "no limit" if not n else "final" if n >= truth.definition.pricing.min_accounts else "insufficient",
    }  # fmt: skip


def middle(values: Sequence[Fraction], part: float) -> float | None:
    return float(quantile(values, part)) if values else None  # type: ignore[arg-type]


TABLES = {"pricing.plans": plans}
