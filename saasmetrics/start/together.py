"""What many files are called together: a pattern, so that the files of tomorrow are among them."""

from __future__ import annotations

from collections.abc import Sequence
from os.path import commonprefix
from pathlib import Path

from saasmetrics.sources.files import Input


def below(inputs: Sequence[Input]) -> str | None:
    """A pattern below their common folder that means exactly these files: of one ending, equally deep."""
    homes, endings = [Path(one.shown).parent.parts for one in inputs], {Path(one.shown).suffix for one in inputs}
    if len(endings) > 1 or len({*map(len, homes)}) > 1:
        return None
    pattern = "/".join(["*"] * (len(homes[0]) - len(commonprefix(homes))) + [f"*{endings.pop()}"])
    every = {path.resolve() for path in inputs[0].path.parents[pattern.count("/")].glob(pattern)}
    return pattern if every == {one.path for one in inputs} else None


def placed(path: Path, pattern: str) -> Path:
    """The pattern in the folder in which it means the path, too."""
    return path.parents[pattern.count("/")] / pattern
