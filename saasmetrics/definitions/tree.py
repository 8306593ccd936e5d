"""YAML text → plain data with the place of every key and value; refuses what YAML would silently change.

Plain scalars are text unless they spell `true`, `false`, `null` (also `~` and nothing), a whole number without leading
zeros, or a plain decimal, which stays exact: `no`, `yes`, `on`, 00123, 22:30, 1_000, 1e5 and 2026-01-01 are text.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import yaml as pyyaml  # type: ignore[import-untyped, unused-ignore]

from saasmetrics.messages import Problem

yaml: Any = pyyaml  # holds with and without its stubs
LIBYAML = yaml.cyaml.CParser if yaml.__with_libyaml__ else None  # a tenth of the time
LARGEST, DEEPEST, MOST_NODES = 256 * 1024, 32, 10_000
Place = tuple[int, int]
Path = tuple[str | int, ...]

WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}
WHOLE = re.compile(r"0|-?[1-9][0-9]{0,37}")
DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,37})\.[0-9]{1,38}")
SWALLOWED = re.compile(r"[ \t]+#(?=[^\s#!])")
SURROGATE = re.compile("[\ud800-\udfff]")
READ_OTHERWISE = re.compile(  # by libyaml: tabs, `?`, odd line ends, documents, remarks after | and >, empty values in { }
    r"^(?![ ]*#).*[\t?]|[\ufeff\x85\u2028\u2029]|\r(?!\n)|^(---|%)|[|>].*#|:\s*(#.*\n\s*)*[],}]", re.MULTILINE
)


@dataclass
class Tree:
    """What the text says, and where."""

    file: str
    data: Any = None
    places: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def complain(self, code: str, message: str, place: Place) -> None:
        self.problems.append(Problem(code, message, self.file, *place))

    def warn(self, code: str, message: str, place: Place) -> None:
        self.warnings.append(Problem(code, message, self.file, *place, severity="warning"))


class StopError(Exception):
    """The text is not worth reading on."""

    def __init__(self, code: str, message: str, place: Place) -> None:
        super().__init__(message)
        self.code, self.message, self.place = code, message, place


def parse(content: bytes, file: str) -> Tree:
    """Reads all that can be read; what is wrong is in `problems`."""
    tree = Tree(file)
    try:
        text = _decoded(content)
        node = _composed(text, tree)
        if node is not None:
            _Walk(tree, text).value(node, ())
    except StopError as stop:
        tree.complain(stop.code, stop.message, stop.place)
    return tree


def plain(text: str) -> Any:
    """The meaning of a scalar written without quotes."""
    if text in WORDS:
        return WORDS[text]
    if WHOLE.fullmatch(text):
        return int(text)
    return Decimal(text) if DECIMAL.fullmatch(text) else text


def _decoded(content: bytes) -> str:
    if len(content) > LARGEST:
        raise StopError("SM105", f"the definition file is larger than {LARGEST // 1024} KiB", (1, 1))
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise StopError("SM102", "looks like UTF-16; save it as UTF-8", (1, 1))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8-sig", "replace")
        raise StopError("SM102", "not UTF-8; save it as UTF-8", _at(before, len(before))) from None
    if "\0" in text:
        raise StopError("SM102", "holds a NUL byte; remove it", _at(text, text.index("\0")))
    return text


def _at(text: str, index: int) -> Place:
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def _composed(text: str, tree: Tree) -> Any:
    """By libyaml what it reads without a complaint; whatever is wrong is told by the parser that says it better."""
    if LIBYAML and not READ_OTHERWISE.search(text):
        trial = Tree(tree.file)
        with suppress(StopError, yaml.YAMLError, ValueError, OverflowError):
            node = StrictComposer(LIBYAML(text), trial).get_single_node()
            if not trial.problems:
                return node
    return _in_python(text, tree)


def _in_python(text: str, tree: Tree) -> Any:
    loader = None
    try:
        loader = yaml.BaseLoader(text)
        return StrictComposer(loader, tree).get_single_node()
    except yaml.reader.ReaderError as error:
        raise StopError(
            "SM102", f"holds the control character U+{error.character:04X}; remove it", _at(text, error.position)
        ) from None
    except yaml.MarkedYAMLError as error:
        raise StopError("SM102", _words_of(error), _of(error.problem_mark or error.context_mark)) from None
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        place = _of(loader.get_mark()) if loader else (1, 1)
        raise StopError("SM102", f"not valid YAML here ({type(error).__name__})", place) from None


def _words_of(error: Any) -> str:
    words = [part for part in (error.problem, error.context) if part]
    return f"not valid YAML: {', '.join(words)}; indent with spaces, quote texts that hold `: ` or ` #`"


def _of(mark: Any) -> Place:
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


class StrictComposer(yaml.composer.Composer):  # type: ignore[misc]
    """From the events of a parser to nodes, constructing nothing; bounded, without anchors, aliases and tags."""

    def __init__(self, parser: Any, tree: Tree) -> None:
        super().__init__()
        self.tree, self.depth, self.nodes = tree, 0, 0
        self.check_event, self.peek_event, self.get_event = parser.check_event, parser.peek_event, parser.get_event

    def descend_resolver(self, parent: Any, index: Any) -> None:
        """No kind is read off a path."""

    def ascend_resolver(self) -> None:
        """Nor off where it ends."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> None:
        """What a scalar means is said by `plain`."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()
        self._bound(event)
        if isinstance(event, yaml.AliasEvent):
            self.tree.complain(
                "SM103", f"alias *{event.anchor} is not allowed; write the value out", _of(event.start_mark)
            )
            self.get_event()
            return yaml.ScalarNode("", "", event.start_mark, event.end_mark)
        self._strip(event)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def _bound(self, event: Any) -> None:
        self.nodes += 1
        if self.depth >= DEEPEST:
            raise StopError("SM105", f"nested deeper than {DEEPEST} levels", _of(event.start_mark))
        if self.nodes > MOST_NODES:
            raise StopError("SM105", f"more than {MOST_NODES} keys and values", _of(event.start_mark))

    def _strip(self, event: Any) -> None:
        """Refuses an anchor or a tag, and goes on as if it were not there."""
        place = _of(event.start_mark)
        if event.anchor:
            self.tree.complain("SM103", f"anchor &{event.anchor} is not allowed; write the value out each time", place)
        if event.tag:
            self.tree.complain("SM103", f"tag {event.tag} is not allowed; write plain values", place)
        event.anchor = event.tag = None


class _Walk:
    """From nodes to data, noting places; each method returns plain data."""

    def __init__(self, tree: Tree, text: str) -> None:
        self.tree, self.text = tree, text

    def value(self, node: Any, path: Path) -> Any:
        """Collections are placed at their key, scalars and items at themselves."""
        if isinstance(node, yaml.ScalarNode) or path not in self.tree.places:
            self.tree.places[path] = _of(node.start_mark)
        data = self._any(node, path)
        if not path:
            self.tree.data = data
        return data

    def _any(self, node: Any, path: Path) -> Any:
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, number)) for number, item in enumerate(node.value)]
        return self._mapping(node, path)

    def _mapping(self, node: Any, path: Path) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = self._key(key_node)
            if key is not None:
                self._place(key, (*path, key), made, _of(key_node.start_mark))
                made[key] = self.value(value_node, (*path, key))
        return made

    def _place(self, key: str, path: Path, made: dict[str, Any], place: Place) -> None:
        if key in made:
            line = self.tree.keys[path][0]
            self.tree.complain("SM104", f"key '{key}' is written twice, first on line {line}; remove one", place)
        self.tree.keys[path] = self.tree.places[path] = place

    def _key(self, node: Any) -> str | None:
        key = self._scalar(node) if isinstance(node, yaml.ScalarNode) else None
        if isinstance(key, str) and (key != "<<" or node.style):
            return key
        if key == "<<":
            message = "merge key << is not allowed; write the keys out"
        else:
            written = node.value if isinstance(node, yaml.ScalarNode) else "a list or mapping"
            message = f"key {written or 'left empty'} is not text; put it in quotes"
        self.tree.complain("SM103", message, _of(node.start_mark))
        return None

    def _scalar(self, node: Any) -> Any:
        if SURROGATE.search(node.value):
            self.tree.complain("SM102", "holds half a character; write it out", _of(node.start_mark))
        if node.style:
            return node.value
        swallowed = SWALLOWED.match(self.text, node.end_mark.index)
        if swallowed:
            self._warn_of_comment(node, swallowed.end() - 1)
        return plain(node.value)

    def _warn_of_comment(self, node: Any, start: int) -> None:
        comment = self.text[start : start + 30].split()[0]
        place = (node.end_mark.line + 1, node.end_mark.column + 1 + start - node.end_mark.index)
        message = f"{comment} is read as a comment; quote the value if it belongs to it, else write '# ' with a space"
        self.tree.warn("SM122", message, place)
