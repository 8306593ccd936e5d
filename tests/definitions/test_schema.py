"""The schema for editors: draft 7, a description for every key, and it accepts what the reader accepts."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from saasmetrics.definitions.schema import schema
from saasmetrics.definitions.tree import parse

from .conftest import MINIMAL, Rooms
from .validator import accepts

LATER_THAN_DRAFT_7 = {
    "prefixItems",
    "$defs",
    "unevaluatedProperties",
    "unevaluatedItems",
    "dependentSchemas",
    "minContains",
    "$anchor",
}


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
    assert setting["description"] == "Setting of `retention cohorts`."
    assert schema()["properties"]["retention"]["description"] == "What it is about."


def test_durations_are_shown_as_they_are_written() -> None:
    assert schema()["properties"]["late_after"]["default"] == "1d"


def test_the_words_that_an_editor_shows_are_ours() -> None:
    made = schema()
    assert {"WeakOnboarding", "Step"} <= {spot.get("title") for spot in made["definitions"].values()}
    assert not [spot["title"] for spot in walk(made) if "__" in str(spot.get("title"))]
    assert made["properties"]["late_after"]["errorMessage"] == "not a duration; write 14d, 2w or 36h"
    assert made["properties"]["timezone"]["type"] == ["string", "null"] and "Europe/Berlin" in made["properties"]["timezone"]["examples"]
    tiers = made["definitions"]["Workflow"]["properties"]["tiers"]
    assert tiers["additionalProperties"]["description"] == tiers["description"]


def test_a_wrong_comparison_is_told_as_one() -> None:
    """An editor tells what is wrong by the alternative that comes first."""
    compared = schema()["definitions"]["Rule"]["properties"]["where"]["additionalProperties"]["anyOf"]
    assert compared == [{"$ref": "#/definitions/Operators"}, {"type": ["string", "boolean", "number"]}]
