"""The lock: what every part of a definition meant when it was last agreed on, in a small text file beside it.

    saasmetrics.yml → saasmetrics.lock, accounting.yaml → accounting.lock

It is written by `lock`, committed with the definition and compared by `check --locked`. A change of meaning needs an
entry under `changes` with a higher revision and its reason; without one it is a slip, or a number that drifts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from saasmetrics.definitions import tree
from saasmetrics.definitions.dump import plain_yaml
from saasmetrics.definitions.fingerprint import fingerprint
from saasmetrics.definitions.parts import RULES, changed, parts
from saasmetrics.definitions.read import Loaded
from saasmetrics.messages import Problem, refuse

FORMAT = 1
HEAD = "# Written by `saasmetrics lock`; commit it beside the definition. `saasmetrics check --locked` compares the two.\n"
Part = tuple[str, ...]


@dataclass(frozen=True)
class Lock:
    """What was agreed on: by which revision, with which code, and the numbers that it gave."""

    revision: int
    definition: str
    parts: Mapping[Part, str]
    version: str = ""
    code: Mapping[str, str] = field(default_factory=dict)
    golden: Mapping[str, Any] = field(default_factory=dict)


def path_of(definition: Path) -> Path:
    """Where the lock of a definition file is."""
    return definition.with_suffix(".lock")


def current(loaded: Loaded, version: str, code: Mapping[str, str], golden: Mapping[str, Any]) -> Lock:
    """The lock of a definition as it is."""
    d = loaded.definition
    return Lock(d.revision, fingerprint(d), parts(d), version, code, golden)


def written(lock: Lock) -> str:
    """The text of the file: the same lock, the same bytes."""
    told: dict[str, Any] = {"lock": FORMAT, "revision": lock.revision, "definition": lock.definition, "parts": _nested(lock.parts)}
    told |= {"saasmetrics": lock.version, "code": dict(lock.code)} | ({"golden": dict(lock.golden)} if lock.golden else {})
    return HEAD + plain_yaml(told)


def read(path: Path) -> Lock | None:
    """The lock in a file, None when there is none."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        refuse("SM101", f"cannot be opened: {error.strerror or error}", str(path))
    found = tree.parse(content, str(path))
    data = found.data if isinstance(found.data, dict) else {}
    if found.problems or data.get("lock") != FORMAT or not isinstance(data.get("parts"), dict):
        refuse("SM102", "is no lock that this version can read; remove it and run `saasmetrics lock` again", str(path))
    return Lock(data["revision"], str(data["definition"]), dict(_flat(data["parts"])), str(data["saasmetrics"]), data.get("code", {}), data.get("golden", {}))


def drift(loaded: Loaded, lock: Lock) -> Iterator[Problem]:
    """Every part whose meaning is another one than in the lock, unless a higher revision says why."""
    now = parts(loaded.definition)
    moved = changed(lock.parts, now)
    if moved and loaded.definition.revision > lock.revision:
        message = f"the lock is of revision {lock.revision}, the file of {loaded.definition.revision}; run `saasmetrics lock` and commit the lock"
        yield Problem("SM682", message, str(loaded.path), *loaded.place("changes", len(loaded.definition.changes) - 1), severity="warning")
        return
    rules = [name for kind, *name in sorted({*lock.parts, *now}) if kind == RULES and lock.parts.get((kind, *name)) != now.get((kind, *name))]
    for path in (path for path in moved if path[0] != "tables" or path[1:2] not in moved):
        by = f" (rule {', '.join(name[0] for name in rules)})" if rules else ""
        yield Problem("SM681", f"{_what(path, lock.parts, now)}{by}; {_remedy(lock)}", str(loaded.path), *loaded.place(*_place(path)))


def _what(path: Part, before: Mapping[Part, str], now: Mapping[Part, str]) -> str:
    name = ".".join(path)
    if path not in now:
        return f"{name} is gone since the lock"
    return f"{name} means something else than in the lock" if path in before else f"{name} is new since the lock"


def _remedy(lock: Lock) -> str:
    return f"tell why under changes: {{revision: {lock.revision + 1}, effective: the day, why: the reason}}"


def _place(path: Part) -> Part:
    """A table's settings stand in the block of its chapter, and are told with it."""
    return path[1:2] if path[0] == "tables" else path


def _nested(found: Mapping[Part, str]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for (block, *rest), letters in sorted(found.items()):
        if rest:
            made.setdefault(block, {})[".".join(rest)] = letters
        else:
            made[block] = letters
    return made


def _flat(data: Mapping[str, Any]) -> Iterator[tuple[Part, str]]:
    for block, inner in data.items():
        if isinstance(inner, Mapping):
            yield from (((block, *_split(block, name)), str(letters)) for name, letters in inner.items())
        else:
            yield (block,), str(inner)


def _split(block: str, name: str) -> Part:
    """A name may hold points: only those of tables, and the tiers of a workflow, are two words."""
    if block == "tables":
        return tuple(name.split(".", 1))
    return (name.removesuffix(".tiers"), "tiers") if block == "workflows" and name.endswith(".tiers") else (name,)
