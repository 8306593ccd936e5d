"""Settings given on the command line: the same names, types and messages as in the definition file."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import ValidationError

from saasmetrics import catalog
from saasmetrics.definitions.blocks import Block, extended
from saasmetrics.definitions.places import message_of
from saasmetrics.messages import refuse

DIGITS = 38  # of a number, in a definition file too


def parsed(folder: str, given: Mapping[str, str | None]) -> dict[str, Any]:
    """Text by setting → checked values; only those given."""
    told = {name: text for name, text in given.items() if text is not None}
    lists = {s.name for room in catalog.rooms_in(folder).values() for s in room.settings.values() if "Sequence" in s.annotation}
    values = {name: [_scalar(part) for part in text.split(",")] if name in lists else _scalar(text) for name, text in told.items()}
    try:
        block = extended(Block, folder).model_validate(values)
    except ValidationError as error:
        finding = error.errors(include_url=False)[0]
        name = str(finding["loc"][0])
        refuse("SM130", f"--{name.replace('_', '-')} {told.get(name)}: {message_of(finding)}")
    return {name: getattr(block, name) for name in told}


def _scalar(text: str) -> Any:
    """What the same characters would be in a definition file."""
    bare = text.strip()
    if bare in ("true", "false"):
        return bare == "true"
    try:
        number = Decimal(bare)
    except InvalidOperation:
        return bare
    if not number.is_finite() or abs(number.adjusted()) > DIGITS:
        return bare
    return int(number) if number == number.to_integral_value() and "." not in bare else number
