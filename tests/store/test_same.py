"""With and without what is kept from earlier runs, every table is the same to the byte, and so is all that is said of its inputs."""

from __future__ import annotations

import pytest
from worlds import Row, generated, tables, variant

from saasmetrics import catalog, outputs
from saasmetrics.store import FOLDER
from saasmetrics.tables import Table

from .world import keep_all

ROOMS = sorted(catalog.rooms())
Told = dict[str, Table]


def overlapping(rows: list[Row]) -> list[list[Row]]:
    """Four files by time, of which each repeats the last rows of the one before."""
    rows = sorted(rows, key=lambda row: row["timestamp"])
    size = len(rows) // 4
    return [rows[max(0, at * size - 40) : (at + 1) * size if at < 3 else None] for at in range(4)]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Told, Told, Told]:
    """Without, first with, and again with the store."""
    home = tmp_path_factory.mktemp("overlapping")
    world = variant(generated(home, accounts=40), home / "files", overlapping)
    with pytest.MonkeyPatch.context() as patched:
        keep_all(patched)
        found = tables(world), tables(world, store=True), tables(world, store=True)
    assert (world.parent / FOLDER / "index").exists()
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_every_table_is_the_same_to_the_byte(room: str, runs: tuple[Told, Told, Told]) -> None:
    plain, first, again = (outputs.render([told[room]], "json").data for told in runs)
    assert plain == first
    assert plain == again
