"""How much a number depends on conventions: each row is what the changed definition gives by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from saasmetrics import catalog
from saasmetrics.commands.conventions import choices
from saasmetrics.commands.numbers import named, number
from saasmetrics.commands.sensitivity import measured, sensitivity
from saasmetrics.commands.turned import turned
from saasmetrics.definitions.read import Loaded, parse
from saasmetrics.messages import Refused
from saasmetrics.tables import Asked, Table, compute

DEFINITION = """\
version: 1
timezone: Europe/Berlin
sources:
  events: {files: events.csv}
  accounts: {files: accounts.csv, segments: [plan]}
internal: {accounts: {plan: test}, users: {user: u9}}
workflows:
  invoicing: {core: true, cadence: week, attempt: tried, success: posted, tiers: {basic: drafted}}
activation: {within: 14d, steps: {draft: {kind: setup, rule: drafted}, work: {rule: posted}}}
"""
HOUR = 3_600
START = 1_767_225_600  # 2026-01-01


def world(folder: Path) -> Loaded:
    """Forty accounts of which some are slow, some weekly, some of our own; many events near midnight and on Sundays."""
    random = Random(5)
    events, accounts = ["account_id,user_id,timestamp,event"], ["account_id,created_at,plan"]
    for n in range(40):
        born = START + random.randrange(40 * 24) * HOUR
        accounts.append(f"a{n},{born},{'test' if n % 13 == 0 else 'pro' if n % 3 else 'small'}")
        for _ in range(random.randrange(1, 14)):
            at = born + random.randrange(60 * 24) * HOUR
            events += [f"a{n},u{random.randrange(10)},{at + late},{event}" for late, event in zip((0, 60, 20 * HOUR), ("drafted", "tried", "posted"), strict=True) if random.random() < 0.7]
    events.append(f"stray,u1,{START + 70 * 24 * HOUR},posted")
    for name, lines in (("events", events), ("accounts", accounts)):
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", "utf-8")
    text = DEFINITION.replace("events.csv}", "events.csv, time: {unit: s}}").replace("accounts.csv,", "accounts.csv, time: {unit: s},")
    path = folder / "saasmetrics.yml"
    path.write_text(text, "utf-8")
    return parse(text.encode(), path)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return world(tmp_path_factory.mktemp("world"))


def told(loaded: Loaded, name: str) -> list[Table]:
    return measured(loaded, name, Asked())


@pytest.mark.parametrize("name", ["activation.rate", "retention.cohorts", "value.completion", "churn_risk.accounts"])
def test_every_choice_is_what_its_definition_gives_by_itself(loaded: Loaded, name: str) -> None:
    room, asked = catalog.rooms()[name], choices(loaded, catalog.rooms()[name])
    found = turned(loaded, room, asked, Asked())
    own = [choice for choice in asked if choice.convention.startswith((room.folder, "activation", "timezone", "internal", "week_starts")) or name == "activation.rate"]
    rooms, at = [catalog.rooms()[key] for key in found.declared], Asked(as_of=date.fromisoformat(found.meta["as_of"]))
    for choice in own:
        by_itself = {table.name: table.frame for table in compute(choice.loaded or loaded, rooms, at)[0]}
        frames = found.otherwise.get(choice.key, found.declared)
        assert {key: frame.equals(by_itself[key]) for key, frame in frames.items()} == dict.fromkeys(frames, True), choice.key


def test_the_convention_that_matters_most_stands_first_and_in_the_title(loaded: Loaded) -> None:
    table, accounts = told(loaded, "activation.rate")
    rows = table.frame.to_dicts()
    assert rows[0]["convention"] == "activation.within" and rows[0]["declared"] and rows[0]["difference"] == 0
    assert [row["choice"] for row in rows[:3]] == ["14d", "7d", "28d"]
    assert table.title.endswith("activation.within matters most.")
    moved = [max(abs(row["difference"]) for row in rows if row["convention"] == name) for name in dict.fromkeys(row["convention"] for row in rows)]
    assert moved == sorted(moved, reverse=True)
    assert {row["convention"] for row in rows} >= {"timezone", "week_starts", "late_after", "days_off", "internal.accounts", "internal.users", "activation.order", "sources.accounts.orphans"}
    counts = accounts.frame.group_by("convention", "choice").len()
    assert {(c, o): n for c, o, n in counts.iter_rows()} == {(row["convention"], row["choice"]): row["flips"] for row in rows if row["flips"]}


def test_the_accounts_are_those_that_the_table_behind_calls_something_else(loaded: Loaded) -> None:
    """Of `activation.within: 7d`, from two runs of the two definitions."""
    seven = next(choice.loaded for choice in choices(loaded, catalog.rooms()["activation.rate"]) if choice.key == ("activation.within", "7d"))
    assert seven is not None
    called = [dict(compute(one, [catalog.rooms()["activation.accounts"]], Asked())[0][0].frame.select("account", "state").iter_rows()) for one in (loaded, seven)]
    expected = [(account, called[0][account], called[1][account]) for account in sorted(called[0]) if called[0][account] != called[1][account]]
    flips = told(loaded, "activation.rate")[1].frame.filter(convention="activation.within", choice="7d")
    assert expected and flips.select("account", "declared", "called").rows() == expected


def test_the_difference_is_that_to_the_declared_number(loaded: Loaded) -> None:
    rows = told(loaded, "activation.rate")[0].frame.to_dicts()
    base = next(row["value"] for row in rows if row["declared"])
    assert {row["value"] for row in rows if row["declared"]} == {base}
    assert all(row["difference"] == row["value"] - base for row in rows)


def test_retention_has_its_ways_of_counting(loaded: Loaded) -> None:
    rows = told(loaded, "retention.cohorts")[0].frame.to_dicts()
    found = {(row["convention"], row["choice"]) for row in rows}
    assert {("retention.kind", "unbounded"), ("retention.mode", "rolling"), ("retention.anchor", "activation")} <= found
    assert not [row for row in rows if row["convention"] == "retention.period"], "another period is another question"


def test_a_window_is_looked_at_where_it_is_turned_to(loaded: Loaded) -> None:
    seven = next(choice.loaded for choice in choices(loaded, catalog.rooms()["activation.rate"]) if choice.key == ("activation.within", "7d"))
    assert seven and seven.definition.settings("activation")["windows"] == (7,)


@pytest.mark.parametrize(("name", "shown"), [
    ("activation.rate", "activation.rate"), ("activation.rate.activated", "activation.rate activated (window_days 7)"),
    ("value.completion", "value.completion rate (workflow invoicing)"), ("value.north_star", "value.north_star n"), ("activation.accounts", "activation.accounts late"),
    ("activation.steps", "activation.steps of_entered"), ("adoption.breadth", "adoption.breadth median"),
])  # fmt: skip
def test_a_table_leads_with_one_number(loaded: Loaded, name: str, shown: str) -> None:
    asked = named(name)
    frame = compute(loaded, [asked.room], Asked())[0][0].frame
    assert number(asked, frame).name == shown


@pytest.mark.parametrize(("name", "message"), [("activation.rat", "did you mean 'activation.rate'"), ("activation.rate.rat", "has no number 'rat' — did you mean 'rate'"), ("activation.rate.status", "has no number 'status'")])
def test_what_is_no_number_is_refused(name: str, message: str) -> None:
    with pytest.raises(Refused, match=message):
        named(name)


def test_a_choice_that_makes_no_definition_is_left_out(loaded: Loaded) -> None:
    """Without activation steps there is no retention by activation, without `internal` nobody is let in."""
    bare = replace(loaded, definition=loaded.definition.model_copy(update={"internal": type(loaded.definition.internal)()}))
    assert not [choice for choice in choices(bare, catalog.rooms()["activation.rate"]) if choice.convention.startswith("internal")]


def test_the_model_of_a_score_is_turned_too(loaded: Loaded) -> None:
    found = {choice.convention: choice.choice for choice in choices(loaded, catalog.rooms()["churn_risk.accounts"])}
    assert found["churn_risk.signals.declining_workflow.points"] == "0" and found["churn_risk.bands.high"] == "50"
    assert found["workflows.invoicing.cadence"] == "month"


def test_it_can_be_asked_of_some_accounts_only(loaded: Loaded) -> None:
    asked = Asked(where=(("plan", "pro"),))
    for name in ("value.completion", "activation.rate"):
        shown, *_ = measured(loaded, name, asked)
        (declared,) = {row["value"] for row in shown.frame.to_dicts() if row["declared"]}
        frame = compute(loaded, [catalog.rooms()[name]], asked)[0][0].frame
        whole = compute(loaded, [catalog.rooms()[name]], Asked())[0][0].frame
        assert not frame.equals(whole)
        assert declared == number(named(name), frame).read(frame, loaded.definition).value


def test_the_command_passes_on_which_accounts(tmp_path: Path) -> None:
    given: dict[str, Any] = dict.fromkeys(("max_reject", "strict", "allow_empty", "allow_remote", "verify", "store", "verbose", "raw"), False)
    with pytest.raises(Refused, match="no account has plan=nobody"):
        sensitivity("value.completion", config=world(tmp_path).path, where=["plan=nobody"], as_of=None, limit=None, format="csv", output=None, color="auto", **given)
