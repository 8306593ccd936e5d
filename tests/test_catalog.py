"""The text of a room is read without its code, and says the same as the whole file."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from saasmetrics import catalog
from saasmetrics.catalog import MEASURED
from saasmetrics.definitions.durations import written

FILES = [room.path for room in (*catalog.rooms().values(), *catalog.facts().values(), *catalog.checks().values())]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_the_head_of_a_file_says_what_the_file_says(path: Path) -> None:
    text = path.read_text("utf-8")
    tree, read = ast.parse(text), catalog._function(text, path.stem)
    made = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == path.stem)
    assert catalog._told(text) == ast.get_docstring(tree)
    assert read and isinstance(read.body[0], ast.Pass), "the whole file was parsed"
    assert ast.dump(read.args) == ast.dump(made.args)


def test_facts_have_names_of_their_own() -> None:
    files = [path for path in (catalog.HOME / "facts").rglob("*.py") if not path.name.startswith("_")]
    assert {path.stem for path in files} == catalog.facts().keys() and len(files) == len(catalog.facts())


def test_a_headline_is_a_number_of_its_table() -> None:
    told = {room.key: room.headline for room in catalog.rooms().values() if room.headline}
    assert told["revenue.movements"] == "net"
    for key, name in told.items():
        assert {column.name: column.unit for column in catalog.rooms()[key].columns}.get(name) in MEASURED, key


def test_a_duration_is_told_as_a_definition_file_writes_it() -> None:
    told = {written(setting.default, setting.annotation) for room in catalog.rooms().values() for setting in room.settings.values() if setting.annotation == "Duration"}
    assert told == {"14d"} and written(36 * 3_600_000_000, "Duration") == "36h"
