"""The JSON Schema (draft 7) of the definition file, for editors: from the model, nothing written twice.

That of a file that is there knows its names, too: what refers to a workflow, a tier, a feature, a segment or a meter is
one of those declared, and rules are proposed wherever one is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from saasmetrics import catalog
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


def schema(file: Any = None) -> dict[str, Any]:
    """The schema of a whole definition file, with the settings and columns of every table; of one that is there, with its names."""
    made = schema_of(definition_model())
    for source in Sources.model_fields:
        _choose(_texts(spots(made, ("sources", source, "preset"))), fitting(source))
    made["definitions"]["Columns"] = {"allOf": [_columns(room) for room in catalog.rooms().values()]}
    for path in (("alerts", ANY), ("report", "lines", ANY)):
        _choose(_texts(spots(made, (*path, "table"))), [*catalog.rooms()])
        _add(made, path, [{"$ref": "#/definitions/Columns"}])
    if file is not None:
        _name(made, file)
    return made


def _columns(room: catalog.Room) -> dict[str, Any]:
    names = {"enum": [column.name for column in room.columns]}
    return _if("table", room.key, {"column": names, "where": {"propertyNames": names}})


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
            for text in _texts([spot]):
                text["examples"] = names["rule"]


def _choose(texts: Iterable[dict[str, Any]], names: Sequence[str]) -> None:
    for text in texts:
        text |= _one_of(names)


def _one_of(names: Sequence[str]) -> dict[str, Any]:
    return {"enum": [*names]} if names else {"not": {}}


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
    return {"$schema": DRAFT, "title": "saasmetrics definition", **tidy}


def _tidied(spot: Any) -> Any:
    """Without generated titles and the defaults of whole blocks; bounds by their names in JSON Schema, which pydantic leaves in its own
    words behind a validator of ours; a reference stands in `allOf`, alone (draft 7)."""
    if isinstance(spot, list):
        return [_tidied(item) for item in spot]
    if not isinstance(spot, dict):
        return spot
    kept = {_bound(key, value): _tidied(value) for key, value in spot.items() if not _noise(key, value)}
    if kept.get("type") == "string" and isinstance(kept.get("default"), int):
        kept["default"] = as_text(kept["default"])
    if "patternProperties" in kept:  # of the names in a mapping; its values are of one kind
        ((pattern, kept["additionalProperties"]),) = kept.pop("patternProperties").items()
        kept["propertyNames"] = {"pattern": pattern}
    if "$ref" in kept and len(kept) > 1:
        kept["allOf"] = [{"$ref": kept.pop("$ref")}]
    return kept


def _bound(key: str, value: Any) -> str:
    return BOUNDS.get(key, key) if isinstance(value, int | float) else key


def _noise(key: str, value: Any) -> bool:
    generated = key == "title" and isinstance(value, str)
    return generated or (key == "default" and (value is None or isinstance(value, dict)))
