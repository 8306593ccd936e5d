"""What one definition says and another does not, in words: one line for each value that changed the meaning of a part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from saasmetrics import catalog
from saasmetrics.definitions.blocks import Block, extended
from saasmetrics.definitions.fingerprint import NO_MEANING
from saasmetrics.definitions.model import Definition
from saasmetrics.definitions.parts import RULES, Path, changed, parts

NOTHING = "–"
STEPS: Path = ("activation", "steps")


class Difference(NamedTuple):
    """One value: where it stands, and what it was and is; a list as what is gone and what is new."""

    place: str
    old: str
    new: str


def differences(old: Definition, new: Definition) -> list[Difference]:
    """Only what changes a meaning: other spellings of the same are passed over. Rules come first, as others stand on them."""
    before, after = parts(old), parts(new)
    moved = [path for path in changed(before, after) if path[0] != "tables"]
    one, two = _leaves(old), _leaves(new)
    found: list[Difference] = []
    for path in [*_rules(before, after), *moved]:
        found += [line for line in (*_part(path, one, two), *_order(path, one, two)) if line not in found]
    return found


def _rules(before: Mapping[Path, str], after: Mapping[Path, str]) -> list[Path]:
    """The rules that match other events; one that only has another name is no change."""
    known = [{letters for path, letters in side.items() if path[0] == RULES} for side in (before, after)]
    named = [path for path in sorted({*before, *after}) if path[0] == RULES and before.get(path) != after.get(path)]
    return [path for path in named if not (path not in after and before[path] in known[1]) and not (path not in before and after[path] in known[0])]


def _part(path: Path, old: Mapping[Path, Any], new: Mapping[Path, Any]) -> Iterator[Difference]:
    """A part that is only in one of the two is one line; tiers are a part of their own."""
    here = [at for at in dict.fromkeys([*old, *new]) if at[: len(path)] == path and (len(path) == 3 or "tiers" not in at[2:3])]
    if not any(at in old for at in here) or not any(at in new for at in here):
        gone = any(at in old for at in here)
        yield Difference(".".join(path), _whole(old, here) if gone else NOTHING, NOTHING if gone else _whole(new, here))
        return
    for at in here:
        if old.get(at) != new.get(at):
            yield Difference(".".join(at), *_shown(old.get(at), new.get(at)))


def _order(path: Path, old: Mapping[Path, Any], new: Mapping[Path, Any]) -> Iterator[Difference]:
    """Names that both have, in another order, where the order counts: tiers, activation steps."""
    place = STEPS if path == STEPS[:1] else path
    if place == STEPS or place[2:] == ("tiers",):
        one, two = (list(dict.fromkeys(at[len(place)] for at in side if at[: len(place)] == place and len(at) > len(place))) for side in (old, new))
        if [name for name in one if name in two] != [name for name in two if name in one]:
            yield Difference(".".join(place), ", ".join(one), ", ".join(two))


def _whole(leaves: Mapping[Path, Any], here: list[Path]) -> str:
    told = [f"{at[-1]} {_text(leaves[at])}" for at in here if at in leaves and leaves[at] not in (None, (), False)]
    return ", ".join(told[:4]) + ", …" * (len(told) > 4)


def _shown(old: Any, new: Any) -> tuple[str, str]:
    if isinstance(old, tuple) and isinstance(new, tuple) and {*old} != {*new}:
        gone, more = ([value for value in one if value not in other] for one, other in ((old, new), (new, old)))
        return ", ".join(f"− {_text(value)}" for value in gone) or NOTHING, ", ".join(f"+ {_text(value)}" for value in more) or NOTHING
    return _text(old), _text(new)


def _text(value: Any) -> str:
    if value is None or value == ():
        return NOTHING
    if isinstance(value, tuple):
        return ", ".join(map(_text, value))
    if isinstance(value, bool):
        return str(value).lower()
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _leaves(definition: Definition) -> dict[Path, Any]:
    """Place → value, with the defaults, without where the data are and how the file is looked after."""
    data = definition.model_dump(exclude={*NO_MEANING})
    told = {path: value for path, value in _flat(data, ()) if path[-1] != "files" and path != ("sources", "events", "table")}
    return {path: value for path, value in _usual() if path[:1] not in told} | told


def _usual() -> Iterator[tuple[Path, Any]]:
    """The settings of tables, as they are where no block tells them."""
    for folder in catalog.folders():
        yield from (((folder, name), field.default) for name, field in extended(Block, folder).model_fields.items())


def _flat(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _flat(inner, (*path, str(key)))
    elif isinstance(value, list | tuple):
        yield path, tuple(tuple(item.items()) if isinstance(item, Mapping) else item for item in value)
    elif not isinstance(value, Mapping):
        yield path, value


