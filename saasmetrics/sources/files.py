"""From patterns to files: expanded by us, each counted once, opened as plain bytes whatever they are wrapped in."""

from __future__ import annotations

import bz2
import errno
import glob
import gzip
import hashlib
import os
import shutil
import signal
import stat
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from saasmetrics.atomic import Stamp, reads, stamp
from saasmetrics.messages import refuse
from saasmetrics.sources.ledger import Ledger
from saasmetrics.sources.objects import copied
from saasmetrics.sources.spool import spool_folder

CHUNK = 1 << 20
PIECE = 8 << 20  # bytes hashed at a time, in which whoever runs Python beside is not waited for


@dataclass(frozen=True)
class Input:
    """One file as it stood when the run began."""

    shown: str
    path: Path
    stamp: Stamp

    @property
    def size(self) -> int:
        return self.stamp[2]

    @cached_property
    def head(self) -> bytes:
        """The first bytes, which tell what it is wrapped in."""
        with _opening(self.shown), self.path.open("rb") as file:
            return file.read(8)

    @cached_property
    def content(self) -> bytes:
        """How the content begins, whatever it is wrapped in; nothing when it cannot be unwrapped."""
        unpack = _unpacker(self)
        with suppress(EOFError, zlib.error, OSError), (unpack or _raw)(self.path) as source:
            return bytes(source.read(65_536))
        return b""

    def sha256(self) -> str:
        found, piece = hashlib.sha256(), memoryview(bytearray(min(self.size, PIECE) + 1))
        with _opening(self.shown), self.path.open("rb", buffering=0) as file:
            while size := file.readinto(piece):
                found.update(piece[:size])
        return found.hexdigest()

    def check_unchanged(self) -> None:
        """Refuse when the file is not what it was at the start."""
        try:
            same = stamp(self.path) == self.stamp
        except OSError:
            same = False
        if not same:
            refuse("SM402", "changed while being read", self.shown)


def expand(patterns: Sequence[str], base: Path, ledger: Ledger, *, follow: bool = False) -> list[Input]:
    """The files behind paths and globs, in order of their names; twins through links once, hidden ones skipped.

    Addresses are followed only where that has been allowed.
    """
    found: dict[tuple[int, int], Input] = {}
    for pattern in patterns:
        for path, shown in _matches(pattern, base, ledger, follow):
            taken = _input(path, shown)
            first = found.setdefault(taken.stamp[:2], taken)
            if first.shown != shown:
                ledger.warn("SM322", f"same file as {first.shown}: counted once", shown)
    return sorted(found.values(), key=lambda one: one.shown)


def plain(given: Input, encoding: str = "utf-8") -> Path:
    """A path to the file's content as plain UTF-8 bytes: itself, or a temporary copy unpacked and recoded."""
    unpack = _unpacker(given)
    if unpack is None and encoding in ("utf-8", "utf8"):
        return given.path
    target = spool_folder() / f"{hashlib.sha256(str(given.path).encode()).hexdigest()[:16]}.txt"
    try:
        with (unpack or _raw)(given.path) as source, target.open("wb") as out:
            _copy(source, out, encoding, given.shown)
    except (EOFError, zlib.error, OSError) as error:
        if getattr(error, "errno", None):  # the disk's trouble, not the file's
            raise
        refuse("SM303", f"truncated or corrupt: {error}", given.shown)
    return target


def check_encoding(start: bytes, shown: str) -> None:
    """Refuse what begins as no UTF-8 does."""
    if start[:4] in (b"\xff\xfe\0\0", b"\0\0\xfe\xff"):
        refuse("SM308", "looks like UTF-32: export it as UTF-8", shown, 1)
    high, low = start[0:8:2], start[1:8:2]
    if start[:2] in (b"\xff\xfe", b"\xfe\xff") or low and not low.strip(b"\0"):
        refuse("SM308", "looks like UTF-16, use encoding: utf-16", shown, 1)
    if high and not high.strip(b"\0"):
        refuse("SM308", "looks like UTF-16 that does not say so in its first two bytes: export it as UTF-8", shown, 1)
    if b"\0" in start[:8]:
        refuse("SM308", "begins with bytes that are no text: export it as CSV, JSON lines or Parquet", shown, 1)


