"""Which columns of a file are wanted, and where they are: by name, or by a path into a JSON column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import polars as pl

from saasmetrics.messages import did_you_mean, refuse
from saasmetrics.sources.ledger import Entry, Ledger
from saasmetrics.sources.values import at_path, wrong

BLANK = " \t\r\n"
MALFORMED, NOT_JSON = "SM307", "not JSON"
Values = tuple[str | None, ...]


class Want(NamedTuple):
    """One column under the name we use; `path` is its name in the file, or `column.key.key` into JSON.

    required: every file has it. declared: at least one file has it. even: all files have it, or none. Of files of JSON objects
    one is enough in each case. guessed: nobody said that it is this one. decimal: the sign with which numbers of a format that
    has numbers are written as text. often: other names under which it is met.
    """

    name: str
    path: str
    required: bool = False
    declared: bool = False
    even: bool = False
    guessed: bool = False
    decimal: str = "."
    often: tuple[str, ...] = ()


@dataclass(frozen=True)
class Piece:
    """Some rows of one file. The frame holds the wanted columns under our names, and `_line`: the line (CSV, NDJSON) or the row (Parquet)."""

    frame: pl.LazyFrame
    eager: bool
    sure: frozenset[str] = frozenset()  # the columns of text that have a value in every row


def locate(wants: Sequence[Want], header: Sequence[str], entry: Entry) -> dict[Want, int]:
    """Want → position in the header. Refuses what is missing or ambiguous; a missing optional column is noted in the entry."""
    found: dict[Want, int] = {}
    where: dict[str, list[int]] = {}
    for place, name in enumerate(header):
        where.setdefault(name, []).append(place)
    for want in wants:
        root = want.path if want.path in where else want.path.split(".", 1)[0]
        places = where.get(root, [])
        if len(places) > 1:
            at = " and ".join(str(place + 1) for place in places)
            refuse("SM306", f"column '{root}' appears twice, at positions {at}", entry.path, entry.head)
        if places and want.guessed:
            alone(root, header, entry)
        if places:
            found[want] = places[0]
        elif want.required:
            missing(want, header, entry)
        else:
            entry.missing[want.name] = did_you_mean(want.path, header)
            entry.unread |= _often(want, wants, header)
    return found


def _often(want: Want, wants: Sequence[Want], header: Sequence[str]) -> dict[str, str]:
    """The name under which the file perhaps has the column, if it is read as nothing else."""
    taken = {other.path for other in wants}
    near = [name for name in header if name not in taken and name.strip().lower().replace(" ", "_").replace("-", "_") in want.often]
    return {want.name: near[0]} if near else {}


def alone(name: str, header: Iterable[str], entry: Entry) -> None:
    """Refuse a name beside which another one differs only in case and blanks: either may be meant."""
    for other in header:
        if other != name and other.strip().casefold() == name.strip().casefold():
            refuse("SM306", f"columns '{name}' and '{other}' differ only in case or blanks: say under columns: which one is meant", entry.path, entry.head)


def compare(wants: Sequence[Want], entries: Sequence[Entry], ledger: Ledger) -> None:
    """After all files of a source: refuse a declared column that none has, say which optional ones some lack."""
    for want in wants:
        _agree(want, entries)
        without = [entry for entry in entries if want.name in entry.missing]
        if without and len(without) == len(entries) and (want.declared or want.required):
            what, hint = "required column" if want.required else "column", without[0].missing[want.name]
            refuse("SM305", f"{what} '{want.path}' not found{hint}", without[0].path, without[0].head)
        elif without and len(without) < len(entries):
            what = f"column '{want.path}' missing in {len(without)} of {len(entries)} files"
            if want.even and not all(entry.loose for entry in without):
                refuse("SM312", f"{what}: this one lacks it", without[0].path, without[0].head)
            ledger.warn("SM321", f"{what}: taken as unknown there", without[0].path)


def _agree(want: Want, entries: Sequence[Entry]) -> None:
    """Refuse a column that is one kind of thing in this file and another in that one."""
    first: dict[str, str] = {}
    for entry in entries:
        kind = entry.kinds.get(want.name)
        if kind and first and kind not in first:
            other, path = next(iter(first.items()))
            refuse("SM312", f"column '{want.path}' holds {kind} here and {other} in {path}", entry.path)
        if kind:
            first.setdefault(kind, entry.path)


def picked(found: dict[Want, int], wants: Sequence[Want], names: Sequence[str], header: Sequence[str]) -> list[pl.Expr]:
    """Expressions for the wanted columns as text, over columns called `names`; missing ones are null."""
    return [_text(want, found[want], names, header).alias(want.name) if want in found else pl.lit(None, pl.String).alias(want.name) for want in wants]


def _text(want: Want, place: int, names: Sequence[str], header: Sequence[str]) -> pl.Expr:
    column = pl.col(names[place])
    if want.path != header[place]:
        column = at_path(column, want.path, want.decimal)
    return pl.when(column != "").then(column)


def unread(found: Mapping[Want, int], names: Sequence[str], header: Sequence[str]) -> pl.Expr:
    """What is wrong with the first column of JSON texts that cannot be read; null where nothing is."""
    paths: dict[int, list[str]] = {}
    for want, place in found.items():
        if want.path != header[place]:
            paths.setdefault(place, []).append(want.path)
    return pl.coalesce(*(wrong(pl.col(names[place]), asked) for place, asked in paths.items()), pl.lit(None, pl.String))


def present(column: pl.Expr) -> pl.Expr:
    """Whether an id says anything: not null, not empty, not only white space."""
    return column.is_not_null() & (column.str.strip_chars(BLANK) != "")


def missing(want: Want, header: Sequence[str], entry: Entry) -> None:
    refuse("SM305", f"required column '{want.path}' not found{lacking(want, header)}", entry.path, entry.head)


def lacking(want: Want, header: Sequence[str]) -> str:
    """What there is instead of a required column."""
    hint = did_you_mean(want.path, header)
    if not hint and len(header) == 1:
        hint = next((f"; the file has 1 column: did you mean separator '{s}'?" for s in ";\t|," if s in header[0]), "")
    listed = ", ".join(shorten(name) for name in list(header)[:8]) or "nothing"
    return f"{hint} (the file has: {listed})"


def shorten(name: str) -> str:
    return name if len(name) <= 40 else f"{name[:40]}…"


def batched(rows: Iterator[tuple[int, Values]], wants: Sequence[Want], size: int = 100_000) -> Iterator[Piece]:
    """(line, values in the order of the wants) → eager pieces."""
    while batch := list(islice(rows, size)):
        lines, values = zip(*batch, strict=True)
        named = zip(wants, zip(*values, strict=True), strict=True) if wants else ()
        frame = pl.DataFrame([*(pl.Series(want.name, column, pl.String) for want, column in named), pl.Series("_line", lines, pl.Int64)])
        texts = [pl.when(pl.col(want.name) != "").then(pl.col(want.name)) for want in wants]
        yield Piece(frame.with_columns(*texts).lazy(), eager=True)
