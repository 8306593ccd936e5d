"""Edits that mean the same keep every fingerprint, changes of meaning change at least one: made systematically, not chosen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from saasmetrics import catalog, codeprint
from saasmetrics.definitions.fingerprint import fingerprint
from saasmetrics.definitions.parts import RULES, changed, parts

from .edits import CONFIGS, Edit, changing, keeping, read, same, text_of, valid, written

MOST = 8  # of each kind of edit of each file


def prints(text: str) -> dict[tuple[str, ...], str]:
    definition = read(text)
    assert definition
    return parts(definition)


@cache
def kept(name: str) -> list[Edit]:
    """Some defaults, such as a null, cannot be written out: what is no definition is left out."""
    return [(edit, text) for edit, text in _spread(keeping(text_of(name)), MOST) if valid(text)]


@cache
def turned(name: str) -> list[Edit]:
    """What is taken away may have been a default: that changes nothing, and what is no definition is left out."""
    return [(edit, text) for edit, text in _spread(changing(text_of(name)), 2 * MOST) if valid(text) and not same(text_of(name), text)]


def _spread(edits: Iterator[Edit], most: int) -> Iterator[Edit]:
    """Some of each kind, from all over the file: all of them take minutes."""
    kinds: dict[str, list[Edit]] = defaultdict(list)
    for edit in edits:
        kinds[edit[0].partition(":")[0]].append(edit)
    for found in kinds.values():
        yield from ((edit, written(made)) for edit, made in found[:: -(-len(found) // most)])


@pytest.mark.parametrize("name", CONFIGS)
def test_the_same_meaning_keeps_every_fingerprint(name: str) -> None:
    told = prints(text_of(name))
    assert {edit: changed(told, now) for edit, text in kept(name) if (now := prints(text)) and changed(told, now)} == {}


@pytest.mark.parametrize("name", CONFIGS)
def test_another_meaning_changes_a_fingerprint(name: str) -> None:
    told = prints(text_of(name))
    assert [edit for edit, text in turned(name) if not changed(told, prints(text))] == []


def test_there_are_hundreds_of_both() -> None:
    assert sum(len(kept(name)) for name in CONFIGS) >= 200
    assert sum(len(turned(name)) for name in CONFIGS) >= 150


def test_the_whole_file_has_another_fingerprint_when_a_part_has() -> None:
    text = text_of("accounting")
    for _, other in turned("accounting")[::9]:
        assert letters(other) != letters(text)


def letters(text: str) -> str:
    definition = read(text)
    assert definition
    return fingerprint(definition)


def test_a_part_tells_where_the_change_is() -> None:
    text = text_of("accounting")
    assert changed(prints(text), prints(text.replace("order: any", "order: ordered"))) == [("activation",)]
    assert changed(prints(text), prints(text.replace("windows: [7d, 14d, 30d]", "windows: [7d, 14d]"))) == [("activation",), ("tables", "activation", "rate")]
    assert changed(prints(text), prints(text.replace("basic: bill_captured", "basic: bill_scanned"))) == [("workflows", "purchasing", "tiers")]


def test_a_rule_is_told_beside_those_who_use_it() -> None:
    one, two = (prints(text) for text in (text_of("accounting"), text_of("accounting").replace("amount: {gt: 1000}", "amount: {gt: 2000}")))
    assert changed(one, two) == [("features", "large_invoices")]
    assert [path for path in one if path[0] == RULES and one[path] != two[path]] == [(RULES, "large_invoice")]


def test_the_order_of_core_workflows_counts_where_the_first_is_the_north_star() -> None:
    text = "version: 1\nsources: {events: {files: e.csv}}\nworkflows: {%s}\n"
    one, two = text % "a: {core: true, success: x}, b: {core: true, success: y}", text % "b: {core: true, success: y}, a: {core: true, success: x}"
    assert changed(prints(one), prints(two)) == [("north_star",)]
    assert changed(prints(one), prints(f"{one}north_star: {{workflow: a}}\n")) == []


def test_a_north_star_that_is_taken_anyway_may_be_written_out() -> None:
    text = text_of("minimal")
    assert changed(prints(text), prints(text + "north_star: {workflow: invoicing}\n")) == []


def test_the_code_of_a_table_is_its_room_and_what_it_stands_on() -> None:
    rooms = catalog.rooms()
    codes = {name: codeprint.of_table(room) for name, room in rooms.items()}
    assert len(set(codes.values())) == len(rooms)
    assert codeprint.of_engine() not in codes.values()


@pytest.mark.parametrize(("old", "new", "same"), [
    ("    return 1\n", "    # why\n\n    return 1  # one\n", True), ('"""A."""', '"""Another text."""', True), ("return 1", "return 2", False),
    ("def f", "def g", False), ('"a # b"', '"a # c"', False), ("x = ", "y = ", False),
])  # fmt: skip
def test_words_about_code_are_no_code(old: str, new: str, same: bool, tmp_path: Path) -> None:
    text = '"""A."""\n\nx = "a # b"\n\n\ndef f():\n    """B."""\n    return 1\n'
    one, two = tmp_path / "one.py", tmp_path / "two.py"
    one.write_text(text, "utf-8")
    assert old in text
    two.write_text(text.replace(old, new), "utf-8")
    assert (codeprint._code(one) == codeprint._code(two)) is same
