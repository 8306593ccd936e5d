"""The keys of the definition file, block by block, from its JSON Schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from saasmetrics.definitions.schema import label, schema
from saasmetrics.reference import Block, Grid, Heading, Prose

REF = "#/definitions/"
KINDS = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false", "null": ""}


def keys() -> Iterator[Block]:
    """The keys of the file itself, then those of each block."""
    told = schema()
    yield Prose("Editors complete and check the file with `saasmetrics schema`. A key that is left out keeps its default.")
    yield _grid(told)
    for name, block in sorted(told["definitions"].items()):
        if "properties" in block:
            yield Heading(label(name), 2, name)
            yield Prose(block.get("description", "").partition("\n\n")[0].replace("\n", " "))
            yield _grid(block)


def _grid(block: Mapping[str, Any]) -> Grid:
    needed = block.get("required", ())
    rows = [(f"`{name}`", kind(told), "required" if name in needed else _default(told), told.get("description", "")) for name, told in block["properties"].items()]
    return Grid(("key", "fits", "default", "meaning"), rows)


def kind(told: Mapping[str, Any]) -> str:
    """What fits, in a few words; a block is a link to its keys."""
    if "$ref" in told:
        name = told["$ref"].removeprefix(REF)
        return f"[{label(name)}](definition#{name})"
    for word in ("allOf", "anyOf", "oneOf"):
        if word in told:
            return " or ".join(dict.fromkeys(filter(None, map(kind, told[word]))))
    if "enum" in told or "const" in told:
        return " or ".join(f"`{value}`" for value in told.get("enum", [told.get("const")]))
    return _plain(told)


def _plain(told: Mapping[str, Any]) -> str:
    shape = told.get("type", "")
    if "pattern" in told:
        return "a length such as `14d`" if "[wd" in told["pattern"] else "text"
    if shape == "array":
        return f"list of {kind(told.get('items', {})) or 'values'}"
    if shape == "object":
        inner = told.get("additionalProperties")
        return f"name → {kind(inner) or 'value'}" if isinstance(inner, Mapping) else "mapping"
    return " or ".join(filter(None, (KINDS.get(one, one) for one in ([shape] if isinstance(shape, str) else shape))))


def _default(told: Mapping[str, Any]) -> str:
    value = told.get("default")
    if value in (None, "", []):
        return ""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value).lower() if isinstance(value, bool) else str(value)
