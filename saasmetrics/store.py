"""Facts of large inputs, kept from run to run in `.saasmetrics/` beside the definition file.

`index` says what is known of each input (by its content, never by its name) and which tables of facts hold it;
`facts/` has these tables, which are written once and never changed. Whatever the index does not name is nothing: a
run that was killed leaves at most such files, and the next one removes them. A table whose bytes are not those that the
index tells is as good as missing. All may be deleted at any time: it saves work, no more.

Runs hold the folder open by a shared lock, under which nothing is removed; the index is replaced as a whole.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from saasmetrics import index as indexes
from saasmetrics.atomic import alone_in, refused_by_system
from saasmetrics.index import Index, Known

if TYPE_CHECKING:
    import polars as pl

FOLDER, INDEX, FACTS = ".saasmetrics", "index", "facts"
LIMIT = 4 << 30  # bytes; beyond it, and beyond so many for each event of the run, the inputs that were not asked for longest are forgotten
EACH = 50
OFTEN = 10.0  # seconds after which what is done so far is written down
SETTLED = 2_000_000_000  # nanoseconds after which a file that is changed again has another time


@dataclass
class Chunk:
    """One table of facts: `about` it stands in the index. `frame` is there where it could not be written."""

    about: Mapping[str, Any]
    path: Path
    frame: pl.DataFrame | None = None
    checked: bool = False

    def read(self) -> pl.DataFrame:
        """All of it."""
        import polars as pl

        return pl.read_parquet(self.path) if self.frame is None else self.frame

    def scan(self) -> pl.LazyFrame:
        """The same, read where it is used."""
        import polars as pl

        return pl.scan_parquet(self.path, glob=False) if self.frame is None else self.frame.lazy()

    def sound(self) -> bool:
        """Whether its bytes are those that were written."""
        if not self.checked and self.frame is None:
            try:
                with self.path.open("rb") as file:
                    self.checked = hashlib.file_digest(file, "sha256").hexdigest() == self.about["sha256"]
            except OSError:
                return False
        return self.checked or self.frame is not None


@dataclass
class Store:
    """What is kept in one folder, for one run."""

    home: Path
    index: Index = field(default_factory=indexes.empty)
    trouble: str = ""  # why nothing more is written
    events: int = 0  # of this run
    _fresh: Index = field(default_factory=indexes.empty)
    _chunks: dict[str, Chunk] = field(default_factory=dict)
    _lock: int = -1
    _saved: float = field(default_factory=time.monotonic)

    def open(self) -> None:
        """The folder, made when it is not there; OSError when it can be neither made nor read."""
        if self.opened:
            return
        (self.home / FACTS).mkdir(parents=True, exist_ok=True)
        if not (self.home / ".gitignore").exists():
            (self.home / ".gitignore").write_text("*\n", "utf-8")
        self._lock = os.open(self.home, os.O_RDONLY)
        self.index = indexes.read(self.home / INDEX)
        if self._orphans() and self.alone():
            self._sweep()
        self._locked(fcntl.LOCK_SH)
        self.index = indexes.read(self.home / INDEX)

    @property
    def opened(self) -> bool:
        """Whether anything is kept, in this run."""
        return self._lock >= 0

    def chunks(self, key: str) -> list[Chunk]:
        """The tables that are known of an input."""
        return [self._chunk(about) for about in self._input(key)["chunks"]]

    def every(self) -> Iterator[Known]:
        """What is known of all tables."""
        return indexes.chunks(self.index)

    def pages(self, key: str) -> list[Known]:
        """What was told when the input was read."""
        return self._input(key)["pages"]  # type: ignore[no-any-return]

    def turn(self, key: str, page: Known) -> None:
        """Keep what was told of an input."""
        self._news(key)["pages"].append(page)
        self._input(key)["pages"].append(page)

    def put(self, key: str, frame: pl.DataFrame, about: Known) -> Chunk:
        """Keep a table of facts; in memory when that is the only place."""
        name, sink = f"{token_hex(8)}.parquet", io.BytesIO()
        frame.write_parquet(sink, compression="lz4", statistics=False)
        data = sink.getbuffer()
        told = {**about, "file": name, "rows": frame.height, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        chunk = Chunk(told, self.home / FACTS / name, checked=True)
        if not self._written(chunk.path, lambda: chunk.path.write_bytes(data)):
            chunk.frame = frame
        return self._entered(key, chunk)

    def sink(self, key: str, frame: pl.LazyFrame, rows: int, about: Known) -> None:
        """Keep a table that is never in memory as a whole; nothing, where it cannot be written."""
        path = self.home / FACTS / f"{token_hex(8)}.parquet"
        if self._written(path, lambda: frame.sink_parquet(path, compression="lz4", statistics=False)):
            with path.open("rb") as file:
                told = {**about, "file": path.name, "rows": rows, "bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}
            self._entered(key, Chunk(told, path, checked=True))

    def found(self, key: str) -> Chunk | None:
        """The one table that was put under these letters, if it is whole."""
        return next((chunk for chunk in self.chunks(key) if chunk.sound()), None)

    def once(self, key: str, output: str, make: Callable[[], pl.DataFrame]) -> Chunk:
        """A table that follows from others, of which the letters tell: as it was made before, or made."""
        return self.found(key) or self.put(key, make(), {"output": output})

    def stamped(self, stamp: tuple[int, ...]) -> str | None:
        """The hash of a file that has not been touched since it was computed."""
        return self.index["stamps"].get(str(stamp))

    def stamp(self, stamp: tuple[int, ...], digest: str) -> None:
        """Keep a file's hash, unless it is so young that a change might not show."""
        if time.time_ns() - stamp[3] > SETTLED:
            self.index["stamps"][str(stamp)] = self._fresh["stamps"][str(stamp)] = digest

    def keep_list(self, letters: str, names: Sequence[str]) -> str:
        """Keep a list of names under its letters."""
        self.index["lists"][letters] = self._fresh["lists"][letters] = [*names]
        return letters

    def listed(self, letters: str) -> Sequence[str]:
        """The names of a list."""
        return self.index["lists"][letters]  # type: ignore[no-any-return]

    def save(self) -> None:
        """Add what is new to the index as it is now: others may have added to it, too."""
        if not self.trouble and (self._fresh["stamps"] or self._fresh["inputs"]):
            try:
                with alone_in(self.home / FACTS):
                    indexes.write(self.home / INDEX, indexes.joined(indexes.read(self.home / INDEX), self._fresh))
                self._fresh = indexes.empty()
            except OSError as error:
                self.trouble = error.strerror or str(error)
        self._saved = time.monotonic()

    def close(self) -> None:
        """Save, forget what is too much, and let go."""
        if not self.opened:
            return
        self._touch()
        self.save()
        limit = max(LIMIT, EACH * self.events)
        if not self.trouble and indexes.too_much(self.index, limit) and self.alone():
            self.forget(limit)
        os.close(self._lock)
        self._lock = -1

    def forget(self, limit: int) -> None:
        """Remove the inputs that were not asked for longest, until no more than `limit` bytes are kept; nobody else may be here."""
        with alone_in(self.home / FACTS):
            kept = indexes.without_oldest(indexes.read(self.home / INDEX), limit)
            indexes.write(self.home / INDEX, kept if limit else indexes.empty())
        self._sweep()

    def alone(self) -> bool:
        """Whether no other run has the folder open; from then on none can open it."""
        return self._locked(fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _input(self, key: str) -> Known:
        return self.index["inputs"].setdefault(key, indexes.nothing())  # type: ignore[no-any-return]

    def _news(self, key: str) -> Known:
        return self._fresh["inputs"].setdefault(key, indexes.nothing())  # type: ignore[no-any-return]

    def _chunk(self, about: Known) -> Chunk:
        if about["file"] not in self._chunks:
            self._chunks[about["file"]] = Chunk(about, self.home / FACTS / about["file"])
        return self._chunks[about["file"]]

    def _touch(self) -> None:
        """Say of the inputs that were asked for that they were, once a day."""
        today = int(time.time()) // indexes.DAY
        for key in {key for key in self.index["inputs"] if self.index["inputs"][key]["used"] // indexes.DAY < today}:
            if any(chunk.checked for chunk in self.chunks(key)):
                self._news(key)

    def _entered(self, key: str, chunk: Chunk) -> Chunk:
        """A table that is new in the index, where it could be written."""
        if chunk.frame is None:
            self._news(key)["chunks"].append(chunk.about)
        self._chunks[chunk.path.name] = chunk
        self._input(key)["chunks"].append(chunk.about)
        if time.monotonic() - self._saved > OFTEN:
            self.save()
        return chunk

    def _written(self, path: Path, write: Callable[[], Any]) -> bool:
        """No need to wait for the disk: what does not arrive there has another hash."""
        if self.trouble:
            return False
        try:
            write()
        except Exception as error:
            if not (reason := refused_by_system(error)):
                raise
            self.trouble = reason
            with suppress(OSError):
                path.unlink()
        return not self.trouble

    def _orphans(self) -> set[str]:
        """Files that no run will ever look at."""
        named = {chunk["file"] for chunk in indexes.chunks(self.index)}
        return {f"{FACTS}/{name}" for name in {*os.listdir(self.home / FACTS)} - named} | {name for name in os.listdir(self.home) if name.endswith(".tmp")}

    def _sweep(self) -> None:
        self.index = indexes.read(self.home / INDEX)
        for name in self._orphans():
            with suppress(OSError):
                (self.home / name).unlink()

    def _locked(self, kind: int) -> bool:
        """Whether a lock of that kind is had; a file system without locks removes nothing."""
        try:
            fcntl.flock(self._lock, kind)
        except OSError:
            return False
        return True
