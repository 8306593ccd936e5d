"""Reliability on small worlds through the real tables: what counts as one attempt, as a failure, as a retry, as a bad week."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest
from small import Rows, Small

from saasmetrics.commands.check_data import check_data
from saasmetrics.definitions.fingerprint import fingerprint
from saasmetrics.definitions.read import parse
from saasmetrics.messages import Refused
from saasmetrics.statistics import covered

DEFINITION = """\
version: 1
timezone: {zone}
sources:
  events: {{files: events.csv}}
  incidents: {{files: incidents.csv}}
workflows:
  selling: {{core: true, attempt: sell_clicked, success: sold, failure: sell_failed, entity: thing}}
  buying: {{success: bought}}
reliability:
  workflows: {{selling: {{timeout: sell_timed_out, retry: sell_again}}}}
  endpoints:
    api: {{attempt: called, failure: [refused, broken], timeout: too_slow, within: 1h}}
  forms:
    tax: {{attempt: tax_clicked, success: tax_saved, failure: tax_failed, within: 1h}}
  screens:
    list: {{rule: list_loaded, duration: ms}}
    settings: {{rule: settings_loaded, duration: ms, core: false}}
  syncs:
    bank: {{source: booked, synced: arrived, entity: thing}}
  stable: {{failure_rate: 0.25, min_attempts: 4, p95: 2s, min_samples: 3, incident_minutes: 30}}
