"""Where a run puts what is too large for memory: a private temporary folder, gone when the run is over.

A run that was killed cannot remove its own; the next one does. A folder is somebody's as long as its lock is held.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

from saasmetrics.atomic import is_older, refused_by_system
from saasmetrics.messages import refuse

if TYPE_CHECKING:
    import polars as pl

BEGIN = "saasmetrics-run-"
HOUR = 3_600.0  # a folder so young may not have its lock yet
_OWN: list[Path] = []


def spool_folder() -> Path:
    """The folder of this run."""
    if not _OWN:
        folder = Path(tempfile.mkdtemp(prefix=BEGIN))
        _OWN.append(folder)
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        _locked(folder)
        _sweep(folder.parent)
    return _OWN[0]


def fresh() -> Path:
    """A name there that nobody has yet, for a table."""
    return spool_folder() / f"{token_hex(8)}.parquet"


def put(frame: pl.LazyFrame) -> Path:
    """Rows, written there."""
    path = fresh()
    with filling():
        frame.sink_parquet(path, compression="lz4", statistics=False)
    return path


@contextmanager
def filling() -> Iterator[None]:
    """What is written there may find no room."""
    try:
        yield
    except Exception as error:
        if reason := refused_by_system(error):
            refuse("SM401", f"what is too large for memory has no place: {reason}; TMPDIR may name another folder", str(spool_folder().parent))
        raise


def _sweep(there: Path) -> None:
    """Removes what killed runs left."""
    for folder in there.glob(f"{BEGIN}*"):
        with suppress(OSError):
            if folder.lstat().st_uid == os.getuid() and is_older(folder, HOUR) and (lock := _locked(folder)) is not None:
                shutil.rmtree(folder, ignore_errors=True)
                os.close(lock)


def _locked(folder: Path) -> int | None:
    """Its lock, if nobody else has it; held until it is closed or the run ends, however it ends."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor
