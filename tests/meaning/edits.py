"""Edits of a definition file, made systematically: those that keep its meaning, and those that change it."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from saasmetrics.definitions import tree
from saasmetrics.definitions.dump import _Dumper
from saasmetrics.definitions.model import Definition
from saasmetrics.definitions.read import parse
from saasmetrics.definitions.whole import definition_model
from saasmetrics.messages import Refused

ROOT = Path(__file__).parent.parent.parent
CONFIGS = ("accounting", "hr", "logistics", "support", "minimal")
ORDERED = {"tiers", "steps", "meters", "schedules"}  # mappings and lists whose order is a part of the meaning
LENGTH = re.compile(r"([1-9][0-9]*)([wdhm])")
HOURS = {"w": 168, "d": 24, "h": 1}
Edit = tuple[str, Any]  # its name; the file's text, or its data
At = tuple[str | int, ...]


def text_of(name: str) -> str:
    return (ROOT / "configs" / f"{name}.yaml").read_text("utf-8")


def data_of(text: str) -> Any:
    return tree.parse(text.encode(), "d.yaml").data


def emitted(data: Any, **options: Any) -> str:
    return str(yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, **{"width": 120, **options}))


def walk(data: Any, at: At = ()) -> Iterator[tuple[At, Any]]:
    yield at, data
    inner = data.items() if isinstance(data, Mapping) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inner:
        yield from walk(value, (*at, key))


def put(data: Any, at: At, value: Any) -> Any:
    """A copy with another value at a place; `...` takes the key away."""
    made = copy.deepcopy(data)
    spot = made
    for key in at[:-1]:
        spot = spot.setdefault(key, {}) if isinstance(spot, dict) else spot[key]
    if value is ...:
        del spot[at[-1]]
    else:
        spot[at[-1]] = value
    return made


def written(made: Any) -> str:
    return made if isinstance(made, str) else emitted(made)


@cache
def read(text: str) -> Definition | None:
    """The definition, None when the text is none."""
    try:
        return parse(text.encode(), Path("d.yaml")).definition
    except Refused:
        return None


def understood(made: Any) -> Definition | None:
    """As `read`, of plain data without the way through its text, which takes ten times as long."""
    if isinstance(made, str):
        return read(made)
    try:
        return definition_model().model_validate(made)
    except ValidationError:
        return None


def in_full(text: str) -> Definition | None:
    """As `read`, with the settings of blocks that the text does not have."""
    definition = read(text)
    return definition and understood(tree.parse(text.encode(), "d.yaml").data)


def said(at: At) -> str:
    return ".".join(map(str, at))


def keeping(text: str) -> Iterator[Edit]:
    """Every edit that means the same, with its name."""
    data = data_of(text)
    for makers in (layouts, styles, orders, repeats, spellings, defaults, rules):
        yield from ((f"{makers.__name__}: {name}", made) for name, made in makers(text, data))


def layouts(text: str, data: Any) -> Iterator[Edit]:
    lines = text.splitlines()
    yield "remarks", "\n".join(f"# a remark\n{line}" for line in lines)
    yield "no remarks", re.sub(r"(?m)(^|\s+)# .*$", "", text)
    yield "blank lines", "\n\n".join(lines) + "\n\n\n"
    yield "line ends of Windows", text.replace("\n", "\r\n")
    yield "byte order mark", "\ufeff" + text
    yield "blanks at line ends", "\n".join(line + "  " for line in lines)
    yield "no last line end", text.rstrip("\n")
    yield "document start", "---\n" + text


def styles(text: str, data: Any) -> Iterator[Edit]:
    yield "block", emitted(data, default_flow_style=False)
    yield "flow", emitted(data, default_flow_style=True)
    yield "wide", emitted(data, width=10_000)
    yield "narrow", emitted(data, width=20)
    yield "deep", emitted(data, indent=8)
    yield "escaped", emitted(data).encode("ascii", "backslashreplace").decode() if emitted(data).isascii() else emitted(data)
    yield "json", json.dumps(data, default=lambda value: float(value), indent=1)
    for at, value in walk(data):
        if isinstance(value, str) and "'" not in value and re.fullmatch(r"[a-z_]+", value):
            key = re.escape(str(at[-1]))
            for quote in "'\"":
                made = re.sub(rf"(?m)((?:^|[\s{{,]){key}: ){re.escape(value)}(?=\s*(?:[,}}]|$|#))", rf"\g<1>{quote}{value}{quote}", text, count=1)
                if made != text:
                    yield f"{quote} at {said(at)}", made


def orders(text: str, data: Any) -> Iterator[Edit]:
    for at, value in walk(data):
        if isinstance(value, dict) and len(value) > 1 and not ORDERED & {*at[-1:]} and (at != ("workflows",) or "north_star" in data):
            turned = dict(reversed(value.items()))
            yield f"keys of {said(at) or 'the file'}", put(data, at, turned) if at else turned
        if isinstance(value, list) and len(value) > 1 and not ORDERED & {*at[-1:]} and at[0] != "changes":
            yield f"list {said(at)}", put(data, at, value[::-1])


def repeats(text: str, data: Any) -> Iterator[Edit]:
    for at, value in walk(data):
        if isinstance(value, list) and not ORDERED & {*at} - {"tiers"} and at[0] != "changes" and all(isinstance(item, str) for item in value):
            yield f"twice in {said(at)}", put(data, at, [*value, value[0]])


def spellings(text: str, data: Any) -> Iterator[Edit]:
    for at, value in list(walk(data))[1:]:
        for name, other in _spelt(at, value):
            yield f"{name} at {said(at)}", put(data, at, other)


def _spelt(at: At, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, str) and (found := LENGTH.fullmatch(value)) and found[2] in HOURS:
        yield "hours", f"{int(found[1]) * HOURS[found[2]]}h"
        yield "minutes", f"{int(found[1]) * HOURS[found[2]] * 60}m"
        if found[2] == "d":
            yield "a number of days", int(found[1])
    if isinstance(value, str) and at[-1] in ("event", "roles", "plans", "logins", "page_views", "files", "at", "segments", "workflows", "features") or len(at) > 1 and at[-2] in ("tiers", "roles"):
        yield "a list of one", [value] if isinstance(value, str) else value
    if "where" in at or at[0] == "internal":
        if isinstance(value, str | Decimal | int) and not isinstance(value, bool) and at[-2] in ("where", "accounts", "users"):
            yield "eq", {"eq": value}
            yield "in", {"in": [value]}
        if at[-1] == "eq":
            yield "in", {"in": [value]}
    if isinstance(value, int) and not isinstance(value, bool) and "where" in at:
        yield "decimals", Decimal(f"{value}.00")
    if isinstance(value, Decimal):
        yield "a further zero", Decimal(f"{value}0")


def defaults(text: str, data: Any) -> Iterator[Edit]:
    """Each default of each block, written out."""
    for at, name, value in _unset(in_full(text), ()):
        yield f"{said((*at, name))}", put(data, (*at, name), value)


def _unset(block: BaseModel, at: At) -> Iterator[tuple[At, str, Any]]:
    dumped = block.model_dump(exclude_none=True, exclude_defaults=False)
    for name in type(block).model_fields:
        inner = getattr(block, name)
        if name not in block.model_fields_set and name in dumped and not isinstance(inner, BaseModel):
            yield at, name, _plain(dumped[name])
        elif isinstance(inner, BaseModel):
            yield from _unset(inner, (*at, name))
        elif isinstance(inner, Mapping):
            for key, one in inner.items():
                if isinstance(one, BaseModel):
                    yield from _unset(one, (*at, name, key))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple | list) else value


def rules(text: str, data: Any) -> Iterator[Edit]:
    """Rules under other names, bare events as rules."""
    yield "an unused one", put(data, ("rules", "never_used"), {"event": "nothing"})
    for name in data.get("rules", {}):
        renamed = {f"other_{key}" if key == name else key: rule for key, rule in data["rules"].items()}
        made = put(data, ("rules",), renamed)
        for at in [at for at, value in list(walk(data))[1:] if value == name and _refers(at)]:
            made = put(made, at, f"other_{name}")
        yield f"{name} under another name", made
    for at, value in list(walk(data))[1:]:
        if isinstance(value, str) and _refers(at) and value not in data.get("rules", {}):
            yield f"{said(at)} as a rule", put(put(data, ("rules", "named_now"), {"event": value}), at, "named_now")


REFERRING = {"attempt", "success", "failure", "rule", "also", "logins", "page_views", "help", "dismissed", "refunds", "transactions", "knowledge", "timeout", "retry", "synced", "less"}


def _refers(at: At) -> bool:
    if at[0] in ("rules", "sources", "internal", "roles", "accepted", "changes"):
        return False
    names = [part for part in at if isinstance(part, str)]
    return names[-1] in REFERRING or "tiers" in names[:-1] or (at[0] == "reliability" and names[-1] == "source") or "topics" in names[:-1]


def changing(text: str) -> Iterator[Edit]:
    """Every single change of meaning: another value, a key less, an item less, two tiers or steps exchanged."""
    data = data_of(text)
    for at, value in walk(data):
        if not at or _without_meaning(at):
            continue
        for name, made in _changed(data, at, value):
            yield f"{name.partition(' ')[0]}: {said(at)} {name}", made
    for at, name, value in _unset(in_full(text), ()):
        for other in () if _without_meaning((*at, name)) else _others(value)[:1]:
            yield f"added: {said((*at, name))} {other!r}", put(data, (*at, name), other)


def _changed(data: Any, at: At, value: Any) -> Iterator[tuple[str, Any]]:
    for other in _others(value):
        yield f"changed to {other!r}", put(data, at, other)
    if isinstance(at[-1], str) and not (at[0] == "rules" and len(at) == 2):
        yield "without", put(data, at, ...)
    if isinstance(value, list) and len(value) > 1:
        yield "less", put(data, at, value[:-1])
    if isinstance(value, dict) and len(value) > 1 and at[-1] in ("tiers", "steps"):
        first, second, *rest = value.items()
        yield "exchanged", put(data, at, dict([second, first, *rest]))


def _others(value: Any) -> Sequence[Any]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, str):
        found = LENGTH.fullmatch(value)
        words = {"week": "month", "month": "week", "day": "week", "quarter": "month", "any": "ordered", "ordered": "any", "count": "entities", "setup": "entity",
                 "entity": "setup", "workflow": "setup", "monday": "sunday", "sunday": "monday", "UTC": "Asia/Tokyo"}  # fmt: skip
        return [f"{int(found[1]) + 1}{found[2]}"] if found else [words.get(value, f"{value}x"), f"x{value}"]
    return [value + 1] if isinstance(value, int | Decimal) else []


def _without_meaning(at: At) -> bool:
    """Where the files are, how the file is looked after, the version of the format, rules that nothing uses."""
    return at[0] in ("accepted", "changes", "review_by", "headlines", "version") or at[-1] == "review_by" or (at[0] == "sources" and "files" in at)


def same(one: Definition, two: Definition) -> bool:
    """What is taken away was a default, the usual name of a column, or the north star that is taken anyway."""
    for name in type(one.sources).model_fields:
        here, there = getattr(one.sources, name), getattr(two.sources, name)
        if (here is None) != (there is None) or (here and (here.mapping != there.mapping or here.model_dump(exclude={"columns"}) != there.model_dump(exclude={"columns"}))):
            return False
    apart = {"sources", "north_star"}
    return one.star() == two.star() and one.model_dump(exclude=apart) == two.model_dump(exclude=apart)


def valid(text: str) -> bool:
    return read(text) is not None
