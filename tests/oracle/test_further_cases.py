"""Small worlds on which the further tables and their oracle once differed, or might: each an edge of a definition."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle.chapters import TABLES, check
from oracle.days import DAY, moment, written
from oracle.world import Row, World
from oracle.worlds import thorough
from oracle.writing import BASE, STEPS, write

T = moment("2026-06-10T00:00:00Z")
EVERY = tuple(TABLES)
FLOWS = BASE["workflows"] | {"billing": BASE["workflows"]["billing"] | {"attempt": "tried", "failure": "botched"}}  # type: ignore[operator,index]
BLOCKS = {"timezone": "UTC", "activation": {"steps": STEPS}, "workflows": FLOWS}
BEGAN = 200  # days before T, when the export begins
SMALL = {"min_base": 1, "active_within": 14, "within_days": 30, "stalled_after": 30}
SOON = {"landmark": 10, "paid_within": 30, "min_base": 1}


def event(ago: int, name: str = "posted", account: str = "a", user: str | None = "u1", more: int = 0) -> Row:
    return {"event_id": f"{account}{ago}{name}{user}{more}", "account_id": account, "user_id": user, "timestamp": written(T - ago * DAY + more), "event": name, "status": "ok"}


def account(name: str, ago: int, more: int = 0, channel: str | None = None) -> Row:
    return {"account_id": name, "created_at": written(T - ago * DAY + more), "plan": "team", "channel": channel}


def user(name: str, ago: float | None, account: str = "a", kind: str | None = None, left: int | None = None) -> Row:
    times = {"invited_at": None if ago is None else written(T - int(ago * DAY)), "deactivated_at": None if left is None else written(T - left * DAY)}
    return {"account_id": account, "user_id": name, "role": "clerk", "team": "North", "email": None, "kind": kind, "joined_at": times["invited_at"], **times}


def paid(start: int, end: int | None = None, mrr: str = "10.00", plan: str | None = "team", account: str = "a") -> Row:
    days = [None if ago is None else written(T - ago * DAY)[:10] for ago in (start, end)]
    return {"account_id": account, "start_date": days[0], "end_date": days[1], "mrr": mrr, "currency": "EUR", "seats": "3", "plan": plan, "renewal_date": None}


def same(folder: Path, world: World, names: tuple[str, ...] = EVERY, by: tuple[str, ...] = (), **blocks: object) -> None:
    told = {"adoption": SMALL, "retention": {"min_base": 1}, "qualification": SOON | {"min_signals": 1}}
    check(write(folder, world, BLOCKS | told | blocks), world, date(2026, 6, 10), names, by)


@pytest.mark.parametrize("more", [-1, 0, 1])
@pytest.mark.parametrize("age", [14, 30])
def test_old_enough_and_in_time_to_the_microsecond(age: int, more: int, tmp_path: Path) -> None:
    """An account and an invited person of that age, and a third account that was in time by as much."""
    work = [event(BEGAN, "login", "z"), event(60, "drafted", "b"), event(60 - age, "posted", "b", more=more), event(60 - age, "bought", "b", more=more)]
    work.append(event(60 - age, "posted", "b", "u4", more=more))
    users = [user("boss", 60, "b"), user("u4", 60, "b"), user("u1", 60 - age - more / DAY, "b"), user("u2", age - more / DAY, "b"), user("u3", 60, "a")]
    world = World(work, [account("a", age, more), account("b", 60), account("z", BEGAN)], users)
    same(tmp_path, world, activation={"within": f"{age}d", "steps": STEPS}, adoption=SMALL | {"active_within": age, "min_age": age})


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_final_to_the_microsecond(more: int, tmp_path: Path) -> None:
    """The time of the youngest account that counts is over so long before T that late events had their time, or not yet."""
    world = World([event(BEGAN, "login", "z"), event(14, "posted", "b")], [account("a", 15, more), account("b", 60)])
    names = tuple(name for name in EVERY if name.startswith("activation."))
    same(tmp_path, world, names, late_after="1d", activation={"within": "14d", "steps": STEPS, "min_base": 1})


@pytest.mark.parametrize("day", [9, 10, 11, 40, 41])
def test_the_edges_of_landmark_and_payment(day: int, tmp_path: Path) -> None:
    """Work and payment on the last day that counts, the one before and the one after."""
    work = [event(BEGAN, "login", "z"), event(100 - day, "drafted"), event(100 - day, "posted"), event(100 - day, "set_up"), event(20, account="b")]
    work += [event(97, "tried", "b"), event(100 - day, "botched", "b")]
    people = [account("a", 100), account("b", 100), account("c", 42), account("d", 41)]
    spans = [paid(100 - day), paid(70, account="b"), paid(2, account="c"), paid(1, account="d")]
    names = tuple(name for name in EVERY if name.startswith(("qualification.", "retention.")))
    same(tmp_path, World(work, people, [user("u1", 100)], spans), names, qualification=SOON | {"min_signals": 2, "signals": {"low_errors": {"min_attempts": 1}}})


@pytest.mark.parametrize("silent", [29, 30, 31, 32])
def test_gone_after_so_many_silent_days(silent: int, tmp_path: Path) -> None:
    work = [event(BEGAN, "login", "z"), event(150, "drafted"), *(event(ago) for ago in (130, 100, silent)), *(event(ago, account="b") for ago in (130, 1))]
    same(tmp_path, World(work, [account("a", 150), account("b", 150)]), ("retention.by_behaviour",), retention={"min_base": 1, "survival": 100})


@pytest.mark.parametrize("last", [27, 28, 29, 55, 56, 57, 89, 90, 91])
def test_the_last_day_of_each_window(last: int, tmp_path: Path) -> None:
    work = [event(BEGAN, "login", "z"), *(event(ago, name) for ago in (120, last) for name in ("drafted", "posted", "paid", "tried", "bought"))]
    people = [user("u1", last), user("u2", 150), user("bot", 150, kind="service")]
    same(tmp_path, World(work, [account("a", 150)], people, [paid(100)]), tuple(name for name in EVERY if name.startswith("adoption.")))


@pytest.mark.parametrize("spans", [
    [paid(100, 10)], [paid(100, 0)], [paid(100, 1)], [paid(100, None, "0", "pro")], [paid(100, None, "0", None)], [paid(100, None, plan="pro"), paid(50)], [paid(0)], [],
])  # fmt: skip
def test_the_plan_is_that_of_the_running_spans(spans: list[Row], tmp_path: Path) -> None:
    flows = {name: flow | {"plans": ["team"]} for name, flow in FLOWS.items()}
    features = {"chains": {"rule": "paid", "high_value": True, "plans": ["pro"]}, "plus": {"rule": "bought", "premium": True, "plans": ["team"]}}
    work = [event(BEGAN, "login", "z"), *(event(ago, name) for ago in (120, 20) for name in ("drafted", "posted", "paid"))]
    names = ("adoption.accounts", "adoption.features", "adoption.feature_accounts", "adoption.modules")
    same(tmp_path, World(work, [account("a", 150)], None, spans), names, workflows=flows, features=features)


def test_a_repeat_is_the_same_workflow_on_a_second_day(tmp_path: Path) -> None:
    work = [event(BEGAN, "login", "z"), event(100), event(99, "bought"), event(60), event(60, more=1)]
    same(tmp_path, World(work, [account("a", 100)]), ("activation.onboarding",))


def test_an_account_older_than_the_export_may_have_shown_what_nobody_saw(tmp_path: Path) -> None:
    work = [event(BEGAN, "login", "z"), event(100, "tried"), event(90, account="b")]
    world = World(work, [account("a", BEGAN + 8), account("b", 100)], [user("u1", 300)])
    same(tmp_path, world, ("qualification.accounts", "qualification.rate"))


@pytest.mark.parametrize("names", [("retention.by_behaviour",), ("retention.segments",), ("qualification.signals",)])
def test_nobody_is_never_enough_to_tell(names: tuple[str, ...], tmp_path: Path) -> None:
    """Whatever min_base says, a side without accounts gives no verdict."""
    world = World([event(BEGAN, "login", "z"), event(149), event(130)], [account("a", 150)], None, [paid(110)])
    none = {"min_base": 0}
    same(tmp_path, world, names, retention=none, qualification=none | {"landmark": 10})


@pytest.mark.parametrize("more", [-1, 0, 1])
@pytest.mark.parametrize(("reached", "last"), [(30, 13), (30, 30), (60, 14), (60, 15)])
def test_reasons_of_stalls_on_the_edges_of_their_days(reached: int, last: int, more: int, tmp_path: Path) -> None:
    """Stalled for so long, or fallen; tickets on the first and the last day looked at, and beside them."""
    work = [event(BEGAN, "login", "z"), event(reached, "drafted", more=more), event(last, "drafted", more=more)]
    asked = [ago + beside for ago in (0, 1, 7, last, last - 14, last + 7) for beside in (-1, 0, 1)]
    tickets: list[Row] = [
        {"account_id": "a", "ticket_id": f"T{n}", "opened_at": written(T - ago * DAY + DAY // 2), "category": "bug" if ago % 2 else f"{ago}", "blocking": "true"}
        for n, ago in enumerate(asked) if ago >= 0
    ]  # fmt: skip
    stalls = {"stalled_after": 30, "trailing_days": 14, "asked_within": 7, "min_base": 1}
    same(tmp_path, World(work, [account("a", 100)], tickets=tickets), ("adoption.stalls", "adoption.stall_reasons"), adoption=stalls)


SIDES = [(early, used) for early in (3, 4, 16) for used in (False, True)]


@thorough
@given(seed=st.integers(0, 10**9), margin=st.sampled_from((10, 30, 60)), shift=st.sampled_from((0, 0, 0, 1)))
def test_what_goes_with_staying_among_equals(seed: int, margin: int, shift: int) -> None:
    """Accounts with so much early core work, with and without a feature, of which so many stay; a day later all of it is too late."""
    work, people = [event(BEGAN, "login", "z")], [account("z", BEGAN + 9)]
    chance, leaning = Random(seed), seed % 3 - 1
    for place, (early, used) in enumerate(SIDES):
        n = chance.choice((1, 3, 8, 14))
        k = round(n * min(1.0, max(0.0, chance.gauss(0.6 + 0.3 * leaning * used, 0.15))))
        for name in (f"{place}-{each}" for each in range(n)):
            people.append(account(name, 150))
            work += [event(150, account=name, more=more) for more in range(early)] + [event(136, account=name)]
            work += [event(137 - shift, "paid", name)] * used + [event(76 - 30 * shift, account=name)] * (int(name.split("-")[1]) < k)
    with TemporaryDirectory() as folder:
        same(Path(folder), World(work, people), ("retention.drivers",), retention={"min_base": 3, "margin": margin})


def test_one_of_several_that_chance_would_bring_about_is_no_path(tmp_path: Path) -> None:
    """Fourteen of fourteen stay with it, ten of fourteen without: rare for one, not for two that are looked at."""
    work, people = [event(BEGAN, "login", "z")], [account("z", BEGAN + 9)]
    for used, k in ((True, 14), (False, 10)):
        for n in range(14):
            people.append(account(name := f"{used}{n}", 150))
            work += [event(150, account=name, more=more) for more in range(5)] + [event(136, account=name)] + [event(76, account=name)] * (n < k)
            work += [event(140, "paid", name)] * used + [event(140, "bought", name)] * (n % 2)
    same(tmp_path, World(work, people), ("retention.drivers",))


@pytest.mark.parametrize("ago", [50, 500])
def test_where_nobody_was_invited_the_total_is_nought(ago: int, tmp_path: Path) -> None:
    people = [account("a", 600, channel="ads"), account("b", 100, channel="friends")]
    world = World([event(BEGAN, "login", "z"), event(20)], people, [user("boss", 600), user("u1", ago)])
    same(tmp_path, world, ("adoption.invites",), by=("channel",))
    same(tmp_path, world, ("adoption.invites",))
