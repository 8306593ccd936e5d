"""The weekly report: thirteen lines that stand in tables, what moved them, and the same report on any day of the week."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from math import fsum
from pathlib import Path
from random import Random

import polars as pl
import pytest
from worlds import AS_OF, events, generated, variant

from saasmetrics import catalog
from saasmetrics.clock import Clock
from saasmetrics.definitions.read import Loaded, read
from saasmetrics.outputs import render
from saasmetrics.replay import replaying
from saasmetrics.report import weeks
from saasmetrics.report.change import Change, between, moved, paired, parts
from saasmetrics.report.compose import PICTURES, Report, compose, shown
from saasmetrics.report.line import Behind, Reading
from saasmetrics.report.lines import THIRTEEN
from saasmetrics.report.pages import short, tables, whole
from saasmetrics.tables import Asked, compute


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def loaded(world: Path) -> Loaded:
    return read(world)


@pytest.fixture(scope="module")
def told(loaded: Loaded) -> Report:
    return compose(loaded, Asked(as_of=AS_OF))


def test_thirteen_lines_in_four_blocks(told: Report) -> None:
    assert len(told.lines) == 13
    assert list(dict.fromkeys(line.line.block for line in told.lines)) == ["value delivery", "adoption", "retention and revenue predictors", "quality"]
    assert len(told.answers) == 7


def test_the_week_is_the_last_complete_one(told: Report) -> None:
    assert told.week == (date(2026, 10, 26), date(2026, 11, 1))  # late events of the next one may still come on the 9th
    assert told.meta["as_of"] == "2026-11-03"


def test_the_report_is_the_same_on_any_day_of_the_week(loaded: Loaded, told: Report) -> None:
    for later in (-4, -2):
        again = compose(loaded, Asked(as_of=AS_OF + timedelta(days=later)))
        assert [table.frame.rows() for table in tables(again)] == [table.frame.rows() for table in tables(told)]


def test_what_happened_after_the_week_changes_nothing(world: Path, told: Report, tmp_path: Path) -> None:
    later = [{**row, "event_id": f"{row['event_id']}-later", "timestamp": "2026-11-04T12:00:00Z"} for row in events(world)[:2000]]
    again = compose(read(variant(world, tmp_path, lambda rows: [rows, later])), Asked(as_of=AS_OF))
    assert [table.frame.rows() for table in tables(again)] == [table.frame.rows() for table in tables(told)]


@pytest.mark.parametrize("line", THIRTEEN, ids=lambda line: line.name)
def test_each_number_stands_in_its_table_and_is_the_sum_of_its_accounts(loaded: Loaded, told: Report, line: type) -> None:
    reading = next(one.reading for one in told.lines if one.line.name == line.name)
    day = date.fromisoformat(told.meta["as_of"])
    made, _ = compute(loaded, [catalog.rooms()[line.room]], Asked(as_of=day))
    assert line.read(made[0].frame.to_dicts(), loaded.definition) == reading
    if line.behind and reading.value is not None:
        accounts, _ = compute(loaded, [catalog.rooms()[line.behind.room]], Asked(as_of=day))
        each = parts(accounts[0].frame, line.behind, loaded.definition).values()
        whole = fsum(part for part, _ in each)
        assert reading.value == pytest.approx(whole / fsum(base for _, base in each) if line.behind.base else whole, abs=1e-12)


def test_the_trend_holds_what_a_fresh_run_of_each_week_shows(loaded: Loaded, told: Report) -> None:
    last = date.fromisoformat(told.meta["as_of"])
    for ago in range(1, weeks.TREND + 1):
        made, _ = compute(loaded, [catalog.rooms()[line.room] for line in THIRTEEN], Asked(as_of=last - timedelta(weeks=ago)))
        fresh = [one.line.told(table.frame, loaded.definition).value for one, table in zip(told.lines, made, strict=True)]
        assert [one.weeks[ago].value for one in told.lines] == fresh
    assert [one.trend for one in told.lines] == [[reading.value for reading in reversed(one.weeks[: weeks.TREND])] for one in told.lines]


@pytest.mark.parametrize("product", ["accounting", "hr", "logistics", "support"])
def test_what_is_read_off_the_facts_of_today_is_what_a_replay_shows(product: str, tmp_path: Path) -> None:
    check_weeks(read(generated(tmp_path, product=product)))


def test_incidents_that_lasted_longer_were_not_over_then(tmp_path: Path) -> None:
    definition = generated(tmp_path)
    listed = tmp_path / "data/accounting/incidents.csv"
    ends = pl.when(pl.int_range(pl.len()) % 2 == 0).then(pl.lit("2026-10-31T10:00:00Z"))
    pl.read_csv(listed, infer_schema=False).with_columns(ended_at=ends).write_csv(listed)
    check_weeks(read(definition))


def check_weeks(loaded: Loaded) -> None:
    """What the facts of today say of each earlier week is what those of that week say."""
    lines = [line for line in THIRTEEN if line.dated(loaded.definition)]
    with replaying(loaded, [catalog.rooms()[line.room] for line in lines], Asked(as_of=AS_OF), settle=weeks.settled) as at:
        known = {room.key for room in at.run.rooms}
        for line in (line for line in lines if line.room in known):
            for day in weeks.days(at.clock, 0)[1:]:
                now, then = (line.told(table, loaded.definition) for table in (shown(line, at, day), at.rows(catalog.rooms()[line.room], day)))
                assert now == then, (line.name, day)


def test_weeks_before_an_account_became_our_own_are_told_with_it(tmp_path: Path) -> None:
    definition = generated(tmp_path)
    listed = tmp_path / "data/accounting/accounts.csv"
    states = pl.read_csv(listed, infer_schema=False).with_columns(valid_from=pl.lit("2020-01-01"))
    inside = states.gather_every(5).with_columns(plan=pl.lit("internal"), valid_from=pl.lit("2026-10-07"))
    pl.concat([states, inside]).write_csv(listed)
    definition.write_text(definition.read_text("utf-8").replace("created: created_at}", "created: created_at, valid_from: valid_from}", 1), "utf-8")
    now, before = (compose(read(definition), Asked(as_of=AS_OF - timedelta(weeks=ago))) for ago in (0, 4))
    assert [one.weeks[4].value for one in now.lines] == [one.reading.value for one in before.lines]


def test_a_north_star_that_is_taken_back_later_stood_higher_then(world: Path) -> None:
    definition = world.with_name("unless.yaml")
    star = "north_star: {workflow: invoicing, measure: entities, unless: {rule: invoice_paid, within: 30d}}"
    definition.write_text(re.sub(r"(?m)^north_star:.*$", star, world.read_text("utf-8")), "utf-8")
    now, before = (compose(read(definition), Asked(as_of=AS_OF - timedelta(days=ago))).lines[0] for ago in (0, 7))
    assert now.trend[-2] == before.reading.value
    assert now.line.dated(read(definition).definition) is False


def test_a_line_without_its_input_says_what_it_needs(loaded: Loaded) -> None:
    bare = loaded.definition.model_copy(update={"sources": loaded.definition.sources.model_copy(update={"tickets": None, "incidents": None})})
    made = compose(replace(loaded, definition=bare), Asked(as_of=AS_OF))
    lines = {one.line.name: one.reading for one in made.lines}
    assert lines["incidents"].said == "needs sources.incidents in the definition file"
    assert len(made.lines) == 13


def test_two_weeks_of_the_same_accounts() -> None:
    behind = Behind("x", lambda d: pl.col("k"), lambda d: pl.col("n"))
    before = pl.DataFrame({"account": ["a", "b", "c", "d"], "k": [1, 0, 1, 0], "n": [1, 1, 1, 1]})
    now = pl.DataFrame({"account": ["a", "b", "c", "e"], "k": [1, 1, 0, 1], "n": [1, 1, 1, 1]})
    here, there = (parts(frame, behind, None) for frame in (now, before))  # type: ignore[arg-type]
    change = paired(here, there, True)
    assert change is not None and change.size == pytest.approx(0.25)
    assert change.direction == "no clear change"
    assert [(one["account"], one["what"]) for one in moved(here, there, True)] == [
        ("b", "entered"), ("c", "left"), ("e", "joined the base"), ("d", "left the base"),
    ]  # fmt: skip


def test_equal_moves_stand_in_the_order_of_the_table_behind_them() -> None:
    """Of the accounts that fell silent the ones that did the most first, not the ones whose names come first."""
    now, before = {"a": (0.0, 1.0), "b": (0.0, 1.0), "c": (1.0, 1.0), "gone": (0.0, 1.0)}, {"a": (1.0, 1.0), "b": (1.0, 1.0), "c": (0.0, 1.0), "gone": (3.0, 1.0)}
    assert [one["account"] for one in moved(now, before, False, -1.0, order=["c", "b", "gone", "b", "a"])] == ["gone", "b", "a", "c"]
    assert [one["account"] for one in moved(now, before, False, -1.0)] == ["gone", "a", "b", "c"]


def test_who_came_and_who_fell_silent_stand_in_the_order_of_their_table(loaded: Loaded, told: Report) -> None:
    movers = compute(loaded, [catalog.rooms()["engagement.movers"]], Asked(as_of=told.as_of))[0][0].frame["account"].to_list()
    named = [move["account"] for one in told.lines if one.line.name == "weekly active accounts" for move in one.moves]
    assert named == sorted(named, key=movers.index) != sorted(named)


def test_accounts_that_are_quiet_in_both_weeks_are_observations_too() -> None:
    """Two of eight come: variance of eight differences, n / (n − 1) · Σ (d − mean)²."""
    behind = Behind("x", lambda d: pl.col("active"))
    before, now = pl.DataFrame({"account": ["a"], "active": [True]}), pl.DataFrame({"account": ["a", "b", "c"], "active": [True, True, True]})
    change = paired(parts(now, behind, None), parts(before, behind, None), False, 8)  # type: ignore[arg-type]
    assert change is not None and change.high is not None
    assert change.high - change.size == pytest.approx(1.959963984540054 * (8 / 7 * (2 * 0.75**2 + 6 * 0.25**2)) ** 0.5)


def test_every_account_that_is_named_is_told_one_by_one(told: Report) -> None:
    named = {row["account"] for row in told.steps} | {account for answer in told.answers for account in answer.look_at} | {move["account"] for one in told.lines for move in one.moves[:10]}
    about = {account: {row["about"]: row["told"] for row in told.listed if row["account"] == account} for account in named}
    assert named == {row["account"] for row in told.listed} and len(named) > 5
    assert all({"named for", "churn risk", "expansion"} <= set(rows) for rows in about.values())
    assert sum("last events" in rows for rows in about.values()) > len(about) / 2


def test_pictures_stand_where_there_is_room(told: Report) -> None:
    pages = tables(told)
    assert [table.name for table in short(pages, "html")][-3:] == ["activation.steps", "retention.cohorts", "report.accounts"]
    assert not any(table.name in PICTURES for shown in (short(pages, "md"), short(pages, "table"), whole(pages)) for table in shown)
    text = render(short(pages, "html"), "html").data.decode()
    assert text.count("<details>") > 20 and 'class="triangle"' in text and len(text) < 500_000


def test_an_arrow_stands_only_outside_the_interval() -> None:
    apart, near = Reading(0.6, "", 100, 0.5, 0.7), Reading(0.3, "", 100, 0.2, 0.4)
    assert between(apart, near).direction == "up"  # type: ignore[union-attr]
    assert between(near, apart).direction == "down"  # type: ignore[union-attr]
    assert between(apart, apart._replace(value=0.5)).direction == "no clear change"  # type: ignore[union-attr]
    assert between(Reading(3, ""), Reading(9, "")).direction == "not judged"  # type: ignore[union-attr]
    assert between(Reading(None, ""), near) is None


@pytest.mark.parametrize(("late", "expected"), [(0, date(2026, 3, 30)), (86_400_000_000, date(2026, 3, 31)), (3 * 3_600_000_000, date(2026, 3, 31))])
def test_a_week_is_settled_when_its_late_events_are_in(late: int, expected: date) -> None:
    """The week ends on the day on which summer time begins."""
    for day in (expected, date(2026, 4, 5)):
        assert weeks.settled(Clock(day, "Europe/Berlin", late_after=late)) == expected


def test_the_headline_names_what_changed_through_whom_and_what_is_next(told: Report) -> None:
    line, steps = told.lines[0], [{"what": "keep", "account": "big"}, {"what": "keep", "account": "small"}, {"what": "grow", "account": "keen"}]
    quiet = told._replace(lines=[line._replace(change=Change(-5.0, -9.0, 1.0), moves=[{"account": "acme", "what": "left", "before": 5.0, "now": 0.0}])], steps=[])
    loud = quiet._replace(lines=[quiet.lines[0]._replace(change=Change(-5.0, -9.0, -1.0))], steps=steps)
    titles = [next(table.title for table in tables(one) if table.name == "report.lines") for one in (quiet, loud)]
    assert titles[0] == "The week of 2026-10-26 to 2026-11-01: no number changed beyond chance."
    assert titles[1] == "The week of 2026-10-26 to 2026-11-01: north star down, most through acme (no longer in it). To keep first: big; to grow first: keen."


@pytest.mark.parametrize(("size", "moves", "expected"), [
    (2.0, [("gone", "left", 1, 0), ("a", "entered", 0, 1), ("b", "entered", 0, 1), ("c", "entered", 0, 1)], "up, through a (entered) among others."),
    (2.0, [("gone", "left", 3, 0), ("big", "up", 0, 5)], "up, most through big (up)."),
    (-1.0, [("young", "joined the base", 0, 0)], "down, most through young (joined the base)."),
    (1.0, [("gone", "left", 1, 0)], "up."),
])  # fmt: skip
def test_the_headline_names_no_account_that_moved_the_number_the_other_way(told: Report, size: float, moves: list[tuple[str, str, int, int]], expected: str) -> None:
    found = [dict(zip(("account", "what", "before", "now"), move, strict=True)) for move in moves]
    low, high = sorted((size / 2, size * 2))
    one = told._replace(lines=[told.lines[0]._replace(change=Change(size, low, high), moves=found)], steps=[])
    assert next(table.title for table in tables(one) if table.name == "report.lines").endswith(f"north star {expected}")


def test_of_accounts_that_changed_alike_those_stand_first_that_moved_the_number_its_way() -> None:
    now, before = {"b": (1.0, 1.0), "c": (1.0, 1.0)}, {"a": (1.0, 1.0)}
    assert [move["account"] for move in moved(now, before, False, 1.0)] == ["b", "c", "a"]
    assert [move["account"] for move in moved(now, before, False, -1.0)] == ["a", "b", "c"]


MANY = """
version: 1
product: Many
value: {outcome: Work gets done.}
timezone: Europe/Berlin
sources:
  events: {files: events.csv, columns: {account: account, user: user, time: time, event: event}}
  accounts: {files: accounts.csv, columns: {account: account, created: created}}
