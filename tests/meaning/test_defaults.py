"""The defaults are what was reviewed: they are part of every number, and a slip of one would pass all that is told of it.

To write them anew after a change that is meant, which CHANGELOG.md then has to tell: UPDATE_DEFAULTS=1 pytest tests/meaning/test_defaults.py
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from saasmetrics import catalog
from saasmetrics.definitions.schema import schema

HOME = Path(__file__).parent / "defaults.txt"


def defaults(node: Any, path: str = "") -> Iterator[str]:
    """`place = value` for everything that a definition file may leave out."""
    if isinstance(node, list):
        for one in node:
            yield from defaults(one, path)
    if not isinstance(node, dict):
        return
    if node.get("default") is not None:
        yield f"{path} = {json.dumps(node['default'], ensure_ascii=False, sort_keys=True)}"
    for name, inner in node.items():
        if name in ("properties", "definitions"):
            for key, part in inner.items():
                yield from defaults(part, f"{path}.{key}" if path else key)
        elif name != "default":
            yield from defaults(inner, path)


def test_defaults_are_those_reviewed() -> None:
    told = [f"{key}.{name} = {one.default!r}" for key, room in catalog.rooms().items() for name, one in room.settings.items()]
    text = "\n".join(sorted({*told, *defaults(schema())})) + "\n"
    if os.environ.get("UPDATE_DEFAULTS"):
        HOME.write_text(text, "utf-8")
    assert text == HOME.read_text("utf-8")
