"""`where:` as data: which column, which comparison, which value. Never text that is run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from saasmetrics.definitions.amounts import Flag
from saasmetrics.definitions.base import By, OfItsOwn, fail, shown
from saasmetrics.definitions.words import ColumnName, Text

Op = Literal["eq", "ne", "gt", "ge", "lt", "le", "in", "not_in", "like", "exists", "met"]
OPS: tuple[Op, ...] = get_args(Op)
Scalar = str | bool | Decimal


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison. `in` and `not_in` hold a tuple, `exists` and `met` a bool, `like` a glob with `*` and `?`."""

    column: str
    op: Op
    value: Scalar | tuple[Scalar, ...]


def scalar(value: Any) -> Scalar:
    """Text, true/false, or an exact number."""
    if isinstance(value, str | bool | Decimal):
        return value
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, list | tuple):
        raise fail("SM112", "a list needs an operator; write {in: [...]}")
    raise fail("SM112", f"{shown(value)} is not a value to compare with{_absent(value)}")


def _absent(value: object) -> str:
    return "; for an empty column write {exists: false}" if value is None else "; write text, a number, true or false"


def ordered(value: Any) -> Scalar:
    """A number, or text such as a date: what can be more or less."""
    if isinstance(value, bool):
        raise fail("SM112", f"{shown(value)} is neither more nor less than anything; compare with a number")
    return scalar(value)


def listed(value: Any) -> tuple[Scalar, ...]:
    if not isinstance(value, list | tuple) or not value:
        raise fail("SM112", f"{'an empty list' if value == [] else shown(value)} is no choice; write [first, second]")
    return tuple(scalar(item) for item in value)


_ONE = str | bool | float
Compared = Annotated[Any, By(scalar, _ONE)]
Ordered = Annotated[Any, By(ordered, str | float)]
Listed = Annotated[Any, By(listed, list[_ONE])]


class Operators(BaseModel):
    """The comparisons of one column; all of them must hold."""

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True, defer_build=True)

    eq: Compared = Field(default=None, description="equal to")
    ne: Compared = Field(default=None, description="not equal to")
    gt: Ordered = Field(default=None, description="greater than")
    ge: Ordered = Field(default=None, description="greater than or equal to")
    lt: Ordered = Field(default=None, description="less than")
    le: Ordered = Field(default=None, description="less than or equal to")
    in_: Listed = Field(default=None, alias="in", description="one of")
    not_in: Listed = Field(default=None, description="none of")
    like: Text = Field(default="", description="a pattern: `*` is any text, `?` any one character")
    exists: Flag = Field(default=True, description="true: the column has a value; false: it is empty")
    met: Flag = Field(default=True, description="true: the event came by the time in this column; false: after it")

    @model_validator(mode="before")
    @classmethod
    def _says_something(cls, value: Any) -> Any:
        if value == {}:
            raise fail("SM112", f"says nothing; write one of {', '.join(OPS)}")
        return value


_COLUMNS = TypeAdapter(dict[ColumnName, Operators], config=ConfigDict(defer_build=True))


def conditions(value: Any) -> tuple[Condition, ...]:
    """`{status: ok, amount: {gt: 100}}` → conditions sorted by column and operator; all must hold."""
    if isinstance(value, tuple) and all(isinstance(part, Condition) for part in value):
        return _sorted(value)
    if isinstance(value, str):
        raise fail("SM114", f"not allowed: {shown(value)}; a condition is a mapping such as {{plan: pro}}, never text")
    if not isinstance(value, Mapping):
        raise fail("SM112", f"{shown(value)} is not a condition; write a mapping such as {{plan: pro}}")
    full = {key: inner if isinstance(inner, Mapping) else {"eq": inner} for key, inner in value.items()}
    rows = {key: row.model_dump(exclude_unset=True) for key, row in _COLUMNS.validate_python(full).items()}
    return _sorted([Condition(key, op, row[op]) for key, row in rows.items() for op in OPS if op in row])


def _sorted(parts: Sequence[Condition]) -> tuple[Condition, ...]:
    return tuple(sorted(parts, key=lambda part: (part.column, part.op)))


def as_mapping(parts: Sequence[Condition]) -> dict[str, dict[str, Any]]:
    """Back to what a definition file says."""
    return {key: {part.op: part.value for part in parts if part.column == key} for key in (p.column for p in parts)}


Where = Annotated[
    tuple[Condition, ...],
    By(conditions, dict[str, _ONE | Annotated[Operators, OfItsOwn(Operators)]], written=as_mapping),
]
