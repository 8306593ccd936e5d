"""Random worlds: every table is the oracle's, and the laws that hold whatever comes in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle.compare import TABLES, bytes_of, check, tables
from oracle.days import DAY, moment, written
from oracle.retention import Asked as Cohorts
from oracle.world import Row, World
from oracle.worlds import Case, cases, fewer, thorough
from oracle.writing import FORMATS, write
from saasmetrics import catalog
from saasmetrics.definitions.read import Loaded
from saasmetrics.tables import Table

CHAPTERS = {
    "activation": ("activation.rate", "activation.time_to_value", "activation.steps", "activation.accounts"),
    "adoption": ("adoption.tiers",),
    "retention": ("retention.logos", "engagement.active_accounts"),
    "churn_risk": ("churn_risk.accounts", "churn_risk.signals"),
    "expansion": ("expansion.accounts",),
}
QUICK = ("activation.accounts", "activation.steps", "engagement.active_accounts", "retention.cohorts", "retention.logos", "churn_risk.accounts")


@contextmanager
def written_out(case: Case, **how: Any) -> Iterator[Loaded]:
    with TemporaryDirectory() as folder:
        yield write(Path(folder), case.world, case.blocks, **how)


def computed(case: Case, names: tuple[str, ...] = QUICK, **how: Any) -> dict[str, Table]:
    with written_out(case, **how) as loaded:
        return tables(loaded, case.as_of, names)


def content(made: Mapping[str, Table]) -> dict[str, bytes]:
    return {name: bytes_of(table) for name, table in made.items()}


def changed(case: Case, **rows: Any) -> Case:
    return replace(case, world=replace(case.world, **rows))


@pytest.mark.parametrize("chapter", CHAPTERS)
@thorough
@given(case=cases())
def test_the_tables_are_the_oracles(chapter: str, case: Case) -> None:
    with written_out(case) as loaded:
        check(loaded, case.world, case.as_of, CHAPTERS[chapter])


@thorough
@given(case=cases(), asked=st.builds(
    Cohorts, st.sampled_from(("day", "week", "month")), st.integers(1, 14), st.sampled_from(("on", "unbounded")),
    st.sampled_from(("calendar", "rolling")), st.sampled_from(("created", "activation", "first_active", "every_active")),
))  # fmt: skip
def test_cohorts_are_the_oracles_in_every_setting(case: Case, asked: Cohorts) -> None:
    with written_out(case) as loaded:
        check(loaded, case.world, case.as_of, ("retention.cohorts",), **vars(asked))


@fewer
@given(case=cases())
def test_segments_are_the_oracles(case: Case) -> None:
    """But for time_to_value, where a segment in which nobody's start is known has no row."""
    case = changed(case, accounts=case.world.accounts or [])
    with written_out(case) as loaded:
        check(loaded, case.world, case.as_of, [name for name in TABLES if name != "activation.time_to_value"], by=("plan",))


@fewer
@given(case=cases(), ways=st.sets(st.sampled_from(("order", "parts", "later", "twice", "format"))), random=st.randoms(use_true_random=False))
def test_what_must_not_matter_does_not(case: Case, ways: set[str], random: Any) -> None:
    """Row order, any split into files, events at or after T, repeated events, the format: the same bytes."""
    rows = {row["event_id"]: row for row in case.world.events}
    plain = changed(case, events=list(rows.values()))
    other = changed(plain, events=rows_in(ways, plain), **(others_shuffled(plain.world, random) if "order" in ways else {}))
    parts = in_parts(shuffled(other.world.events, random) if "order" in ways else other.world.events, random) if "parts" in ways else None
    if "order" in ways and parts is None:
        other = changed(other, events=shuffled(other.world.events, random))
    with written_out(other, parts=parts, format=random.choice(formats(other.world)) if "format" in ways else "csv") as loaded:
        made = tables(loaded, case.as_of, QUICK)
    assert content(computed(plain)) == content(made), sorted(ways)
    assert counted(made, ways, len(rows))


def formats(world: World) -> list[str]:
    """Those in which every table is a file of some bytes: no rows have no lines in NDJSON."""
    return sorted(FORMATS) if all(rows is None or rows for rows in vars(world).values()) else ["csv", "csv.gz", "parquet"]


