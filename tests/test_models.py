"""Models of segments: an account is judged as if its model were the whole block, all others as if there were none."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from small import Small, at
from worlds import AS_OF, generated, tables

from saasmetrics.backtest.kinds import KINDS
from saasmetrics.backtest.observing import observed
from saasmetrics.clock import day_number
from saasmetrics.commands.account import page
from saasmetrics.commands.reading import reading
from saasmetrics.definitions.fingerprint import fingerprint
from saasmetrics.definitions.read import read
from saasmetrics.tables import Asked

MODELS: dict[str, dict[str, Any]] = {
    "churn_risk": {
        "bands": {"high": 30, "medium": 10},
        "signals": {"declining_workflow": {"points": 20, "drop": 0.1, "periods": 3}, "low_adoption": {"points": 15, "tier": "basic"}, "weak_onboarding": {"share": 1}},
    },
    "expansion": {"bands": {"ready": 30, "warm": 10}, "signals": {"second_workflow": {"points": 0}, "advanced_depth": {"points": 25}, "seats_filled": {"share": 0.2}}},
    "health": {"bands": {"healthy": 90}, "signals": {"core_use": {"points": 10, "periods": 8}, "trend": {"points": 30, "drop": 0.9}}},
    "qualification": {"min_signals": 2, "signals": {"weeks": {"counts": False}, "volume": {"successes": 1}, "low_errors": {"min_attempts": 1}}},
}
ROOMS = [f"{score}.accounts" for score in MODELS]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(tmp_path_factory.mktemp("models"))


def told(world: Path, name: str, blocks: dict[str, Any]) -> Path:
    """The same definition with these blocks for the four scores."""
    data = yaml.safe_load(world.read_text("utf-8"))
    path = world.with_name(f"{name}.yaml")
    path.write_text(yaml.safe_dump({**data, **blocks}, sort_keys=False), "utf-8")
    return path


@pytest.fixture(scope="module")
def three(world: Path) -> list[Path]:
    """With models for the small, with these for all, and without."""
    split = {score: {"segments": {"size": {"small": model}}} for score, model in MODELS.items()}
    return [told(world, "split", split), told(world, "all", MODELS), told(world, "none", {score: {} for score in MODELS})]


def small(world: Path) -> set[str]:
    with (world.parent / "data" / "accounting" / "accounts.csv").open(encoding="utf-8", newline="") as file:
        return {row["account_id"] for row in csv.DictReader(file) if row["size"] == "small"}


def test_each_account_is_judged_by_the_model_of_its_segment(world: Path, three: list[Path]) -> None:
    inside = small(world)
    made = [tables(path, ROOMS) for path in three]
    for room in ROOMS:
        split, of_all, without = ({row["account"]: row for row in one[room].frame.to_dicts()} for one in made)
        assert set(split) == set(of_all) == set(without) and len(inside & set(split)) > 4 < len(set(split) - inside)
        differs = 0
        for account, row in split.items():
            like = (of_all if account in inside else without)[account]
            judged = row.get("band", row.get("state")) != "left"
            assert row["model"] == ("size small" if account in inside and judged else None), (room, account)
            assert {**row, "model": None} == like, (room, account)
            differs += account in inside and of_all[account] != without[account]
        assert differs > 2, room


def test_the_page_of_an_account_and_the_backtest_use_the_same_model(world: Path, three: list[Path]) -> None:
    inside, day = small(world), day_number(date(2026, 9, 1))
    for account in [sorted(inside)[3], "decliner-1"]:
        split, like = ({t.name: t.frame.drop("position", strict=False).rows() for t in page(read(path), account, None, Asked(as_of=AS_OF))[0]} for path in (three[0], three[1 if account in inside else 2]))
        for name in ("account.scores", "account.leaving"):
            assert split.get(name) == like.get(name)
        assert any(row[0] == "judged by" for row in split["account.profile"]) is (account in inside)
    looks = []
    for path in three:
        with reading(read(path), "backtest", {fact for kind in KINDS.values() for fact in kind.facts}, Asked(as_of=AS_OF)) as run:
            found = observed(list(KINDS.values()), run.book, [day], 60)
        looks.append({(kind.name, row["account"]): row for kind, seen in found.items() for row in seen.looks.to_dicts()})
    split_, of_all, without = looks
    assert split_ == {key: row for rows, small_ in ((of_all, True), (without, False)) for key, row in rows.items() if (key[1] in inside) is small_}


def test_what_a_model_leaves_out_is_as_for_all_others_and_says_the_same_by_the_same_letters(world: Path, three: list[Path]) -> None:
    def made(name: str, model: dict[str, Any], **rest: Any) -> tuple[str, Any]:
        loaded = read(told(world, name, {"churn_risk": {**rest, "segments": {"size": {"small": model}}}})).definition
        return fingerprint(loaded), loaded.models("churn_risk")["size small"].churn_risk

    rest = {"signals": {"single_user": {"points": 1, "top_share": 0.8}}, "bands": {"high": 50}}
    letters, model = made("layered", {"signals": {"single_user": {"points": 2}}}, **rest)
    assert (model.signals.single_user.points, model.signals.single_user.top_share, model.bands.high, model.bands.medium) == (2, 0.8, 50, 20)
    assert letters == made("spelled", {"bands": {"high": 50}, "signals": {"single_user": {"points": 2, "top_share": 0.8}}}, **rest)[0]
    assert letters != made("other", {"signals": {"single_user": {"points": 3}}}, **rest)[0]
    assert letters != fingerprint(read(told(world, "without", {"churn_risk": rest})).definition)


DEFINITION = """\
version: 1
timezone: UTC
sources: {events: {files: events.csv}, accounts: {files: accounts.csv, segments: [size], columns: {valid_from: since}}}
workflows: {selling: {core: true, success: sold}}
churn_risk: {min_coverage: 0, segments: {size: {large: {bands: {high: 11, medium: 10}, signals: {longer_gaps: {points: 9}}}}}}
"""


class World(Small):
    heads, chapter = {"events": "account_id,event,timestamp", "accounts": "account_id,created_at,size,since"}, "churn_risk"


@pytest.mark.parametrize(("as_of", "model"), [("2026-03-01", None), ("2026-03-15", "size large"), ("2026-05-01", None)])
def test_trap_30_the_model_is_that_of_the_segment_at_t(tmp_path: Path, as_of: str, model: str | None) -> None:
    """Neither that of its creation nor that of later."""
    lines = ["a,2026-01-01,small,2026-01-01", "a,2026-01-01,large,2026-03-10", "a,2026-01-01,small,2026-04-20"]
    world = World(tmp_path, DEFINITION).write("accounts", *lines)
    world.write("events", *(f"a,sold,2026-{month:02d}-{day:02d}T09:00:00Z" for month in (1, 2, 3, 4) for day in (1, 8, 15, 22)))
    assert at(world.rows("accounts", as_of), account="a")["model"] == model
