"""Where a definition refers to rules: every name of a rule or an event, with its place in the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from saasmetrics.definitions.model import Definition

Place = tuple[str | int, ...]
PARTS = ("attempt", "success", "failure")
ELSEWHERE = {"sources", "internal", "rules", "roles", "accepted", "changes"}  # their texts are no names of rules


def uses(definition: Definition) -> Iterator[tuple[str, Place]]:
    """(name, place) in the order of the blocks; what only other blocks refer to comes last, where it stands there first."""
    known = list(_placed(definition))
    yield from known
    told = {ref for ref, _ in known}
    rest = [ref for ref in definition.rule_names() if ref not in told]
    places = dict(reversed(list(_texts(definition.model_dump(exclude_unset=True, exclude=ELSEWHERE), ())))) if rest else {}
    yield from ((ref, places.get(ref, ("rules", ref))) for ref in rest)


def _texts(value: Any, path: Place) -> Iterator[tuple[str, Place]]:
    """Every text of plain data, with its place."""
    if isinstance(value, str):
        yield value, path
    inner = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list | tuple) else ()
    for key, one in inner:
        yield from _texts(one, (*path, key))


def _placed(definition: Definition) -> Iterator[tuple[str, Place]]:
    for name, work in definition.workflows.items():
        yield from ((ref, ("workflows", name, part)) for part in PARTS if (ref := getattr(work, part)))
        for tier, refs in work.tiers.items():
            yield from ((ref, ("workflows", name, "tiers", tier)) for ref in refs)
    if star := definition.north_star:
        yield from ((ref, ("north_star", part)) for part, ref in (("also", star.also), ("unless", star.unless and star.unless.rule)) if ref)
    yield from ((step.rule, ("activation", "steps", name, "rule")) for name, step in definition.steps().items())
    for kind in ("logins", "page_views"):
        yield from ((ref, ("activity", kind)) for ref in getattr(definition.activity, kind) or ())
    for name, feature in definition.features.items():
        yield from ((ref, ("features", name, part)) for part in ("rule", "failure", "paywall") if (ref := getattr(feature, part)))
    yield from ((ref, ("reliability", *path)) for ref, path in definition.reliability.places())


def events(definition: Definition) -> list[tuple[str, Place]]:
    """(event, place) for every event that the definition stands on, each once; that of a named rule at the rule."""
    found: dict[str, Place] = {}
    for ref, path in (*uses(definition), *((name, ("rules", name)) for name in definition.rules)):
        for event in definition.rule(ref).event:
            found.setdefault(event, ("rules", ref, "event") if ref in definition.rules else path)
    return list(found.items())
