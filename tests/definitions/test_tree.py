"""Promises 44 and 45: nothing that YAML can do changes what was written, runs code or takes long."""

import random
import time
from decimal import Decimal
from pathlib import Path

import pytest

from saasmetrics.definitions import tree as trees
from saasmetrics.definitions.read import parse
from saasmetrics.definitions.tree import parse as tree_of
from saasmetrics.messages import Refused

HOSTILE = {
    "duplicate key": ("version: 1\nrules:\n  a: {event: a}\n  a: {event: b}\n",
    "d.yaml:4:3: SM104 key 'a' is written twice"),
    "on as a key": ("version: 1\nrules:\n  a: {event: a, on: b}\n", "d.yaml:3:17: SM110 rules.a.on is not a known key"),
    "int key": ("version: 1\nrules:\n  7: {event: a}\n", "d.yaml:3:3: SM103 key 7 is not text; put it in quotes"),
    "bool key": ("rules: {true: {event: a}}\n", "d.yaml:1:9: SM103 key true is not text"),
    "null key": ("rules:\n  ~: {event: a}\n", "d.yaml:2:3: SM103 key ~ is not text"),
    "empty key": ("rules:\n  ? \n  : {event: a}\n", "SM103 key left empty is not text"),
    "list as key": ("? [a, b]\n: 1\n", "d.yaml:1:3: SM103 key a list or mapping is not text"),
    "anchor": ("rules: &all {a: {event: a}}\n", "d.yaml:1:8: SM103 anchor &all is not allowed"),
    "alias": ("version: 1\nrules: *all\n", "d.yaml:2:8: SM103 alias *all is not allowed"),
    "merge": ("version: 1\nrules:\n  <<: {a: {event: a}}\n", "d.yaml:3:3: SM103 merge key << is not allowed"),
    "tag": ("version: !!int 1\n", "d.yaml:1:10: SM103 tag tag:yaml.org,2002:int is not allowed"),
    "depth 100": ("version: " + "[" * 100 + "]" * 100, "d.yaml:1:41: SM105 nested deeper than 32 levels"),
    "depth 250000": ("version: " + "[" * 250_000, "d.yaml:1:41: SM105 nested deeper than 32 levels"),
    "2 MB": ("#" * 2_000_000, "d.yaml:1:1: SM105 the definition file is larger than 256 KiB"),
    "just too large": ("#" * (256 * 1024 + 1), "d.yaml:1:1: SM105 the definition file is larger than 256 KiB"),
    "many nodes": ("version: [" + "a," * 100_000 + "]", "SM105 more than 10000 keys and values"),
    "NUL": ("version: 1\nrul\0es: {}\n", "d.yaml:2:4: SM102 holds a NUL byte"),
    "bell": ("version: 1\nab: \a\n", "d.yaml:2:5: SM102 holds the control character U+0007"),
    "tab as indent": ("version: 1\nrules:\n\ta: 1\n", "d.yaml:3:1: SM102 not valid YAML: found character '\\t'"),
    "unclosed": ("version: [1\n", "SM102 not valid YAML: expected ',' or ']'"),
    "half a character": ('product: "\\ud800"\n', "d.yaml:1:10: SM102 holds half a character"),
    "beyond Unicode": ('product: "\\UFFFFFFFF"\n', "d.yaml:1:13: SM102 not valid YAML here (OverflowError)"),
    "huge YAML version": ("%YAML 1." + "9" * 6000 + "\n---\nversion: 1\n", "SM102 not valid YAML"),
    "two documents": ("version: 1\n---\nversion: 1\n", "SM102 not valid YAML: but found another document"),
    "a list": ("- version\n", "d.yaml:1:1: SM102 the definition file holds a list, not keys and values"),
    "a word": ("version\n", "d.yaml:1:1: SM102 the definition file holds 'version', not keys and values"),
    "nothing": ("# only a comment\n", "d.yaml:1:1: SM102 the definition file is empty"),
    "4,900 unknown keys": ("".join(f"k{n}: 1\n" for n in range(4_900)), "SM110 k0 is not a known key"),
}  # fmt: skip


