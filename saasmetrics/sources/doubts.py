"""Ids that a spreadsheet, a data frame or a list changed, words that stand for no id, amounts that may be others: kept as they are, and said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import polars as pl

from saasmetrics.definitions.columns import COLUMNS
from saasmetrics.definitions.sources import Source
from saasmetrics.sources.columns import Piece
from saasmetrics.sources.files import Input
from saasmetrics.sources.ledger import Entry
from saasmetrics.sources.reading import Reader, format_of

MANGLED = r"^\d(\.\d+)?[eE]\+\d+$"
FLOATED = r"^\d+\.0+$"
PADDED = r"^\s|\s$"
UNSEEN = r"[\p{Cf}\p{Cc}]"  # of no width, turning the direction, control characters
SEVERAL = r"^(\[.*\]|\{.*\})$"
APART = r"[\x{300}-\x{36f}]"  # accents that are characters of their own
LOST = "\ufffd"
ALIKE = r"[A-Za-z][\p{Cyrillic}\p{Greek}]|[\p{Cyrillic}\p{Greek}][A-Za-z]|[\x{ff01}-\x{ff5e}]"
THOUSANDS = r"^\s*[+-]?[1-9][0-9]{0,2}\.[0-9]{3}\s*$"
CODE = r"^\s*[A-Za-z]{3}\s*$"  # of a currency
FEW = 200  # different values that a label may have
FINE = ("rates",)  # have as many digits as it takes
NOBODY = (
    "null", "none", "nil", "nan", "na", "n/a", "#n/a", "<na>", "<null>", "(null)", "(none)", "(blank)", "(empty)", "not set", "(not set)", "undefined", "unknown", "missing",
    r"\n", "-", "--", "?", "#ref!", "#value!", "#name?", "#null!", "00000000-0000-0000-0000-000000000000",
)  # fmt: skip
TOTAL = r"(?i)^\s*((grand|overall|sub)[ -]?)?(totals?|summe|gesamt|gesamtsumme|insgesamt|somme|totale|totaal|sum)\s*:?\s*$"


def say(frame: pl.DataFrame, reader: Reader, entry: Entry, column: str = "account") -> None:
    """For each doubt the first account of a file of which it holds, at its line, and how many there are."""
    for what, names in of(frame[column].unique().cast(pl.String)).items():
        for line, name in frame.filter(pl.col(column).cast(pl.String).is_in(names.implode())).select("_line", column).head(1).rows():
            reader.ledger.warn("SM321", f"line {line}: account '{name}': {what}{more(names)}", entry.path, line)


def more(names: pl.Series) -> str:
    """How many ids of a doubt there are, if several."""
    return f" ({len(names)} ids like this)" if len(names) > 1 else ""


def of(accounts: pl.Series) -> dict[str, pl.Series]:
    """Each doubt with the ids of which it holds; none of which it does not."""
    accounts, account = accounts.alias("account"), pl.col("account")
    doubts = {
        "ids in scientific notation may be several accounts merged by a spreadsheet": account.str.contains(MANGLED),
        "ids with .0 were perhaps whole numbers once; without it they are other accounts": account.str.contains(FLOATED),
        "has blanks around it; without them it is another account": account.str.contains(PADDED),
        "holds characters that cannot be seen; without them it is another account": account.str.contains(UNSEEN),
        "is a list or an object, and is counted as one account": account.str.contains(SEVERAL),
        "reads like a missing id, and is counted as an account": account.str.strip_chars().str.to_lowercase().is_in(NOBODY),
        "reads like a row of totals, and is counted as an account": account.str.contains(TOTAL),
        "has accents apart from their letters; written as one it is another account": account.str.contains(APART),
        "holds letters of two scripts that look alike; in one script it is another account": account.str.contains(ALIKE),
        "holds a character that was lost when it was written: it may be several accounts": account.str.contains(LOST, literal=True),
    }
    odd = accounts.to_frame("account").filter(pl.any_horizontal(*doubts.values()))  # mostly none
    found = {what: odd.filter(doubtful)["account"] for what, doubtful in doubts.items()} if odd.height else {}
    return {what: names for what, names in found.items() if len(names)}


def looked_at(pieces: Iterable[Piece], columns: Sequence[str], source: Source, entry: Entry) -> Iterator[Piece]:
    """The pieces of a CSV; whether these columns may hold thousands is noted in its entry."""
    for piece in pieces:
        for name in columns if _unsaid(source) else ():
            if entry.pointed.get(name) != []:
                entry.pointed |= _pointed(piece.frame.select("_line", text=name).collect(), name)
        yield piece


def _pointed(frame: pl.DataFrame, name: str) -> dict[str, list[Any]]:
    """Line and text of the first value with a point, if each has three digits after it; nothing where one has not."""
    pointed = frame.filter(pl.col("text").str.contains(".", literal=True))
    thousands = bool(pointed["text"].str.contains(THOUSANDS).all())
    return {name: [*pointed.row(0)] if thousands else []} if pointed.height else {}


def say_pointed(column: str, entries: Iterable[Entry], reader: Reader) -> None:
    """Of a column of amounts of the events: as of those of the lists."""
    noted = [(entry, entry.pointed[f"p:{column}"]) for entry in entries if f"p:{column}" in entry.pointed]
    if noted and all(places for _, places in noted):
        entry, (line, text) = noted[0]
        _say_thousands(text, column, line, entry, reader)


def _unsaid(source: Source) -> bool:
    return source.kind not in FINE and "decimal" not in source.model_fields_set


def _say_thousands(text: str, column: str, line: int, entry: Entry, reader: Reader) -> None:
    told = f"'{text}' is read as a fraction, as is every {column} with a point: each has three digits after it"
    reader.ledger.warn("SM321", f"line {line}: {told}; declare `decimal: \",\"` if points part thousands, `decimal: \".\"` if not", entry.path, line)


def amounts(frame: pl.DataFrame, source: Source, opened: Sequence[tuple[Entry, Input]], reader: Reader) -> None:
    """The first of a column of amounts in CSV that are fractions or thousands: each with a point has three digits after it, and nobody said what a point is."""
    csv = [at for at, (_, given) in enumerate(opened) if format_of(given, source.format) == "csv"]
    for name in [name for name, column in COLUMNS[source.kind].items() if column.amount and _unsaid(source)]:
        pointed = frame.filter(pl.col("_file").is_in(csv) & pl.col(name).str.contains(".", literal=True))
        if pointed.height and pointed[name].str.contains(THOUSANDS).all():
            at, line, text = pointed.select("_file", "_line", name).row(0)
            _say_thousands(text, source.mapping[name], line, opened[at][0], reader)


def values(frame: pl.DataFrame, columns: Sequence[str], source: Source, opened: Sequence[tuple[Entry, Input]], reader: Reader) -> None:
    """Labels that are written in two ways, and currencies that are none: the first of each, at its line."""
    for name in columns:
        some = frame.get_column(name).drop_nulls().unique().sort()
        odd = some.filter(~some.str.contains(CODE) & (some.str.strip_chars() != "")) if name == "currency" else _twins(some)
        for at, line, text in frame.filter(pl.col(name).is_in(odd.implode())).select("_file", "_line", name).sort("_file", "_line").head(1).rows():
            entry, twin = opened[at][0], next((other for other in odd if _plain(other) == _plain(text) and other != text), "")
            what = "is no currency of three letters; its amounts stand apart" if name == "currency" else f"differs from '{twin}' only in case or blanks: they are counted apart"
            reader.ledger.warn("SM321", f"line {line}: {source.mapping.get(name, name)} '{text}' {what}", entry.path, line)


def _twins(some: pl.Series) -> pl.Series:
    """Those of a few values that are written in two ways."""
    alike = Counter(map(_plain, some)) if len(some) <= FEW else Counter[str]()
    return some.filter([alike[_plain(one)] > 1 for one in some]) if alike else some.clear()


def _plain(text: str) -> str:
    return text.strip().casefold()
