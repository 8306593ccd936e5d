"""Large inputs are folded some rows at a time, and text is put aside on disk: the facts are the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from saasmetrics.facts import _origins
from saasmetrics.sources import events

from .test_kept import WANTED, world
from .world import World

__all__ = ["world"]


@pytest.mark.parametrize("store", [False, True])
def test_some_rows_at_a_time(world: World, store: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    right = world.told(WANTED, store=False)
    aside: list[Path] = []
    scan = events.pl.scan_parquet
    monkeypatch.setattr(_origins, "LARGE", 0)
    monkeypatch.setattr(events, "PIECE", 2)
    monkeypatch.setattr(events.pl, "scan_parquet", lambda path, **how: aside.append(path) or scan(path, **how))
    assert world.told(WANTED, store=store) == right
    assert any(isinstance(path, Path) and path.parent.name.startswith("saasmetrics-") for path in aside)


def test_a_piece_is_never_cut_out_of_rows_that_are_filtered(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.rows["c.parquet"] = [(*row[:1], None, *row[2:]) if at == 1 else row for at, row in enumerate(world.rows["c.parquet"])]
    world.write()
    right = world.told(WANTED, store=False)
    monkeypatch.setattr(events, "PIECE", 2)
    assert world.told(WANTED, store=False) == right
