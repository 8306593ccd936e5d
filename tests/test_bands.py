"""Bands do not flap: the rule by hand, week by week; and what a run says is what the runs of the earlier weeks said."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import AS_OF, generated, tables

from saasmetrics.definitions.churn_risk import ChurnRisk
from saasmetrics.definitions.expansion import Expansion
from saasmetrics.definitions.health import Health
from saasmetrics.definitions.signals import Score
from saasmetrics.facts.scores._bands import SCHEMA, followed, runs

SCORES: dict[str, type[Score]] = {"risk": ChurnRisk, "expansion": Expansion, "health": Health}
WEEKS = st.lists(st.one_of(st.none(), st.sampled_from([0, 9, 14, 15, 16, 19, 20, 25, 34, 35, 36, 39, 40, 44, 45, 50, 69, 70, 74, 75, 95, 100])), min_size=1, max_size=12)


def by_hand(scores: list[int | None], told: Score) -> list[str]:
    """The oldest first; each border by itself."""
    limits: dict[str, int] = told.bands.model_dump()  # type: ignore[attr-defined]
    above: dict[str, bool] = {}
    found = []
    for at, score in enumerate(scores):
        lately = scores[max(0, at - told.settle + 1) : at + 1]
        whole = len(lately) == told.settle and None not in lately
        for name, limit in limits.items():
            if score is None:
                continue
            if name not in above or (score < limit if told.more_is_better else score >= limit):
                above[name] = score >= limit
            elif told.more_is_better and whole and all(s is not None and s >= min(limit + told.margin, 100) for s in lately):
                above[name] = True
            elif not told.more_is_better and whole and all(s is not None and s <= max(limit - told.margin, 0) for s in lately):
                above[name] = False
        best = next((name for name in sorted(limits, key=lambda name: -limits[name]) if above.get(name)), told.bands.below)  # type: ignore[attr-defined]
        found.append("unknown" if score is None else best)
    return found


@given(WEEKS, st.sampled_from(sorted(SCORES)), st.sampled_from([0, 1, 5, 25]), st.integers(1, 4))
def test_the_band_is_that_of_the_rule_by_hand(scores: list[int | None], name: str, margin: int, settle: int) -> None:
    told = SCORES[name](margin=margin, settle=settle, weeks=26)
    rows = [("a", len(scores) - 1 - at, score) for at, score in enumerate(scores)]
    made = runs(followed(pl.LazyFrame(rows, schema=SCHEMA, orient="row"), told), len(scores) - 1).sort("ago", descending=True).collect()
    hand = by_hand(scores, told)
    assert made["band"].to_list() == hand
    began = next((at for at in range(len(hand) - 1, 0, -1) if hand[at - 1] != hand[at]), None)
    assert made["since"][-1] == (None if began is None else len(hand) - 1 - began)


def test_trap_47_a_score_that_wavers_about_a_border_stays_in_its_band() -> None:
    told = ChurnRisk(weeks=8)
    assert by_hand([35, 41, 38, 41, 39, 35, 36, 35, 34], told) == ["medium", *["high"] * 7, "medium"]
    rows = [("a", 8 - at, score) for at, score in enumerate([35, 41, 38, 41, 39, 35, 36, 35, 34])]
    made = runs(followed(pl.LazyFrame(rows, schema=SCHEMA, orient="row"), told), 8).sort("ago", descending=True).collect()
    assert made["band"].to_list() == ["medium", *["high"] * 7, "medium"]
    assert made.select("since").to_series().to_list() == [None, *[7] * 7, 0]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(tmp_path_factory.mktemp("bands"))


def accounts(world: Path, room: str, weeks: int, ago: int = 0) -> dict[str, dict[str, Any]]:
    text = world.read_text("utf-8").replace("\nhealth:", f"\nchurn_risk: {{weeks: {weeks}}}\nexpansion: {{weeks: {weeks}}}\nhealth:")
    path = world.with_name(f"followed-{weeks}.yaml")
    path.write_text(text, "utf-8")
    made = tables(path, [room], as_of=AS_OF - timedelta(weeks=ago))[room].frame
    return {row["account"]: row for row in made.to_dicts()}


@pytest.mark.parametrize(("room", "score", "told"), [("churn_risk.accounts", "score", ChurnRisk()), ("expansion.accounts", "readiness", Expansion(allow_at_risk=True))])
def test_the_weeks_before_are_the_runs_of_those_weeks(world: Path, room: str, score: str, told: Score) -> None:
    weeks = 4
    now = accounts(world, room, weeks)
    before = [accounts(world, room, 0, ago) for ago in range(weeks, -1, -1)]
    entered = 0
    for account, row in now.items():
        scores = [found[account][score] for found in before if account in found and found[account]["band"] != "left"]
        if row["band"] not in ("left", "at risk") and "at risk" not in [found[account]["band"] for found in before if account in found]:
            hand = by_hand(scores, told)
            assert row["band"] == hand[-1], account
            entered += row["entered_at"] is not None
    assert entered > 3
