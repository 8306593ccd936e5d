"""Finds the rooms (tables) and facts, and reads their text without importing them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

HOME = Path(__file__).parent
QUOTES = '"""'
HEAD = re.compile(r"^def \w+\((?:.*\) -> .*:|\n(?:    .*\n)+\) -> .*:)(?=(?:  # .*)?$)", re.MULTILINE)
BY_ACCOUNT = re.compile(r"^account +key\b", re.MULTILINE)
UNITS = ("key", "label", "text", "date", "time", "count", "share", "ratio", "days", "money", "score", "number", "flag", "list")
PARTS = ("share", "ratio")  # of something, shown in per cent: a share lies between 0 and 1, a ratio anywhere
MEASURED = (*PARTS, "number", "days", "money", "score", "count")  # units of numbers


class Column(NamedTuple):
    """One declared column: its unit decides how it is shown and what laws it obeys."""

    name: str
    unit: str
    meaning: str


class Setting(NamedTuple):
    """One keyword-only parameter of a room: the text of its type and its default."""

    name: str
    annotation: str
    default: object


class Example(NamedTuple):
    """One worked example: input tables by fact name (or `events`), and the table they become, all as text."""

    title: str
    given: dict[str, str]
    becomes: str
    settings: str


@dataclass(frozen=True)
class Room:
    """One file that makes one table (or one fact): what its docstring and signature say."""

    folder: str
    name: str
    path: Path
    docstring: str
    needs: tuple[str, ...]
    settings: dict[str, Setting]

    @property
    def key(self) -> str:
        return f"{self.folder}.{self.name}"

    @property
    def module(self) -> str:
        return ".".join(("saasmetrics", *self.path.relative_to(HOME).with_suffix("").parts))

    @cached_property
    def title(self) -> str:
        return self.docstring.split("\n## ", 1)[0].split("\n\n", 1)[0].replace("\n", " ").strip()

    @cached_property
    def sections(self) -> dict[str, str]:
        """Heading → text, in the order written."""
        return _sections(self.docstring)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        return tuple(_columns(self.sections.get("Columns", ""), self.path))

    @property
    def keys(self) -> list[str]:
        return [column.name for column in self.columns if column.unit == "key"]

    @cached_property
    def covers(self) -> tuple[str, ...]:
        return tuple(self.sections.get("Covers", "").split())

    @property
    def behind(self) -> str:
        """The table that shows the same account by account; empty where this one does."""
        return self.sections.get("Account by account", "").strip()

    @property
    def headline(self) -> str:
        """The column that leads, of which the table is asked by one number; empty where the rate does, or the first number."""
        return self.sections.get("Headline", "").strip()

    def told_of(self, setting: str) -> list[str]:
        """What can be chosen, and what it means."""
        choices = re.findall(r"'([^']+)'", self.settings[setting].annotation)
        return [f"one of {', '.join(choices)}"] * bool(choices) + self.meaning_of(setting)

    def meaning_of(self, setting: str) -> list[str]:
        """Where the text speaks of a setting: the columns that it decides, other than one of its name, else the sentences that name it."""
        prose = " ".join(self.sections.get(heading, "") for heading in ("Why", "Limits")).replace("\n", " ")
        columns = [f"{column.name}: {column.meaning}" for column in self.columns if column.name != setting]
        sentences = re.split(r"(?<=\.) (?=[A-Z`]|[a-z_]+: )", prose)
        marked, bare = rf"`{setting}`|\({setting}\)|\b{setting}:", rf"(?<![\w-]){setting}(?![\w-])"
        patterns = (marked, bare) if len(columns) == len(self.columns) else (marked,)
        found = ([text for text in texts if re.search(pattern, text)] for pattern in patterns for texts in (columns, sentences))
        return next(filter(None, found), [])[:2]

    @cached_property
    def picture(self) -> list[str]:
        """How a terminal shades the table, for instance `triangle cohort period rate`."""
        return self.sections.get("Picture", "").split()

    @cached_property
    def examples(self) -> tuple[Example, ...]:
        marked = ((h, t) for h, t in self.sections.items() if h.startswith("Example:"))
        return tuple(_example(heading[8:].strip(), text) for heading, text in marked)


@dataclass(frozen=True)
class Check(Room):
    """One rule of good definition: what is wrong, how bad it is, a definition that fails it and one that passes."""

    @property
    def code(self) -> str:
        return self.sections["Code"].split()[0]

    @property
    def severity(self) -> str:
        return self.sections["Code"].split()[1]

    @property
    def remedy(self) -> str:
        return " ".join(self.sections["Remedy"].split())


def folders() -> dict[str, str]:
    """Folder of metrics → its one-line description, in the order of the alphabet; reads no room."""
    homes = sorted(path.parent for path in (HOME / "metrics").glob("*/__init__.py"))
    return {home.name: _chapter(home).partition("\n## ")[0].strip() for home in homes}


