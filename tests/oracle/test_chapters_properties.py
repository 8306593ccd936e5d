"""Random worlds: the further tables of activation, adoption, retention and qualification are the oracle's, whole and by segment."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle.chapters import TABLES, check
from oracle.compare import bytes_of, tables
from oracle.rich import rich_cases
from oracle.worlds import Case, fewer, thorough
from oracle.writing import write
from saasmetrics import catalog

CHAPTERS = {name: tuple(table for table in TABLES if table.startswith(f"{name}.")) for name in ("activation", "adoption", "expansion", "qualification", "retention")}
MIXED = ("activation.onboarding", "adoption.invites", "adoption.stalls", "qualification.accounts", "retention.by_behaviour", "retention.mix")
SPLIT = tuple(name for name in TABLES if "by" in catalog.rooms()[name].settings)


@pytest.mark.parametrize("chapter", CHAPTERS)
@thorough
@given(case=rich_cases())
def test_the_further_tables_are_the_oracles(chapter: str, case: Case) -> None:
    with TemporaryDirectory() as folder:
        check(write(Path(folder), case.world, case.blocks), case.world, case.as_of, CHAPTERS[chapter])


@fewer
@given(case=rich_cases(), by=st.sampled_from((("channel",), ("plan", "channel"))))
def test_segments_of_the_further_tables_are_the_oracles(case: Case, by: tuple[str, ...]) -> None:
    if case.world.accounts:
        with TemporaryDirectory() as folder:
            check(write(Path(folder), case.world, case.blocks), case.world, case.as_of, SPLIT, by=by)


@fewer
@given(case=rich_cases(), random=st.randoms(use_true_random=False))
def test_neither_the_order_of_the_rows_nor_a_repeated_one_matters(case: Case, random: Any) -> None:
    events = list({row["event_id"]: row for row in case.world.events}.values())
    plain = replace(case, world=replace(case.world, events=events))
    other = {name: random.sample(rows, len(rows)) for name, rows in vars(plain.world).items() if rows}
    mixed = replace(case, world=replace(plain.world, **{**other, "events": random.sample(events * 2, 2 * len(events))}))
    assert content(plain) == content(mixed)


def content(case: Case) -> dict[str, bytes]:
    with TemporaryDirectory() as folder:
        made = tables(write(Path(folder), case.world, case.blocks), case.as_of, MIXED)
    return {name: bytes_of(table) for name, table in made.items()}
