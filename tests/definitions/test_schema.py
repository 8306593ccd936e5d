"""The schema for editors: draft 7, a description for every key, and it accepts what the reader accepts."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from saasmetrics.definitions.schema import schema
from saasmetrics.definitions.tree import parse

from .conftest import MINIMAL, Rooms

LATER_THAN_DRAFT_7 = {
    "prefixItems",
    "$defs",
    "unevaluatedProperties",
    "unevaluatedItems",
    "dependentSchemas",
    "minContains",
    "$anchor",
}
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
        and ("anyOf" not in spot or any(accepts(choice, value, root) for choice in spot["anyOf"]))
        and all(accepts(part, value, root) for part in spot.get("allOf", []))
        and (not isinstance(value, list) or len(value) >= spot.get("minItems", 0))
        and (not isinstance(value, dict) or len(value) >= spot.get("minProperties", 0))
        and (not isinstance(value, list) or all(accepts(spot.get("items", {}), item, root) for item in value))
        and (not isinstance(value, dict) or accepts_mapping(spot, value, root))
    )


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


def walk(spot: Any) -> Iterator[dict[str, Any]]:
    if isinstance(spot, dict):
        yield spot
    for inner in spot.values() if isinstance(spot, dict) else spot if isinstance(spot, list) else ():
        yield from walk(inner)


def test_the_schema_accepts_the_example_of_the_contract(example: str) -> None:
    data = parse(example.encode(), "d.yaml").data
    assert accepts(schema(), json.loads(json.dumps(data)), schema())


@pytest.mark.parametrize(
    "wrong",
    ["colour: red\n", "late_after: 3\n", "late_after: 3 days\n", "week_starts: mon\n", "rules: {a: {}}\n",
     "rules: {a: {event: b, where: x}}\n",
     "north_star: {workflow: a, measure: sum}\n", "churn_risk: {signals: {single_user: {wy: x}}}\n",
     "features: {a: {rule: b, premium: yes}}\n",
     "churn_risk: {bands: {high: 101}}\n", "value: {periods: 0}\n", "value: {consistent: 1.5}\n", "health: {signals: {trend: {drop: 0}}}\n", "activation: {steps: {}}\n", "rules: {a: {event: []}}\n"],
)  # fmt: skip
def test_the_schema_refuses_what_the_reader_refuses(wrong: str) -> None:
    made = schema()
    assert accepts(made, parse(MINIMAL.encode(), "d.yaml").data, made)
    assert not accepts(made, parse((MINIMAL + wrong).encode(), "d.yaml").data, made)


def test_every_key_is_described_and_no_block_takes_others(example: str) -> None:
    blocks = [
        spot for spot in walk(schema()) if isinstance(spot.get("properties"), dict) and spot.get("type") == "object"
    ]
    assert len(blocks) > 40
    for block in blocks:
        assert block["additionalProperties"] is False
        assert all(spot.get("description") for spot in block["properties"].values()), block


def test_editors_of_today_understand_it() -> None:
    made = schema()
    assert made["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert not {key for spot in walk(made) for key in spot} & LATER_THAN_DRAFT_7
    assert not [spot for spot in walk(made) for key in ("ge", "gt", "le", "lt") if isinstance(spot.get(key), int | float)]
    assert all(len(spot) == 1 for spot in walk(made) if isinstance(spot.get("$ref"), str))
    assert json.loads(json.dumps(made)) == made


def test_settings_of_tables_are_in_the_schema_with_their_defaults(rooms: Rooms) -> None:
    rooms({"retention": {"cohorts": {"windows": ("Sequence[Days]", (7, 30))}}})
    setting = schema()["definitions"]["Retention"]["properties"]["windows"]
    assert setting["default"] == [7, 30]
    assert setting["description"] == "setting of `retention cohorts`"
    assert schema()["properties"]["retention"]["description"] == "What it is about."


def test_durations_are_shown_as_they_are_written() -> None:
    assert schema()["properties"]["late_after"]["default"] == "1d"
