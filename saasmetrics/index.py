"""The index of what is kept from run to run: plain data in one file, with its own hash, replaced as a whole.

`inputs`: letters of an input → when it was last `used`, its `pages` (what was told when it was read) and its `chunks` (tables
of facts). `stamps`: of files that were not touched → the hash of their content. `lists`: letters → names.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from saasmetrics.atomic import replace, sweep

FORMAT = 1
DAY = 86_400
STAMPS = 20_000  # files whose hashes are kept
INPUTS = 10_000  # of which anything is kept: the index is read in every run

Known = dict[str, Any]
Index = dict[str, Known]


def read(path: Path) -> Index:
    """The index; an empty one when there is none, or when it is not as it was written."""
    try:
        digest, _, told = path.read_bytes().partition(b"\n")
    except OSError:
        return empty()
    return json.loads(told) if digest == _digest(told) else empty()


def write(path: Path, index: Index) -> None:
    """All of it; nobody else may be writing."""
    sweep(path, 0)
    told = json.dumps(index, separators=(",", ":")).encode()
    replace(path, _digest(told) + b"\n" + told)


def joined(index: Index, fresh: Index) -> Index:
    """With what is new."""
    index["lists"] |= fresh["lists"]
    index["stamps"] = dict([*(index["stamps"] | dict(fresh["stamps"])).items()][-STAMPS:])
    for key, news in fresh["inputs"].items():
        known = index["inputs"].setdefault(key, nothing())
        known["used"] = max(known["used"], news["used"])
        known["pages"] += [page for page in news["pages"] if page not in known["pages"]]
        known["chunks"] += news["chunks"]
    return index


def without_oldest(index: Index, limit: int) -> Index:
    """Without the inputs that were not asked for longest, as far as there is too much; of one day what follows from others goes before
    files, and what is large before what is small."""

    def turn(key: str) -> tuple[int, bool, int]:
        known = index["inputs"][key]
        return known["used"] // DAY, bool(known["pages"]), -sum(chunk["bytes"] for chunk in known["chunks"])

    for key in sorted(index["inputs"], key=turn):
        if too_much(index, limit):
            del index["inputs"][key]
    return index


def too_much(index: Index, limit: int) -> bool:
    """Whether more than `limit` bytes are kept, or more inputs than can be read quickly."""
    return size(index) > limit or len(index["inputs"]) > INPUTS


def chunks(index: Index) -> Iterator[Known]:
    """What is known of all tables."""
    return (chunk for known in index["inputs"].values() for chunk in known["chunks"])


def size(index: Index) -> int:
    """The bytes of all tables."""
    return sum(chunk["bytes"] for chunk in chunks(index))


def nothing() -> Known:
    """What is known of an input that was never seen."""
    return {"used": int(time.time()), "pages": [], "chunks": []}


def empty() -> Index:
    """Where nothing is kept."""
    return {"stamps": {}, "lists": {}, "inputs": {}}


def _digest(told: bytes) -> bytes:
    return f"{FORMAT} {hashlib.sha256(told).hexdigest()}".encode()
