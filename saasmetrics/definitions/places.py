"""What pydantic found wrong → problems in our words, each at its place in the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from saasmetrics.definitions.base import shown
from saasmetrics.definitions.tree import Path, Place, Tree
from saasmetrics.messages import Problem, did_you_mean

MOST_GUESSES = 50
Schema = Mapping[str, Any]

PHRASES: dict[str, str] = {
    "greater_than_equal": "{value} is too small; at least {ge}",
    "less_than_equal": "{value} is too large; at most {le}",
    "too_short": "is empty; needs at least {min_length}",
    "tuple_type": "{value} is not a list; write [first, second]",
    "list_type": "{value} is not a list; write [first, second]",
    "dict_type": "{value} is not a mapping; write keys and values",
    "mapping_type": "{value} is not a mapping; write keys and values",
    "model_type": "{value} is not a mapping; write keys and values",
    "model_attributes_type": "{value} is not a mapping; write keys and values",
}


def nearest(places: Mapping[Path, Place], path: Sequence[str | int]) -> Place:
    """The place of the path, or of the nearest ancestor that has one."""
    parts = tuple(path)
    return next((places[parts[:n]] for n in range(len(parts), -1, -1) if parts[:n] in places), (1, 1))


def dotted(path: Sequence[str | int]) -> str:
    """`value.workflows[0]`"""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def problems_of(error: ValidationError, tree: Tree, schema: Callable[[], Schema]) -> Iterator[Problem]:
    """One problem for each finding of the model."""
    guesses = iter(range(MOST_GUESSES))
    for finding in (one for one in error.errors(include_url=False) if _counts(one) and not _repeated(one["loc"], tree)):
        path = _known(finding["loc"], tree)
        if finding["type"] == "extra_forbidden":
            known = known_keys(schema(), path[:-1]) if next(guesses, None) is not None else []
            message = f"{dotted(path)} is not a known key{did_you_mean(str(path[-1]), known)}"
            yield Problem("SM110", message, tree.file, *nearest(tree.keys, path))
        elif finding["type"] == "missing":
            yield _missing((*path, str(finding["loc"][-1])) if path[-1:] != finding["loc"][-1:] else path, tree)
        else:
            yield _unfit(finding, path, tree)


def _counts(finding: Any) -> bool:
    """A list is not short when it is only its items that are wrong."""
    return finding["type"] != "too_short" or not finding["input"]


def _repeated(loc: Path, tree: Tree) -> bool:
    """What a model of a segment takes over from the block around it is found wrong there."""
    return loc[1:2] == ("segments",) and len(loc) > 4 and loc not in tree.places


def _known(loc: Sequence[str | int], tree: Tree) -> Path:
    """The path in the file: without the tags that pydantic puts in for unions and keys."""
    path: Path = ()
    for part in loc:
        if (*path, part) in tree.places:
            path = (*path, part)
    return path


def _missing(path: Path, tree: Tree) -> Problem:
    if path in tree.keys:
        return Problem("SM111", f"{dotted(path)} is empty; write its value", tree.file, *tree.keys[path])
    return Problem("SM111", f"required key {dotted(path)} is missing", tree.file, *nearest(tree.places, path))


def _unfit(finding: Any, path: Path, tree: Tree) -> Problem:
    at_key = finding["loc"][-1:] == ("[key]",)
    place = nearest(tree.keys if at_key else tree.places, path)
    code = finding["type"] if finding["type"].startswith("SM") else "SM112"
    message = f"{dotted(path)}: {message_of(finding)}" if path else message_of(finding)
    return Problem(code, message, tree.file, *place)


def message_of(finding: Any) -> str:
    """What is wrong with the value, in our words."""
    context = finding.get("ctx", {})
    if finding["type"] == "literal_error":
        return _choice(finding["input"], str(context["expected"]))
    phrase = PHRASES.get(finding["type"])
    return phrase.format(value=shown(finding["input"]), **context) if phrase else str(finding["msg"])


def _choice(value: object, expected: str) -> str:
    choices = expected.replace(" or ", ", ").replace("'", "").split(", ")
    near = did_you_mean(value, choices) if isinstance(value, str) else ""
    return f"{shown(value)} is not one of {', '.join(choices)}{near}"


def known_keys(schema: Schema, path: Sequence[str | int]) -> list[str]:
    """The keys that the schema names at a path."""
    return [name for spot in spots(schema, path) for name in spot.get("properties", {})]


def spots(schema: Schema, path: Sequence[str | int]) -> list[Any]:
    """What the schema says of that path: of a mapping, a name that it does not know stands for each of its values."""
    found = list(_resolved(schema, schema))
    for part in path:
        found = [deeper for spot in found for deeper in _step(spot, part, schema)]
    return found


def _step(spot: Schema, part: str | int, schema: Schema) -> Iterator[Schema]:
    inner = spot.get("items") if isinstance(part, int) else spot.get("properties", {}).get(part)
    if inner is None and isinstance(part, str):
        inner = spot.get("additionalProperties")
    if isinstance(inner, Mapping):
        yield from _resolved(inner, schema)


def _resolved(spot: Schema, schema: Schema) -> Iterator[Schema]:
    """The spot itself, or what its reference and alternatives stand for."""
    if "$ref" in spot:
        yield from _resolved(schema["definitions"][spot["$ref"].rsplit("/", 1)[1]], schema)
    for choice in (*spot.get("anyOf", ()), *spot.get("allOf", ())):
        yield from _resolved(choice, schema)
    yield spot
