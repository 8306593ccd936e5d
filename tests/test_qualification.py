"""Ready to buy: each sign at its thresholds, all of them at once, and what must not count."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from cases.world import Event, World, with_accounts

START = date(2026, 1, 5)  # a Monday


def done(account: str, event: str, *days: int) -> list[Event]:
    return [(account, event, f"{START + timedelta(days=day)}T12:00:00Z") for day in days]


def table(folder: Path, name: str, *lines: str) -> dict[str, str]:
    (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return {"files": f"{name}.csv"}


def world(
    folder: Path, events: list[Event], min_signals: int = 1, paid: tuple[str, ...] = (), users: tuple[str, ...] = (),
    tickets: tuple[str, ...] | None = None, **signs: Any,
) -> World:  # fmt: skip
    """Only the signs that are named count."""
    names = ("activated", "invited", "volume", "advanced_features", "weeks", "low_errors")
    signals = {name: signs.get(name, {"counts": False}) for name in {**dict.fromkeys(names), **signs}}
    sources = with_accounts(folder, ("account_id", "created_at", "channel"), [(a, str(START), c) for a, c in (("a", "paid"), ("b", ""))], ["channel"])
    if paid:
        sources["subscriptions"] = table(folder, "subscriptions", "account_id,start_date,end_date,mrr,currency,seats,plan,renewal_date", *paid)
    if users:
        sources["users"] = table(folder, "users", "account_id,user_id,role,team,invited_at,joined_at", *users)
    if tickets is not None:
        sources["tickets"] = table(folder, "tickets", "account_id,ticket_id,opened_at", *tickets)
    work = {"core": True, "success": "worked", "attempt": "tried", "failure": "failed"}
    return World(
        folder, events, sources=sources, qualification={"min_signals": min_signals, "signals": signals}, workflows={"work": work},
        features={"export": {"rule": "exported"}, "roles": {"rule": "role_saved"}}, activation={"steps": {"first": {"rule": "worked"}}},
        roles={"service": ["bot"]},
    )  # fmt: skip


def entered(made: World, as_of: str = "2026-06-01", account: str = "a") -> int | None:
    """On which day after the start the account qualified."""
    found = dict(made.rows("qualification.accounts", as_of, "account", "entered_at", customers=True))[account]
    return (found - START).days if found else None


def state(made: World, as_of: str = "2026-06-01", account: str = "a") -> str:
    return str(dict(made.rows("qualification.accounts", as_of, "account", "state", customers=True))[account])


@pytest.mark.parametrize(
    ("sign", "told", "events", "day"),
    [
        ("activated", {}, done("a", "worked", 3), 3),
        ("volume", {"successes": 3}, done("a", "worked", 1, 5, 5, 9), 5),
        ("volume", {"successes": 3}, done("a", "worked", 1, 5), None),
        ("volume", {"successes": 3, "within": "4d"}, done("a", "worked", 1, 4, 5, 7, 8), 7),
        ("volume", {"successes": 3, "within": "3d"}, done("a", "worked", 1, 4, 7), None),
        ("advanced_features", {"least": 2}, [*done("a", "exported", 2, 3), *done("a", "role_saved", 6)], 6),
        ("advanced_features", {"least": 2}, done("a", "exported", 2, 3), None),
        ("advanced_features", {"features": ["roles"]}, [*done("a", "exported", 2), *done("a", "role_saved", 6)], 6),
        ("weeks", {"weeks": 2}, done("a", "worked", 0, 6, 7), 7),
        ("weeks", {"weeks": 3}, done("a", "worked", 0, 6, 7), None),
        ("low_errors", {"share": 0.5, "min_attempts": 2}, [*done("a", "tried", 1, 2), *done("a", "failed", 2)], 2),
        ("low_errors", {"share": 0.4, "min_attempts": 2}, [*done("a", "tried", 1, 2, 9), *done("a", "failed", 2)], 9),
        ("low_errors", {"share": 0.5, "min_attempts": 4}, done("a", "tried", 1, 2, 9), None),
    ],
)
def test_each_sign_begins_to_hold_on_its_day(tmp_path: Path, sign: str, told: dict[str, Any], events: list[Event], day: int | None) -> None:
    assert entered(world(tmp_path, [*events, *done("b", "worked", 0)], **{sign: told})) == day


def asked(*days: int, account: str = "a") -> tuple[str, ...]:
    return tuple(f"{account},t{n},{START + timedelta(days=day)}T15:00:00Z" for n, day in enumerate(days))


@pytest.mark.parametrize(
    ("told", "tickets", "day"),
    [
        ({"min_successes": 4}, (), 4),
        ({"min_successes": 5}, (), None),
        ({"min_successes": 2, "per_100": 25}, asked(2), 4),  # 1 in 4: at the line
        ({"min_successes": 2, "per_100": 24}, asked(2), None),
        ({"min_successes": 2, "per_100": 25}, asked(3), 2),  # held on day 2, lost on day 3, back on day 4
        ({"min_successes": 2, "per_100": 25}, asked(-1), 2),  # from before the export
        ({"min_successes": 2, "per_100": 25}, asked(0), 4),  # on its first day
        ({"min_successes": 2, "per_100": 0}, asked(0, account="b"), 2),
    ],
)
def test_little_help_for_much_work(tmp_path: Path, told: dict[str, Any], tickets: tuple[str, ...], day: int | None) -> None:
    made = world(tmp_path, [*done("a", "worked", 1, 2, 3, 4), *done("b", "worked", 0)], tickets=tickets, low_support=told)
    assert entered(made) == day


def test_without_tickets_nobody_is_known_to_get_along_alone(tmp_path: Path) -> None:
    events = done("a", "worked", *range(30))
    blind = world(tmp_path, events, low_support={})
    assert blind.rows("qualification.accounts", "2026-06-01", "account", "state", "signals", "unknown")[0] == ("a", "unknown", 0, 1)
    assert state(world(tmp_path, events, low_support={}, tickets=())) == "qualified"


def test_a_call_for_help_after_t_changes_nothing(tmp_path: Path) -> None:
    events, later = done("a", "worked", 1, 2), asked(3)
    for tickets in ((), later):
        made = world(tmp_path, events, tickets=tickets, low_support={"min_successes": 2})
        assert made.rows("qualification.accounts", "2026-01-08", "state", "evidence")[0] == ("qualified", "0 tickets beside 2 successes by 2026-01-07")


def test_who_had_joined_before_the_invitation_was_invited_when_it_came(tmp_path: Path) -> None:
    users = ("a,u1,owner,,,2026-01-05", "a,u2,clerk,,2026-01-20,2026-01-07")
    made = world(tmp_path, done("a", "worked", 0), users=users, invited={"people": 1, "accepted": True})
    assert [entered(made, as_of) for as_of in ("2026-01-20", "2026-01-21", "2026-06-01")] == [None, 15, 15]


@pytest.mark.parametrize(("accepted", "day"), [(False, 4), (True, 9)])
def test_the_founder_and_bots_are_no_invited_people(tmp_path: Path, accepted: bool, day: int) -> None:
    users = (
        "a,founder,owner,,2026-01-05,2026-01-05", "a,bot,bot,,2026-01-06,2026-01-06",
        "a,one,member,,2026-01-07,2026-01-08", "a,two,member,,2026-01-09,2026-01-14",
    )  # fmt: skip
    made = world(tmp_path, done("a", "worked", 0), users=users, invited={"people": 2, "accepted": accepted})
    assert entered(made) == day


def test_trap_47_once_qualified_is_qualified(tmp_path: Path) -> None:
    """Few failures by day 3, many by day 20: the sign is lost, the day stays."""
    events = [*done("a", "tried", 1, 2, 3), *done("a", "failed", *[20] * 9), *done("a", "worked", 30)]
    made = world(tmp_path, events, low_errors={"share": 0.1, "min_attempts": 3})
    assert [entered(made, as_of) for as_of in ("2026-01-08", "2026-01-09", "2026-01-20", "2026-03-01")] == [None, 3, 3, 3]
    (row,) = [r for r in made.rows("qualification.accounts", "2026-03-01", "account", "state", "signals", "missing") if r[0] == "a"]
    assert row == ("a", "qualified", 0, "low_errors")


def test_signs_must_hold_at_the_same_time(tmp_path: Path) -> None:
    """Few failures from day 3 to 20 and from day 40 on; work in two weeks from day 30 on."""
    events = [
        *done("a", "tried", 1, 2, 3), *done("a", "failed", 20), *done("a", "worked", 20, 30), *done("a", "tried", *[40] * 9),
    ]  # fmt: skip
    signs = {"weeks": {"weeks": 2}, "low_errors": {"share": 0.1, "min_attempts": 3}}
    assert entered(world(tmp_path, events, min_signals=2, **signs)) == 40


def test_what_comes_with_or_after_the_first_payment_foretells_nothing(tmp_path: Path) -> None:
    paid = (f"a,{START + timedelta(days=7)},,10,EUR,,,",)
    early = world(tmp_path, done("a", "worked", 0, 6), paid=paid, volume={"successes": 2})
    assert (entered(early), state(early)) == (6, "customer")
    late = world(tmp_path, done("a", "worked", 0, 7), paid=paid, volume={"successes": 2})
    assert (entered(late), state(late)) == (None, "customer")


def test_a_free_subscription_is_a_trial(tmp_path: Path) -> None:
    made = world(tmp_path, done("a", "worked", 0, 6), paid=(f"a,{START},,0,EUR,,,",), volume={"successes": 2})
    assert (entered(made), state(made)) == (6, "qualified")


def test_who_paid_once_is_not_ready_to_buy_again(tmp_path: Path) -> None:
    paid = (f"a,{START + timedelta(days=7)},{START + timedelta(days=20)},10,EUR,,,",)
    made = world(tmp_path, done("a", "worked", 0, 6), paid=paid, volume={"successes": 2})
    assert state(made) == "left"


def test_without_users_a_sign_is_unknown_and_held_against_nobody(tmp_path: Path) -> None:
    made = world(tmp_path, done("a", "worked", 0), min_signals=2, activated={}, invited={})
    assert (state(made), state(made, account="b")) == ("unknown", "not yet")
    columns = ("signal", "eligible", "verdict")
    with_money = world(tmp_path, done("a", "worked", 0), min_signals=2, paid=("b,2026-03-01,,1,EUR,,,",), activated={}, invited={})
    assert ("invited", 0, "no data") in with_money.rows("qualification.signals", "2026-06-01", *columns)


def test_a_rate_that_rests_on_what_nobody_saw_is_not_known(tmp_path: Path) -> None:
    """Two of three signs are needed and one cannot be shown: a, which has one, may have qualified; b, with none, has not."""
    signs: dict[str, Any] = {"activated": {}, "weeks": {"weeks": 9}, "invited": {}}
    made = world(tmp_path, done("a", "worked", 0), min_signals=2, **signs)
    columns = ("qualified", "eligible", "undecided", "rate", "status")
    assert made.rows("qualification.rate", "2026-06-01", *columns, windows=[14], min_base=1) == [(0, 2, 1, None, "unknown")]
    paid = world(tmp_path, done("a", "worked", 0), min_signals=2, paid=("b,2026-03-01,,1,EUR,,,",), **signs)
    assert paid.rows("qualification.conversion", "2026-06-01", "position", "accounts") == [(1, 0), (2, 0), (3, 1)]


def test_older_than_the_export_is_no_failure(tmp_path: Path) -> None:
    """The export begins on day 30: whether a had come back for two weeks before, nobody saw."""
    made = world(tmp_path, done("a", "worked", 30), weeks={"weeks": 2})
    assert (state(made), entered(made)) == ("unknown", None)
    assert made.rows("qualification.rate", "2026-06-01", "qualified", "eligible", "unknown", windows=[14]) == [(0, 0, 2)]


def test_an_empty_channel_is_a_channel_of_its_own(tmp_path: Path) -> None:
    made = world(tmp_path, [*done("a", "worked", 0), *done("b", "worked", 20)], activated={})
    found = made.rows("qualification.rate", "2026-06-01", "channel", "qualified", "eligible", windows=[14], by=("channel",))
    assert found == [("paid", 1, 1), (None, 0, 1)]


def test_nothing_after_the_landmark_makes_a_sign(tmp_path: Path) -> None:
    """Both buy on day 20; a worked on day 10, b on day 11."""
    paid = tuple(f"{account},{START + timedelta(days=20)},,10,EUR,,," for account in "ab")
    seen = done("a", "exported", 0)  # the export begins on day 0
    made = world(tmp_path, [*seen, *done("a", "worked", 10), *done("b", "worked", 11)], paid=paid, activated={})
    assert made.rows("qualification.signals", "2026-06-01", "eligible", "fired", "bought", "hits") == [(2, 1, 2, 1)]


def test_every_sign_of_the_example_has_a_sentence(tmp_path: Path) -> None:
    events = [*done("a", "worked", 0, 7), *done("a", "exported", 1), *done("a", "tried", 1, 2)]
    users = ("a,founder,owner,,2026-01-05,2026-01-05", "a,one,member,,2026-01-07,2026-01-08")
    signs: dict[str, Any] = {
        "activated": {}, "invited": {"people": 1}, "volume": {"workflow": "work", "successes": 2}, "advanced_features": {},
        "weeks": {"weeks": 2}, "low_errors": {"min_attempts": 2},
    }  # fmt: skip
    made = world(tmp_path, events, min_signals=6, users=users, **signs)
    assert dict(made.rows("qualification.accounts", "2026-06-01", "account", "evidence"))["a"] == (
        "activated on 2026-01-05; 1 person invited by 2026-01-07; 2 successes in work by 2026-01-12; export used by 2026-01-06; "
        "core work in 2 different weeks by 2026-01-12; 0 of 2 attempts had failed by 2026-01-07"
    )


def test_one_success_is_told_as_one(tmp_path: Path) -> None:
    made = world(tmp_path, [*done("a", "worked", 1), *done("b", "worked", 0)], tickets=(), low_support={"min_successes": 1})
    told = dict(made.rows("qualification.accounts", "2026-06-01", "account", "evidence", customers=True))["a"]
    assert str(told).startswith("0 tickets beside 1 success by ")
