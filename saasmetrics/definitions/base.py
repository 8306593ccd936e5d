"""The base of every block, and the one way in which a block says that a value does not fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationInfo, model_validator
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

LONGEST_SHOWN = 60
SECRETS = re.compile(r"(?<=://)[^/@\s]+(?=@)|(?<=[?&;])[\w.~-]+=\S+")


class Base(BaseModel):
    """A block: frozen, no unknown keys; a known key left empty counts as not written.

    What pydantic checks it with is built with the first file that is read, once for the whole definition. The modules of
    blocks do without `from __future__ import annotations`: pydantic would compile the text of every type again.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _empty_is_absent(cls, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        return {key: inner for key, inner in value.items() if inner is not None or key not in cls.model_fields}


def block(kind: type[Base], description: str | None) -> Any:
    """A block that may be left out: then all its keys keep their defaults."""
    made: Any = Field(default=kind.model_construct(), description=description)
    made.metadata.append(OfItsOwn(kind))
    return made


@dataclass(frozen=True)
class OfItsOwn:
    """What checks the block is built when a file has it, and not with all the others: most of the time is saved."""

    kind: type[BaseModel]

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Any) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(self._checked)

    def __get_pydantic_json_schema__(self, _schema: Any, handler: Any) -> Any:
        self.kind.model_rebuild()
        name = f"{self.kind.__module__}.{self.kind.__qualname__}:{id(self.kind)}"
        named: Any = {**self.kind.__pydantic_core_schema__, "ref": name}
        return handler(core_schema.chain_schema([named]))

    def _checked(self, value: Any, info: ValidationInfo) -> BaseModel:
        return self.kind.model_validate(value, context=info.context)


@dataclass(frozen=True)
class By:
    """Checked by a function, alone or `before` its type is, and `written` in a file by another.

    What an editor is told of it (`like`) is looked at only where the JSON Schema is made: to build it takes time.
    """

    check: Callable[[Any], Any]
    like: Any = None
    before: bool = False
    written: Callable[[Any], Any] | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        dumped = core_schema.plain_serializer_function_ser_schema(self.written) if self.written else None
        if self.before:
            return core_schema.no_info_before_validator_function(self.check, handler(source), serialization=dumped)
        return core_schema.no_info_plain_validator_function(self.check, serialization=dumped)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> Any:
        return handler(core_schema.chain_schema([TypeAdapter(self.like).core_schema]) if self.like else schema)


def fail(code: str, message: str) -> PydanticCustomError:
    """The error to raise in a validator: its code is one of `messages.CODES`."""
    return PydanticCustomError(code, "{message}", {"message": message})


def shown(value: object) -> str:
    """A value as messages quote it: short, on one line, in the words of YAML, without the secrets of a URL."""
    if isinstance(value, str):
        text = SECRETS.sub("…", value)
        return repr(text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float | Decimal):
        return str(value)
    if value is None:
        return "nothing"
    return "a mapping" if isinstance(value, Mapping) else "a list"
