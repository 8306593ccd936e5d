"""A CSV comes out the same whichever way it is read: by Polars once it is proved, or row by row."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest

from saasmetrics.messages import Refused
from saasmetrics.sources import csv
from saasmetrics.sources.columns import Want
from saasmetrics.sources.files import expand
from saasmetrics.sources.ledger import Ledger

WANTS = [Want("b", "two"), Want("a", "one"), Want("c", "no such")]
CELLS = ("x", "1", "", " ", "né", "2026-01-05", "a b", "日本", "-0.5", "NULL")
ODD = (b"", b"x", b"x,y,z,w", b"one,two,three", b" ", b"x,\xff,z", b"x,y,\xe6", b'x,"y",z', b"x,y\r,z", b"x,y\0,z", b",,", b"x,y", b"x,y,z" + b"w" * 300)


def made(chance: Random) -> bytes:
    lines = [",".join(chance.choice(CELLS) for _ in range(3)).encode() for _ in range(chance.randint(0, 60))]
    for _ in range(chance.choice((0, 0, 1, 1, 2))):
        lines.insert(chance.randint(0, len(lines)), chance.choice(ODD))
    return chance.choice((b"", b"\xef\xbb\xbf")) + b"\n".join([b"one,two,three", *lines]) + chance.choice((b"", b"\n"))


def read(content: bytes, home: Path, allowed: int, exact: bool) -> Any:
    """The rows, and all that was said of them."""
    (home / "x.csv").write_bytes(content)
    ledger = Ledger(max_reject=allowed)
    (given,) = expand(["x.csv"], home, ledger)
    entry = ledger.open("events", "x.csv")
    with pytest.MonkeyPatch.context() as patch:
        if exact:
            patch.setattr(csv, "_proved", lambda _: False)
        try:
            rows = [row for piece in csv.read(given, given.path, WANTS, entry, ledger, ",") for row in piece.frame.collect().select("_line", "a", "b", "c").rows()]
        except Refused as refused:
            return str(refused)
    return rows, entry.counts(), [str(one) for one in ledger.rejects]


@pytest.mark.parametrize("chunk", [1, 7, csv.CHUNK])
@pytest.mark.parametrize("allowed", [0, 100])
def test_every_way_reads_the_same(tmp_path: Path, allowed: int, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv, "CHUNK", chunk)
    chance, rejected, refused = Random(allowed), 0, 0
    for _ in range(400):
        content = made(chance)
        told = read(content, tmp_path, allowed, exact=False)
        assert told == read(content, tmp_path, allowed, exact=True), content
        refused += isinstance(told, str)
        rejected += not isinstance(told, str) and bool(told[2])
    assert refused and (rejected or not allowed)


@pytest.mark.parametrize("content", ["a,b,c", "a,b,c\n", "a,b,c\n1,2,3\n,,", "a,b,c\n1,né,3\n日本,2,3\n"])
def test_without_quotes_no_line_is_matched(tmp_path: Path, content: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv, "_regular", None)
    monkeypatch.setattr(csv, "CHUNK", 4)
    (tmp_path / "x.csv").write_text(content, "utf-8")
    text = csv.Text(tmp_path / "x.csv", ["a", "b", "c"], ",", {}, Ledger().open("events", "x.csv"), Ledger())
    assert csv._proved(text)


@pytest.mark.parametrize("last", [b"x,y,\xff\n", b"\xff,y,z\n", b"x,y,\xe6"])
def test_a_byte_that_is_no_text_is_told_however_far_down(tmp_path: Path, last: bytes) -> None:
    content = b"one,two,three\n" + b"x,y,z\n" * 5_000 + last
    told = read(content, tmp_path, 0, exact=False)
    assert told == read(content, tmp_path, 0, exact=True)
    assert "line 5002: not UTF-8" in told
