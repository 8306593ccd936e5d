"""Everything that the product does and that can fail: the workflows, and the endpoints, jobs and forms of `reliability`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from saasmetrics.definitions.model import Definition
from saasmetrics.definitions.reliability import PARTS, Extra


class Declared(NamedTuple):
    """One of them: which rules say that it was tried, done, failed, timed out and tried again."""

    kind: str
    name: str
    core: bool
    parts: Mapping[str, tuple[str, ...]]
    entity: str | None
    within: int


def declared(definition: Definition) -> Iterator[Declared]:
    """In the order of the definition file; the workflows come first."""
    core = definition.core_workflows()
    for name, w in definition.workflows.items():
        more = definition.reliability.workflows.get(name, Extra())
        own = {part: (rule,) if (rule := getattr(w, part)) else () for part in ("attempt", "success", "failure")}
        parts = own | {part: getattr(more, part) or () for part in ("timeout", "retry")}
        yield Declared("workflow", name, name in core, parts, w.entity, w.within)
    for kind, name, operation in definition.reliability.operations():
        yield Declared(kind, name, False, {part: getattr(operation, part) or () for part in PARTS}, operation.entity, operation.within)
