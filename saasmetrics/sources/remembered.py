"""A large list as it was read before: kept beside the facts of the events, where nothing had to be said of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl

from saasmetrics.codeprint import of_reading
from saasmetrics.definitions.fingerprint import letters
from saasmetrics.definitions.sources import Source
from saasmetrics.sources import pages
from saasmetrics.sources.files import Input
from saasmetrics.sources.ledger import Entry
from saasmetrics.sources.reading import Reader, format_of

Opened = Sequence[tuple[Entry, Input]]
WORTH = 256 << 10  # bytes from which on a list is read quicker so than from its files


def remembered(reader: Reader, source: Source, opened: Opened, how: Sequence[Any], read: Callable[[], pl.DataFrame]) -> pl.DataFrame:
    """What `read` makes of these files; `how` tells whatever else it depends on."""
    store = reader.store
    if store is None or not store.opened or reader.verify or sum(entry.bytes for entry, _ in opened) < WORTH:
        return read()
    key = _key(reader, source, opened, how)
    found = store.found(key)
    if found:
        for (entry, _), told in zip(opened, found.about["entries"], strict=True):
            pages.entered(told, entry)
        return found.read()
    before = _said(reader)
    made = read()
    for _, given in opened:
        given.check_unchanged()
    if _said(reader) == before:
        store.put(key, made, {"output": "list", "entries": [pages.counts(entry) for entry, _ in opened]})
    return made


def _key(reader: Reader, source: Source, opened: Opened, how: Sequence[Any]) -> str:
    """Letters for the content of the files and how it is read."""
    files = [(reader.digest(entry), format_of(given, source.format)) for entry, given in opened]
    return letters([files, source.model_dump(mode="json", exclude={"files"}), [*how], reader.zone, of_reading(), pl.__version__])


def _said(reader: Reader) -> tuple[int, int]:
    return len(reader.ledger.warnings), reader.ledger.rejected
