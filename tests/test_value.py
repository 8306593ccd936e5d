"""Value on the example data: the planted stories are found, and the numbers are those of a plain count of the events."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from small import Small
from worlds import AS_OF, Row, events, generated, tables

ROOMS = [f"value.{name}" for name in ("consistency", "spread", "dependency", "vanity", "trajectory", "statement", "vanity_periods")]
BERLIN = ZoneInfo("Europe/Berlin")
LAST_WEEK = date(2026, 10, 26)  # AS_OF is a Monday, and late rows may still change the week before it
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(tmp_path_factory.mktemp("value"), accounts=130)


@pytest.fixture(scope="module")
def told(world: Path) -> dict[str, Rows]:
    return {name.split(".")[1]: table.frame.to_dicts() for name, table in tables(world, ROOMS).items()}


@pytest.fixture(scope="module")
def once(world: Path) -> list[Row]:
    """Every event before T once, without our own people."""
    found = {row["event_id"]: row for row in events(world) if row["account_id"] and not row["user_id"].endswith("-staff")}
    return [row for row in found.values() if day_of(row) < AS_OF]


def day_of(row: Row) -> date:
    return datetime.fromisoformat(row["timestamp"]).astimezone(BERLIN).date()


def week_of(row: Row) -> date:
    return day_of(row) - timedelta(days=day_of(row).weekday())


def posted(row: Row) -> bool:
    return row["event"] == "invoice_posted" and row["status"] == "ok"


def approved(row: Row) -> bool:
    return row["event"] == "bill_approved" and row["status"] in ("ok", "ok_after_change")


def planted(rows: Rows, story: str) -> Rows:
    found = [row for row in rows if row["account"].startswith(f"{story}-")]
    assert found
    return found


def test_the_champion_is_found(told: dict[str, Rows]) -> None:
    for row in planted(told["dependency"], "champion_only"):
        assert (row["state"], row["top_share"] > 0.9, row["top_user"]) == ("dependent on one", True, f"{row['account']}-u001")
    assert all(row["state"] == "spread" for row in planted(told["dependency"], "expander"))


def test_the_busy_account_without_value_comes_first(told: dict[str, Rows]) -> None:
    first = told["vanity"][: len(planted(told["vanity"], "busy_optional"))]
    assert all(row["account"].startswith("busy_optional") and row["optional"] and row["reason"] == "irregular" for row in first)
    assert all(row["diverges"] and row["stage"] == "adopted" for row in planted(told["trajectory"], "busy_optional"))
    assert not any(row["optional"] for row in planted(told["vanity"], "expander"))


def test_every_account_gets_an_honest_sentence(told: dict[str, Rows]) -> None:
    for row in told["statement"]:
        assert row["statement"].count(row["account"]) >= 1
        assert row["statement"].endswith(".") and "None" not in row["statement"] and "  " not in row["statement"]
    assert all("gets no value yet: nobody posted invoices" in row["statement"] for row in planted(told["statement"], "silent"))
    assert all("no longer pays" in row["statement"] for row in planted(told["statement"], "churned"))


def test_regularity_is_a_plain_count_of_weeks(told: dict[str, Rows], once: list[Row]) -> None:
    weeks: dict[str, set[date]] = defaultdict(set)
    for row in filter(posted, once):
        weeks[row["account_id"]].add(week_of(row))
    for row in told["consistency"]:
        if row["workflow"] == "invoicing" and row["periods"] == 12:
            last = [LAST_WEEK - timedelta(weeks=ago) for ago in range(12)]
            hits = [week in weeks[row["account"]] for week in last]
            assert (row["hit"], row["current"] < 12) == (sum(hits), not all(hits)), row["account"]
            assert min(row["current"], 12) == next((ago for ago, hit in enumerate(hits) if not hit), 12)


def test_spread_is_a_plain_count_of_people(told: dict[str, Rows], once: list[Row]) -> None:
    core: dict[str, Counter[str]] = defaultdict(Counter)
    for row in once:
        if day_of(row) >= AS_OF - timedelta(days=84) and (posted(row) or approved(row) or row["event"] == "reconciliation_finished"):
            core[row["account_id"]][row["user_id"]] += 1
    for row in told["spread"]:
        every = core[row["account"]]
        people = sorted(n for user, n in every.items() if not user.endswith("-bot"))
        assert (row["successes"], row["by_people"], row["people"]) == (every.total(), sum(people), len(people)), row["account"]
        if sum(people) >= 5:
            shares = [n / sum(people) for n in people]
            assert row["hhi"] == pytest.approx(sum(share**2 for share in shares))
            assert row["effective_users"] == pytest.approx(1 / row["hhi"])
            assert row["top_share"] == pytest.approx(max(shares))
        if row["gini"] is not None:
            unlike = sum(abs(a - b) for a in people for b in people)
            assert row["gini"] == pytest.approx(unlike / (2 * len(people) * sum(people)))


def test_activity_is_a_plain_count_of_events(told: dict[str, Rows], once: list[Row]) -> None:
    for row in told["vanity"]:
        every = [event for event in once if event["account_id"] == row["account"]]
        own = [event for event in every if LAST_WEEK - timedelta(weeks=11) <= week_of(event) <= LAST_WEEK]
        people = [event for event in own if a_person(event)]
        assert (row["events"], row["logins"]) == (len(own), sum(event["event"] == "login" for event in own)), row["account"]
        assert (row["users"], row["active_weeks"]) == (len({event["user_id"] for event in people}), len({week_of(event) for event in people}))
        assert row["minutes"] == minutes([event for event in every if a_person(event)])


def a_person(event: Row) -> bool:
    """What the product does by itself names no user."""
    return bool(event["user_id"]) and not event["user_id"].endswith("-bot")


def minutes(people: list[Row]) -> int:
    """Sessions by a plain walk through each person's events; each belongs to the day on which it begins."""
    times: dict[str, list[datetime]] = defaultdict(list)
    for event in people:
        times[event["user_id"]].append(datetime.fromisoformat(event["timestamp"]).astimezone(BERLIN))
    sessions: list[list[datetime]] = []
    for found in times.values():
        for at, before in zip(sorted(found), [None, *sorted(found)], strict=False):
            if before is None or at - before > timedelta(minutes=30):
                sessions.append([at])
            sessions[-1].append(at)
    inside = [found for found in sessions if LAST_WEEK - timedelta(weeks=11) <= found[0].date() < LAST_WEEK + timedelta(weeks=1)]
    return sum(int(min(found[-1] - found[0], timedelta(hours=8)).total_seconds()) for found in inside) // 60