def _copy(source: IO[bytes], out: IO[bytes], encoding: str, shown: str) -> None:
    if encoding in ("utf-8", "utf8"):
        shutil.copyfileobj(source, out, CHUNK)
        return
    try:
        out.write(source.read().decode(encoding).encode())
    except (UnicodeError, LookupError) as error:
        refuse("SM308", f"not {encoding}: {error}", shown)


def _matches(pattern: str, base: Path, ledger: Ledger, follow: bool) -> Iterator[tuple[Path, str]]:
    if pattern == "-":
        if sys.stdin is None:
            refuse("SM301", "standard input is closed", "-")
        yield _spool_stream(sys.stdin.buffer, "stdin"), "-"
        return
    remote, whole = follow and "://" in pattern, base / pattern
    if not remote and (not glob.has_magic(pattern) or whole.exists()):
        yield _special(whole, pattern), pattern
        return
    with _opening(pattern):
        found = copied(pattern, spool_folder()) if remote else [(base / name, name) for name in sorted(glob.glob(pattern, root_dir=base, recursive=True, include_hidden=True))]
    kept = [(path, shown) for path, shown in found if not _skipped(path, shown, set(Path(pattern).parts), ledger)]
    if not kept:
        refuse("SM301", f"no file matches '{pattern}'", "" if remote else str(base))
    yield from kept


def _skipped(path: Path, shown: str, told: set[str], ledger: Ledger) -> bool:
    """Folders, hidden and bookkeeping files, unless the pattern names them; empty files."""
    if path.is_dir():
        return True
    hidden = any(part.startswith((".", "_")) and part not in told for part in Path(shown).parts)
    if hidden or path.name == "manifest.json":
        ledger.warn("SM322", "skipped: hidden or bookkeeping file", shown)
        return True
    empty = path.is_file() and path.stat().st_size == 0
    if empty:
        ledger.warn("SM321", f"skipped: empty: {path.name}", shown)
    return empty


def _special(path: Path, shown: str) -> Path:
    """FIFOs and devices are copied first: the readers seek."""
    with _opening(shown):
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            refuse("SM301", f"is a folder; write a pattern such as '{shown.rstrip('/')}/*{_ending(path)}'", shown)
        if stat.S_ISREG(mode):
            return path
        with path.open("rb") as stream:
            return _spool_stream(stream, path.name)


def _ending(folder: Path) -> str:
    """Of the first file in a folder that is not hidden."""
    shown = sorted(name for name in os.listdir(folder) if not name.startswith((".", "_")))
    return next((Path(name).suffix for name in shown if Path(name).suffix), ".csv")


def _spool_stream(stream: IO[bytes], name: str) -> Path:
    signal.siginterrupt(signal.SIGINT, True)  # Polars' handler would let a read that waits go on waiting
    target = spool_folder() / f"{name}.{len(list(spool_folder().iterdir()))}"
    with target.open("wb") as out:
        shutil.copyfileobj(stream, out, CHUNK)
    return target


def _input(path: Path, shown: str) -> Input:
    with _opening(shown):
        if shown.encode(errors="ignore").decode() != shown:
            raise OSError(errno.EILSEQ, "its name is not UTF-8: give it another")
        given = Input(shown, path.resolve(strict=True), reads(path))
        with path.open("rb"):
            return given


@contextmanager
def _opening(shown: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        refuse("SM301", "no such file (or a dangling link)" + ("; parts of a path are told by / here, not by \\" if os.sep == "/" and "\\" in shown else ""), shown)
    except (OSError, RuntimeError) as error:
        refuse("SM302", getattr(error, "strerror", None) or str(error), shown)


def _unpacker(given: Input) -> Callable[[Path], Any] | None:
    return next((opener for magic, opener in WRAPPERS.items() if given.head.startswith(magic)), None)


def _raw(path: Path) -> IO[bytes]:
    return path.open("rb")


def _zstd(path: Path) -> Any:
    import pyarrow

    return pyarrow.input_stream(os.fspath(path), compression="zstd")


WRAPPERS: dict[bytes, Callable[[Path], Any]] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\x28\xb5\x2f\xfd": _zstd}
