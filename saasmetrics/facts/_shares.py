"""The largest facts, which have about as many rows as there are events: more than memory should hold.

What such a fact says of an account (`## Large`) follows from the rows of that account alone. So it is made of one share of the
accounts after the other; the parts lie on disk until the run is over, and are read where they are used.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_hex
from typing import Any

import polars as pl

from saasmetrics.sources.files import spool_folder

SHARE = 10_000_000  # events
Change = Callable[[pl.LazyFrame], pl.LazyFrame]


@dataclass(frozen=True)
class Shared:
    """A fact in parts, one a share of the accounts."""

    parts: Sequence[Path]
    changes: tuple[Change, ...] = ()

    def rows(self, share: int | None = None) -> pl.LazyFrame:
        """Those of one share, or all."""
        frame = pl.scan_parquet([*self.parts] if share is None else self.parts[share], glob=False, use_statistics=False)
        for change in self.changes:
            frame = change(frame)
        return frame


@dataclass(frozen=True)
class Shares:
    """Of the accounts, that many; of one alone nothing needs to lie on disk."""

    number: int

    def aside(self, frame: pl.LazyFrame) -> pl.LazyFrame | Shared:
        """Rows that were there before, from where each share of them is quicker to read."""
        if self.number == 1:
            return frame
        parts = self._parts()
        by = pl.PartitionBy(spool_folder(), key={"share": self._share}, include_key=False, file_path_provider=lambda told: parts[told.partition_keys.item()])
        frame.sink_parquet(by, compression="lz4", statistics=False, maintain_order=False)
        for part in parts:
            if not part.exists():
                pl.DataFrame(schema=frame.collect_schema()).write_parquet(part)
        return Shared(parts)

    def made(self, make: Callable[..., pl.LazyFrame], given: Sequence[Any]) -> pl.LazyFrame | Shared:
        """What `make` makes of facts as they are held."""
        if self.number == 1:
            return make(*map(rows, given))
        parts = self._parts()
        for share, part in enumerate(parts):
            make(*(self._of(fact, share) for fact in given)).sink_parquet(part, compression="lz4", statistics=False)
        return Shared(parts)

    def _of(self, fact: Any, share: int) -> Any:
        """The rows of a share; of a fact that knows no accounts, all."""
        if isinstance(fact, Shared):
            return fact.rows(share)
        whole = rows(fact)
        return whole.filter(self._share == share) if isinstance(whole, pl.LazyFrame) and "account" in whole.collect_schema() else whole

    @property
    def _share(self) -> pl.Expr:
        """That of an account. The codes of names hold for one run, and so do the parts."""
        return pl.col("account").cast(pl.Categorical).to_physical().fill_null(0) % self.number

    def _parts(self) -> list[Path]:
        name = token_hex(8)
        return [spool_folder() / f"{name}-{share}.parquet" for share in range(self.number)]


def of(events: int) -> Shares:
    """As many as so many events need."""
    return Shares(max(1, -(-events // SHARE)))


def rows(fact: Any) -> Any:
    """All rows of a fact, however it is held; whatever else it is, itself."""
    return fact.rows() if isinstance(fact, Shared) else fact.lazy() if isinstance(fact, pl.DataFrame) else fact


def changed(fact: pl.LazyFrame | pl.DataFrame | Shared, change: Change) -> pl.LazyFrame | Shared:
    """A fact, each row of which stays in its share."""
    return replace(fact, changes=(*fact.changes, change)) if isinstance(fact, Shared) else change(fact.lazy())
