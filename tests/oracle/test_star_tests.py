"""value.north_star_tests is the oracle's: on the example data at two dates, in random worlds, and in the worked example of the statistics."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle import star_tests
from oracle.busy_worlds import busy, fewer, write, written_out
from oracle.days import DAY, moment, written
from oracle.star_tests import newcombe, spearman
from oracle.test_example_data import DATES, Example, made
from oracle.working import check
from oracle.world import Row, World
from oracle.worlds import Case

NAME = "value.north_star_tests"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    folder = tmp_path_factory.mktemp("star_tests")
    yield made(folder, "accounting", "parquet")
    shutil.rmtree(folder)


@pytest.mark.parametrize("as_of", DATES, ids=str)
def test_the_example_data_are_the_oracles(example: Example, as_of: date) -> None:
    table = check(example.loaded, example.truth(as_of), as_of, [NAME])[NAME]
    assert table.frame["value"].count() >= 7


@fewer
@given(case=busy(), repeat_days=st.sampled_from((1, 7, 30)))
def test_random_worlds_are_the_oracles(case: Case, repeat_days: int) -> None:
    with written_out(case) as loaded:
        check(loaded, case.world, case.as_of, [NAME], repeat_days=repeat_days)


def test_newcombe_as_printed() -> None:
    """Newcombe (1998), table II, method 10: 56/70 and 48/80."""
    found = newcombe([True] * 56 + [False] * 14, [True] * 48 + [False] * 32)
    assert [found.low, found.high] == pytest.approx([0.0524, 0.3339], abs=5e-5)


def test_spearman_of_ties() -> None:
    assert spearman([(1, 1), (2, 2), (2, 3), (3, 4)]).value == pytest.approx(4.5 / (4.5 * 5) ** 0.5)
    assert spearman([(1, 1), (1, 2)]) == star_tests.UNKNOWN


@pytest.mark.parametrize(("start", "accounts"), [(-119, 6), (-118, 6), (-117, 0)])
def test_the_export_holds_the_days_before_the_landmark(tmp_path: Path, start: int, accounts: int) -> None:
    flow = {"core": True, "cadence": "week", "success": "posted", "entity": "thing"}
    done = [("a0", start, "login")] + [
        (f"a{n}", day, "posted") for n in range(6) for day in [-100] * (n + 1) + [-28 if n > 2 else -29]
    ]
    midnight = moment("2026-03-30T00:00:00+00:00")
    rows: list[Row] = [
        {"event_id": str(at), "account_id": name, "user_id": "u1", "timestamp": written(midnight + day * DAY), "event": kind, "thing": "i1"}
        for at, (name, day, kind) in enumerate(done)
    ]  # fmt: skip
    loaded = write(
        tmp_path, World(rows), {"version": 1, "timezone": "UTC", "late_after": "0s", "workflows": {"billing": flow}}
    )
    table = check(loaded, World(rows), date(2026, 3, 30), [NAME])[NAME]
    found = {row["measure"]: row for row in table.frame.to_dicts()}
    assert found["rank correlation of the amount with staying"]["n"] == accounts


@pytest.mark.parametrize(("start", "weeks"), [(-71, 10), (-70, 10), (-69, 9)])
def test_a_week_counts_that_the_export_holds_from_its_first_day(tmp_path: Path, start: int, weeks: int) -> None:
    midnight = moment("2026-03-30T00:00:00+00:00")
    days = [start, *range(-63, 0, 7)]
    rows: list[Row] = [
        {"event_id": str(day), "account_id": "a", "user_id": "u1", "timestamp": written(midnight + day * DAY), "event": "posted"} for day in days
    ]  # fmt: skip
    flow = {"core": True, "cadence": "week", "success": "posted"}
    loaded = write(
        tmp_path, World(rows), {"version": 1, "timezone": "UTC", "late_after": "0s", "workflows": {"billing": flow}}
    )
    table = check(loaded, World(rows), date(2026, 3, 30), [NAME])[NAME]
    found = {row["measure"]: row for row in table.frame.to_dicts()}
    assert found["coefficient of variation of the weekly totals"]["n"] == weeks


def test_what_was_done_to_the_same_thing_again(tmp_path: Path) -> None:
    """On another day, or on the same one: of several on the first day all but one. What names no thing counts for neither."""
    midnight = moment("2026-03-30T00:00:00+00:00")
    done = [("i1", -50, "posted"), ("i1", -40, "posted"), ("i2", -20, "posted"), ("i2", -20, "posted"), *[("i3", -10, "posted")] * 3, ("i4", -5, "posted"), (None, -5, "posted"), ("i4", -4, "bought")]
    rows: list[Row] = [
        {"event_id": str(at), "account_id": "a", "user_id": "u1", "timestamp": written(midnight + day * DAY + at), "event": kind, "thing": thing}
        for at, (thing, day, kind) in enumerate([*done, ("i9", -90, "posted")])
    ]  # fmt: skip
    flows = {name: {"core": True, "cadence": "week", "success": name, "entity": "thing"} for name in ("posted", "bought")}
    loaded = write(tmp_path, World(rows), {"version": 1, "timezone": "UTC", "workflows": flows, "north_star": {"workflow": "posted"}})
    found = {row["measure"]: row for row in check(loaded, World(rows), date(2026, 3, 30), [NAME])[NAME].frame.to_dicts()}
    again = found["share done to the same thing again in time"]
    assert (again["value"], again["n"]) == (0.5, 8)


def test_of_several_on_a_later_day_all_but_one_are_repeats_too(tmp_path: Path) -> None:
    """The first of them came too late after the time before; the others came the same day."""
    midnight = moment("2026-03-30T00:00:00+00:00")
    rows: list[Row] = [
        {"event_id": str(at), "account_id": "a", "user_id": "u1", "timestamp": written(midnight + day * DAY + at), "event": "posted", "thing": "i1"}
        for at, day in enumerate([-60, -20, -20, -20])
    ]  # fmt: skip
    flow = {"core": True, "cadence": "week", "success": "posted", "entity": "thing"}
    loaded = write(tmp_path, World(rows), {"version": 1, "timezone": "UTC", "workflows": {"billing": flow}})
    found = {row["measure"]: row for row in check(loaded, World(rows), date(2026, 3, 30), [NAME])[NAME].frame.to_dicts()}
    again = found["share done to the same thing again in time"]
    assert (again["value"], again["n"]) == (0.5, 4)
