"""Random worlds with more in them: attempts and failures, plans, people who join and leave, signs of readiness to buy."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from hypothesis import strategies as st

from oracle.days import DAY, moment, number, written
from oracle.world import Row, World
from oracle.worlds import Case, cases
from oracle.writing import BASE

OTHERS = {"login": ("tried", "tried", "botched", "synced"), "set_up": ("set_up", "tried", "sync_failed", "botched"), "paid": ("paid", "filed", "refused")}
AROUND = (0, 1, -1, DAY, -DAY, 7 * DAY, 14 * DAY, 14 * DAY + 1, 30 * DAY, 30 * DAY - 1)


@st.composite
def rich_cases(draw: st.DrawFn) -> Case:
    case, chance = draw(cases()), draw(st.randoms(use_true_random=False))
    world = case.world
    events = [row | {"event": chance.choice(OTHERS.get(row["event"] or "", (row["event"],)))} for row in world.events]
    grown = [grow(chance, row) for row in world.accounts] if world.accounts is not None else None
    users = [person(chance, row, case, world) for row in world.users] if world.users is not None else None
    spans = [row | {"plan": chance.choice(("pro", "team", "team", None))} for row in world.subscriptions] if world.subscriptions is not None else None
    same_ids: dict[str | None, Row] = {}
    events = [same_ids.setdefault(row["event_id"], row) for row in events]
    return replace(case, world=World(events, grown, users, spans), blocks=case.blocks | blocks(chance, case))


def grow(chance: Random, row: Row) -> Row:
    return row | {"channel": chance.choice(("ads", "ads", "friends", None))}


def person(chance: Random, row: Row, case: Case, world: World) -> Row:
    """Invited before, with or after the account was created, or after T; some join, some leave."""
    now = case.calendar.midnight(number(case.as_of))
    born = [moment(one["created_at"] or "") for one in world.accounts or [] if one["account_id"] == row["account_id"]]
    near = (born[0] if born and chance.random() < 0.6 else now) + chance.choice(AROUND) * chance.choice((1, 1, -1))
    invited = moment(row["invited_at"]) if row["invited_at"] else near if chance.random() < 0.8 else None
    joined, left = ((None if invited is None or chance.random() < 0.4 else invited + chance.choice((0, 1, DAY, 20 * DAY))) for _ in range(2))
    return row | {"invited_at": at(invited), "joined_at": at(joined), "deactivated_at": at(left) if chance.random() < 0.4 else None}


def at(time: int | None) -> str | None:
    return None if time is None else written(time)


def blocks(chance: Random, case: Case) -> dict[str, Any]:
    billing, buying, extras = (BASE["workflows"][name] for name in ("billing", "buying", "extras"))  # type: ignore[index]
    team, teams = (({"plans": ["team"]}, {"plans": ["team"]}) if chance.random() < 0.5 else ({}, {}))
    base = {"min_base": chance.choice((0, 1, 2))}
    small = chance.random() < 0.7
    steps = dict(case.blocks["activation"]["steps"]) | ({"import": {"kind": "import", "rule": "filed", "required": False}} if chance.random() < 0.5 else {})
    retention = {"landmark": chance.choice((7, 14)), "presence": chance.choice((7, 30)), "window": chance.choice((7, 30)), "survival": chance.choice((14, 60)), "silence": chance.choice((7, 30)), "weeks": chance.choice((1, 3, 4))}
    return {
        "workflows": {
            "billing": {**billing, "attempt": "tried", "failure": "botched"}, "buying": {**buying, **team, "attempt": "tried"},
            "extras": {**extras, "plans": ["pro"], "attempt": "filed", "failure": "refused"}, "bare": {"success": "filed"},
        },
        "features": {
            "chains": {"rule": "paid", "high_value": True}, "plus": {"rule": "bought", "premium": True, **teams},
            "sync": {"rule": "synced", "failure": "sync_failed", "integration": True, "premium": True, "plans": ["team", "pro"]},
        },
        "activation": {**case.blocks["activation"], "steps": steps},
        "adoption": {**case.blocks["adoption"], **base, "within_days": chance.choice((7, 30)), "stalled_after": chance.choice((1, 14, 60)), "active_within": chance.choice((7, 14))},
        "retention": {**(retention if small else {}), **base},
        "qualification": {
            "min_signals": chance.choice((1, 2, 3)), **base, "landmark": chance.choice((7, 10)), "paid_within": chance.choice((7, 30)),
            "windows": [chance.choice((1, 7)), 14], "signals": signs(chance),
        },
    }  # fmt: skip


def signs(chance: Random) -> dict[str, Any]:
    return {
        "invited": {"people": chance.choice((1, 2)), "accepted": chance.random() < 0.5},
        "volume": {"successes": chance.choice((1, 2, 3)), "within": chance.choice((0, 1, 7)), **({"workflow": "extras"} if chance.random() < 0.3 else {})},
        "advanced_features": {"least": chance.choice((1, 2)), **({"features": ["sync", "plus"]} if chance.random() < 0.5 else {})},
        "weeks": {"weeks": chance.choice((1, 2))}, "low_errors": {"share": chance.choice((0.1, 0.34, 0.5)), "min_attempts": chance.choice((1, 2))},
    }  # fmt: skip


def later(case: Case, days: int) -> Case:
    return replace(case, as_of=case.as_of + timedelta(days=days))
