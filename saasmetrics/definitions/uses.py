"""Where a definition refers to rules: every name of a rule or an event, with its place in the file."""

from __future__ import annotations

from collections.abc import Iterator

from saasmetrics.definitions.model import Definition

Place = tuple[str | int, ...]
PARTS = ("attempt", "success", "failure")


def uses(definition: Definition) -> Iterator[tuple[str, Place]]:
    """(name, place) in the order of the blocks; what is referred to elsewhere comes last, without a place of its own."""
    known = list(_placed(definition))
    yield from known
    told = {ref for ref, _ in known}
    yield from ((ref, ("rules", ref)) for ref in definition.rule_names() if ref not in told)


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
