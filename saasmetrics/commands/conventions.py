"""The conventions that a number stands on, each with its plausible choices, and the definitions in which one is another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal, NamedTuple, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from saasmetrics.catalog import Room
from saasmetrics.definitions.base import By
from saasmetrics.definitions.blocks import kind_of
from saasmetrics.definitions.durations import as_text, microseconds, some_days, whole_days
from saasmetrics.definitions.model import Definition
from saasmetrics.definitions.read import Loaded
from saasmetrics.definitions.signals import Score
from saasmetrics.definitions.whole import OWN, definition_model
from saasmetrics.definitions.work import Cadence

ZONES = ("UTC", "America/Los_Angeles", "Asia/Tokyo")
WEEKS = ("monday", "sunday", "saturday")
LATE = ("0d", "1d", "3d")
CADENCES = get_args(Cadence)
STEP = 10  # points
NOT_ASKED = ("by", "period", "star_period")  # another period is another question, not another way to answer it
Path = tuple[str, ...]


class Choice(NamedTuple):
    """One convention chosen otherwise; `loaded` is None for the one that is declared."""

    convention: str
    choice: str
    loaded: Loaded | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.convention, self.choice


def choices(loaded: Loaded, room: Room) -> list[Choice]:
    """Every convention that the room could stand on: the declared choice first, then the others that make a definition."""
    found = []
    for path, declared, others in _conventions(loaded.definition, room):
        made = [Choice(".".join(path), _shown(other), changed) for other in others if (changed := _with(loaded, path, other)) is not None]
        found += [Choice(".".join(path), _shown(declared)), *made] if made else []
    return found


def _conventions(definition: Definition, room: Room) -> Iterator[tuple[Path, Any, list[Any]]]:
    """Where it stands, what is declared, what else it could be."""
    zone, late = definition.timezone or "UTC", as_text(definition.late_after)
    yield ("timezone",), zone, [one for one in ZONES if one != zone]
    yield ("week_starts",), definition.week_starts, [one for one in WEEKS if one != definition.week_starts]
    yield ("late_after",), late, [one for one in LATE if one != late]
    yield ("days_off",), list(definition.days_off), [["saturday", "sunday"]] if not definition.days_off else [[]]
    for who in ("accounts", "users"):
        if getattr(definition.internal, who):
            yield ("internal", who), "left out", [{}]
    if accounts := definition.sources.accounts:
        yield ("sources", "accounts", "orphans"), accounts.orphans, [one for one in ("keep", "drop") if one != accounts.orphans]
    for workflow, told in definition.workflows.items():
        if told.attempt and workflow in definition.core_workflows():
            yield ("workflows", workflow, "within"), as_text(told.within), _lengths(told.within, as_text)
        if workflow in definition.core_workflows():
            at = CADENCES.index(told.cadence)
            yield ("workflows", workflow, "cadence"), told.cadence, [*CADENCES[max(at - 1, 0) : at], *CADENCES[at + 1 : at + 2]]
    block = getattr(definition, room.folder, None)
    if isinstance(block, Score):
        yield from _of_score(block, room)
    yield from _of_block(block, room)


def _of_score(block: Score, room: Room) -> Iterator[tuple[Path, Any, list[Any]]]:
    """Each sign left out; each band from a tenth of all points earlier or later."""
    told: Any = block
    for name, sign in told.signals.named().items():
        yield (room.folder, "signals", name, "points"), sign.points, [0] if sign.points else []
    for name, limit in told.bands:
        yield (room.folder, "bands", name), limit, [limit - STEP, limit + STEP]


def _of_block(block: Any, room: Room) -> Iterator[tuple[Path, Any, list[Any]]]:
    """Lengths and choices among the settings of the room, and among the keys that the block itself has."""
    if block is None and room.folder in OWN:
        return
    own, written = OWN[room.folder].model_fields if room.folder in OWN else {}, block.model_fields_set if block else ()
    of_room = {name: FieldInfo.from_annotation(kind_of(setting)) for name, setting in room.settings.items() if name not in (*own, *NOT_ASKED)}
    for name, field in (own | of_room).items():
        told = getattr(block, name) if name in own or name in written else room.settings[name].default
        shown, others = _others(field, told)
        if others:
            yield (room.folder, name), shown, others


def _others(field: FieldInfo, told: Any) -> tuple[Any, list[Any]]:
    """The other words of a choice; half and twice a length."""
    if get_origin(field.annotation) is Literal:
        return told, [word for word in get_args(field.annotation) if word != told]
    checks = {part.check for part in field.metadata if isinstance(part, By)}
    if told and microseconds in checks:
        return as_text(told), _lengths(told, as_text)
    return (f"{told}d", _lengths(told, lambda days: f"{days}d")) if told and checks & {whole_days, some_days} else (told, [])


def _lengths(told: int, shown: Any) -> list[str]:
    return [shown(length) for length in (told // 2, told * 2) if length]


def _with(loaded: Loaded, path: Path, value: Any) -> Loaded | None:
    """The same file with another value at one place; None where it is none that fits. A window that is looked at follows `within`."""
    data = loaded.definition.model_dump(exclude_unset=True)
    spot = data
    for key in path[:-1]:
        spot = spot.setdefault(key, {})
    spot[path[-1]] = value
    if path == ("activation", "within"):
        spot["windows"] = [value]
    try:
        changed = definition_model(data).model_validate(data, context={"allow_remote": True})
    except ValidationError:
        return None
    return replace(loaded, definition=changed)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value) or "none"
    return "counted too" if value == {} else str(value)
