"""What `explain` shows on a terminal: no line is wider than it, and not a word is lost."""

from __future__ import annotations

import pytest

from saasmetrics import catalog
from saasmetrics.commands.explain import _text
from saasmetrics.reference.fitted import fitted
from saasmetrics.reference.words import WORDS, words_in


@pytest.mark.parametrize("width", [80, 120])
def test_every_table_fits_with_all_its_words(width: int) -> None:
    for room in catalog.rooms().values():
        text = _text(room)
        made = fitted(text, width)
        assert made.split() == text.split()
        assert [line for line in made.partition("\n\nExample")[0].splitlines() if len(line) > width] == [], room.key
        assert made.partition("\n\nExample")[2] == text.partition("\n\nExample")[2]


def test_what_belongs_to_a_name_stands_below_its_meaning() -> None:
    text = "a.table\nWhat is it?\n\nA paragraph that goes\non.\n\nColumns\n  name   one two three four five six\n  other  one"
    assert fitted(text, 28) == "a.table\nWhat is it?\n\nA paragraph that goes on.\n\nColumns\n  name   one two three four\n         five six\n  other  one"


def test_a_text_without_a_title_flows() -> None:
    assert fitted("`account`: one page on\none account. How it\nstands.", 60) == "`account`: one page on one account. How it stands."


def test_words_that_are_taken_for_granted_are_told() -> None:
    assert words_in("MRR at T, as of Thursday") == {word: WORDS[word] for word in ("T", "MRR")}
    assert "\n\nWords\n  T       the local midnight at which" in _text(catalog.rooms()["activation.rate"])