"""


class World(Small):
    """Events as `account event time [thing] [milliseconds]`; one before them all marks the start of the export."""

    chapter = "reliability"

    def __init__(self, home: Path, definition: str) -> None:
        super().__init__(home, definition)
        self.shape = {"zone": "UTC"}
        self.events()
        self.incidents()

    def events(self, *lines: str) -> World:
        rows = [[*line.split(), "-", "-"][:5] for line in ("zero seen 2025-10-06T00:00", *lines)]
        return self.file("events.csv", "account_id,event,timestamp,thing,ms", *(f"{a},{event},{at}:00Z,{thing},{ms}".replace("-,", ",").removesuffix("-") for a, event, at, thing, ms in rows))

    def incidents(self, *lines: str) -> World:
        return self.file("incidents.csv", "incident_id,started_at,ended_at,workflow", *lines)

    def rows(self, room: str, as_of: str = "2026-01-13", by: tuple[str, ...] = (), **settings: Any) -> Rows:
        return super().rows(room, as_of, by, **settings)

    def one(self, key: str, name: str, **asked: Any) -> dict[str, Any]:
        (row,) = [row for row in self.rows(key, **asked) if row.get("name", row.get("workflow")) == name]
        return row


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, DEFINITION)


def day(text: str, **more: int) -> str:
    return (datetime.fromisoformat(text) + timedelta(**more)).strftime("%Y-%m-%dT%H:%M")


# Attempts


def test_what_comes_after_its_time_belongs_to_no_attempt(world: World) -> None:
    """The last moment of the time counts."""
    row = world.events("a tax_clicked 2026-01-05T09:00", "a tax_failed 2026-01-05T10:00", "a tax_saved 2026-01-05T10:01").one("failures", "tax", weeks=1)
    assert (row["attempts"], row["failed"], row["abandoned"], row["failures"]) == (1, 1, 1, 1)
    row = world.events("a tax_clicked 2026-01-05T09:00", "a tax_failed 2026-01-05T10:01", "a tax_saved 2026-01-05T10:00").one("failures", "tax", weeks=1)
    assert (row["attempts"], row["failed"], row["abandoned"], row["failures"]) == (1, 0, 0, 1)


def test_without_a_thing_a_success_ends_every_attempt_in_whose_time_it_comes(world: World) -> None:
    """Saved at the second try: the first failed, and was not given up."""
    world.events("a tax_clicked 2026-01-05T09:00", "a tax_failed 2026-01-05T09:01", "a tax_clicked 2026-01-05T09:02", "a tax_saved 2026-01-05T09:03",
                 "b tax_clicked 2026-01-05T09:00", "b tax_failed 2026-01-05T09:01", "b tax_clicked 2026-01-05T12:00", "b tax_saved 2026-01-05T12:01")  # fmt: skip
    row = world.one("failures", "tax", weeks=1)
    assert (row["attempts"], row["failed"], row["abandoned"], row["retries"]) == (4, 2, 1, 0)


def test_without_a_thing_what_goes_wrong_belongs_to_the_last_attempt(world: World) -> None:
    row = world.events("a called 2026-01-05T09:00", "a called 2026-01-05T09:01", "a refused 2026-01-05T09:02", "a broken 2026-01-05T09:02",
                       "a too_slow 2026-01-05T09:03", "b broken 2026-01-05T09:00").one("failures", "api", weeks=1)  # fmt: skip
    assert (row["attempts"], row["failed"], row["timed_out"], row["failures"], row["abandoned"]) == (2, 1, 1, 4, None)


def test_days_without_a_failure_count(world: World) -> None:
    row = world.events(*(f"a sell_failed 2026-01-05T09:0{n} i{n}" for n in range(7)), "a sell_failed 2026-01-12T09:00 i9").one("failures", "selling", weeks=2)
    assert (row["failures"], row["per_day"], row["worst_day"], row["attempts"], row["status"]) == (7, 0.5, 7, 0, "no attempts")


# Latency and lag


def quantile(samples: list[int], share: float) -> float:
    """Linear between the two nearest, in plain Python."""
    ordered, place = sorted(samples), share * (len(samples) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


@pytest.mark.parametrize("count", [1, 2, 3, 20, 21, 101, 400])
def test_quantiles_are_exact(world: World, count: int) -> None:
    rng = Random(count)
    samples = [rng.choice((1, 7, 200, 200, rng.randrange(5000))) for _ in range(count)]
    world.events(*(f"a{n % 7} list_loaded {day('2026-01-05', minutes=n)} - {ms}" for n, ms in enumerate(samples)))
    row = world.one("latency", "list")
    assert row["n"] == count and row["p50"] == pytest.approx(quantile(samples, 0.5)) and row["p95"] == pytest.approx(quantile(samples, 0.95))


def test_loads_without_a_time_are_no_fast_loads(world: World) -> None:
    assert world.events("a list_loaded 2026-01-05T09:00 - 90", "a list_loaded 2026-01-05T09:00").one("latency", "list")["n"] == 1


def test_what_arrived_before_it_happened_has_not_arrived(world: World) -> None:
    world.events("a booked 2026-01-05T09:00 now", "a arrived 2026-01-05T09:00 now", "a booked 2026-01-05T09:00 lost", "a arrived 2026-01-05T08:59 lost")
    row = world.one("sync_lag", "bank")
    assert (row["synced"], row["missing"], row["p50_minutes"]) == (1, 1, 0)


# Incidents


def test_minutes_of_several_incidents_count_once() -> None:
    rng = Random(4)
    spans = [(group, start, start + rng.randrange(40)) for group in ("x", "y") for start in (rng.randrange(300) for _ in range(25))]
    told = {group: len({minute for g, start, end in spans if g == group for minute in range(start, end)}) for group in ("x", "y")}
    frame = pl.LazyFrame(spans, schema={"group": pl.String, "start": pl.Int64, "end": pl.Int64}, orient="row")
    assert dict(covered(frame, ["group"]).collect().rows()) == told


def test_an_incident_of_everything_hits_each_workflow_and_a_strange_one_none(world: World) -> None:
    world.incidents("1,2026-01-05T09:00Z,2026-01-05T10:00Z,", "2,2026-01-05T09:30Z,2026-01-05T10:30Z,seling", "3,2026-01-05T10:00Z,2026-01-05T11:00Z,buying")
    (first, second) = world.rows("incidents", period="week", periods=1)[:2]
    assert (first["workflow"], first["incidents"], first["minutes"], second["workflow"], second["minutes"]) == ("all core workflows", 1, 60, "selling", 60)


@pytest.mark.parametrize(("work", "exposed", "during"), [
    ("2026-01-07T23:59", 1, 1), ("2026-01-07T00:00", 1, 1), ("2025-12-31T00:00", 1, 0), ("2025-12-30T23:59", 0, 0), ("2026-01-08T00:00", 0, 0),
])  # fmt: skip
def test_who_was_near(world: World, work: str, exposed: int, during: int) -> None:
    world.events(f"a sold {work} i1", "b bought 2026-01-07T09:00").incidents(",2026-01-07T09:00Z,2026-01-07T10:00Z,selling")
    row = world.rows("incidents", period="week", periods=1)[0]
    assert (row["exposed"], row["during"]) == (exposed, during)
    assert len(world.rows("incident_accounts")) == exposed


def test_without_incidents_the_tables_say_what_they_need(world: World) -> None:
    text = "version: 1\ntimezone: UTC\nsources: {events: {files: events.csv}}\nworkflows: {selling: {success: sold, failure: sell_failed}}\n"
    world.define(text).shape.clear()
    for key, need in {"incidents": "`sources.incidents:`", "incident_accounts": "`sources.incidents:`", "sync_lag": "`reliability.syncs:`"}.items():
        with pytest.raises(Refused, match=f"reliability.{key} needs {need}"):
            world.rows(key)
    table = world.table("stability", "2026-01-13")
    assert set(table.frame["incident_minutes"]) == {None} and set(table.frame["state"]) == {"unknown"}


# Stable weeks


def test_a_week_is_unstable_beyond_a_limit_and_not_at_it(world: World) -> None:
    tried = [f"a sell_clicked 2026-01-0{d}T09:0{n} w{d}{n}" for d in (5, 6) for n in range(4)]
    wrong = ["a sell_failed 2026-01-05T09:00 w50", "a sell_timed_out 2026-01-06T09:01 w60"]
    told = world.events(*tried, *wrong).incidents("1,2026-01-05T09:00Z,2026-01-05T09:30Z,").rows("stability", weeks=1)[0]
    assert (told["attempts"], told["failed"], told["incident_minutes"], told["state"], told["reasons"]) == (8, 2, 30, "stable", None)
    told = world.events(*tried, *wrong, "a sell_failed 2026-01-06T09:02 w62").incidents("1,2026-01-05T09:00Z,2026-01-05T09:31Z,").rows("stability", weeks=1)[0]
    assert (told["state"], told["reasons"]) == ("unstable", "3 of 8 attempts failed; 31 minutes of incidents")


def test_only_core_screens_with_enough_loads_make_a_week_unstable(world: World) -> None:
    slow = [f"a {screen}_loaded 2026-01-05T09:0{n} - 9000" for screen in ("list", "settings") for n in range(2)]
    assert world.events(*slow, "a settings_loaded 2026-01-05T10:00 - 9000").rows("stability", weeks=1)[0]["state"] == "stable"
    told = world.events(*slow, "a list_loaded 2026-01-05T10:00 - 9000").rows("stability", weeks=1)[0]
    assert (told["state"], told["reasons"], told["p95"]) == ("unstable", "p95 of list was 9000 ms", 9000)


def test_too_few_attempts_make_no_week_unstable(world: World) -> None:
    lines = [line for n in range(3) for line in (f"a sell_clicked 2026-01-05T09:00 w{n}", f"a sell_failed 2026-01-05T09:01 w{n}")]
    assert world.events(*lines).rows("stability", weeks=1)[0]["state"] == "stable"


# Lost trust


def habit(account: str, weeks: int, *, fails: bool = False, later: bool = False) -> list[str]:
    """One success a week from 2025-10-13 on; in the last of these weeks perhaps a failure, and perhaps successes after it."""
    lines = [f"{account} sold {day('2025-10-13T09:00', weeks=n)} {account}{n}" for n in range(weeks)]
    lines += [f"{account} sell_failed {day('2025-10-13T10:00', weeks=weeks - 1)} x"] * fails
    return lines + [f"{account} sold {day('2025-10-13T09:00', weeks=weeks + 1)} y"] * later


def test_another_habit_is_no_counterpart(world: World) -> None:
    often = [line for n in range(4) for line in habit("o", 5, later=True) for _ in range(2)]
    row = world.events(*habit("f", 5, fails=True), *(line.replace("o sold", f"o sold {n}").replace(f"sold {n} ", "sold ") for n, line in enumerate(often))).one("trust_loss", "selling")
    assert (row["failed"], row["unmatched"], row["rate"]) == (0, 1, None)


def test_a_failure_whose_time_is_not_over_is_immature(world: World) -> None:
    """Five weeks from 2025-10-13: the failure is of the week of 2025-11-10, and four weeks later it is known."""
    lines = [*habit("f", 5, fails=True), *habit("o", 5)]
    for as_of, told in {"2025-12-15": (0, 1), "2025-12-16": (1, 0)}.items():
        row = world.events(*lines).one("trust_loss", "selling", as_of=as_of)
        assert (row["failed"], row["immature"]) == told


def test_a_failure_without_a_success_before_it_loses_no_trust(world: World) -> None:
    rows = world.events("f sell_failed 2025-11-10T09:00 x", *habit("o", 5)).rows("trust_loss")
    assert [row["failed"] + row["unmatched"] + row["immature"] for row in rows] == [0]


def test_who_came_back_later_is_not_lost(world: World) -> None:
    """Four quiet weeks after the failure are a stop; a success in the fifth says that the account is there."""
    lines = [*habit("gone", 5, fails=True), *habit("back", 5, fails=True), "back sold 2025-12-15T09:00 z"]
    rows = {row["account"]: row for row in world.events(*lines).rows("accounts", attempt_days=120)}
    assert {name: row["lost"] for name, row in rows.items()} == {"gone": True, "back": False}
    assert (str(rows["back"]["last_success"]), rows["back"]["days_since"]) == ("2025-12-15", 29)


# The definition


@pytest.mark.parametrize("column", ["ms", "props.load_ms", "meantime_ms", "page95", "duration_ms"])
def test_single_samples_are_taken(column: str) -> None:
    text = DEFINITION.format(zone="UTC").replace("list_loaded, duration: ms", f"list_loaded, duration: {column}")
    assert parse(text.encode(), "d.yml").definition.reliability.screens["list"].duration == column


def test_a_workflow_that_is_not_declared_is_refused() -> None:
    with pytest.raises(Refused, match="there is no workflow 'seling' — did you mean 'selling'"):
        parse(DEFINITION.format(zone="UTC").replace("{selling: {timeout", "{seling: {timeout").encode(), "d.yml")


def test_a_misspelt_event_is_told_at_its_line(world: World) -> None:
    world.events("a sold 2026-01-05T09:00 i1", "a list_load 2026-01-05T09:00 - 5")
    found = {problem.message.split("'")[1]: problem.line for problem in check_data(world.loaded(), date(2026, 1, 13)).problems if problem.code == "SM201"}
    lines = DEFINITION.splitlines()
    assert found["list_loaded"] == next(n for n, line in enumerate(lines, 1) if "list_loaded" in line)
    assert found["booked"] == next(n for n, line in enumerate(lines, 1) if "booked" in line)


def test_one_rule_has_one_duration(world: World) -> None:
    world.define(DEFINITION.replace("settings_loaded, duration: ms", "list_loaded, duration: seconds"))
    with pytest.raises(Refused, match="rule 'list_loaded' takes as long as 'ms' says in one place and as 'seconds' says in another"):
        world.rows("latency")


def test_the_fingerprint_knows_rules_by_what_they_match() -> None:
    def print_of(text: str) -> str:
        return fingerprint(parse(text.format(zone="UTC").encode(), "d.yml").definition)

    named = DEFINITION.replace("called, failure", "a_call, failure") + "rules: {{a_call: {{event: called}}}}\n"
    assert print_of(named) == print_of(DEFINITION)
    assert print_of(DEFINITION.replace("p95: 2s", "p95: 4s")) != print_of(DEFINITION) != print_of(DEFINITION.replace("[refused, broken]", "refused"))
