"""Rules of good definition, a file each, found by file. A rule that asks for facts looks into the data, too.

The docstring of a rule holds its code and severity, why it matters, what to do, a definition that fails it (Example)
and one that passes (Instead). Its function asks for what it needs by name: the definition, today, what other rules
found (raised), or facts, and yields what it found: a place in the file and a message.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from saasmetrics.definitions.places import dotted
from saasmetrics.definitions.upkeep import Accepted

Place = tuple[str | int, ...]
Findings = Iterator[tuple[Place, str]]
Raised = Mapping[str, Sequence[Place]]  # code → places, of every rule that was run


def covers(accepted: Accepted, path: Place) -> bool:
    """Whether the finding at this place is accepted: everywhere, or at the parts that are named."""
    here = dotted(path)
    return not accepted.at or any(here == part or here.startswith((f"{part}.", f"{part}[")) for part in accepted.at)
