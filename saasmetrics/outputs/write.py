"""Where bytes go: a file, a directory or stdout. Afterwards all of them are there, or the old ones still are."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import Any

from saasmetrics.atomic import (
    alone_in,
    create,
    gone_on_failure,
    is_older,
    replace_each,
    sweep,
    synced,
    temporary,
    was_read,
)
from saasmetrics.messages import passed, refuse

About = Mapping[str, Mapping[str, Any]]
CURRENT, MANIFEST = ".current", "manifest.json"


def to_stdout(data: bytes) -> None:
    """Every byte, or exit 4, whatever PYTHONUNBUFFERED says; a reader that has left is no error."""
    passed()
    try:
        _stdout(data)
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.close(nowhere)
    except OSError as error:
        refuse("SM401", error.strerror or str(error), "stdout")


def to_file(path: Path, data: bytes, meta: bytes | None = None) -> None:
    """`path` as a whole: a reader finds the old file or the new one. Pipes and devices are just written to.

    `meta` stands in `path`.meta.json and takes its name just before: whoever finds the new file finds what tells of it.
    A run that is killed between the two leaves the old file beside the new meta: its sha256 says that it is not that file's.
    A file of a set is written as a set.
    """
    if path == Path("/dev/stdout"):  # opened anew it would be cut off, also where the shell appends
        to_stdout(data)
        return
    files = {path: data} if meta is None else {beside(path): meta, path: data}
    _spare(files)
    with _refusing(path):
        if path.is_symlink() and path.readlink() == Path(CURRENT, path.name):
            to_directory(path.parent, {file.name: content for file, content in files.items()})
        elif _is_plain(path):
            _replace(files)
        else:
            path.write_bytes(data)


def beside(path: Path) -> Path:
    """Where that is told of a file which its bytes cannot say."""
    return path.with_name(f"{path.name}.meta.json")


def proof(data: bytes) -> dict[str, Any]:
    """By which a file is known."""
    return {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def to_directory(path: Path, files: Mapping[str, bytes], about: About | None = None) -> None:
    """Files that belong together: at every instant all names lead to the old set, or all to the new one.

    The names, `manifest.json` among them, are links through `.current`, the one link that is swapped. The manifest
    has size and sha256 of each file, and what `about` tells of it. Files of other names are carried along. The run
    before stays until the next one: who follows `.current` once, then reads, never sees two runs.
    """
    _spare([path / name for name in files])
    with _refusing(path):
        path.mkdir(exist_ok=True)
        with alone_in(path) as age:
            _sweep_runs(path, files, age)
            run = path / f".run-{token_hex(6)}"
            try:
                _fill(run, files, about or {}, _carried(path, files))
                _switch(path, run)
            finally:
                if os.path.realpath(path / CURRENT) != os.path.realpath(run):
                    shutil.rmtree(run, ignore_errors=True)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """What is read of this file stays true until what is written because of it stands: no other run writes there meanwhile."""
    with _refusing(path), alone_in(path.parent):
        yield


def _spare(files: Iterable[Path]) -> None:
    """Refuse to write over an input: an export that is gone cannot be had again."""
    for path in filter(was_read, files):
        refuse("SM130", "is an input of this run, and would be lost: write to another file", str(path))


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


def _replace(files: Mapping[Path, bytes]) -> None:
    targets = {Path(os.path.realpath(path)): data for path, data in files.items()}
    with ExitStack() as stack:
        ages = {folder: stack.enter_context(alone_in(folder)) for folder in sorted({target.parent for target in targets})}
        for target in targets:
            sweep(target, ages[target.parent])
        replace_each({target: (data, _mode(target)) for target, data in targets.items()})


def _is_plain(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return True
    return stat.S_ISREG(mode)


def _mode(target: Path) -> int | None:
    """The mode of a file that is there; a file that forbids writing is not replaced, though its folder would let us."""
    with suppress(FileNotFoundError), open(os.open(target, os.O_WRONLY), "wb") as file:
        return stat.S_IMODE(os.fstat(file.fileno()).st_mode)
    return None


def _sweep_runs(path: Path, files: Mapping[str, bytes], age: float) -> None:
    current = os.path.realpath(path / CURRENT)
    for name in filter(re.compile(r"\.run-[0-9a-f]{12}").fullmatch, os.listdir(path)):
        if os.path.realpath(path / name) != current and is_older(path / name, age):
            shutil.rmtree(path / name)
    for name in (CURRENT, MANIFEST, *files):
        sweep(path / name, age)


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
        create(run / name, data)
    written = [{**about.get(name, {}), "file": name, **proof(data)} for name, data in files.items()]
    listed = sorted([*written, *carried.values()], key=lambda entry: str(entry["file"]))
    create(run / MANIFEST, json.dumps({"files": listed}, ensure_ascii=False, indent=1).encode() + b"\n")
    synced(run)


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
    synced(path)


def _point(link: Path, to: Path) -> None:
    temp = temporary(link)
    with gone_on_failure(temp):
        temp.symlink_to(to)
        os.replace(temp, link)
