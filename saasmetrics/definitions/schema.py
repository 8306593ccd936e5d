"""The JSON Schema (draft 7) of the definition file, for editors: from the model, nothing written twice.

That of a file that is there knows its names, too: what refers to a workflow, a tier, a feature, a segment or a meter is
one of those declared, and rules are proposed wherever one is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from saasmetrics import catalog
from saasmetrics.definitions.blocks import common, settings_of
from saasmetrics.definitions.durations import as_text
from saasmetrics.definitions.model import Definition
from saasmetrics.definitions.places import spots
from saasmetrics.definitions.presets import fitting
from saasmetrics.definitions.references import ANY, KEYS, NAMES, NEEDS, declared, having
from saasmetrics.definitions.sources import Sources
from saasmetrics.definitions.tree import Path
from saasmetrics.definitions.whole import definition_model
from saasmetrics.definitions.work import REF

DRAFT = "http://json-schema.org/draft-07/schema#"
BOUNDS = {"ge": "minimum", "le": "maximum", "gt": "exclusiveMinimum", "lt": "exclusiveMaximum"}
MOST_TOLD = 2


def schema(file: Any = None) -> dict[str, Any]:
    """The schema of a whole definition file, with the settings and columns of every table; of one that is there, with its names."""
    made = schema_of(definition_model())
    for folder in catalog.folders():
        _describe(made, folder)
    for source in Sources.model_fields:
        _choose(_texts(spots(made, ("sources", source, "preset"))), fitting(source))
    made["definitions"]["Columns"] = {"allOf": [_columns(room) for room in catalog.rooms().values()]}
    for path in (("alerts", ANY), ("report", "lines", ANY)):
        _choose(_texts(spots(made, (*path, "table"))), {key: room.title for key, room in catalog.rooms().items()})
        _add(made, path, [{"$ref": "#/definitions/Columns"}])
    _propose(spots(made, ("headlines",)), [*catalog.rooms()])
    if file is not None:
        _name(made, file)
    return made


def _describe(made: dict[str, Any], folder: str) -> None:
    """What the settings of its tables decide, in the words of the tables; a key of the block itself tells its own."""
    for name, users in settings_of(folder).items():
        for spot in spots(made, (folder, name)):
            spot.setdefault("description", f"{_meaning(folder, name, users)}Setting of {_users(folder, users)}{_apart(users)}.")


def _meaning(folder: str, name: str, users: Iterable[str]) -> str:
    """Of several tables the first few: they say much the same."""
    told = dict.fromkeys(next(iter(catalog.rooms_in(folder)[user].meaning_of(name)), "") for user in users)
    return "".join(f"{text.rstrip('.')}. " for text in [*filter(None, told)][:MOST_TOLD])


def _users(folder: str, users: Iterable[str]) -> str:
    return ", ".join(f"`{folder} {user}`".replace("_", "-") for user in users)


def _apart(users: Mapping[str, catalog.Setting]) -> str:
    return "; each has its default" if len(users) > 1 and common(users) is None else ""


def _columns(room: catalog.Room) -> dict[str, Any]:
    names = [column.name for column in room.columns]
    column = _one_of({column.name: column.meaning for column in room.columns})
    return _if("table", room.key, {"column": column, "where": {"propertyNames": {"enum": names}, "properties": {name: {} for name in names}}})


def _name(made: dict[str, Any], file: Any) -> None:
    names = declared(file)
    for path, kind in NAMES.items():
        _choose(_texts(spots(made, path)), names[kind])
    for path, kind in KEYS.items():
        for spot in spots(made, path):
            if isinstance(value := spot.get("additionalProperties"), dict):
                spot |= {"properties": dict.fromkeys(names[kind], value), "additionalProperties": False}
    for path, needs in NEEDS.items():
        _add(made, path, [_if("measure", measure, {"workflow": _one_of(having(file, key))}) for measure, (key, _) in needs.items()])
    for spot in _every(made):
        if REF in str(spot.get("description")):
            _propose([spot], names["rule"])


def _choose(texts: Iterable[dict[str, Any]], names: Iterable[str]) -> None:
    for text in texts:
        text |= _one_of(names)


def _propose(found: Iterable[Any], names: Sequence[str]) -> None:
    for text in _texts(found):
        text["examples"] = names


def _one_of(names: Iterable[str]) -> dict[str, Any]:
    """One of these, each told once: editors refuse a schema that repeats itself. Of a mapping, with what each means."""
    if not names:
        return {"not": {}}
    means = {"enumDescriptions": [*names.values()]} if isinstance(names, Mapping) else {}
    return {"enum": [*dict.fromkeys(names)], **means}


def _if(key: str, value: str, then: dict[str, Any]) -> dict[str, Any]:
    return {"if": {"properties": {key: {"const": value}}, "required": [key]}, "then": {"properties": then}}


def _add(made: dict[str, Any], path: Path, parts: list[Any]) -> None:
    for spot in spots(made, path):
        if "properties" in spot:
            spot["allOf"] = [*spot.get("allOf", ()), *parts]


def _texts(found: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """The texts that may stand there, alone, in a list or under names."""
    for spot in (spot for spot in found if isinstance(spot, dict)):
        if "string" in spot.get("type", ()):
            yield spot
        yield from _texts([*spot.get("anyOf", ()), spot.get("items"), spot.get("additionalProperties")])


def _every(spot: Any) -> Iterator[dict[str, Any]]:
    if isinstance(spot, dict):
        yield spot
    for inner in spot.values() if isinstance(spot, dict) else spot if isinstance(spot, list) else ():
        yield from _every(inner)


def schema_of(model: type[Definition]) -> dict[str, Any]:
    made = model.model_json_schema(ref_template="#/definitions/{model}")
    made["definitions"] = made.pop("$defs", {})
    tidy: dict[str, Any] = _tidied(made)
    for name, told in tidy["definitions"].items():
        told["title"] = label(name)
    return {"$schema": DRAFT, "title": "saasmetrics", **tidy}


def label(name: str) -> str:
    """Two blocks may bear one name: the last part of it is the name."""
    return name.rpartition("__")[2]


def _tidied(spot: Any) -> Any:
    """Without generated titles and the defaults of whole blocks; bounds by their names in JSON Schema, which pydantic leaves in its own
    words behind a validator of ours; a reference stands in `allOf`, alone (draft 7)."""
    if isinstance(spot, list):
        return [_tidied(item) for item in spot]
    if not isinstance(spot, dict):
        return spot
    kept = {_bound(key, value): _tidied(value) for key, value in spot.items() if not _noise(key, value)}
    if "anyOf" in kept:
        kept |= _joined(kept.pop("anyOf"))
    if kept.get("type") == "string" and isinstance(kept.get("default"), int):
        kept["default"] = as_text(kept["default"])
    if "patternProperties" in kept:  # of the names in a mapping; its values are of one kind
        ((pattern, kept["additionalProperties"]),) = kept.pop("patternProperties").items()
        kept["propertyNames"] = {"pattern": pattern}
    if isinstance(value := kept.get("additionalProperties"), dict) and "description" in kept and "$ref" not in value:
        value.setdefault("description", kept["description"])
    if "$ref" in kept and len(kept) > 1:
        kept["allOf"] = [{"$ref": kept.pop("$ref")}]
    return kept


def _joined(choices: list[dict[str, Any]]) -> dict[str, Any]:
    """Kinds and nothing else as one alternative: an editor tells each for itself. A block comes first: of what does not fit, only the first is told."""
    bare = [one["type"] for one in choices if one.keys() == {"type"}]
    others = [one for one in choices if one.keys() != {"type"}]
    if bare == ["null"] and len(others) == 1 and "type" in others[0] and not others[0].keys() & {"enum", "const"}:
        return {**others[0], "type": [*_kinds(others[0]["type"]), "null"]}
    kinds = [{"type": bare if len(bare) > 1 else bare[0]}] if bare else []
    return {"anyOf": sorted([*kinds, *others], key=lambda one: "$ref" not in one)} if others else kinds[0]


def _kinds(told: str | list[str]) -> list[str]:
    return [told] if isinstance(told, str) else told


def _bound(key: str, value: Any) -> str:
    return BOUNDS.get(key, key) if isinstance(value, int | float) else key


def _noise(key: str, value: Any) -> bool:
    generated = key == "title" and isinstance(value, str)
    return generated or (key == "default" and (value is None or isinstance(value, dict)))
