"""Small definitions, read from text; `d.yaml` is the file that messages name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from saasmetrics import catalog
from saasmetrics.catalog import Room, Setting
from saasmetrics.definitions.read import Loaded, parse
from saasmetrics.messages import Refused

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
        return [str(problem) for problem in caught.value.problems]

    return problems


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
