"""What one part of a definition says about another: names that must be declared elsewhere in the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from saasmetrics.definitions.places import dotted, nearest
from saasmetrics.definitions.tree import Path, Tree
from saasmetrics.messages import Problem, did_you_mean

NORTH_STAR: Path = ("north_star", "workflow")
VALUE: Path = ("value", "workflows")
NEEDED = {"value": ("value", "with the amount"), "entities": ("entity", "that says which thing")}
METERED = {"sum": NEEDED["value"], "distinct": NEEDED["entities"]}
TIER: Path = ("signals", "low_adoption", "tier")
VOLUME: Path = ("signals", "volume", "workflow")
ADVANCED: Path = ("signals", "advanced_features", "features")
MODELLED = ("churn_risk", "expansion", "health", "qualification")


def dangling(tree: Tree) -> Iterator[Problem]:
    """Works on the data as read, so that it finds these beside whatever else is wrong."""
    workflows = _mapping(_at(tree.data, "workflows"))
    risks, buys = ([(score,), *_models(tree.data, score)] for score in ("churn_risk", "qualification"))
    single = [(path, _at(tree.data, *path)) for path in (NORTH_STAR, *((*block, *VOLUME) for block in buys))]
    for path, name in [*single, *_listed(tree.data, VALUE)]:
        yield from _undeclared(tree, path, name, "workflow", list(workflows))
    tiers = [tier for workflow in workflows.values() for tier in _mapping(_at(workflow, "tiers"))]
    for path in ((*block, *TIER) for block in risks):
        yield from _undeclared(tree, path, _at(tree.data, *path), "tier", tiers)
    for path, name in (found for block in buys for found in _listed(tree.data, (*block, *ADVANCED))):
        yield from _undeclared(tree, path, name, "feature", list(_mapping(_at(tree.data, "features"))))
    for name in _mapping(_at(tree.data, "friction", "workflows")):
        yield from _undeclared(tree, ("friction", "workflows", name), name, "workflow", list(workflows))
    for name in _mapping(_at(tree.data, "reliability", "workflows")):
        yield from _undeclared(tree, ("reliability", "workflows", name), name, "workflow", list(workflows))
    for path in ((score, "segments", name) for score in MODELLED for name in _mapping(_at(tree.data, score, "segments"))):
        yield from _undeclared(tree, path, path[-1], "segment", _names(_at(tree.data, "sources", "accounts", "segments")))
    yield from _value_of_nothing(tree, workflows)
    yield from _meters(tree, workflows)


def _models(data: Any, score: str) -> list[Path]:
    """The places of the models of segments."""
    told = _mapping(_at(data, score, "segments"))
    return [(score, "segments", name, of) for name in told for of in _mapping(told[name])]


def _names(value: object) -> list[str]:
    """Of a list, or of one alone."""
    return [name for name in (value if isinstance(value, list) else [value]) if isinstance(name, str)]


def _meters(tree: Tree, workflows: Mapping[str, Any]) -> Iterator[Problem]:
    """Schedules price a meter, meters count a workflow that declares what they add up or tell apart."""
    meters = _mapping(_at(tree.data, "pricing", "meters"))
    for name, meter in meters.items():
        path, workflow, measure = ("pricing", "meters", name), _at(meter, "workflow"), _at(meter, "measure")
        yield from _undeclared(tree, (*path, "workflow"), workflow, "workflow", list(workflows))
        key, what = METERED.get(measure, ("", "")) if isinstance(measure, str) else ("", "")
        if key and isinstance(workflow, str) and workflow in workflows and not _at(workflows[workflow], key):
            message = f"{dotted((*path, 'measure'))}: {measure} needs workflows.{workflow}.{key}, the column {what}"
            yield Problem("SM113", message, tree.file, *nearest(tree.places, (*path, "measure")))
    usual = [*workflows, *(f"{name} value" for name in workflows if _at(workflows[name], "value")), "people", "seats"]
    for name, schedule in _mapping(_at(tree.data, "pricing", "schedules")).items():
        yield from _undeclared(tree, ("pricing", "schedules", name, "meter"), _at(schedule, "meter"), "meter", list(meters) or usual)


def _undeclared(tree: Tree, path: Path, name: object, kind: str, declared: Sequence[str]) -> Iterator[Problem]:
    if isinstance(name, str) and name not in declared:
        near = did_you_mean(name, declared) or f"; declared are {', '.join(sorted(set(declared))) or 'none'}"
        yield Problem(
            "SM113", f"{dotted(path)}: there is no {kind} '{name}'{near}", tree.file, *nearest(tree.places, path)
        )


def _listed(data: Any, path: Path) -> Iterator[tuple[Path, object]]:
    named = _at(data, *path)
    for number, name in enumerate(named if isinstance(named, list) else [named]):
        yield (*path, number), name


def _value_of_nothing(tree: Tree, workflows: Mapping[str, Any]) -> Iterator[Problem]:
    """`measure: value` adds up a column that the workflow must name, `measure: entities` counts what one says."""
    name = _at(tree.data, *NORTH_STAR)
    measure = _at(tree.data, "north_star", "measure")
    key, what = NEEDED.get(measure, ("", "")) if isinstance(measure, str) else ("", "")
    if key and isinstance(name, str) and name in workflows and not _at(workflows[name], key):
        message = f"north_star.measure: {measure} needs workflows.{name}.{key}, the column {what}"
        yield Problem("SM113", message, tree.file, *nearest(tree.places, ("north_star", "measure")))


def _at(data: Any, *path: str | int) -> Any:
    for part in path:
        data = data.get(part) if isinstance(data, Mapping) else None
    return data


def _mapping(data: Any) -> Mapping[str, Any]:
    return data if isinstance(data, Mapping) else {}
