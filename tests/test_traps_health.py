"""Ways in which a health score misleads, each by the number of its trap: small worlds through the real tables."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from worlds import AS_OF, generated, tables

from saasmetrics import catalog
from saasmetrics.definitions.health import Health
from saasmetrics.definitions.read import read
from saasmetrics.facts._book import Book
from saasmetrics.facts.scores.health_weeks import health_weeks
from saasmetrics.sources.ledger import Ledger
from saasmetrics.sources.reading import Reader
from saasmetrics.tables import Asked, compute

DEFINITION = """\
version: 1
timezone: UTC
sources:
  events: {files: events.csv}
workflows:
  selling: {core: true, success: sold}
"""
START = date(2026, 1, 5)


def world(home: Path, days: dict[str, list[int]], more: str = "") -> Path:
    """Accounts with the days (from START) on which they sold one thing."""
    (home / "saasmetrics.yml").write_text(DEFINITION + more, "utf-8")
    rows = [f"{account},u1,{START + timedelta(days=day)}T09:00:00Z,sold" for account, found in days.items() for day in found]
    (home / "events.csv").write_text("\n".join(["account_id,user_id,timestamp,event", *rows]) + "\n", "utf-8")
    return home / "saasmetrics.yml"


def accounts(path: Path, day: int) -> dict[str, dict[str, Any]]:
    made, _ = compute(read(path), [catalog.rooms()["health.accounts"]], Asked(as_of=START + timedelta(days=day)))
    return {row["account"]: row for row in made[0].frame.to_dicts()}


def told_by(health: Health) -> Any:
    """A definition of health alone."""
    return SimpleNamespace(health=health, models=lambda _: {None: None})


def scores(*weekly: int | None, **told: Any) -> list[tuple[int, str, int | None]]:
    """The bands of one account whose only part is worth these thousandths, oldest week first."""
    only = {name: {"points": 100 if name == "core_use" else 0} for name in Health().signals.named()}
    health = Health(**{"signals": only, "weeks": len(weekly) - 1, **told})
    values = {name: [None] * len(weekly) for name in health.signals.named()} | {"core_use": [None if v is None else 10 * v for v in weekly]}
    frame = pl.LazyFrame({"account": ["a"] * len(weekly), "ago": range(len(weekly) - 1, -1, -1), **values}, schema_overrides=dict.fromkeys(values, pl.Int64))

    found = health_weeks(frame, pl.LazyFrame(), told_by(health)).sort("ago", descending=True).collect()
    return list(found.select("score", "band", "since").iter_rows())


@pytest.mark.parametrize(("missing", "score", "coverage"), [("exclude", 100, 0.4), ("neutral", 70, 0.4), ("worst", 40, 0.4)])
def test_trap_46_a_part_without_data_counts_as_declared_and_is_said(tmp_path: Path, missing: str, score: int, coverage: float) -> None:
    """Only core_use (25) and trend (15) can be judged: neither users, seats, tickets nor renewals are declared; there is one user column."""
    more = f"health: {{missing: {missing}, min_coverage: 0.3, full_coverage: 0.3, signals: {{active_users: {{points: 15, seat_use: 0.6}}}}}}\n"
    path = world(tmp_path, {"a": list(range(0, 84, 3))}, more.replace("active_users: {points: 15", "active_users: {points: 0"))
    row = accounts(path, 84)["a"]
    total, known = 85, 40
    told = {"exclude": total, "neutral": known + (total - known) / 2, "worst": known}[missing]
    assert row["score"] == int(told + 0.5)
    assert row["coverage"] == pytest.approx(known / total)
    assert sum(int(part.split()[0]) for part in row["contributions"]) == row["score"]


def test_trap_46_too_little_data_is_no_score_and_little_data_not_the_best_band() -> None:
    def covered(share: float) -> tuple[int | None, str]:
        parts = {name: {"points": 0} for name in Health().signals.named()} | {"core_use": {"points": round(share * 100)}, "trend": {"points": 100 - round(share * 100)}}
        health = Health(signals=parts)  # type: ignore[arg-type]
        values = {name: [1000 if name == "core_use" else None] for name in health.signals.named()}
        frame = pl.LazyFrame({"account": ["a"], "ago": [0], **values}, schema_overrides=dict.fromkeys(values, pl.Int64))
        return health_weeks(frame, pl.LazyFrame(), told_by(health)).select("score", "band").collect().row(0)

    assert covered(0.49) == (None, "unknown")
    assert covered(0.5) == (100, "watch")
    assert covered(0.69) == (100, "watch")
    assert covered(0.7) == (100, "healthy")


def test_trap_47_a_score_that_trembles_at_the_border_leaves_its_band_once() -> None:
    found = scores(72, 69, 71, 69, 72, 69, 71)
    assert [band for _, band, _ in found] == ["healthy"] + ["watch"] * 6
    assert found[-1] == (71, "watch", 5)


def test_trap_47_a_better_band_takes_the_margin_so_many_weeks_in_a_row() -> None:
    assert [band for _, band, _ in scores(50, 75, 74, 75, 75, 70)] == ["watch"] * 4 + ["healthy"] * 2
    assert [band for _, band, _ in scores(50, 75, 75, 69, 70, settle=1, margin=0)] == ["watch", "healthy", "healthy", "watch", "healthy"]
    assert [band for _, band, _ in scores(50, 99, 99, 100, 100, margin=30, settle=2)][-1] == "healthy"


def test_trap_47_a_worse_band_holds_at_once_and_a_week_without_data_changes_nothing() -> None:
    found = scores(80, None, 75, 39, 41)
    assert [band for _, band, _ in found] == ["healthy", "unknown", "healthy", "poor", "poor"]
    assert found[-1] == (41, "poor", 1)


def test_a_run_that_began_before_the_first_week_has_no_beginning() -> None:
    assert [since for *_, since in scores(80, 80, 80, 80, 80)] == [None] * 5


def test_trap_34_a_gap_between_two_looks_is_seen(tmp_path: Path) -> None:
    """The same number of successes in both windows; but two of the last four weeks are empty."""
    steady, patchy = [*range(0, 56, 3)], [*range(0, 56, 3), *(56 + day for day in (0, 1, 2, 3, 4, 25, 26, 27, 27))]
    found = accounts(world(tmp_path, {"steady": [*steady, *range(57, 84, 3)], "patchy": patchy}), 84)
    assert "selling: done in 2 of the last 4 weeks" in found["patchy"]["evidence"]
    assert found["patchy"]["score"] < found["steady"]["score"]


def test_trap_35_a_fall_from_a_tiny_base_is_no_trend(tmp_path: Path) -> None:
    found = accounts(world(tmp_path, {"tiny": [1, 30, 31, 32], "older": [0]}), 84)["tiny"]
    assert "28 days before" not in (found["evidence"] or "").split("active users")[0]


def test_trap_36_a_monthly_job_is_judged_by_the_month(tmp_path: Path) -> None:
    path = world(tmp_path, {"a": [0, 31, 59, 90, 120, 151]})
    path.write_text(DEFINITION.replace("success: sold", "success: sold, cadence: month"), "utf-8")
    assert "selling: done in 4 of the last 4 spans of 5 weeks" in accounts(path, 160)["a"]["evidence"]


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(tmp_path_factory.mktemp("health"), accounts=130)


def test_the_parts_add_up_to_the_score_and_the_score_of_the_week_is_theirs(example: Path) -> None:
    rows = tables(example, ["health.accounts"])["health.accounts"].frame.filter(pl.col("score").is_not_null()).to_dicts()
    assert len(rows) > 80
    for row in rows:
        assert sum(int(part.split()[0]) for part in row["contributions"]) == row["score"] == row["weekly"][-1]


def test_the_score_of_an_earlier_week_is_that_of_the_run_of_that_week(example: Path) -> None:
    now = tables(example, ["health.accounts"])["health.accounts"].frame.filter(pl.col("band") != "left").select("account", "before")
    then = tables(example, ["health.accounts"], as_of=AS_OF - timedelta(days=28))["health.accounts"].frame.select("account", "score", "band")
    both = now.join(then.filter(pl.col("band") != "left"), on="account")
    assert both.height > 80
    assert both.filter(~pl.col("before").eq_missing(pl.col("score"))).is_empty()


def test_who_declines_is_not_healthy_and_who_grows_is(example: Path) -> None:
    rows = {row["account"]: row for row in tables(example, ["health.accounts"])["health.accounts"].frame.to_dicts()}
    bands = {story: {row["band"] for name, row in rows.items() if name.startswith(f"{story}-")} for story in ("decliner", "expander")}
    assert bands["expander"] == {"healthy"}
    assert set() < bands["decliner"] <= {"watch", "poor"}


def test_the_matrix_holds_every_account_that_has_not_left_once(example: Path) -> None:
    made = tables(example, ["health.matrix", "health.accounts", "churn_risk.accounts"])
    stays = made["health.accounts"].frame.filter(pl.col("band") != "left")
    assert made["health.matrix"].frame["accounts"].sum() == stays.height
    high = made["churn_risk.accounts"].frame.filter(pl.col("band") == "high").height
    assert made["health.matrix"].frame.filter(pl.col("risk") == "high")["accounts"].sum() == high


def test_the_band_is_read_from_the_facts_of_one_reading(example: Path) -> None:
    loaded = read(example)
    book = Book(loaded.definition, Reader(example.parent, loaded.definition.timezone, Ledger(0)), AS_OF, frozenset({"health"}))
    told = book.get("health").collect()
    assert told["account"].is_unique().all()


@pytest.mark.parametrize(("cadence", "day", "told"), [("week", 7, "in the last week"), ("week", 14, "in 2 of the last 2 weeks"), ("month", 35, "in the last 5 weeks"), ("quarter", 182, "in 2 of the last 2 spans of 13 weeks")])  # fmt: skip
def test_the_sentence_says_how_long_a_period_is(cadence: str, day: int, told: str, tmp_path: Path) -> None:
    path = world(tmp_path, {"a": list(range(0, day, 7))})
    path.write_text(DEFINITION.replace("success: sold", f"success: sold, cadence: {cadence}"), "utf-8")
    assert f"selling: done {told}" in accounts(path, day)["a"]["evidence"].split("; ")


def test_silence_is_told_with_its_length(tmp_path: Path) -> None:
    path = world(tmp_path, {"a": [0], "z": [83]})
    assert accounts(path, 84)["a"]["evidence"] == "no core success in the last 4 weeks"


@pytest.mark.parametrize(("as_of", "told"), [("2026-01-30", None), ("2026-01-31", "0 of 1 activation steps done")])
def test_a_start_that_still_has_hours_is_not_judged(as_of: str, told: str | None, tmp_path: Path) -> None:
    """Begun at 10 on the 16th, fourteen days are over at 10 on the 30th, not at its midnight."""
    path = world(tmp_path, {"z": [0, 83]}, "activation: {within: 14d, steps: {sale: {kind: workflow, rule: sold}}}\n")
    path.write_text(path.read_text("utf-8").replace("sources:\n", "sources:\n  accounts: {files: accounts.csv}\n"), "utf-8")
    (tmp_path / "accounts.csv").write_text("account_id,created_at\na,2026-01-16T10:00:00Z\nz,2026-01-05\n", "utf-8")
    found = str(accounts(path, (date.fromisoformat(as_of) - START).days)["a"]["evidence"])
    assert ("activation steps done" in found) == (told is not None) and (told or "") in found


@pytest.mark.parametrize(("mrr", "told"), [("0", False), ("10", True)])
def test_seats_and_renewals_of_who_pays_nothing_are_none(mrr: str, told: bool, tmp_path: Path) -> None:
    path = world(tmp_path, {"a": list(range(0, 84, 3))})
    path.write_text(path.read_text("utf-8").replace("sources:\n", "sources:\n  subscriptions: {files: subs.csv}\n"), "utf-8")
    (tmp_path / "subs.csv").write_text(f"account_id,start_date,end_date,mrr,currency,seats,renewal_date\na,2026-01-05,,{mrr},EUR,4,2026-12-01\n", "utf-8")
    row = accounts(path, 84)["a"]
    assert (("1 of 4 paid seats" in row["evidence"]), ("renewal in" in row["evidence"]), row["renews_in"] is not None) == (told, told, told)
