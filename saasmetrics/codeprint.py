"""Fingerprints of the code that computes a table, so that the same definition under other code is noticed.

Comments, blank lines and docstrings are no part of it. A table's own code is its room, the facts it stands on and the helpers
that these import; the engine below (reading, the fold, the book of facts) is the same for all tables.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path

from saasmetrics import catalog
from saasmetrics.catalog import HOME

LENGTH = 12
REMARK = re.compile(r"^\s*#.*$|(?<=[^\s#'\"])\s+# [^'\"]*$")  # none that might stand within a text
COMPUTING = ("facts", "metrics", "sources", "clock", "statistics", "sentences", "tables")
ENGINE = ("tables.py", "facts/_book.py")
READING = ("clock.py", "facts/*.py", "sources/**/*.py")
ALL = ("**/*.py",)


def of_table(room: catalog.Room) -> str:
    """Twelve letters for the code of one table, without the engine."""
    return _letters(_with_helpers([room.path, *(catalog.facts()[name].path for name in _facts(room))]) - _engine())


def of_engine() -> str:
    """Twelve letters for the code below all tables."""
    return _letters(_engine())


def of_reading() -> str:
    """Letters for the code that reads events and makes facts of them, to the byte: quick, and any change counts."""
    return _to_the_byte(READING)


def of_all() -> str:
    """Letters for all of the code, to the byte."""
    return _to_the_byte(ALL)


@cache
def _to_the_byte(patterns: tuple[str, ...]) -> str:
    paths = sorted({path for pattern in patterns for path in HOME.glob(pattern)})
    return sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:LENGTH]


@cache
def _engine() -> frozenset[Path]:
    return frozenset(_with_helpers(HOME / name for name in ENGINE))


def _facts(room: catalog.Room) -> set[str]:
    """The facts that it stands on, and all that these are made of."""
    found: set[str] = set()
    waiting = list(room.needs)
    while waiting:
        name = waiting.pop()
        if name in catalog.facts() and name not in found:
            found.add(name)
            waiting += catalog.facts()[name].needs
    return found


def _with_helpers(paths: Iterable[Path]) -> set[Path]:
    """These files, and what they import of the code that computes."""
    found: set[Path] = set()
    waiting = list(paths)
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += _imported(path)
    return found


@cache
def _imported(path: Path) -> tuple[Path, ...]:
    named = [name for node in _tree(path).body if isinstance(node, ast.ImportFrom) for name in _names(node)]
    homes = [HOME.parent.joinpath(*name.split(".")).with_suffix(".py") for name in named if name.split(".")[1:2] and name.split(".")[1] in COMPUTING]
    return tuple(home for home in homes if home.is_file())


def _names(node: ast.ImportFrom) -> Iterator[str]:
    """`from saasmetrics.facts import _lists` may mean a module or a name in one."""
    if node.module and node.module.partition(".")[0] == "saasmetrics":
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def _letters(paths: Iterable[Path]) -> str:
    told = [f"{path.relative_to(HOME)} {_code(path)}" for path in sorted(paths)]
    return sha256("\n".join(told).encode()).hexdigest()[:LENGTH]


@cache
def _code(path: Path) -> str:
    """The lines of code: no docstrings, no comments, no blank lines."""
    lines = path.read_text("utf-8").splitlines()
    for node in _blocks(_tree(path)):
        told = node.body[0]
        lines[told.lineno - 1 : told.end_lineno] = [""] * ((told.end_lineno or told.lineno) - told.lineno + 1)
    bare = (REMARK.sub("", line).rstrip() for line in lines)
    return "\n".join(line for line in bare if line)


def _blocks(tree: ast.Module) -> Iterator[ast.Module | ast.FunctionDef | ast.ClassDef]:
    """Everything with a docstring."""
    inner = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    for node in (tree, *tree.body, *(one for block in inner for one in block.body)):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node, clean=False) is not None:
            yield node
