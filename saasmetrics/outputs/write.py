"""Where bytes go: a file, a directory or stdout. Afterwards all of them are there, or the old ones still are.

For Linux and macOS. Writers to one folder wait for each other by a lock that dies with its holder; so whatever is
half-written when the lock is had was left by one that was killed.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import re
import shutil
import stat
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import Any

from saasmetrics.messages import refuse

About = Mapping[str, Mapping[str, Any]]
CURRENT, MANIFEST = ".current", "manifest.json"
DAY = 86_400.0


def to_stdout(data: bytes) -> None:
    """Every byte, or exit 4, whatever PYTHONUNBUFFERED says; a reader that has left is no error."""
    try:
        _stdout(data)
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.close(nowhere)
    except OSError as error:
        refuse("SM401", error.strerror or str(error), "stdout")


def to_file(path: Path, data: bytes) -> None:
    """`path` as a whole: a reader finds the old file or the new one. Pipes and devices are just written to."""
    if path == Path("/dev/stdout"):  # opened anew it would be cut off, also where the shell appends
        to_stdout(data)
        return
    with _refusing(path):
        if _is_plain(path):
            target = Path(os.path.realpath(path))
            with _alone_in(target.parent) as age:
                _sweep(target, age)
                _replace(target, data)
        else:
            path.write_bytes(data)


def to_directory(path: Path, files: Mapping[str, bytes], about: About | None = None) -> None:
    """Files that belong together: at every instant all names lead to the old set, or all to the new one.

    The names, `manifest.json` among them, are links through `.current`, the one link that is swapped. The manifest
    has size and sha256 of each file, and what `about` tells of it. Files of other names are carried along. The run
    before stays until the next one: who follows `.current` once, then reads, never sees two runs.
    """
    with _refusing(path):
        path.mkdir(exist_ok=True)
        with _alone_in(path) as age:
            _sweep_runs(path, files, age)
            run = path / f".run-{token_hex(6)}"
            try:
                _fill(run, files, about or {}, _carried(path, files))
                _switch(path, run)
            finally:
                if os.path.realpath(path / CURRENT) != os.path.realpath(run):
                    shutil.rmtree(run, ignore_errors=True)


def _stdout(data: bytes) -> None:
    if sys.__stdout__ is None:  # whatever is descriptor 1 now, it is not stdout
        raise OSError(errno.EBADF, "stdout is closed")
    os.set_blocking(1, True)
    with open(os.dup(1), "wb") as out:  # closing it reports what a network disk could not keep
        out.write(data)


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        missing = isinstance(error, FileNotFoundError) and not path.parent.exists()
        refuse("SM401", f"there is no folder {path.parent}" if missing else error.strerror or str(error), str(path))


@contextmanager
def _alone_in(folder: Path) -> Iterator[float]:
    """Waits until no other run writes there, and gives the age from which on what is half-written is nobody's."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        except OSError:
            yield DAY  # a file system without locks: others may be writing now
        else:
            yield 0
    finally:
        os.close(descriptor)


def _is_plain(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return True
    return stat.S_ISREG(mode)


def _replace(target: Path, data: bytes) -> None:
    temp, mode = _temp(target), _mode(target)
    with _unless(temp):
        _create(temp, data, mode)
        os.replace(temp, target)
    _sync(target.parent)


def _mode(target: Path) -> int | None:
    """The mode of a file that is there; a file that forbids writing is not replaced, though its folder would let us."""
    with suppress(FileNotFoundError), open(os.open(target, os.O_WRONLY), "wb") as file:
        return stat.S_IMODE(os.fstat(file.fileno()).st_mode)
    return None


def _create(path: Path, data: bytes, mode: int | None = None) -> None:
    """A new file, on disk when this returns; its mode is by the umask unless given."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
        if mode is not None:
            os.fchmod(file.fileno(), mode)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _temp(target: Path) -> Path:
    return target.with_name(f".{_stem(target)}.{token_hex(4)}.tmp")


def _stem(target: Path) -> str:
    """So much of the name that a temporary name is legal where the name itself is."""
    return os.fsdecode(os.fsencode(target.name)[:200])


@contextmanager
def _unless(temp: Path) -> Iterator[None]:
    """No temporary file outlives a failure."""
    try:
        yield
    except BaseException:
        with suppress(OSError):
            temp.unlink()
        raise


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sweep(target: Path, age: float) -> None:
    """Removes what killed runs left beside `target`."""
    ours = re.compile(rf"\.{re.escape(_stem(target))}\.[0-9a-f]{{8}}\.tmp")
    for name in filter(ours.fullmatch, os.listdir(target.parent)):
        with suppress(FileNotFoundError):
            if _is_older(target.parent / name, age):
                os.unlink(target.parent / name)


def _is_older(path: Path, age: float) -> bool:
    return not age or time.time() - path.lstat().st_mtime > age


def _sweep_runs(path: Path, files: Mapping[str, bytes], age: float) -> None:
    current = os.path.realpath(path / CURRENT)
    for name in filter(re.compile(r"\.run-[0-9a-f]{12}").fullmatch, os.listdir(path)):
        if os.path.realpath(path / name) != current and _is_older(path / name, age):
            shutil.rmtree(path / name)
    for name in (CURRENT, MANIFEST, *files):
        _sweep(path / name, age)


def _carried(path: Path, files: Mapping[str, bytes]) -> dict[Path, dict[str, Any]]:
    """The files of the run before that this one does not write, with their entries in the manifest."""
    current = path / CURRENT
    try:
        entries = json.loads((current / MANIFEST).read_bytes())["files"]
    except (OSError, ValueError):
        return {}
    kept = {current / entry["file"]: entry for entry in entries if entry["file"] not in files}
    return {file: entry for file, entry in kept.items() if file.exists()}


def _fill(run: Path, files: Mapping[str, bytes], about: About, carried: Mapping[Path, dict[str, Any]]) -> None:
    run.mkdir()
    for file in carried:
        os.link(file, run / file.name)
    for name, data in files.items():
        _create(run / name, data)
    entries = {name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in files.items()}
    written = [{**about.get(name, {}), "file": name, **entry} for name, entry in entries.items()]
    listed = sorted([*written, *carried.values()], key=lambda entry: str(entry["file"]))
    _create(run / MANIFEST, json.dumps({"files": listed}, ensure_ascii=False, indent=1).encode() + b"\n")
    _sync(run)


def _switch(path: Path, run: Path) -> None:
    """One rename decides. Names that are new wait for it as links to nothing."""
    links = {path / name: Path(CURRENT, name) for name in os.listdir(run)}
    for link, to in links.items():
        if not os.path.lexists(link):
            link.symlink_to(to)
    _point(path / CURRENT, Path(run.name))
    for link, to in links.items():
        if not link.is_symlink() or link.readlink() != to:
            _point(link, to)
    _sync(path)


def _point(link: Path, to: Path) -> None:
    temp = _temp(link)
    with _unless(temp):
        temp.symlink_to(to)
        os.replace(temp, link)
