"""Which way a run takes to files of events: through a store where they are large, else straight to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition
from saasmetrics.facts._files import Files
from saasmetrics.facts._kept import Kept
from saasmetrics.facts._kept_file import Shared
from saasmetrics.facts._order import Order
from saasmetrics.facts._origin import Origin
from saasmetrics.sources import events
from saasmetrics.sources.reading import Reader

WORTH = 8 << 20  # bytes of events from which on keeping their facts pays
LARGE = 256 << 20  # bytes of events from which on they are not all held in memory


def files(definition: Definition, order: Order, reader: Reader, zone: Clock, merged: Callable[[], Mapping[str, str]], say: Callable[[str], None]) -> Origin:
    """The files that the definition names."""
    source = definition.sources.events
    opened = reader.files("events", source)
    size = sum(entry.bytes for entry, _ in opened)
    reader.spills = size >= LARGE
    if _kept(reader, size, say):
        assert reader.store
        return Kept(Shared(reader.store, source, order.properties, reader, zone), opened, merged, say)
    return Files(events.read(reader, source, opened, order.properties), reader, zone, merged, say)


def _kept(reader: Reader, size: int, say: Callable[[str], None]) -> bool:
    """Whether so many bytes of events are worth it, and their facts can be kept."""
    if reader.store is None or size < WORTH:
        return False
    try:
        reader.store.open()
    except OSError as error:
        say(f"no facts are kept in {reader.store.home}: {error.strerror or error}")
        return False
    return True
