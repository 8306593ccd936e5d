"""NDJSON → text columns: one JSON object a line, numbers kept as they were written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from saasmetrics.messages import did_you_mean
from saasmetrics.sources.columns import Piece, Values, Want, alone, batched, lacking, missing
from saasmetrics.sources.files import check_encoding
from saasmetrics.sources.ledger import Entry, Ledger
from saasmetrics.sources.values import DECODER, as_text, walk, why


@dataclass
class Objects:
    """The objects of one file, the keys they have, and the wanted paths that were met."""

    path: Path
    entry: Entry
    ledger: Ledger
    keys: dict[str, None] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)

    def rows(self, wants: Sequence[Want]) -> Iterator[tuple[int, Values]]:
        """(line, wanted values) of every object; blank lines are none."""
        with self.path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if not line.strip(b"\xef\xbb\xbf \t\r\n"):
                    continue
                self.entry.rows_read += 1
                try:
                    yield number, self._values(line, wants)
                except (ValueError, RecursionError) as error:
                    self._reject(number, error)

    def _values(self, line: bytes, wants: Sequence[Want]) -> Values:
        text = line.decode("utf-8-sig").strip(" \t\r\n")
        if text.startswith("["):
            raise ValueError("not a JSON object, but an array: write one object a line")
        record = DECODER.decode(text)
        if not isinstance(record, dict):
            raise ValueError("not a JSON object")
        values = tuple(self._value(record, want.path, want.decimal) for want in wants)
        if "\\u" in text:
            "".join(filter(None, values)).encode()  # half a character is no text
        self.keys.update(dict.fromkeys(record))
        return values

    def _value(self, record: dict[str, Any], path: str, decimal: str) -> str | None:
        value = record[path] if path in record else walk(record, path.split("."))
        if path in record or value is not None:
            self.met.add(path)
        return as_text(value, decimal)

    def _reject(self, number: int, error: Exception) -> None:
        if isinstance(error, UnicodeDecodeError):
            byte = error.object[error.start]
            self.ledger.reject(self.entry, "SM308", "not UTF-8", [(number, f"line {number}: not UTF-8: byte 0x{byte:02x}")])
        else:
            self.ledger.reject(self.entry, "SM307", "not JSON", [(number, f"line {number}: not JSON: {why(error)}")])


def read(path: Path, wants: Sequence[Want], entry: Entry, ledger: Ledger) -> Iterator[Piece]:
    """Pieces of one plain file. An object may be without a key: one that none has is said to be missing, and refused where no file has
    it; objects without any of the required ones are something else."""
    with path.open("rb") as file:
        check_encoding(file.read(16), entry.path)
    objects = Objects(path, entry, ledger)
    yield from batched(objects.rows(wants), wants)
    lacked = [want for want in wants if want.path not in objects.met] if entry.rows_read else []
    for want in lacked:
        if want.required and all(other in lacked for other in wants if other.required):
            missing(want, list(objects.keys), entry)
        entry.missing[want.name] = lacking(want, list(objects.keys)) if want.required else did_you_mean(want.path, objects.keys)
    for want in (want for want in wants if want.guessed and want.path in objects.met):
        alone(want.path.split(".", 1)[0], objects.keys, entry)
