"""The JSON Schema (draft 7) of the definition file, for editors: from the model, nothing written twice."""

from __future__ import annotations

from typing import Any

from saasmetrics.definitions.durations import as_text
from saasmetrics.definitions.model import Definition
from saasmetrics.definitions.whole import definition_model

DRAFT = "http://json-schema.org/draft-07/schema#"
BOUNDS = {"ge": "minimum", "le": "maximum", "gt": "exclusiveMinimum", "lt": "exclusiveMaximum"}


def schema() -> dict[str, Any]:
    """The schema of a whole definition file, with the settings of every table."""
    return schema_of(definition_model())


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