def problems(content: bytes) -> list[str]:
    with pytest.raises(Refused) as caught:
        parse(content, Path("d.yaml"))
    assert caught.value.exit == 2
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("name", HOSTILE)
def test_promise_44_hostile_yaml_is_refused_at_its_place_in_no_time(name: str) -> None:
    text, expected = HOSTILE[name]
    started = time.process_time()
    found = problems(text.encode("utf-8"))
    assert time.process_time() - started < 1
    assert any(expected in problem for problem in found), found
    assert len(found) <= 101


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system", "!!python/name:os.system", "!include", "!"])
def test_promise_44_no_tag_runs_code(tag: str, tmp_path: Path) -> None:
    found = problems(f"version: {tag} ['touch {tmp_path / 'canary'}']\n".encode())
    assert any("SM103 tag" in problem for problem in found)
    assert not (tmp_path / "canary").exists()


def test_promise_44_what_is_just_small_enough_is_read() -> None:
    assert tree_of(b"a: 1\n" + b"#" * (256 * 1024 - 5), "d.yaml").data == {"a": 1}
    assert tree_of(b"a: " + b"[" * 31 + b"]" * 31, "d.yaml").problems == []
    assert tree_of(b"a: [" + b"1," * 9_997 + b"]", "d.yaml").problems == []
    assert tree_of(b"a: [" + b"1," * 9_998 + b"]", "d.yaml").problems != []


def test_promise_44_nine_lots_of_nine_aliases_are_not_expanded() -> None:
    lines = ["a0: &a0 {x: 1}"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    started = time.process_time()
    found = problems("\n".join(lines).encode())
    assert time.process_time() - started < 1
    assert len([problem for problem in found if "SM103" in problem]) == 10 + 81


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"version: 1\nproduct: caf\xe9\n", "d.yaml:2:13: SM102 not UTF-8"),
        ("version: 1".encode("utf-16"), "d.yaml:1:1: SM102 looks like UTF-16"),
    ],
)
def test_promise_44_other_encodings_are_named(content: bytes, expected: str) -> None:
    assert expected in problems(content)[0]


@pytest.mark.parametrize(
    "text",
    ["no", "yes", "on", "off", "y", "NO", "True", "FALSE", "Null", "00123", "0o17", "0x1F", "22:30", "12:30:45",
     "1_000",
     "2026-01-01", "2026-01-01T00:00:00Z", "1e5", "1.5e3", ".5", "5.", "+1", "-0", ".inf", ".nan", "=", "9" * 39],
)  # fmt: skip
def test_promise_45_words_that_yaml_would_change_stay_text(text: str) -> None:
    assert tree_of(f"a: {text}".encode(), "d.yaml").data == {"a": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("false", False), ("null", None), ("~", None), ("", None), ("0", 0), ("-12", -12),
     ("1.50", Decimal("1.50")), ("-0.1", Decimal("-0.1")), ("9" * 38, int("9" * 38)), ('"1"', "1"), ("'true'", "true")],
)  # fmt: skip
def test_promise_45_what_is_not_text_is_exact(text: str, value: object) -> None:
    found = tree_of(f"a: {text}".encode(), "d.yaml").data["a"]
    assert (type(found), found) == (type(value), value)
    assert str(found) == str(value)


def test_byte_order_mark_and_windows_line_ends_change_nothing() -> None:
    plain = tree_of(b"a: 1\nb: {c: x}\n", "d.yaml")
    marked = tree_of(b"\xef\xbb\xbfa: 1\r\nb: {c: x}\r\n", "d.yaml")
    assert (plain.data, plain.places) == (marked.data, marked.places)


