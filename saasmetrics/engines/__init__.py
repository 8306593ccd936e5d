"""Databases that hold the events: one file each. Whoever can be asked has a Client, the others only their SQL.

No more than names and the address of this run are here, so that nothing is imported that is not asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from saasmetrics.messages import did_you_mean, refuse

if TYPE_CHECKING:
    from saasmetrics.definitions.read import Loaded
    from saasmetrics.facts._origin import Origin


class Address(NamedTuple):
    """A kind of database, and where it is; never to be printed, since it may hold a password."""

    engine: str
    remote: str
    facts_to: str | None = None  # a folder that both reach


ADDRESS: ContextVar[Address | None] = ContextVar("ADDRESS", default=None)


def addressed(run: Callable[..., None], *args: Any, engine: str | None = None, remote: str | None = None, facts_to: str | None = None, **given: Any) -> None:
    """A command, whose events may be at that address."""
    if (engine is None) != (remote is None):
        refuse("SM130", "--engine and --remote belong together")
    if facts_to and not engine:
        refuse("SM130", "--facts-to is for events in a database: --engine and --remote are missing")
    token = ADDRESS.set(Address(engine, remote, facts_to) if engine and remote else None)
    try:
        run(*args, **given)
    finally:
        ADDRESS.reset(token)


def names() -> list[str]:
    """All kinds of databases."""
    return sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))


def named(name: str) -> Any:
    """The module of one."""
    if name not in names():
        refuse("SM130", f"there is no database '{name}'{did_you_mean(name, names())}; there are {', '.join(names())}")
    return import_module(f"saasmetrics.engines.{name}")


@contextmanager
def database(loaded: Loaded) -> Iterator[Callable[..., Origin] | None]:
    """Where the events of a definition come from, if not from files."""
    address, table = ADDRESS.get(), loaded.definition.sources.events.table
    if bool(address) != bool(table):
        told = "sources.events.table needs --engine and --remote" if table else "--engine and --remote are for events in a table (sources.events.table); these are in files"
        refuse("SM130", told, str(loaded.path))
    if address is None:
        yield None
        return
    from saasmetrics.engines._database import connected

    with connected(address) as found:
        yield found.origin
