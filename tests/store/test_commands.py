"""Commands that compute without saying so keep and use the facts, too, and find the same."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from saasmetrics.commands.check_data import check_data
from saasmetrics.commands.effects import Question, numbers, sides
from saasmetrics.commands.golden import golden
from saasmetrics.definitions.read import Loaded, read
from saasmetrics.store import FACTS, FOLDER

from .test_kept import reads, world
from .world import World

__all__ = ["reads", "world"]
DAY = date(2026, 4, 20)
COMMANDS: dict[str, Callable[[Loaded], Any]] = {
    "check --data": lambda loaded: check_data(loaded, DAY).problems,
    "lock --data": lambda loaded: golden(loaded, DAY),
    "diff --data": lambda loaded: numbers(sides(loaded, loaded, DAY, Question([], ())), Question([], ())).rows(),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_they_find_the_same(command: str, world: World, reads: list[str]) -> None:
    loaded = read(world.home / "d.yaml")
    first = COMMANDS[command](loaded)
    assert first
    assert any((world.home / FOLDER / FACTS).iterdir())
    reads.clear()
    assert COMMANDS[command](loaded) == first
    assert reads == []
    shutil.rmtree(world.home / FOLDER)
    (world.home / FOLDER).write_text("no folder", "utf-8")
    assert COMMANDS[command](loaded) == first
