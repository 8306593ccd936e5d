"""How an engine is spoken to, and what may be told of it: never a password."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Protocol, TypeVar
from urllib.parse import unquote

import polars as pl

from saasmetrics.engines._columns import Kind
from saasmetrics.messages import Refused, refuse

LOGIN = re.compile(r"//\S*@")
SECRET = re.compile(r"//\S*@|(?:^|(?<=[?;&\s]))[\w-]*(?:pass|token|secret|key|user)[\w-]*=[^;&\s]*", re.IGNORECASE)
Answer = TypeVar("Answer")


class Client(Protocol):
    """A connection to a database."""

    def kinds(self, query: str) -> Mapping[str, Kind]:
        """The columns of a query's answer."""

    def rows(self, text: str) -> pl.DataFrame:
        """The answer to one query."""

    def write(self, text: str, place: str) -> int:
        """The answer as Parquet files in a folder; how many rows those are. Only where many machines work."""

    def close(self) -> None:
        """Let go of it."""


def driver(name: str, extra: str) -> Any:
    """The vendor's library, imported only when it is asked for."""
    try:
        return import_module(name)
    except ImportError:
        refuse("SM133", f"'{name}' is not installed: pip install 'saasmetrics[{extra}]'")


def shown(remote: str) -> str:
    """The address without whatever could be a secret."""
    return re.split(r"[?;]", SECRET.sub("", LOGIN.sub("//", remote)), maxsplit=1)[0]


def told(job: Callable[[], Answer], remote: str) -> Answer:
    """What goes wrong at the engine is refused in its own words, less the secrets of the address."""
    try:
        return job()
    except (Refused, KeyboardInterrupt, MemoryError):
        raise
    except Exception as error:  # every driver raises kinds of its own
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        refuse("SM319", f"{shown(remote)}: {_masked(lines[0] if lines else type(error).__name__, remote)}")


def _masked(text: str, remote: str) -> str:
    found = (part.group(0) for part in SECRET.finditer(remote))
    values = {piece for part in found for piece in re.split(r"[/:@=?&;]", part) if len(piece) > 2}
    for value in sorted({*values, *map(unquote, values)}, key=len, reverse=True):
        text = text.replace(value, "***")
    return SECRET.sub("***", text)