def leading(folder: str) -> list[str]:
    """The tables that answer the question of the folder: they come first, and alone on a screen."""
    return _sections(_chapter(HOME / "metrics" / folder)).get("Leads with", "").split()


def timing(folder: str) -> str:
    """`leading` where its tables move before revenue and churn do, `lagging` where they tell what has happened."""
    return _sections(_chapter(HOME / "metrics" / folder)).get("Timing", "leading").strip()


@cache
def rooms_in(folder: str) -> dict[str, Room]:
    """The tables of one folder of metrics, by their short name: the leading ones, then totals before accounts."""
    leads = leading(folder)
    places = {name: place for place, name in enumerate(leads)}
    every = sorted(_rooms(HOME / "metrics" / folder, folder), key=lambda room: (places.get(room.name, len(leads)), bool(BY_ACCOUNT.search(room.docstring)), room.name))
    return {room.name: room for room in every}


@cache
def _chapter(home: Path) -> str:
    return _told((home / "__init__.py").read_text("utf-8"))


def rooms() -> dict[str, Room]:
    """Every table, by its key such as `activation.rate`."""
    return {room.key: room for folder in folders() for room in rooms_in(folder).values()}


@cache
def facts() -> dict[str, Room]:
    """Every fact, by its name."""
    return {room.name: room for room in _rooms(HOME / "facts", "facts")}


@cache
def checks() -> dict[str, Check]:
    """Every rule of good definition, by its code."""
    found = [Check(**vars(room)) for room in _rooms(HOME / "rules", "check")]
    return {check.code: check for check in sorted(found, key=lambda check: check.code)}


def coverage() -> dict[str, str]:
    """Catalogue id → home, over all rooms, lint rules and commands; a second home for one id is an error."""
    homes: dict[str, str] = {}
    for room in [*rooms().values(), *_others()]:
        for ident in room.covers:
            if homes.setdefault(ident, room.key) != room.key:
                raise ValueError(f"{ident} has two homes: {homes[ident]} and {room.key}")
    return dict(sorted(homes.items(), key=lambda item: (item[0].rstrip("0123456789"), item[0])))


def _others() -> Iterator[Room]:
    """What covers ids and is no room: the rules of good definition, and commands that read off several tables."""
    yield from checks().values()
    for path in sorted((HOME / "commands").glob("*.py")):
        yield Room("command", path.stem, path, _told(path.read_text("utf-8")), (), {})


def _sections(docstring: str) -> dict[str, str]:
    pieces = re.split(r"^## +(.+)$", docstring, flags=re.M)
    return {heading.strip(): text.strip("\n") for heading, text in zip(pieces[1::2], pieces[2::2], strict=True)}


def _rooms(home: Path, folder: str) -> Iterator[Room]:
    for path in sorted(home.rglob("*.py"), key=lambda path: path.stem):
        if not path.name.startswith("_"):
            text = path.read_text("utf-8")
            made = _function(text, path.stem)
            if made is not None:
                yield _room(folder, path, _told(text), made)


def _told(text: str) -> str:
    """The docstring of a file."""
    return text[3 : text.find(QUOTES, 3)].strip() if text.startswith(QUOTES) else ""


def _function(text: str, name: str) -> ast.FunctionDef | None:
    """A function by its head, which is all that is asked of it: reading code takes time."""
    head = HEAD.match(text, text.find(f"\ndef {name}(") + 1)
    tree = ast.parse(f"{head.group()}\n    pass\n" if head else text)
    return next((n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == name), None)


def _room(folder: str, path: Path, docstring: str, made: ast.FunctionDef) -> Room:
    settings = {
        arg.arg: Setting(arg.arg, _annotation(arg), ast.literal_eval(default))
        for arg, default in zip(made.args.kwonlyargs, made.args.kw_defaults, strict=True)
        if default is not None
    }
    return Room(folder, path.stem, path, docstring, tuple(arg.arg for arg in made.args.args), settings)


def _annotation(arg: ast.arg) -> str:
    """The text of its type; most are a single word, which is quicker."""
    return arg.annotation.id if isinstance(arg.annotation, ast.Name) else ast.unparse(arg.annotation) if arg.annotation else "object"


def _columns(text: str, path: Path) -> Iterator[Column]:
    for line in filter(str.strip, text.splitlines()):
        if line.startswith(" "):
            continue
        name, unit, *meaning = line.split(None, 2)
        if unit not in UNITS:
            raise ValueError(f"{path}: column {name} has unit {unit!r}; units are {' '.join(UNITS)}")
        yield Column(name, unit, meaning[0] if meaning else "")


def _example(title: str, text: str) -> Example:
    before, _, after = text.partition("\nbecomes\n")
    blocks = re.split(r"^(\w+):$", before, flags=re.M)
    settings = next((line[len("with ") :] for line in before.splitlines() if line.startswith("with ")), "")
    given = {name: rows.strip("\n") for name, rows in zip(blocks[1::2], blocks[2::2], strict=True)}
    return Example(title, given, after.strip("\n"), settings)
