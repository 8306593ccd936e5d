"""As much of a validator of JSON Schema (draft 7) as the schema of definitions needs."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

TYPES: dict[str, Any] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
    "object": dict,
    "array": list,
}


def accepts(spot: dict[str, Any], value: Any, root: dict[str, Any]) -> bool:
    """As much of a validator as this schema needs."""
    if spot is False:
        return False
    if "$ref" in spot:
        return accepts(root["definitions"][spot["$ref"].rsplit("/", 1)[1]], value, root)
    kinds = spot.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    return (
        (
            not kinds
            or any(
                isinstance(value, TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool)) for kind in kinds
            )
        )
        and ("enum" not in spot or value in spot["enum"])
        and ("const" not in spot or value == spot["const"])
        and (not isinstance(value, (int, float)) or within(spot, value))
        and ("pattern" not in spot or not isinstance(value, str) or bool(re.search(spot["pattern"], value)))
        and ("format" not in spot or not isinstance(value, str) or is_day(value))
        and ("not" not in spot or not accepts(spot["not"], value, root))
        and ("oneOf" not in spot or sum(accepts(choice, value, root) for choice in spot["oneOf"]) == 1)
        and ("if" not in spot or accepts(spot.get("then" if accepts(spot["if"], value, root) else "else", {}), value, root))
        and ("anyOf" not in spot or any(accepts(choice, value, root) for choice in spot["anyOf"]))
        and all(accepts(part, value, root) for part in spot.get("allOf", []))
        and (not isinstance(value, list) or len(value) >= spot.get("minItems", 0))
        and (not isinstance(value, list) or len(value) <= spot.get("maxItems", len(value)))
        and (not isinstance(value, dict) or spot.get("minProperties", 0) <= len(value) <= spot.get("maxProperties", len(value)))
        and (not isinstance(value, dict) or all(accepts(spot.get("propertyNames", {}), key, root) for key in value))
        and (not isinstance(value, list) or all(accepts(spot.get("items", {}), item, root) for item in value))
        and (not isinstance(value, dict) or accepts_mapping(spot, value, root))
    )


def is_day(text: str) -> bool:
    """The only format there is."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def within(spot: dict[str, Any], value: float) -> bool:
    return (
        spot.get("minimum", value) <= value <= spot.get("maximum", value)
        and value > spot.get("exclusiveMinimum", value - 1)
        and value < spot.get("exclusiveMaximum", value + 1)
    )


def accepts_mapping(spot: dict[str, Any], value: dict[str, Any], root: dict[str, Any]) -> bool:
    known, other = spot.get("properties", {}), spot.get("additionalProperties", {})
    inner = {key: known.get(key, other) for key in value}
    return set(spot.get("required", [])) <= set(value) and all(
        part is not False and accepts(part, value[key], root) for key, part in inner.items()
    )