def test_places_are_those_of_keys_for_blocks_and_of_values_for_words() -> None:
    tree = tree_of(b"a:\n  b: word\n  c: [x, y]\n  d:\n    e: 1\n", "d.yaml")
    assert tree.places[("a",)] == (1, 1)
    assert tree.places[("a", "b")] == (2, 6)
    assert tree.places[("a", "c")] == (3, 3)
    assert tree.places[("a", "c", 1)] == (3, 10)
    assert tree.keys[("a", "d", "e")] == (5, 5)


@pytest.mark.parametrize("text", ["event: invoice #posted", "event: #posted", "[{event: invoice #posted\n}]"])
def test_a_swallowed_name_is_warned_of(text: str) -> None:
    (warning,) = tree_of(text.encode(), "d.yaml").warnings
    assert warning.severity == "warning"
    assert (warning.line, warning.column) == (1, text.index("#") + 1)
    assert "#posted is read as a comment; quote the value" in warning.message


@pytest.mark.parametrize(
    "text", ["a: b # a remark", "a: b   #", "a: 'b #c'", "a: b#c", "# x\na: b", "a: b #### part ####"]
)
def test_a_remark_is_not_warned_of(text: str) -> None:
    assert tree_of(text.encode(), "d.yaml").warnings == []


CONFIGS = sorted((Path(__file__).parents[2] / "configs").glob("*.yaml"))
ODD = [
    "a:\tb\n", "a: 'b'\t# c\n", "a: b\t\n", "[a?b]\n", "? a\n: b\n", "{a: , b: c}\n", "{a: # b\n}\n", "{a:\n  # b\n\n}\n", "a: |# b\n  c\n", "a: >- # b\n  c\n",
    "\ufeffa: b\n", "a\n\ufeff", "# a\x85b: c\td\n", "a: b\u2028c: d\n", "# a\rb:\tc\n", "---\n", "---\na: b\n", "%YAML 1.1\n---\na: b\n", "a: [!b, c]\n",
    "a: é😀 #b\nä: {ö: 'ü'}\n", "a: |\n  b\n\n   c\nd: e\n", "a: >-\n  b\n  c\nd: e\n", "a: b\n  c\n\n  d\n", 'a: "b\n  c"\n', "a: b\r\nc: [d,\r\n e]\r\n", "a: {b: c, d}\n", "[a: b]\n", "a:b: c\n", "- a\n-\n- b\n", "'a': \"\\u00e9\"\n", "", "\n# a\n",
]  # fmt: skip


def both(text: str, monkeypatch: pytest.MonkeyPatch) -> list[trees.Tree]:
    found = [tree_of(text.encode(), "d.yaml")]
    monkeypatch.setattr(trees, "LIBYAML", None)
    return [*found, tree_of(text.encode(), "d.yaml")]


@pytest.mark.parametrize("text", [*ODD, *(text for text, _ in HOSTILE.values() if len(text) < 1000)], ids=str)
def test_libyaml_and_python_read_the_same(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    quick, slow = both(text, monkeypatch)
    assert quick == slow


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_libyaml_and_python_read_every_piece_of_a_definition_alike(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole, and with one character more or less anywhere: what one of the two refuses, both refuse in the same words."""
    text, chance = path.read_text("utf-8"), random.Random(7)
    lines = text.splitlines(keepends=True)
    quick, slow = both(text, monkeypatch)
    assert quick == slow and not quick.problems
    monkeypatch.undo()
    for at in range(0, len(lines), 3):
        piece = "".join(lines[at : at + 8])
        spot = chance.randrange(len(piece))
        quick, slow = both(piece[:spot] + chance.choice("\t :-?,[]{}#&*!|>'\"%@`é\r\n") + piece[spot + chance.randrange(3) :], monkeypatch)
        assert quick == slow
        monkeypatch.undo()


def test_a_definition_is_read_by_libyaml_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert trees.LIBYAML, "the wheels of pyyaml bring it"
    monkeypatch.setattr(trees.yaml, "BaseLoader", None)
    for path in CONFIGS:
        assert tree_of(path.read_bytes(), path.name).problems == []
