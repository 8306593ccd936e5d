"""Small troubled worlds whose answer is known, and where the product was once wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from oracle.days import DAY, moment, written
from oracle.test_known_work import same
from oracle.trouble_worlds import write
from oracle.troubles import check
from oracle.world import Row, World
from oracle.worlds import Case

AS_OF = date(2026, 6, 10)
FLOW = {"core": True, "attempt": "tried", "success": "posted", "failure": "refused"}


def event(day: str, name: str, user: str | None = "u1", **more: str) -> Row:
    return {"account_id": "a", "user_id": user, "timestamp": written(moment(f"2026-{day}T12:00:00Z")), "event": name, **more}


def told(folder: Path, world: World, name: str, blocks: dict[str, Any]) -> list[dict[str, Any]]:
    case = Case(world, {"version": 1, "timezone": "UTC", "workflows": {"work": FLOW}, **blocks}, AS_OF)
    return check(write(folder, case), world, AS_OF, (name,))[name].frame.to_dicts()


def test_where_no_refund_is_declared_none_is_counted_against_the_transactions(tmp_path: Path) -> None:
    world = World([event("01-01", "paid"), event("03-01", "paid"), event("06-01", "paid")])
    found = [row for row in told(tmp_path, world, "friction.workflows", {"friction": {"transactions": "paid", "friction_days": 30}}) if row["measure"] == "refunds"]
    assert [(row["status"], row["rate"], row["rate_before"], row["accounts"]) for row in found] == [("needs friction.refunds", None, None, 0)]


@pytest.mark.parametrize(
    ("came", "failures", "completion"),
    [
        ([], (2, 0, 0), (0, 0, 2)),
        (["refused"], (2, 1, 1), (0, 1, 1)),
        (["refused", "refused", "refused"], (2, 2, 2), (0, 2, 0)),
        (["refused", "posted"], (2, 1, 0), (1, 1, 0)),
        (["refused", "posted", "posted"], (2, 1, 0), (2, 0, 0)),
        (["refused", "refused", "posted"], (2, 2, 0), (1, 1, 0)),
    ],
)
def test_each_of_two_attempts_at_the_same_moment_counts(came: list[str], failures: tuple[int, ...], completion: tuple[int, ...], tmp_path: Path) -> None:
    """What follows goes to one after the other, whether it comes at one moment or not."""
    for later in (0, 1):
        then = [event("05-25", name) | {"timestamp": written(moment("2026-05-25T12:00:01Z") + n * later)} for n, name in enumerate(came)]
        world = World([event("05-25", "tried"), event("05-25", "tried", "u2"), *then, event("06-09", "other")])
        (found,) = told(tmp_path, world, "reliability.failures", {})
        assert (found["attempts"], found["failed"], found["abandoned"]) == failures
        (found,) = same(tmp_path, world, "value.completion", as_of="2026-06-10", more={"workflows": {"work": FLOW}})
        assert (found["completed"], found["failed"], found["abandoned"]) == completion


@pytest.mark.parametrize("more", [-1, 0, 1])
@pytest.mark.parametrize("late", ["0s", "36h"])
def test_an_attempt_whose_time_is_just_over(late: str, more: int, tmp_path: Path) -> None:
    over = moment("2026-06-10T00:00:00Z") - {"0s": 0, "36h": 36}[late] * DAY // 24
    tried = event("06-01", "tried") | {"timestamp": written(over - 3 * DAY + more)}
    flow = {"workflows": {"work": {**FLOW, "within": "3d"}}, "late_after": late}
    (found,) = told(tmp_path, World([tried, event("06-09", "other")]), "reliability.failures", flow)
    assert (found["attempts"], found["immature"]) == ((0, 1) if more > 0 else (1, 0))


@pytest.mark.parametrize("more", [-1, 0, 1])
@pytest.mark.parametrize("thing", [None, "i1"])
def test_a_failure_at_the_last_moment(thing: str | None, more: int, tmp_path: Path) -> None:
    refused = event("05-26", "refused") | {"timestamp": written(moment("2026-05-26T12:00:00Z") + more)}
    rows = [{**row, "thing": thing} for row in (event("05-25", "tried"), refused, event("06-09", "other"))]
    (found,) = told(tmp_path, World(rows), "reliability.failures", {"workflows": {"work": {**FLOW, **({"entity": "thing"} if thing else {})}}})
    assert (found["attempts"], found["failed"], found["failures"]) == (1, int(more <= 0), 1)


def incident(start: str, end: str) -> Row:
    return {"incident_id": "I1", "started_at": f"2026-{start}Z", "ended_at": f"2026-{end}Z", "workflow": "work"}


def test_an_incident_of_no_length_at_the_beginning_of_a_month_counts_in_it(tmp_path: Path) -> None:
    world = World([event("01-01", "tried"), event("06-09", "tried")], incidents=[incident("05-01T00:00:00", "05-01T00:00:00")])
    found = {(str(row["period"]), row["incidents"]) for row in told(tmp_path, world, "reliability.incidents", {}) if row["workflow"] == "work"}
    assert ("2026-05-01", 1) in found and ("2026-04-01", 0) in found


def test_only_days_up_to_the_end_of_the_month_count(tmp_path: Path) -> None:
    world = World([event("01-01", "paid"), event("05-01", "tried"), event("06-09", "paid")], incidents=[incident("04-30T12:00:00", "05-01T18:00:00")])
    found = {(str(row["period"]), row["incidents"], row["exposed"], row["during"]) for row in told(tmp_path, world, "reliability.incidents", {}) if row["workflow"] == "work"}
    assert {("2026-04-01", 1, 0, 0), ("2026-05-01", 1, 1, 1)} <= found


@pytest.mark.parametrize(("end", "quiet"), [("06-01", True), ("06-02", None)])
def test_seven_days_after_the_last_one_of_it_an_account_is_quiet(end: str, quiet: bool | None, tmp_path: Path) -> None:
    """T is the tenth of June, and late events have a day."""
    world = World([event("01-01", "paid"), event(end, "tried")], incidents=[incident(f"{end}T10:00:00", f"{end}T11:00:00")])
    assert [row["quiet"] for row in told(tmp_path, world, "reliability.incident_accounts", {})] == [quiet]


def test_between_two_rows_of_one_incident_nothing_was_down(tmp_path: Path) -> None:
    """One of the workflow, one of all."""
    rows = [incident("05-01T10:00:00", "05-01T11:00:00"), incident("05-01T13:00:00", "05-01T14:00:00") | {"workflow": None}]
    (found,) = told(tmp_path, World([event("01-01", "paid"), event("05-01", "tried")], incidents=rows), "reliability.incident_accounts", {})
    assert found["minutes"] == 120


def test_clicks_on_help_of_work_without_attempts_are_counted_too(tmp_path: Path) -> None:
    """Nothing lacks to count them, only to hold them against something."""
    blocks = {"workflows": {"work": {"core": True, "success": "posted"}}, "friction": {"workflows": {"work": {"help": "helped"}}}}
    world = World([event("01-01", "posted"), event("06-01", "helped"), event("06-02", "posted")])
    assert [row["help"] for row in told(tmp_path, world, "friction.accounts", blocks)] == [1]


def ticket(day: str) -> Row:
    return {"account_id": "a", "opened_at": f"2026-{day}T12:00:00Z", "category": "bug"}


@pytest.mark.parametrize(("second", "repeated"), [("05-14", 1), ("05-15", 1), ("05-16", 0)])
def test_the_last_day_on_which_a_trouble_comes_back(second: str, repeated: int, tmp_path: Path) -> None:
    world = World([event("01-01", "tried"), event("06-09", "tried")], tickets=[ticket("05-01"), ticket(second)])
    assert {row["repeated"] for row in told(tmp_path, world, "friction.issues", {})} == {repeated}


@pytest.mark.parametrize(("day", "tickets"), [("05-10", 0), ("05-11", 1), ("05-12", 1)])
def test_the_first_day_of_resolution(day: str, tickets: int, tmp_path: Path) -> None:
    world = World([event("01-01", "tried"), event("06-09", "tried")], tickets=[ticket(day)])
    (found,) = told(tmp_path, world, "friction.resolution", {"friction": {"resolution_days": 30}})
    assert (found["tickets"], found["older"]) == (tickets, 1 - tickets)


def test_where_nobody_asked_about_it_nothing_is_open(tmp_path: Path) -> None:
    """In a category of the days before, too."""
    old = ticket("01-01") | {"category": "old", "resolved_at": "2026-01-03T12:00:00Z"}
    world = World([event("01-01", "tried"), event("06-09", "tried")], tickets=[old, ticket("05-01")])
    found = told(tmp_path, world, "friction.issues", {})
    assert {row["category"]: (row["tickets"], row["open"]) for row in found} == {None: (1, 1), "bug": (1, 1), "old": (0, 0)}


def test_a_week_is_judged_by_what_is_core_and_known_at_its_limits(tmp_path: Path) -> None:
    """Four weeks: too many failures; too few attempts, and screens at the limit; incidents at the limit; the running one, as far as it is over."""
    flows = {
        "work": {**FLOW, "within": "6h", "entity": "thing", "duration": "took"}, "plain": {"core": True, "attempt": "began", "success": "ended"},
        "side": {"attempt": "tried_side", "success": "side", "failure": "refused_side"},
    }  # fmt: skip
    stable = {"failure_rate": 0.25, "min_attempts": 5, "p95": "1s", "min_samples": 2, "incident_minutes": 60}
    screens = {name: {"rule": name, "duration": "took", "core": name != "back"} for name in ("list", "home", "back", "rare", "quick")}
    blocks = {"late_after": "1d", "workflows": flows, "reliability": {"workflows": {"work": {"timeout": "slow"}}, "screens": screens, "stable": stable}}
    tries = [(4, "05-18", "refused", 1), (1, "05-18", "slow", 1), (4, "05-25", "refused", 3)]
    acts = [event(day, "tried", thing=f"{day}{end}{n}") for many, day, end, _ in tries for n in range(many) if (day, n) != ("05-25", 3)]
    acts += [event(day, end, thing=f"{day}{end}{n}") for _, day, end, bad in tries for n in range(bad)]
    acts += [event("05-18", name) for name in ("tried", "began", "began", "tried_side", "refused_side")]
    acts += [event("05-25", name, took=took) for name, took in (("list", "1000"), ("home", "1000"), ("quick", "9"), ("back", "9000")) for _ in range(2)] + [event("05-25", "rare", took="9000")]
    acts += [event("05-25", "posted", thing="x", took="9000") for _ in range(2)]
    acts += [event("06-08", "tried", thing=str(n)) | {"timestamp": written(moment("2026-06-08T18:00:00Z") + n)} for n in (-1, 0, 1)]
    spans = [("2026-05-31T23:30", "2026-06-01T00:30", "work"), ("2026-06-01T00:15", "2026-06-01T01:00", None), ("2026-06-02T00:00", "2026-06-02T09:00", "side"), ("2026-06-08T00:00", "2026-06-08T00:20", "plain")]
    incidents: list[Row] = [{"incident_id": str(n), "started_at": f"{start}:00Z", "ended_at": f"{end}:00Z", "workflow": flow} for n, (start, end, flow) in enumerate(spans)]
    shown = ("state", "attempts", "failed", "screen", "incident_minutes")
    found = [tuple(row[name] for name in shown) for row in told(tmp_path, World(acts, incidents=incidents), "reliability.stability", blocks)]
    assert sorted(found, key=str) == [
        ("stable", 0, 0, None, 60), ("stable", 2, 0, None, 20), ("stable", 3, 3, "home", 30), ("unstable", 5, 2, None, 0),
    ]  # fmt: skip
