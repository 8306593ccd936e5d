"""The largest facts, which have about as many rows as there are events: more than memory should hold.

What such a fact says of an account (`## Large`) follows from the rows of that account alone. So it is made of one share of the
accounts after the other; the parts lie on disk until the run is over, and are read where they are used.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from saasmetrics.sources.spool import filling, fresh, put, spool_folder

HELD = 25_000_000  # events, of which memory holds all facts: that is quicker
SHARE = 10_000_000  # events of one share, where there are more
Change = Callable[[pl.LazyFrame], pl.LazyFrame]


@dataclass
class Parts:
    """One file a share. Rows that are `there` anyway are written into such when a share of them is asked for."""

    paths: Sequence[Path]
    there: pl.LazyFrame | None = None

    def scan(self, share: int | None) -> pl.LazyFrame:
        """The rows of one share, or all."""
        if share is None and self.there is not None:
            return self.there
        self.write()
        return pl.scan_parquet([*self.paths] if share is None else self.paths[share], glob=False, use_statistics=False)

    def write(self) -> None:
        """Lay them apart, unless they are."""
        frame, self.there = self.there, None
        if frame is None:
            return
        key = {"share": share_of(len(self.paths))}
        by = pl.PartitionBy(spool_folder(), key=key, include_key=False, file_path_provider=lambda told: self.paths[told.partition_keys.item()])
        with filling():
            frame.sink_parquet(by, compression="lz4", statistics=False, maintain_order=False)
            for path in self.paths:
                if not path.exists():
                    pl.DataFrame(schema=frame.collect_schema()).write_parquet(path)


@dataclass(frozen=True)
class Shared:
    """A fact in parts, one a share of the accounts."""

    parts: Parts
    changes: tuple[Change, ...] = ()

    def rows(self, share: int | None = None) -> pl.LazyFrame:
        """Those of one share, or all."""
        frame = self.parts.scan(share)
        for change in self.changes:
            frame = change(frame)
        return frame


@dataclass(frozen=True)
class Shares:
    """Of the accounts, that many; of one alone nothing needs to lie on disk."""

    number: int

    def aside(self, frame: pl.LazyFrame, at_once: bool) -> pl.LazyFrame | Shared:
        """Rows, laid apart at once or when a share of them is asked for."""
        if self.number == 1:
            return frame
        parts = Parts([fresh() for _ in range(self.number)], frame)
        if at_once:
            parts.write()
        return Shared(parts)

    def made(self, make: Callable[..., pl.LazyFrame], given: Sequence[Any]) -> pl.LazyFrame | Shared:
        """What `make` makes of facts as they are held."""
        if self.number == 1:
            return make(*map(rows, given))
        return Shared(Parts([put(make(*(self._of(fact, share) for fact in given))) for share in range(self.number)]))

    def _of(self, fact: Any, share: int) -> Any:
        """The rows of a share; of a fact that knows no accounts, all."""
        if isinstance(fact, Shared):
            return fact.rows(share)
        whole = rows(fact)
        return whole.filter(share_of(self.number) == share) if isinstance(whole, pl.LazyFrame) and "account" in whole.collect_schema() else whole


def share_of(number: int) -> pl.Expr:
    """The share of an account. The codes of names hold for one run, and so do the parts; hashed, since other names may stand between them regularly."""
    return pl.col("account").cast(pl.Categorical).to_physical().fill_null(0).hash(0) % number


def of(events: int) -> Shares:
    """As many as so many events need."""
    return Shares(1 if events <= HELD else -(-events // SHARE))


def rows(fact: Any) -> Any:
    """All rows of a fact, however it is held; whatever else it is, itself."""
    return fact.rows() if isinstance(fact, Shared) else fact.lazy() if isinstance(fact, pl.DataFrame) else fact


def changed(fact: pl.LazyFrame | pl.DataFrame | Shared, change: Change) -> pl.LazyFrame | Shared:
    """A fact, each row of which stays in its share."""
    return replace(fact, changes=(*fact.changes, change)) if isinstance(fact, Shared) else change(fact.lazy())
