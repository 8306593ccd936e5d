"""Example incidents, limits and costs: two bad weeks, plans with and without limits, every month with its costs."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from generate.data import LAST_DAY, SMALL, contents, generate, moment, records

BAD = [LAST_DAY - timedelta(days=7 * left + 6) for left in (18, 5)]  # the Mondays


def test_incidents_are_long_in_two_weeks_and_short_in_the_others(small: Path) -> None:
    rows = records(small / "incidents.csv")
    assert [row["started_at"] for row in rows] == sorted(row["started_at"] for row in rows)
    over = [(moment(row["started_at"]), moment(row["ended_at"]), row) for row in rows if row["ended_at"]]
    long = [start.date() for start, end, _ in over if end - start > timedelta(hours=2)]
    assert [day - timedelta(days=day.weekday()) for day in long] == BAD
    assert all(end - start < timedelta(minutes=20) for start, end, row in over if row["severity"] == "minor")
    assert {row["workflow"] for row in rows} > {"", "invoicing"} and [row["ended_at"] for row in rows].count("") == 1


def test_limits_are_numbers_unknown_or_unlimited(small: Path) -> None:
    rows = records(small / "limits.csv")
    assert len({(row["plan"], row["meter"]) for row in rows}) == len(rows) == 8
    assert {row["limit"] for row in rows} >= {"", "unlimited", "20"} and {row["meter"] for row in rows} == {"seats", "invoicing"}


def test_every_month_has_its_costs(small: Path) -> None:
    rows = records(small / "costs.csv")
    assert [row["month"] for row in rows] == [f"2026-{month:02d}" for month in range(4, 12)]
    assert all(Decimal(row["spend"]) > Decimal(row["cogs"]) > 0 and row["currency"] == "EUR" for row in rows)


def test_a_definition_without_them_gets_none(tmp_path: Path) -> None:
    assert not {"incidents.csv", "limits.csv", "costs.csv"} & {*contents(generate(tmp_path, *SMALL, "--format", "csv", config="minimal"))}
