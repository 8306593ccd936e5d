"""What is planted in the example data about how well the product works is found, and not found where it was not planted."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from worlds import AS_OF, Row, generated, tables, variant

BAD = [date(2026, 11, 15) - timedelta(days=7 * left + 6) for left in (5, 18)]  # the Mondays of the unstable weeks


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(tmp_path_factory.mktemp("planted"), accounts=300)


@pytest.fixture(scope="module")
def quiet(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same without what was planted beside the work."""
    return variant(world, tmp_path_factory.mktemp("quiet"), lambda rows: [[row for row in rows if row["event_id"][0] != "t"]])


def planted(world: Path, story: str) -> set[str]:
    with (world.parent / "data" / "accounting" / "planted.csv").open(encoding="utf-8", newline="") as file:
        return {row["account"] for row in csv.DictReader(file) if row["story"] == story}


def unstable(definition: Path) -> dict[date, str]:
    rows = tables(definition, ["reliability.stability"], settings={"weeks": 40})["reliability.stability"].frame.to_dicts()
    assert len(rows) == 39 and {row["state"] for row in rows} <= {"stable", "unstable"}
    return {row["week"]: row["reasons"] for row in rows if row["state"] == "unstable"}


def test_the_unstable_weeks_are_found_and_no_others(world: Path, quiet: Path) -> None:
    found = unstable(world)
    assert sorted(found, reverse=True) == BAD
    assert all("attempts failed; p95 of invoice_list was" in reasons and reasons.endswith("420 minutes of incidents") for reasons in found.values())
    assert unstable(quiet) == dict.fromkeys(BAD, "420 minutes of incidents")


def test_in_bad_weeks_screens_are_slow_and_everything_fails(world: Path) -> None:
    made = tables(world, ["reliability.failures", "reliability.latency", "reliability.sync_lag"], as_of=BAD[0] + timedelta(days=9), settings={"weeks": 2})
    for row in made["reliability.failures"].frame.filter(kind="endpoint").to_dicts():
        assert 0.2 < row["failure_rate"] < 0.4 and row["timed_out"] < row["failed"] / 2 and row["recovered"] == row["retried"] > 0
    slow = {(row["name"], row["week"] == BAD[0]): row["p95"] for row in made["reliability.latency"].frame.to_dicts()}
    assert slow["invoice_list", True] > 8 * slow["invoice_list", False] and slow["invoicing", True] < 2 * slow["invoicing", False]
    bad, good = made["reliability.sync_lag"].frame["p50_minutes"].to_list()
    assert bad > 6 * good


def test_who_left_after_a_failure_is_lost_and_more_than_chance(world: Path, quiet: Path) -> None:
    asked = ["reliability.accounts", "reliability.trust_loss"]
    left = planted(world, "left_after_failure")
    found, usual = tables(world, asked), tables(quiet, asked)
    lost, before = ({row["account"] for row in made["reliability.accounts"].frame.filter("lost").to_dicts()} for made in (found, usual))
    assert len(left) >= 10 and len(left & lost) >= 0.8 * len(left) and len(lost - before - left) <= 2
    assert len(left & before) < 0.2 * len(left)
    verdicts = [made["reliability.trust_loss"].frame.filter(workflow="invoicing")["verdict"].item() for made in (found, usual)]
    assert verdicts == ["associated with stopping", "not shown"]


def test_tables_of_what_customers_did_name_the_unstable_weeks(world: Path) -> None:
    made = tables(world, ["activation.rate", "retention.cohorts", "adoption.tiers", "adoption.accounts", "value.north_star"])
    for name in ("activation.rate", "retention.cohorts", "adoption.tiers", "adoption.accounts"):
        assert [one["week"] for one in made[name].meta["unstable_weeks"]] == [day.isoformat() for day in BAD]
        assert any(note.startswith(f"unstable weeks: {BAD[0]} (") for note in made[name].meta["notes"])
    assert "unstable_weeks" not in made["value.north_star"].meta
    early = tables(world, ["activation.rate"], as_of=BAD[0] + timedelta(days=7))["activation.rate"].meta
    assert [one["week"] for one in early["unstable_weeks"]] == [BAD[1].isoformat()]  # a day later the week is complete


def test_cells_measured_in_unstable_weeks_say_so_and_no_others(world: Path) -> None:
    made = tables(world, ["activation.rate", "adoption.tier_cohorts", "retention.cohorts", "retention.logos"])
    bad = {day + timedelta(days=n) for day in BAD for n in range(7)}
    for row in made["retention.cohorts"].frame.filter(pl.col("cohort") != "all", pl.col("eligible") > 0).to_dicts():
        months = date.fromisoformat(row["cohort"]).year * 12 + date.fromisoformat(row["cohort"]).month - 1 + row["period"]
        assert row["unstable_days"] == sum(day.year * 12 + day.month - 1 == months for day in bad), row
    logos = {row["period"]: row["unstable_days"] for row in made["retention.logos"].frame.to_dicts()}
    assert logos == {month: sum((day.year, day.month) == (month.year, month.month) for day in bad) for month in logos} and sum(logos.values()) == 14
    pooled = made["adoption.tier_cohorts"].frame.filter(cohort="all", workflow="invoicing", level=1)["unstable_days"].item()
    assert 0 < pooled < 14 and 0 < made["activation.rate"].frame["unstable_days"].to_list()[0] < 7


def test_without_limits_no_table_says_a_word(world: Path, tmp_path: Path) -> None:
    def same(rows: list[Row]) -> list[list[Row]]:
        return [rows]

    definition = variant(world, tmp_path, same)
    text = definition.read_text("utf-8").splitlines()
    definition.write_text("\n".join(line for line in text if not line.startswith("  stable:")) + "\n", "utf-8")
    made = tables(definition, ["activation.rate", "retention.cohorts"], as_of=AS_OF)
    meta = made["activation.rate"].meta
    assert all(set(table.frame["unstable_days"]) == {None} for table in made.values())
    assert "unstable_weeks" not in meta and not [note for note in meta["notes"] if "unstable" in note]
