"""The fingerprint of each part of a definition: what changed, not only that something did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from saasmetrics import catalog
from saasmetrics.definitions.fingerprint import letters, meaning, rule_meaning
from saasmetrics.definitions.model import Definition

NAMED = ("sources", "features", "roles")  # blocks in which each name is a part of its own
RULES = "rules"
Path = tuple[str, ...]


def parts(definition: Definition) -> dict[Path, str]:
    """Place of the part in the file → twelve letters of its meaning; under `tables` those whose settings are not their defaults.

    A rule is a part of whatever uses it, so that its name means nothing; `rules` are those that are used, to tell which.
    """
    return {path: letters(value) for path, value in sorted(_parts(definition), key=lambda part: part[0])}


def changed(old: Mapping[Path, str], new: Mapping[Path, str]) -> list[Path]:
    """The parts with another meaning, also those that are only in one of the two; rules apart, which their users tell."""
    every = sorted({*old, *new})
    return [path for path in every if path[0] != RULES and old.get(path) != new.get(path)]


def settings(definition: Definition, room: catalog.Room) -> dict[str, Any]:
    """The settings of a table that are not its defaults; a list is a set."""
    told = {name: _set(value) for name, value in definition.settings(room.folder).items() if name in room.settings}
    return {name: value for name, value in sorted(told.items()) if value != _set(room.settings[name].default)}


def _parts(definition: Definition) -> Iterator[tuple[Path, Any]]:
    whole: Mapping[str, Any] = meaning(definition)
    for block, value in whole.items():
        if block in NAMED:
            yield from (((block, name), inner) for name, inner in value.items())
        elif block == "workflows":
            yield from _workflows(value)
        else:
            yield (block,), value
    used = {*definition.rule_names()}
    yield from (((RULES, name), rule_meaning(rule)) for name, rule in definition.rules.items() if name in used)
    for room in catalog.rooms().values():
        if told := settings(definition, room):
            yield ("tables", room.folder, room.name), told


def _workflows(told: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    """Each workflow, its tiers apart."""
    for name, workflow in told.items():
        yield ("workflows", name), {key: value for key, value in workflow.items() if key != "tiers"}
        if workflow["tiers"]:
            yield ("workflows", name, "tiers"), workflow["tiers"]


def _set(value: Any) -> Any:
    return sorted(set(value)) if isinstance(value, tuple | list) else value
