"""Files as a whole: whoever reads finds the old one or the new one, whenever the writer is stopped.

For Linux and macOS. Writers to one folder wait for each other by a lock that dies with its holder; so whatever is
half-written when the lock is had was left by one that was killed.
"""

from __future__ import annotations

import fcntl
import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from threading import get_ident

DAY = 86_400.0
Stamp = tuple[int, int, int, int]
_HELD: dict[tuple[int, int, int], float] = {}  # the folders that a thread of this process is alone in
_READ: set[Stamp] = set()  # the inputs of this run


def stamp(path: Path) -> Stamp:
    """By which it is seen that a file is another one, or was written to."""
    found = path.stat()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def reads(path: Path) -> Stamp:
    """Notes that the file is an input of this run: nobody else has it, so it writes nothing over it."""
    found = stamp(path)
    _READ.add(found)
    return found


def was_read(path: Path) -> bool:
    """Whether what is there now, under whichever name, is an input of this run."""
    with suppress(OSError):
        return stamp(path) in _READ
    return False


def replace(target: Path, data: bytes, mode: int | None = None) -> None:
    """The file as a whole: whoever reads finds the old one or the new one."""
    replace_each({target: (data, mode)})


def replace_each(files: Mapping[Path, tuple[bytes, int | None]]) -> None:
    """Each file as a whole, with its mode. All are on disk before the first takes its name; then their names follow at once."""
    temps = {target: temporary(target) for target in files}
    with ExitStack() as stack:
        for target, (data, mode) in files.items():
            stack.enter_context(gone_on_failure(temps[target]))
            create(temps[target], data, mode)
        for target, temp in temps.items():
            os.replace(temp, target)
    for folder in sorted({target.parent for target in files}):
        synced(folder)


@contextmanager
def alone_in(folder: Path) -> Iterator[float]:
    """Waits until no other run writes there, and gives the age from which on what is half-written is nobody's.

    Who is alone there already does not wait for itself.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        found = os.fstat(descriptor)
        key = found.st_dev, found.st_ino, get_ident()
        if key in _HELD:
            yield _HELD[key]
            return
        _HELD[key] = _locked(descriptor)
        try:
            yield _HELD[key]
        finally:
            del _HELD[key]
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> float:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except OSError:
        return DAY  # a file system without locks: others may be writing now
    return 0


def create(path: Path, data: bytes, mode: int | None = None) -> None:
    """A new file, on disk when this returns; its mode is by the umask unless given."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
        if mode is not None:
            os.fchmod(file.fileno(), mode)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def temporary(target: Path) -> Path:
    """A name beside the file, for what becomes it."""
    return target.with_name(f".{_stem(target)}.{token_hex(4)}.tmp")


def _stem(target: Path) -> str:
    """So much of the name that a temporary name is legal where the name itself is."""
    return os.fsdecode(os.fsencode(target.name)[:200])


@contextmanager
def gone_on_failure(temp: Path) -> Iterator[None]:
    """No temporary file outlives a failure."""
    try:
        yield
    except BaseException:
        with suppress(OSError):
            temp.unlink()
        raise


def synced(folder: Path) -> None:
    """What was renamed in a folder stays so."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sweep(target: Path, age: float) -> None:
    """Removes what killed runs left beside `target`."""
    ours = re.compile(rf"\.{re.escape(_stem(target))}\.[0-9a-f]{{8}}\.tmp")
    for name in filter(ours.fullmatch, os.listdir(target.parent)):
        with suppress(FileNotFoundError):
            if is_older(target.parent / name, age):
                os.unlink(target.parent / name)


def is_older(path: Path, age: float) -> bool:
    """Whether a file was last written so many seconds ago; with 0 every file was."""
    return not age or time.time() - path.lstat().st_mtime > age


def refused_by_system(error: Exception) -> str | None:
    """Why a file cannot be written or read, if that is what is wrong: Polars has no error of its own for it."""
    if isinstance(error, OSError) or "os error" in str(error):
        return getattr(error, "strerror", None) or str(error).rsplit("error: ", 1)[-1].splitlines()[0]
    return None
