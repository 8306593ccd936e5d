"""One reading of the inputs for facts that are no tables, as of T and of earlier days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from saasmetrics.catalog import Room

if TYPE_CHECKING:
    from saasmetrics.definitions.read import Loaded
    from saasmetrics.tables import Asked, Run


@contextmanager
def reading(loaded: Loaded, what: str, facts: Iterable[str], asked: Asked) -> Iterator[Run]:
    """Checked before and after as for any table; `what` is the command."""
    from saasmetrics.tables import running

    room = Room(what, "facts", loaded.path, "", tuple(sorted(facts)), {})
    with running(loaded, [room], asked, replayed=True) as run:
        yield run
