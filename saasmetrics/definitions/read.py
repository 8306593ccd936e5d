"""A definition file → the model, or every problem at once, each with its line, its column and what to write instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from saasmetrics.definitions import tree as trees
from saasmetrics.definitions.base import shown
from saasmetrics.definitions.model import Definition
from saasmetrics.definitions.places import nearest, problems_of
from saasmetrics.definitions.references import dangling
from saasmetrics.definitions.schema import schema_of
from saasmetrics.definitions.whole import definition_model
from saasmetrics.messages import Problem, Refused, refuse

MOST_PROBLEMS = 100


@dataclass(frozen=True)
class Loaded:
    """A definition with the places of its parts; `warnings` are findings that refuse nothing."""

    definition: Definition
    path: Path
    places: Mapping[trees.Path, trees.Place] = field(repr=False)
    warnings: tuple[Problem, ...] = ()

    def place(self, *path: str | int) -> tuple[int, int]:
        """Line and column of that part, or of the nearest part around it."""
        return nearest(self.places, path)


def read(path: Path, *, allow_remote: bool = False) -> Loaded:
    """The definition in a file; raises `Refused` with all that is wrong."""
    return parse(_content(path), path, allow_remote=allow_remote)


def written(path: Path) -> Mapping[str, Any]:
    """What stands in a file, whether it is a definition or is to become one."""
    data: Mapping[str, Any] = _written(_content(path), path).data
    return data


def parse(content: bytes, path: Path, *, allow_remote: bool = False) -> Loaded:
    """The definition in these bytes; `path` is for messages."""
    tree = _written(content, path)
    definition, problems = _validated(tree, allow_remote)
    _stop_at([*problems, *dangling(tree)])
    assert definition is not None
    return Loaded(definition, path, tree.places, tuple(tree.warnings))


def _written(content: bytes, path: Path) -> trees.Tree:
    tree = trees.parse(content, str(path))
    _stop_at(tree.problems)
    if not isinstance(tree.data, dict):
        what = "is empty" if tree.data is None else f"holds {shown(tree.data)}, not keys and values"
        refuse("SM102", f"the definition file {what}; begin with `version: 1`", str(path), 1, 1)
    return tree


def _validated(tree: trees.Tree, allow_remote: bool) -> tuple[Definition | None, list[Problem]]:
    model = definition_model(tree.data)
    try:
        return model.model_validate(tree.data, context={"allow_remote": allow_remote}), []
    except ValidationError as error:
        return None, list(problems_of(error, tree, cache(lambda: schema_of(definition_model()))))


def _stop_at(problems: Iterable[Problem]) -> None:
    found = sorted(problems, key=lambda p: (p.line or 0, p.column or 0, p.message))
    if len(found) > MOST_PROBLEMS:
        rest = Problem("SM112", f"and {len(found) - MOST_PROBLEMS} more problems", found[0].file)
        found = [*found[:MOST_PROBLEMS], rest]
    if found:
        raise Refused(found)


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(trees.LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        refuse("SM101", f"cannot be opened: {reason or error}", str(path))
