"""How late events arrive: the time from when one happened until it was loaded, where an export has both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from saasmetrics.clock import DAY
from saasmetrics.definitions.sources import Events
from saasmetrics.sources import times
from saasmetrics.sources.columns import Want
from saasmetrics.sources.files import expand
from saasmetrics.sources.ledger import Ledger
from saasmetrics.sources.reading import Reader

PERCENT = (50, 90, 99)
LATE = (1, 3, 7)  # days
AT_ONCE = 7 * DAY  # where half of the rows came later than this, they were loaded together: that says nothing of a day's events
ANY_NUMBER = 10**12


@dataclass(frozen=True)
class Lateness:
    """`quantiles` in microseconds, `later` the rows that came more than 1, 3 and 7 days after the event."""

    rows: int
    quantiles: tuple[int, ...]
    later: tuple[int, ...]

    @property
    def loaded_at_once(self) -> bool:
        return self.quantiles[0] > AT_ONCE

    @property
    def days(self) -> int | None:
        """The whole days, at least one, within which 99 of 100 have come; None where rows were loaded together."""
        return None if self.loaded_at_once else max(1, -(-self.quantiles[-1] // DAY))


def measured(late: pl.Series) -> Lateness | None:
    """Microseconds from event to arrival, null where one of them is unknown; a clock that runs ahead is not late."""
    known = late.drop_nulls().clip(lower_bound=0).sort()
    if known.is_empty():
        return None
    at = [known[-(-percent * known.len() // 100) - 1] for percent in PERCENT]
    return Lateness(known.len(), tuple(at), tuple(int((known > days * DAY).sum()) for days in LATE))


def of_source(reader: Reader, source: Events) -> Lateness | None:
    """Of the files that a definition names; None where it names no column that says when events arrived."""
    named = {**(source.vendor.columns if source.vendor else {}), **source.columns}
    found = [*_late(reader, source)] if "ingested" in named else []
    return measured(pl.concat(found)) if found else None


def _late(reader: Reader, source: Events) -> Iterator[pl.Series]:
    """Both columns once more, and no other; what is wrong with the rows is told by those who read them all."""
    ledger, rule = Ledger(max_reject=ANY_NUMBER), reader.rule(source)
    wants = [Want(name, source.mapping[name]) for name in ("time", "ingested")]
    for given in expand(source.files, reader.base, ledger, follow=True):
        entry = ledger.open("events", given.shown, given.size)
        for piece in reader.pieces(given, entry, source, wants, ["time", "ingested"]):
            if {"time", "ingested"} & set(entry.missing):
                break
            frame = piece.frame.select("time", "ingested").collect()
            yield times.parse(frame["ingested"], rule).good - times.parse(frame["time"], rule).good
