"""Small definitions, read from text; `d.yaml` is the file that messages name."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from saasmetrics import catalog
from saasmetrics.catalog import Room, Setting
from saasmetrics.definitions.read import Loaded, parse
from saasmetrics.definitions.schema import schema
from saasmetrics.definitions.tree import parse as yaml
from saasmetrics.messages import Refused

from .validator import accepts

MINIMAL = """\
version: 1
sources: {events: {files: events.csv}}
workflows: {invoicing: {success: invoice_posted}}
"""

Load = Callable[..., Loaded]
Refusals = Callable[..., list[str]]
Rooms = Callable[[Mapping[str, Mapping[str, Mapping[str, tuple[str, Any]]]]], None]


@pytest.fixture
def load() -> Load:
    """The minimal definition and what follows it, from line 4 on."""
    return lambda extra="", base=MINIMAL, **options: parse((base + extra).encode(), Path("d.yaml"), **options)


@pytest.fixture
def refused(load: Load) -> Refusals:
    """The problems, as printed, of a definition that must be refused."""

    def problems(extra: str = "", **options: Any) -> list[str]:
        with pytest.raises(Refused) as caught:
            load(extra, **options)
        assert caught.value.exit == 2
        found = [str(problem) for problem in caught.value.problems]
        seen_by_editors(options.get("base", MINIMAL) + extra, found)
        return found

    return problems


BEYOND_A_SCHEMA = {
    "add up to|only \\d+ signals count|each band must begin below|steps rise|every step but the last|must be less": "one number is held against others, written or not",
    "more than four decimals": "multiples of 0.0001 are no exact numbers to validators",
    "SM114 (?!timezone).* is code or a path": "patterns of JSON Schema know no upper and lower case",
    "is not a time zone": "which zones there are is known to the machine",
    "remote paths are not followed: 's3://": "right with --allow-remote",
}


def seen_by_editors(text: str, found: list[str]) -> None:
    """The schema of the file refuses what the reader refuses, but for what no schema can say."""
    tree = yaml(text.encode(), "d.yaml")
    if tree.problems or not isinstance(tree.data, dict):
        return
    value = json.loads(json.dumps(tree.data, default=float))
    said = [problem for problem in found if not any(re.search(pattern, problem) for pattern in BEYOND_A_SCHEMA)]
    assert not said or any(not accepts(made(), value, made()) for made in (lambda: general(catalog.rooms), lambda: schema(tree.data))), said


@cache
def general(_tables: object) -> dict[str, Any]:
    """As long as the tables stay the same."""
    return schema()


@pytest.fixture
def rooms(monkeypatch: pytest.MonkeyPatch) -> Rooms:
    """Puts other tables into the catalog: folder → table → setting → (type, default)."""

    def put(tree: Mapping[str, Mapping[str, Mapping[str, tuple[str, Any]]]]) -> None:
        made = {
            folder: {name: _room(folder, name, has) for name, has in tables.items()} for folder, tables in tree.items()
        }
        monkeypatch.setattr(catalog, "folders", lambda: dict.fromkeys(made, "What it is about."))
        monkeypatch.setattr(catalog, "rooms_in", lambda folder: made.get(folder, {}))

    return put


def _room(folder: str, name: str, settings: Mapping[str, tuple[str, Any]]) -> Room:
    made = {key: Setting(key, kind, default) for key, (kind, default) in settings.items()}
    return Room(folder, name, Path(f"{name}.py"), "A table.", (), made)


@pytest.fixture(autouse=True)
def no_rooms(rooms: Rooms) -> None:
    """Tests are about the fixed blocks and the tables that they name, not about those that happen to exist."""
    rooms({})


@pytest.fixture
def example(rooms: Rooms) -> str:
    """A whole definition, with every block of the contract; `windows` is a setting of a table."""
    rooms({"activation": {"rate": {"windows": ("Sequence[Days]", (7, 14, 30)), "by": ("Sequence[str]", ())}}})
    return (Path(__file__).parent / "example.yaml").read_text("utf-8")
