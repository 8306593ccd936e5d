"""The north star of single things: what it asks for is checked and has a meaning of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from saasmetrics.definitions.read import parse

from .test_fingerprint import letters

TEXT = """\
version: 1
sources: {events: {files: a.csv}}
rules:
  settled: {event: paid, where: {status: ok}}
workflows:
  billing: {success: posted, entity: invoice, value: amount}
  talking: {success: talked}
north_star: {workflow: billing, measure: entities, also: settled, unless: {rule: reversed, within: 2d}}
"""


def test_a_rule_may_be_called_otherwise() -> None:
    assert letters(TEXT) == letters(TEXT.replace("settled", "cleared"))


@pytest.mark.parametrize(("old", "new"), [("also: settled", "also: sent"), ("within: 2d", "within: 3d"), ("rule: reversed", "rule: settled"), ("status: ok", "status: done")])
def test_another_demand_is_another_meaning(old: str, new: str) -> None:
    assert old in TEXT
    assert letters(TEXT) != letters(TEXT.replace(old, new))


def test_its_rules_are_known_to_the_definition() -> None:
    assert {"settled", "reversed"} <= set(parse(TEXT.encode(), Path("d.yaml")).definition.rule_names())
