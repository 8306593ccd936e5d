"""Where a problem is, and which words were possible there."""

from saasmetrics.definitions.places import dotted, known_keys, nearest
from saasmetrics.definitions.schema import schema
from saasmetrics.definitions.tree import Path, Place

from .conftest import Refusals

PLACES: dict[Path, Place] = {(): (1, 3), ("a",): (2, 1), ("a", "b"): (3, 5)}


def test_the_nearest_known_place_is_taken() -> None:
    assert nearest(PLACES, ("a", "b")) == (3, 5)
    assert nearest(PLACES, ("a", "b", "c", 0)) == (3, 5)
    assert nearest(PLACES, ("a", "x")) == (2, 1)
    assert nearest(PLACES, ("x",)) == (1, 3)
    assert nearest({}, ("x",)) == (1, 1)


def test_a_path_is_written_with_dots_and_numbers() -> None:
    assert dotted(("value", "workflows", 0)) == "value.workflows[0]"
    assert dotted(()) == ""


def test_the_schema_knows_the_words_of_every_block() -> None:
    made = schema()
    assert set(known_keys(made, ())) >= {"version", "sources", "workflows"}
    assert set(known_keys(made, ("workflows", "any", "tiers"))) == set()
    assert set(known_keys(made, ("sources", "costs", "columns"))) == {"month", "sales_and_marketing", "cogs", "currency"}
    assert "not_in" in known_keys(made, ("rules", "any", "where", "any column"))
    assert set(known_keys(made, ("activation", "steps", "any"))) == {"kind", "rule", "required"}


def test_guesses_stop_where_they_would_take_long(refused: Refusals) -> None:
    found = refused("".join(f"workflow{n:02}: 1\n" for n in range(60)))
    assert [" did you mean " in problem for problem in found] == [True] * 50 + [False] * 10


def test_a_missing_key_is_at_its_block_and_an_empty_one_at_itself(refused: Refusals) -> None:
    found = refused("activation:\n  steps:\n    a:\n      kind: setup\n    b:\n      rule:\n")
    assert found[0].startswith("d.yaml:6:5: SM111 required key activation.steps.a.rule is missing")
    assert found[1].startswith("d.yaml:9:7: SM111 activation.steps.b.rule is empty; write its value")
