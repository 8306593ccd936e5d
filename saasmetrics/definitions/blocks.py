"""The settings of the rooms as keys of the definition file.

A room's keyword-only parameters are settings; the block that bears the folder's name accepts those of all its rooms.
Their types are read from the text of the signature, without importing the room: `Days` are whole days, 14 or `2w`, one or
more, a `Delay` may be none, `Duration` is a length such as `36h` in microseconds, a `Share` is from 0 to 1, `Times` are 1 or
more; no number is below 0. `by` belongs to the command line.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Any, Literal, get_origin

from pydantic import Field, create_model

from saasmetrics import catalog
from saasmetrics.definitions.amounts import Amount, Count, Flag, Share, Times
from saasmetrics.definitions.base import Base
from saasmetrics.definitions.durations import Days, Duration, SomeDays
from saasmetrics.definitions.words import Literally

NOT_IN_THE_FILE = {"by"}
LIST: Any = tuple
MAPPING: Any = dict
CHOICE: Any = Literal
KINDS: dict[str, Any] = {
    "int": Count, "float": Amount, "str": Literally, "bool": Flag, "None": None,
    "Days": SomeDays, "Delay": Days, "Duration": Duration, "Share": Share, "Times": Times,
}  # fmt: skip


class Block(Base):
    """The settings of one folder of tables."""


def settings_of(folder: str) -> dict[str, dict[str, catalog.Setting]]:
    """Setting → the rooms that have it, each with its own type and default."""
    found: dict[str, dict[str, catalog.Setting]] = {}
    for room in catalog.rooms_in(folder).values():
        for name, setting in room.settings.items():
            if name not in NOT_IN_THE_FILE:
                found.setdefault(name, {})[room.name] = setting
    return found


def extended(base: type[Base], folder: str) -> type[Base]:
    """The block's own model with the settings of the folder's rooms added; its own keys win."""
    added = {
        name: _field(rooms) for name, rooms in settings_of(folder).items() if name not in base.model_fields
    }
    name = folder.title().replace("_", "") if base is Block else base.__name__
    made: type[Base] = create_model(name, __base__=base, __doc__=base.__doc__, **added) if added else base
    return made


def _field(rooms: Mapping[str, catalog.Setting]) -> Any:
    """Without a default where each table has its own; what it means is told by the schema."""
    kinds = [kind_of(setting) for setting in {setting.annotation: setting for setting in rooms.values()}.values()]
    kind, default = CHOICE[tuple(kinds)] if all(get_origin(kind) is Literal for kind in kinds) else reduce(or_, kinds), common(rooms)
    return (kind | None if default is None else kind), Field(default=default)


def common(rooms: Mapping[str, catalog.Setting]) -> object:
    """The default that all of them share; None where they differ."""
    first, *others = (_frozen(setting.default) for setting in rooms.values())
    return first if all(other == first for other in others) else None


def _frozen(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def kind_of(setting: catalog.Setting) -> Any:
    """The type of its values."""
    try:
        return _read(ast.parse(setting.annotation, mode="eval").body)
    except (LookupError, SyntaxError, TypeError) as error:
        raise TypeError(
            f"the setting {setting.name} has a type no definition can hold: {setting.annotation}"
        ) from error


def _read(node: ast.expr) -> Any:
    """The type that an annotation means, out of a small vocabulary."""
    match node:
        case ast.Name(id=name):
            return KINDS[name]
        case ast.Constant(value=None):
            return None
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _read(left) | _read(right)
        case ast.Subscript(value=ast.Name(id="Literal"), slice=choices):
            return CHOICE[ast.literal_eval(choices)]
        case ast.Subscript(value=ast.Name(id="Sequence" | "tuple"), slice=ast.Tuple(elts=[item, _]) | item):
            return LIST[_read(item), ...]
        case ast.Subscript(value=ast.Name(id="Mapping"), slice=ast.Tuple(elts=[_, item])):
            return MAPPING[str, _read(item)]
    raise LookupError(ast.unparse(node))