def test_logins_without_success_are_a_plain_count(told: dict[str, Rows], once: list[Row]) -> None:
    inside = {"internal-1", "internal-2"}
    week = [row for row in once if week_of(row) == LAST_WEEK and row["account_id"] not in inside and not row["user_id"].endswith("-bot")]
    came = {(row["account_id"], row["user_id"]) for row in week if row["event"] == "login"}
    works = ("reconciliation_finished", "claim_reimbursed")
    done = {(row["account_id"], row["user_id"]) for row in week if posted(row) or approved(row) or row["event"] in works}
    (row,) = [row for row in told["vanity_periods"] if row["period"] == LAST_WEEK]
    assert (row["logged_in"], row["without_success"], row["status"]) == (len(came), len(came - done), "final")


def test_what_value_means_stands_beside_its_numbers(world: Path) -> None:
    for name, said in {"value.repeat": 1, "activation.rate": 0}.items():
        notes = tables(world, [name])[name].meta["notes"]
        assert notes.count("value: Finance teams get invoices out and paid without spreadsheets.") == said


SHORT = """\
version: 1
timezone: UTC
sources: {events: {files: events.csv}, accounts: {files: accounts.csv}}
workflows: {selling: {core: true, success: sold, cadence: week, tiers: {basic: sold}}}
"""


@pytest.mark.parametrize(("as_of", "before", "diverges"), [("2026-04-20", None, None), ("2026-04-27", 7, True)])
def test_what_was_before_the_export_is_unknown_not_quiet(tmp_path: Path, as_of: str, before: int | None, diverges: bool | None) -> None:
    made = Small(tmp_path, SHORT).file("accounts.csv", "account_id,created_at", "older,2025-01-01", "newer,2026-03-09")
    clicks = [f"{name},clicked,{date(2026, 3, 2) + timedelta(days=7 * week)}T12:00:00Z,u" for name in ("older", "newer") for week in (0, 1, 2, 3, 4, 4, 5, 5, 6, 6, 7, 7)]
    sales = [f"{name},sold,2026-03-{day}T12:00:00Z,u" for name in ("older", "newer") for day in ("03", "09", "16")]
    made.file("events.csv", "account_id,event,timestamp,user_id", *(row for row in clicks + sales if not row.startswith(("newer,clicked,2026-03-02", "newer,sold,2026-03-03"))))
    found = {row["account"]: row for row in made.rows("value.trajectory", as_of, after=30)}
    assert (found["older"]["stage"], found["older"]["events_before"], found["older"]["diverges"]) == ("fading", before, diverges)
    assert found["newer"]["events_before"] is not None and found["newer"]["diverges"] is not None
