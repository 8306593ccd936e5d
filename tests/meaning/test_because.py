"""What a table makes of one account: its own rows, and the events of the export that it looks at."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from saasmetrics import catalog
from saasmetrics.commands.because import because
from saasmetrics.commands.explain import explain
from saasmetrics.definitions.read import Loaded
from saasmetrics.messages import Refused
from saasmetrics.tables import Asked, Table, compute

from .test_sensitivity import DEFINITION, world

ACCOUNT = "a2"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return world(tmp_path_factory.mktemp("world"))


def told(loaded: Loaded, name: str) -> dict[str, Table]:
    return {table.name: table for table in because(catalog.rooms()[name], ACCOUNT, loaded, Asked())}


@pytest.mark.parametrize(("name", "rules"), [
    ("activation.rate", {"drafted", "posted"}), ("value.completion", {"tried", "posted"}), ("engagement.trend", {"posted"}), ("adoption.tiers", {"drafted"}),
])  # fmt: skip
def test_the_events_are_those_of_the_export(loaded: Loaded, name: str, rules: set[str]) -> None:
    events = told(loaded, name)["explain.events"].frame
    written = pl.read_csv(loaded.path.parent / "events.csv").filter(pl.col("account_id") == ACCOUNT, pl.col("user_id") != "u9", pl.col("event").is_in(list(rules)))
    assert set(events["rule"]) == set(written["event"]) <= rules
    assert dict(events.group_by("rule").agg(pl.col("n").sum()).iter_rows()) == dict(written.group_by("event").len().iter_rows())
    firsts = dict(events.filter("first_ever").select("rule", pl.col("first_at").dt.epoch("s")).iter_rows())
    assert firsts == dict(written.group_by("event").agg(pl.col("timestamp").min()).iter_rows())
    assert events["first_ever"].to_list() == sorted(events["first_ever"], reverse=True)
    begun, later = (events.filter("first_ever")["first_at"].to_list(), events.filter(~pl.col("first_ever"))["first_at"].to_list())
    assert (begun, later) == (sorted(begun), sorted(later, reverse=True))


@pytest.mark.parametrize("name", ["activation.accounts", "churn_risk.accounts", "engagement.frequency"])
def test_the_row_of_an_account_is_that_of_the_whole_table(loaded: Loaded, name: str) -> None:
    whole = compute(loaded, [catalog.rooms()[name]], Asked())[0][0].frame
    assert told(loaded, name)[name].frame.equals(whole.filter(pl.col("account") == ACCOUNT)) and whole.height > 1


def test_totals_are_those_of_the_account_alone_with_its_row_behind_them(loaded: Loaded) -> None:
    made = told(loaded, "activation.rate")
    assert list(made) == ["activation.rate", "activation.accounts", "explain.events"]
    assert set(made["activation.rate"].frame["eligible"]) == {1}
    assert made["activation.accounts"].frame["account"].to_list() == [ACCOUNT]


def test_an_account_that_is_not_there_is_refused_with_a_hint(loaded: Loaded) -> None:
    with pytest.raises(Refused, match="SM132 there is no account 'a222' among .* — did you mean 'a22'"):
        because(catalog.rooms()["activation.rate"], "a222", loaded, Asked())
    with pytest.raises(Refused, match="SM130 name the table"):
        explain(None, False, None, account=ACCOUNT)


def test_the_command_prints_it_in_any_format(loaded: Loaded, capfd: pytest.CaptureFixture[str]) -> None:
    path = Path(loaded.path)
    path.write_text(DEFINITION.replace("events.csv}", "events.csv, time: {unit: s}}").replace("accounts.csv,", "accounts.csv, time: {unit: s},"), "utf-8")
    explain("activation.rate", False, "json", account=ACCOUNT, config=path)
    assert [table["meta"]["name"] for table in json.loads(capfd.readouterr().out)] == ["activation.rate", "activation.accounts", "explain.events"]
    explain("activation rate", False, None, account=ACCOUNT, config=path)
    assert f"Which events of {ACCOUNT} does activation.rate look at?" in capfd.readouterr().out