workflows:
  work: {core: true, cadence: week, attempt: tried, success: done, tiers: {basic: tried, full: done}}
north_star: {workflow: work, measure: count}
activation: {within: 14d, windows: [7d, 14d], steps: {tried: {kind: entity, rule: tried}, done: {kind: workflow, rule: done}}}
"""


def test_the_page_of_five_thousand_accounts_is_small(tmp_path: Path) -> None:
    chance, end = Random(3), datetime(2026, 11, 8, 12)
    names = [f"account-of-a-customer-{number:05}" for number in range(5000)]
    days = {name: sorted(chance.sample(range(100), 4)) for name in names}
    made = [f"{name},u{number % 3},{end - timedelta(days=ago):%FT%TZ},{event}" for name in names for number, ago in enumerate(days[name]) for event in ("tried", "done")]
    accounts = [f"{name},{end - timedelta(days=days[name][-1], hours=2):%FT%TZ}" for name in names]
    for file, head, rows in (("events.csv", "account,user,time,event", made), ("accounts.csv", "account,created", accounts)):
        (tmp_path / file).write_text("\n".join([head, *rows]) + "\n", "utf-8")
    (tmp_path / "many.yaml").write_text(MANY, "utf-8")
    report = compose(read(tmp_path / "many.yaml"), Asked(as_of=AS_OF))
    assert " of 5,000 accounts" in report.lines[5].reading.said
    assert sum(len(one.moves) for one in report.lines) >= 30
    assert 50_000 < len(render(short(tables(report), "html"), "html").data) < 500_000


def test_a_number_that_was_never_known_has_no_trend(told: Report) -> None:
    never = told._replace(lines=[told.lines[0]._replace(trend=[None, None]), told.lines[1]._replace(trend=[None, 0.5])])
    lines = next(table for table in tables(never) if table.name == "report.lines").frame
    assert lines["trend"].to_list() == [[], [None, 0.5]]


def test_a_trend_is_drawn_where_the_report_is_pasted(told: Report) -> None:
    lines = next(table for table in short(tables(told), "md") if table.name == "report.lines").frame
    assert set(lines["trend"][0]) <= set("▁▂▃▄▅▆▇█") and len(lines["trend"][0]) == len(told.lines[0].trend)