def rows_in(ways: set[str], case: Case) -> list[Row]:
    now, events = case.calendar.midnight(case.as_of.toordinal() - 719_163), case.world.events
    late = [{**row, "event_id": f"late {n}", "timestamp": written(now + n * DAY // 3)} for n, row in enumerate(events[:4])]
    return events + events * ("twice" in ways) + late * ("later" in ways)


def others_shuffled(world: World, random: Any) -> dict[str, Any]:
    return {name: shuffled(getattr(world, name), random) for name in ("accounts", "users", "subscriptions") if getattr(world, name)}


def shuffled(rows: list[Row], random: Any) -> list[Row]:
    return random.sample(rows, len(rows))  # type: ignore[no-any-return]


def in_parts(rows: list[Row], random: Any) -> list[list[Row]]:
    """The rows in up to five files, some of them perhaps empty."""
    cuts = sorted(random.randint(0, len(rows)) for _ in range(random.randint(0, 4)))
    return [rows[start:end] for start, end in zip([0, *cuts], [*cuts, len(rows)], strict=True)]


def counted(made: Mapping[str, Table], ways: set[str], once: int) -> bool:
    """Every row is used or filtered for a reason; each repeated one as a duplicate, unless it was left out anyway."""
    entries = [entry for entry in made["retention.cohorts"].meta["ledger"] if entry["source"] == "events"]
    read = sum(entry["rows_read"] for entry in entries)
    kept = sum(entry["used"] + sum(entry["filtered"].values()) + sum(entry["rejected"].values()) for entry in entries)
    late = min(once, 4) * ("later" in ways)
    return read == kept == once * (2 if "twice" in ways else 1) + late and all(entry["used"] <= once for entry in entries)


@fewer
@given(case=cases())
def test_another_account_changes_only_its_own_rows(case: Case) -> None:
    names = ("activation.accounts", "churn_risk.accounts", "expansion.accounts")
    case = changed(case, accounts=case.world.accounts or [])
    start = min((row["timestamp"] for row in case.world.events), default=written(moment("2026-01-01T00:00:00Z")))
    other = {"event_id": "other", "account_id": "zz other", "user_id": "zz", "timestamp": max(row["timestamp"] for row in case.world.events) if case.world.events else start, "event": "login", "status": None}
    listed = {"account_id": "zz other", "created_at": other["timestamp"], "plan": "team"}
    more = changed(case, events=[*case.world.events, other], accounts=[*(case.world.accounts or []), listed]) if case.world.events else case
    before, after = computed(case, names), computed(more, names)
    for name in names:
        assert rows_without_quick(after[name], "zz other") == rows_without_quick(before[name], "zz other")


def rows_without_quick(table: Table, other: str) -> list[str]:
    """`quick` compares with all accounts; the rest of a row is the account's own, and so is its place among the others."""
    return [repr(row) for row in table.frame.filter(pl.col("account") != other).drop("quick", strict=False).rows()]


@thorough
@given(case=cases())
def test_the_numbers_obey_their_units(case: Case) -> None:
    with written_out(case) as loaded:
        made = tables(loaded, case.as_of)
        ever = tables(loaded, case.as_of, ("retention.cohorts",), settings={"kind": "unbounded"})["retention.cohorts"]
    units_hold(made)
    scores_add_up(made)
    nested_stays_nested(made, ever)


def units_hold(made: Mapping[str, Table]) -> None:
    for table in made.values():
        for column in table.columns:
            values = table.frame[column.name].drop_nulls().to_list()
            if column.unit == "share" and column.name not in ("trend",):
                assert all(0 <= value <= 1 for value in values), (table.name, column.name)
            if column.unit == "count":
                assert all(isinstance(value, int) and value >= 0 for value in values), (table.name, column.name)
        keys = [column.name for column in table.columns if column.unit == "key"]
        assert not keys or not table.frame.select(keys).is_duplicated().any(), table.name
        ordered = "Order" in catalog.rooms()[table.name].sections
        assert ordered or not keys or table.frame.equals(table.frame.sort(keys, maintain_order=True)), table.name


def scores_add_up(made: Mapping[str, Table]) -> None:
    for name, column in (("churn_risk.accounts", "score"), ("expansion.accounts", "readiness")):
        for score, parts in made[name].frame.select(column, "contributions").rows() if name in made else []:
            assert score is None or 0 <= score <= 100
            assert score is None or score == sum(int(part.split()[0]) for part in parts or [])


def nested_stays_nested(made: Mapping[str, Table], ever: Table) -> None:
    accounts, windows = made["activation.accounts"].frame, made["activation.rate"].frame
    for window, activated in windows.select("window_days", "activated").rows():
        assert activated <= accounts.filter(pl.col("days") <= window + 1e-9).height
    needed = made["activation.steps"].frame.filter("required")["reached"].to_list()
    assert needed == sorted(needed, reverse=True)
    cells = {(row["cohort"], row["period"]): row["retained"] for row in ever.frame.iter_rows(named=True) if row["cohort"] != "all"}
    on = made["retention.cohorts"].frame.filter(pl.col("cohort") != "all")
    assert all((cells[row["cohort"], row["period"]] or 0) >= (row["retained"] or 0) for row in on.iter_rows(named=True))


@fewer
@given(case=cases(), weeks=st.integers(1, 60))
def test_whole_weeks_later_is_the_same_whole_weeks_later(case: Case, weeks: int) -> None:
    names = ("activation.rate", "activation.time_to_value", "activation.steps", "adoption.tiers")
    case = replace(case, blocks={**case.blocks, "timezone": "UTC"})
    case = changed(case, subscriptions=None)
    moved = replace(case, world=shifted(case.world, weeks), as_of=case.as_of + timedelta(weeks=weeks))
    assert content(computed(case, names)) == content(computed(moved, names))


def shifted(world: World, weeks: int) -> World:
    def later(rows: list[Any] | None) -> Any:
        columns = ("timestamp", "created_at", "invited_at")
        return rows if rows is None else [{key: written(moment(value) + weeks * 7 * DAY) if key in columns and value else value for key, value in row.items()} for row in rows]

    return World(later(world.events), later(world.accounts), later(world.users), None)
