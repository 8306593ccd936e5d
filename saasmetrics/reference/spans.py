"""Text → its parts: code, bold, links; a table or a code that is named leads to where it is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from saasmetrics import catalog

MARKS = re.compile(r"`([^`]+)`|\*\*(.+?)\*\*|\[([^\]]+)\]\(([\w-]+)(?:#([\w.-]+))?\)|\b([a-z_]+\.[a-z_]+|SM\d{3})\b")


class Span(NamedTuple):
    """A part of a text; a link has the page it leads to, and the anchor there."""

    kind: Literal["plain", "code", "bold", "link"]
    text: str
    page: str = ""
    anchor: str = ""


def spans(text: str) -> Iterator[Span]:
    """The parts in their order; nothing is lost."""
    at = 0
    for found in MARKS.finditer(text):
        yield from [Span("plain", text[at : found.start()])] if at < found.start() else []
        yield _span(*found.groups())
        at = found.end()
    yield from [Span("plain", text[at:])] if at < len(text) else []


def _span(code: str | None, bold: str | None, label: str | None, page: str | None, anchor: str | None, name: str | None) -> Span:
    if code:
        return Span("code", code)
    if bold:
        return Span("bold", bold)
    return Span("link", label, page or "", anchor or "") if label else _named(name or "")


def _named(name: str) -> Span:
    """A table or a code; else only words with a point between them."""
    if name in catalog.rooms():
        return Span("link", name, *name.split("."))
    if name.startswith("SM"):
        return Span("link", name, "rules" if name in catalog.checks() else "messages", name)
    return Span("plain", name)
