"""Who leaves in the example data, and what the scores with their default points make of it: no point was fitted to these rows."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path
from statistics import mean

import pytest
from worlds import Row, events, generated

from saasmetrics.backtest.kinds import KINDS
from saasmetrics.commands.backtest import made
from saasmetrics.definitions.read import read
from saasmetrics.tables import Asked

STAY = {"regular", "pausing", "shrunken", "bursty"}
LEAVE = {"drifter", "sudden"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(tmp_path_factory.mktemp("leaving"), accounts=300, weeks=52)


def rows(world: Path, name: str) -> list[Row]:
    with (world.parent / "data" / "accounting" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def ends(world: Path) -> dict[str, str]:
    """Account → the day its last subscription ends, empty: it stays."""
    return {row["account_id"]: row["end_date"] for row in rows(world, "subscriptions.csv")}


def of_story(world: Path, stories: set[str]) -> list[str]:
    return [row["account"] for row in rows(world, "planted.csv") if row["story"] in stories]


def work(world: Path) -> Counter[tuple[str, str]]:
    """(account, day) → invoices posted."""
    return Counter((row["account_id"], row["timestamp"][:10]) for row in events(world) if row["event"] == "invoice_posted" and row["status"] == "ok")


def test_drifters_leave_long_after_their_work_has_ebbed_away(world: Path, ends: dict[str, str]) -> None:
    done, shares = work(world), defaultdict[str, list[float]](list)
    for account in of_story(world, LEAVE):
        end = date.fromisoformat(ends[account])
        last, before = (mean(done[account, str(end - timedelta(days=ago))] for ago in span) for span in (range(1, 15), range(155, 190)))
        shares[account.split("-")[0]].append(last / before)
    assert mean(shares["drifter"]) < 0.2
    assert mean(shares["sudden"]) > 0.7


def test_those_who_stay_have_lean_weeks_and_pay_on(world: Path, ends: dict[str, str]) -> None:
    stay = of_story(world, STAY)
    assert len(stay) >= 30
    assert {ends[account] for account in stay} == {""}


def test_they_stand_beside_the_others_and_disturb_none(world: Path) -> None:
    further = {*of_story(world, STAY | LEAVE)}
    assert not {row["account_id"] for row in rows(world, "events/part-00000.csv")} & further
    assert {row["account_id"] for row in rows(world, "events/parting-00000.csv")} == further


def test_fewer_accounts_have_no_room_for_them(tmp_path: Path) -> None:
    assert not of_story(generated(tmp_path), STAY | LEAVE)


def test_the_default_score_of_churn_risk_beats_chance_and_its_high_band_silence_too(world: Path) -> None:
    worth, _, signals, *_ = (table.frame for table in made(read(world), [KINDS["churn-risk"]], Asked(), 90, 12, 0.1)[0])
    band, top, silence, _ = worth.to_dicts()
    assert (band["chosen_by"], top["chosen_by"]) == ("band high", "top 10%")
    assert band["lift_low"] > 1 and band["against_low"] > 1
    assert top["lift_low"] > 1 and top["lift"] > silence["lift"]
    told = {row["signal"]: row for row in signals.to_dicts()}
    assert min(told[name]["lift_low"] for name in ("declining_workflow", "longer_gaps")) > 1
