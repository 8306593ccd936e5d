"""Edits that mean the same keep every fingerprint, changes of meaning change at least one: made systematically, not chosen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from saasmetrics import catalog, codeprint
from saasmetrics.definitions.blocks import settings_of
from saasmetrics.definitions.fingerprint import fingerprint
from saasmetrics.definitions.model import Definition
from saasmetrics.definitions.parts import RULES, changed, parts
from saasmetrics.definitions.whole import OWN

from .edits import CONFIGS, Edit, changing, in_full, keeping, read, same, text_of, understood

WHOLE = "accounting"  # every edit of this file; of the others some of each kind, from all over the file
MOST = 12


def prints(text: str) -> dict[tuple[str, ...], str]:
    definition = read(text)
    assert definition
    return parts(definition)


@cache
def kept(name: str) -> dict[str, dict[tuple[str, ...], str]]:
    """Some defaults, such as a null, cannot be written out: what is no definition is left out."""
    return {edit: parts(made) for edit, text in _spread(name, keeping) if (made := understood(text))}


@cache
def turned(name: str) -> dict[str, dict[tuple[str, ...], str]]:
    """What is taken away may have been a default: that changes nothing; and what is no definition is left out."""
    before = in_full(text_of(name))
    assert before
    found = ((edit, understood(text)) for edit, text in _spread(name, changing))
    return {edit: now for edit, made in found if made and not same(before, made) and (now := _parts(made))}


def _parts(made: Definition) -> dict[tuple[str, ...], str]:
    """Empty where a name leads nowhere: the reader would have refused it."""
    try:
        return parts(made)
    except LookupError:
        return {}


def _spread(name: str, edits: Callable[[str], Iterator[Edit]]) -> Iterator[Edit]:
    kinds: dict[str, list[Edit]] = defaultdict(list)
    for edit in edits(text_of(name)):
        kinds[edit[0].partition(":")[0]].append(edit)
    for found in kinds.values():
        yield from found if name == WHOLE else found[:: -(-len(found) // MOST)]


@pytest.mark.parametrize("name", CONFIGS)
def test_the_same_meaning_keeps_every_fingerprint(name: str) -> None:
    told = prints(text_of(name))
    assert {edit: changed(told, now) for edit, now in kept(name).items() if changed(told, now)} == {}


@pytest.mark.parametrize("name", CONFIGS)
def test_another_meaning_changes_a_fingerprint(name: str) -> None:
    told = prints(text_of(name))
    assert [edit for edit, now in turned(name).items() if not changed(told, now)] == []


def test_there_are_hundreds_of_both() -> None:
    assert sum(len(kept(name)) for name in CONFIGS) >= 900
    assert sum(len(turned(name)) for name in CONFIGS) >= 900


def test_the_whole_file_has_another_fingerprint_when_a_part_has() -> None:
    before = in_full(text_of(WHOLE))
    assert before
    for _, other in list(changing(text_of(WHOLE)))[::40]:
        made = understood(other)
        assert made is None or same(before, made) or fingerprint(made) != fingerprint(before)


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


@pytest.mark.parametrize("folder", OWN)
def test_a_key_of_a_block_is_no_other_setting_of_a_table(folder: str) -> None:
    """In the file they would be one key: where they share a name they have to mean the same."""
    own = OWN[folder].model_fields
    shared = {(name, room): setting.default for name, rooms in settings_of(folder).items() if name in own for room, setting in rooms.items()}
    assert shared == {(name, room): own[name].default for name, room in shared}
