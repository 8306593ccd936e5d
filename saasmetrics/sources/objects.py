"""Object storage (s3, gs, abfs): objects are copied to a private folder first, so that each is hashed, checked and read as any file.

Who may read them is told by the environment, as the vendors' own tools have it (AWS_ACCESS_KEY_ID, AWS_PROFILE,
GOOGLE_APPLICATION_CREDENTIALS …; AWS_ENDPOINT_URL for other stores that speak S3), never by a definition file.
Run against a server that speaks S3; Google's and Azure's own were out of reach: unverified there.
"""

from __future__ import annotations

import re
import shutil
from functools import cache
from pathlib import Path
from typing import Any

from saasmetrics.definitions.base import shown
from saasmetrics.messages import refuse

KINDS = ("s3", "gs", "gcs", "abfs", "abfss")
MAGIC = re.compile(r"[*?]")
GLOB = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


@cache
def copied(pattern: str, folder: Path) -> list[tuple[Path, str]]:
    """The objects behind an address or a pattern, each as a file here and under its own address; copied once a run."""
    kind, _, place = pattern.partition("://")
    if kind not in KINDS or re.match(r"[^/]*:[^/]*@", place):
        refuse("SM114", f"addresses that are followed begin with {', '.join(f'{name}://' for name in KINDS)}, and have no password in them: {shown(pattern)}")
    begun = MAGIC.search(place)
    above = place[: begun.start()].rpartition("/")[0] if begun else place
    store, root = _opened(f"{kind}://{above}")
    named = _matching(store, root, place[len(above) + 1 :]) if begun else [""]
    return [(_copy(store, f"{root}{name}", folder), f"{kind}://{above}{name}") for name in named]


def _opened(address: str) -> tuple[Any, str]:
    from pyarrow import fs

    return fs.FileSystem.from_uri(address)  # type: ignore[no-any-return]


def _matching(store: Any, root: str, pattern: str) -> list[str]:
    """What lies below, each with a slash before its name."""
    from pyarrow import fs

    expression = re.compile("/" + "".join(GLOB.get(part, re.escape(part)) for part in re.split(r"(\*\*/|\*\*|\*|\?)", pattern)))
    every = store.get_file_info(fs.FileSelector(root, recursive=True))
    names = (one.path.removeprefix(root) for one in every if one.type == fs.FileType.File)
    return sorted(name for name in names if expression.fullmatch(name))


def _copy(store: Any, path: str, folder: Path) -> Path:
    target = folder / f"{sum(1 for _ in folder.iterdir())}-{path.rpartition('/')[2]}"
    with store.open_input_stream(path, compression=None) as source, target.open("wb") as out:
        shutil.copyfileobj(source, out)
    return target
