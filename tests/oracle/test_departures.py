"""Random histories of payers who work, fail to pay, and change their owners: who left and what had gone before is the oracle's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from oracle import compare
from oracle.days import DAY, Calendar, moment, written
from oracle.departures import TABLES
from oracle.paying_worlds import HEADS, Case, payers
from oracle.split import Rows
from oracle.truth import Truth
from oracle.world import Row, World
from oracle.worlds import thorough
from oracle.writing import write_tables

USERS = {"users": ("account_id", "user_id", "role", "invited_at", "joined_at", "deactivated_at")}
NEAR = (-1, 0, 1, 13, 14, 15, 27, 28, 29, 59, 60, 61, 200)  # days before a subscription ends: the edges of the settings
SETTINGS = st.fixed_dictionaries({
    "small_mrr": st.sampled_from((100.0, 50.0, 20.0)), "big_drop": st.sampled_from((0.3, 0.5, 1.0)), "change_days": st.sampled_from((60, 14)),
    "failed_days": st.sampled_from((14, 0)), "quiet_days": st.sampled_from((28, 1)),
})  # fmt: skip


@st.composite
def leavers(draw: st.DrawFn) -> Case:
    """Payers with work, failed payments and administrators near the days on which their subscriptions end."""
    case, chance = draw(payers()), draw(st.randoms(use_true_random=False))
    calendar = Calendar(case.blocks["timezone"], case.blocks["week_starts"])
    rows = case.world.subscriptions or []
    events = case.world.events + [event(chance, n, row, calendar) for row in rows for n in range(chance.choice((0, 0, 1, 3)))]
    events = [{**row, "event_id": f"e{n}"} for n, row in enumerate(events)]
    users = [user(chance, n, row, calendar) for row in rows for n in range(chance.choice((0, 1, 2)))]
    users = list({(row["account_id"], row["user_id"]): row for row in users}.values())
    return Case(replace(case.world, events=events, users=users if chance.random() < 0.9 else None), case.blocks | blocks(chance), case.as_of)


def around(chance: Random, row: Row, calendar: Calendar) -> str:
    """A moment some days before the row ends, or before it was to begin."""
    day = moment(f"{chance.choice((row['end_date'], row['end_date'], row['start_date'])) or row['start_date']}T00:00:00+00:00") // DAY
    return written(calendar.midnight(day - chance.choice(NEAR)) + chance.choice((0, 0, -1, DAY // 2)))


def event(chance: Random, n: int, row: Row, calendar: Calendar) -> Row:
    kind = chance.choice(("posted", "posted", "refused", "set_up"))
    return {"account_id": row["account_id"], "user_id": "u1", "timestamp": around(chance, row, calendar), "event": kind}


def user(chance: Random, n: int, row: Row, calendar: Calendar) -> Row:
    times: dict[str, Any] = {name: around(chance, row, calendar) if chance.random() < 0.6 else None for name in ("joined_at", "deactivated_at")}
    return {"account_id": row["account_id"], "user_id": f"u{chance.randint(1, 4)}", "role": chance.choice(("owner", "owner", "admin", "clerk", None)), "invited_at": None, **times}


def blocks(chance: Random) -> dict[str, Any]:
    steps = {"posted": {"kind": "workflow", "rule": "posted"}, **chance.choice(({}, {"set_up": {"kind": "setup", "rule": "set_up"}}))}
    return {
        "roles": {"admin": ["owner", "admin"]}, "rules": {"refused": {"event": "refused"}, "set_up": {"event": "set_up"}},
        "churn_risk": chance.choice(({}, {"payment_failed": "refused"}, {"payment_failed": ["refused", "set_up"]})),
        **chance.choice(({}, {"activation": {"steps": steps}}, {"activation": {"steps": steps}})),
    }  # fmt: skip


EDGES = {
    "after": ("", "", "95.01", "90", "70.01", "70", "50"), "before": ("99.99", "100", "100"), "activated": (-1, 0, None, None), "changed": (-1, 0, 60, 61, None),
    "failed": (-1, 0, 14, 15, None), "worked": (0, 28, 29, None), "cancelled": (None, None, 0, 10, -5),
}  # fmt: skip
LAST = date(2026, 5, 20)  # the last day of the first subscription of everybody


def on_the_edges() -> Case:
    """Three hundred accounts, each with a subscription that ends or shrinks; what went before lies on both sides of every limit."""
    chance = Random(5)
    every = [dict(zip(EDGES, chosen, strict=True)) for chosen in product(*EDGES.values())]
    told = [(f"a{n}", life) for n, life in enumerate(chance.sample(every, 300))]
    rows = {"events": [], "accounts": [], "users": [], "subscriptions": []}  # type: dict[str, list[Row]]
    for name, life in told:
        for table, row in lived(name, **life):
            rows[table].append({**dict.fromkeys((HEADS | USERS)[table]), "account_id": name, **row})
    events = [{**row, "event_id": f"e{n}", "user_id": "u1"} for n, row in enumerate(rows.pop("events"))]
    blocks = {
        "version": 1, "timezone": "UTC", "roles": {"admin": ["owner"]}, "rules": {"refused": {"event": "refused"}}, "churn_risk": {"payment_failed": "refused"},
        "workflows": {"billing": {"core": True, "success": "posted"}}, "activation": {"steps": {"set_up": {"kind": "setup", "rule": "set_up"}}},
    }  # fmt: skip
    return Case(World(events, **rows), blocks, date(2026, 6, 10))


def lived(name: str, after: str, before: str, activated: int | None, changed: int | None, failed: int | None, worked: int | None, cancelled: int | None) -> Iterator[tuple[str, Row]]:
    """The rows of one account. Days are counted back from the first day without the money."""
    def ago(days: int) -> str:
        return str(LAST + timedelta(days=1 - days))

    yield "accounts", {"created_at": "2026-01-05T00:00:00Z"}
    yield "subscriptions", {"start_date": "2026-01-05", "end_date": ago(0), "mrr": before, "cancelled_at": None if cancelled is None else ago(cancelled)}
    if after:
        yield "subscriptions", {"start_date": ago(0), "mrr": after}
    yield "users", {"user_id": "u1", "role": "owner", "joined_at": "2026-01-05T00:00:00Z"}
    yield "events", {"event": "seen", "timestamp": "2026-01-05T00:00:00Z"}
    if changed is not None:
        yield "users", {"user_id": "u2", "role": "owner", "joined_at" if changed % 2 else "deactivated_at": f"{ago(changed)}T12:00:00Z"}
    for kind, days in (("set_up", None if activated is None else -activated), ("refused", failed), ("posted", worked)):
        if days is not None:
            yield "events", {"event": kind, "timestamp": f"{ago(days)}T12:00:00Z"}


def test_every_limit_is_where_the_oracle_has_it() -> None:
    case = on_the_edges()
    found = held(case, {"small_mrr": 100.0, "big_drop": 0.3, "change_days": 60, "failed_days": 14, "quiet_days": 28})
    assert {row["reason"] for row in found} == {"payment", "weak activation", "ownership change", "abandoned", "other", None}


@thorough
@given(case=leavers(), settings=SETTINGS)
def test_who_left_and_why_is_the_oracles(case: Case, settings: dict[str, Any]) -> None:
    held(case, settings)


def held(case: Case, settings: dict[str, Any]) -> Rows:
    """The oracle's rows, when the product has the same."""
    with TemporaryDirectory() as folder:
        loaded = write_tables(Path(folder), HEADS | USERS, vars(case.world), case.blocks, {})
        made = compare.tables(loaded, case.as_of, [*TABLES], settings=settings)
        truth = Truth(loaded.definition, case.world, case.as_of)
        rows = TABLES["churn_risk.churned"](truth, list(truth.accounts.values()), **settings)
    wrong = [line for table in made.values() for line in compare.differences(table, rows)]
    assert made and not wrong, "\n".join([f"{len(wrong)} differences", *wrong[:40]])
    return rows
