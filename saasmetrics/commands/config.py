"""Where the definition file is: -c, else the environment, else the nearest saasmetrics.yml upwards."""

from __future__ import annotations

from contextlib import suppress
from glob import glob
from pathlib import Path

from saasmetrics.atomic import reads
from saasmetrics.definitions.read import Loaded, read
from saasmetrics.messages import refuse, say

NAMES = ("saasmetrics.yml", "saasmetrics.yaml")


def load(config: Path | None, *, allow_remote: bool = False, verbose: bool = False) -> Loaded:
    """The definition of this run; its warnings are part of it."""
    path = config or _nearest(Path.cwd())
    if verbose:
        say(f"definitions: {path}")
    loaded = read(path, allow_remote=allow_remote)
    reads(path)
    _note_inputs(loaded)
    return loaded


def _note_inputs(loaded: Loaded) -> None:
    """Also what this command does not open is an input: nothing is written over it."""
    home = loaded.path.parent
    for _, source in loaded.definition.sources:
        for pattern in getattr(source, "files", ()) if source else ():
            for name in (pattern, *glob(pattern, root_dir=home, recursive=True, include_hidden=True)):
                with suppress(OSError):
                    reads(home / name)


def _nearest(folder: Path) -> Path:
    for home in (folder, *folder.parents):
        for candidate in (*(home / name for name in NAMES), home / "configs" / NAMES[0]):
            if candidate.is_file():
                return candidate.relative_to(folder) if candidate.is_relative_to(folder) else candidate
        if (home / ".git").exists():
            break
    refuse("SM101", "no saasmetrics.yml here or above, and no -c FILE")
