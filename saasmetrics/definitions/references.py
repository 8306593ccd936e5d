"""What one part of a definition says about another: names that must be declared elsewhere in the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from saasmetrics.definitions.places import dotted, nearest
from saasmetrics.definitions.tree import Path, Tree
from saasmetrics.messages import Problem, did_you_mean

ANY = "*"  # whatever the file calls it
MODELLED = ("churn_risk", "expansion", "health", "qualification")
NAMES: dict[Path, str] = {  # place of a name, or of several → what must be called so
    ("north_star", "workflow"): "workflow",
    ("value", "workflows"): "workflow",
    ("churn_risk", "signals", "low_adoption", "tier"): "tier",
    ("qualification", "signals", "volume", "workflow"): "workflow",
    ("qualification", "signals", "advanced_features", "features"): "feature",
    ("pricing", "meters", ANY, "workflow"): "workflow",
    ("pricing", "schedules", ANY, "meter"): "meter",
}
NAMES |= {(path[0], "segments", ANY, ANY, *path[1:]): kind for path, kind in NAMES.items() if path[0] in MODELLED}
KEYS: dict[Path, str] = {  # of a mapping
    ("friction", "workflows"): "workflow",
    ("reliability", "workflows"): "workflow",
    **{(score, "segments"): "segment" for score in MODELLED},
}
WHICH_THING = ("entity", "that says which thing")
NEEDS: dict[Path, dict[str, tuple[str, str]]] = {  # place of a workflow's measure → what it needs of the workflow
    ("north_star",): {"value": ("value", "with the amount"), "entities": WHICH_THING},
    ("pricing", "meters", ANY): {"sum": ("value", "with the amount"), "distinct": WHICH_THING},
}


def dangling(tree: Tree) -> Iterator[Problem]:
    """Works on the data as read, so that it finds these beside whatever else is wrong."""
    names = declared(tree.data)
    for pattern, kind in NAMES.items():
        for path, name in _found(tree.data, pattern):
            yield from _undeclared(tree, path, name, kind, names[kind])
    for pattern, kind in KEYS.items():
        for name in _mapping(_at(tree.data, *pattern)):
            yield from _undeclared(tree, (*pattern, name), name, kind, names[kind])
    yield from _in_want(tree)


def declared(data: Any) -> dict[str, list[str]]:
    """What there is of each kind, by name."""
    workflows = _mapping(_at(data, "workflows"))
    usual = [*workflows, *(f"{name} value" for name in workflows if _at(workflows[name], "value")), "people", "seats"]
    return {
        "rule": [*_mapping(_at(data, "rules"))],
        "workflow": [*workflows],
        "tier": [tier for workflow in workflows.values() for tier in _mapping(_at(workflow, "tiers"))],
        "feature": [*_mapping(_at(data, "features"))],
        "segment": _names(_at(data, "sources", "accounts", "segments")),
        "meter": [*_mapping(_at(data, "pricing", "meters"))] or usual,
    }


def having(data: Any, key: str) -> list[str]:
    """The workflows that declare it."""
    workflows = _mapping(_at(data, "workflows"))
    return [name for name in workflows if _at(workflows[name], key)]


def _in_want(tree: Tree) -> Iterator[Problem]:
    """What adds up a column, or counts what one says, counts a workflow that names it."""
    workflows = declared(tree.data)["workflow"]
    for pattern, needs in NEEDS.items():
        for path, measure in _found(tree.data, (*pattern, "measure")):
            name = _at(tree.data, *path[:-1], "workflow")
            key, what = needs.get(measure, ("", "")) if isinstance(measure, str) else ("", "")
            if key and isinstance(name, str) and name in workflows and name not in having(tree.data, key):
                yield Problem("SM113", f"{dotted(path)}: {measure} needs workflows.{name}.{key}, the column {what}", tree.file, *nearest(tree.places, path))


def _found(data: Any, pattern: Path, at: Path = ()) -> Iterator[tuple[Path, object]]:
    """Each place of the pattern that there is, and what stands there; of a list, each of its items."""
    if not pattern:
        yield from (((*at, number), one) for number, one in enumerate(data)) if isinstance(data, list) else [(at, data)]
        return
    for key in [*_mapping(data)] if pattern[0] == ANY else [pattern[0]] if pattern[0] in _mapping(data) else []:
        yield from _found(data[key], pattern[1:], (*at, key))


def _names(value: object) -> list[str]:
    """Of a list, or of one alone."""
    return [name for name in (value if isinstance(value, list) else [value]) if isinstance(name, str)]


def _undeclared(tree: Tree, path: Path, name: object, kind: str, declared: Sequence[str]) -> Iterator[Problem]:
    if isinstance(name, str) and name not in declared:
        near = did_you_mean(name, declared) or f"; declared are {', '.join(sorted(set(declared))) or 'none'}"
        yield Problem(
            "SM113", f"{dotted(path)}: there is no {kind} '{name}'{near}", tree.file, *nearest(tree.places, path)
        )


def _at(data: Any, *path: str | int) -> Any:
    for part in path:
        data = data.get(part) if isinstance(data, Mapping) else None
    return data


def _mapping(data: Any) -> Mapping[str, Any]:
    return data if isinstance(data, Mapping) else {}
