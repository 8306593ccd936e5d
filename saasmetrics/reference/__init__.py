"""The reference as pages: every chapter, rule, message and key, from the text that `explain` prints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Heading(NamedTuple):
    """A heading that can be pointed at by its anchor."""

    text: str
    level: int = 2
    anchor: str = ""


class Prose(NamedTuple):
    """A paragraph. `code` is code; `[text](page#anchor)` is a link."""

    text: str


class Grid(NamedTuple):
    """A small table of such texts; the first column is code where it holds names."""

    header: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


class Listing(NamedTuple):
    """Text as it stands: a worked example, a piece of a definition."""

    text: str


Block = Heading | Prose | Grid | Listing


class Page(NamedTuple):
    """One page: the name of its file without the ending, its title, what is on it."""

    name: str
    title: str
    blocks: list[Block]
