"""One export, polluted in every way that exports are; and what a strict reader makes of it."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator

WANTED = ("account_id", "event", "timestamp")
NAMES = ("account_id", "user_id", "note", "event", "timestamp", "amount")
Table = list[tuple[str | None, ...]]


def export(rows: int = 24) -> list[list[str]]:
    """Header and rows; notes with separators, quotes and nothing in them."""
    notes = ("", "plain", "with, comma", 'says "yes"', "ümlaut €", " padded ")
    body = [
        [f"{n % 7:05d}", f"u{n % 3}", notes[n % len(notes)], ("login", "posted")[n % 2], f"2026-01-{n % 28 + 1:02d}T10:{n:02d}:00Z", f"{n}.50"]
        for n in range(rows)
    ]
    return [list(NAMES), *body]


def written(rows: list[list[str]], end: str = "\n", separator: str = ",", quoting: int = csv.QUOTE_MINIMAL) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator=end, quoting=quoting).writerows(rows)  # type: ignore[arg-type]
    return out.getvalue().encode()


def strict(content: bytes) -> Table | None:
    """The wanted columns as Python's strict reader has them; None where a row or the file is not well formed."""
    try:
        text = content.decode("utf-8-sig")
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except (UnicodeDecodeError, csv.Error):
        return None
    if "\0" in text or not rows or any(rows[0].count(name) != 1 for name in WANTED) or any(len(row) != len(rows[0]) for row in rows):
        return None
    places = [rows[0].index(name) for name in WANTED]
    return [tuple(row[place] or None for place in places) for row in rows[1:]]


def copies() -> Iterator[tuple[str, bytes]]:
    """(what was done, the file), some hundreds."""
    rows = export()
    yield from _harmless(rows)
    yield from _header(rows)
    yield from _encodings(rows)
    for line in (1, 2, 12, 23, 24):
        yield from _row(rows, line)
        for column in range(len(NAMES)):
            yield from _cell(rows, line, column)
    yield from _pairs(rows)


def _harmless(rows: list[list[str]]) -> Iterator[tuple[str, bytes]]:
    clean = written(rows)
    yield "clean", clean
    yield "same: byte-order mark", b"\xef\xbb\xbf" + clean
    yield "same: byte-order mark before a quote", b"\xef\xbb\xbf" + written(rows, quoting=csv.QUOTE_ALL)
    yield "same: CRLF", written(rows, "\r\n")
    yield "same: CR", written(rows, "\r")
    yield "same: everything quoted", written(rows, quoting=csv.QUOTE_ALL)
    yield "same: everything quoted, CRLF", written(rows, "\r\n", quoting=csv.QUOTE_ALL)
    yield "same: no final line end", clean.rstrip(b"\n")
    yield "same: blank lines at the end", clean + b"\n\n"
    yield "same: blank lines between", clean.replace(b"\n", b"\n\n")
    yield "same: mixed line ends", clean.replace(b"\n", b"\r\n", 5)
    for at in range(2, 25, 5):
        many = [[*row[:2], "one\ntwo", *row[3:]] if n == at else row for n, row in enumerate(rows)]
        yield f"same: line end inside quotes in row {at}", written(many)


def _header(rows: list[list[str]]) -> Iterator[tuple[str, bytes]]:
    body = written(rows[1:])
    for at, name in enumerate(NAMES):
        for new in (name.upper(), f" {name}", "", NAMES[0], f'"{name}', f'{name}"', f'"{name}', name[:-1], name + ",x", name + "\t"):
            names = [*NAMES[:at], new, *NAMES[at + 1 :]]
            yield f"header {at}: {new!r}", ",".join(names).encode() + b"\n" + body
    yield "no header", body
    yield "header twice", written([rows[0], *rows])
    yield "two files after one another", written(rows) * 2
    yield "header in the middle", written([*rows[:9], rows[0], *rows[9:]])
    yield "text above", b"Export of 2026-02-01\n\n" + written(rows)
    yield "text below", written(rows) + b"Total,,,,6,\n"
    yield "only a header", written(rows[:1])
    for separator in ";\t|":
        yield f"separator {separator!r}", written(rows, separator=separator)


def _encodings(rows: list[list[str]]) -> Iterator[tuple[str, bytes]]:
    text = written(rows).decode()
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"):
        yield encoding, text.encode(encoding)
    for at in (0, 1, 50, 400, len(text) - 2):
        for byte in (b"\0", b"\xff", b"\xc3", b"\x80", b"\r", b"\n", b"\x1a", b"\x0b", b"\x1c", "\u2028".encode()):
            raw = text.encode()
            yield f"{byte!r} at {at}", raw[:at] + byte + raw[at:]


def _row(rows: list[list[str]], line: int) -> Iterator[tuple[str, bytes]]:
    def put(new: bytes) -> bytes:
        return written(rows[:line]) + new + written(rows[line + 1 :])

    row = written([rows[line]])
    yield f"row {line} short", put(written([rows[line][:-1]]))
    yield f"row {line} very short", put(b"x\n")
    yield f"row {line} long", put(written([[*rows[line], "more"]]))
    yield f"row {line} with a separator at its end", put(row.rstrip(b"\n") + b",\n")
    yield f"row {line} with a separator at its start", put(b"," + row)
    yield f"row {line} quoted as a whole", put(b'"' + row.rstrip(b"\n") + b'"\n')
    yield f"row {line} of separators", put(b",,,,,\n")
    yield f"row {line} of blanks", put(b"   \n")
    yield f"row {line} without its line end", put(row.rstrip(b"\n"))
    yield f"row {line} cut in two", put(row[:20] + b"\n" + row[20:])
    yield f"row {line} as a remark", put(b"#" + row)


def _cell(rows: list[list[str]], line: int, column: int) -> Iterator[tuple[str, bytes]]:
    value = rows[line][column]
    for new in (f'"{value}', f'{value}"', f'{value[:2]}"{value[2:]}', f'"{value}"x', f'"{value}" ', f' "{value}"', f'"{value}""', f'""{value}',
                f'\\"{value}\\"', f'"\\"{value}\\""', f"'{value}'", f'{value},', f'"{value}\n"', '"', '""', '"""'):  # fmt: skip
        cells = [*rows[line][:column], new, *rows[line][column + 1 :]]
        plain = [cell if at == column else cell.replace(",", "").replace('"', "") for at, cell in enumerate(cells)]
        yield f"row {line} column {column}: {new!r}", written(rows[:line]) + ",".join(plain).encode() + b"\n" + written(rows[line + 1 :])


def _pairs(rows: list[list[str]]) -> Iterator[tuple[str, bytes]]:
    """An even number of stray quotes, near one another and far apart, in every column."""
    for column in range(len(NAMES)):
        for first, second in ((2, 3), (2, 4), (5, 20), (1, 24)):
            for place in (0, 1, None):
                changed = [[*row] for row in rows]
                for line in (first, second):
                    value = changed[line][column]
                    changed[line][column] = value[:place] + '"' + value[place:] if place is not None else value + '"'
                yield f"quotes in rows {first} and {second}, column {column}, place {place}", "\n".join(",".join(row) for row in changed).encode()


def fuzzed(seed: int) -> bytes:
    """A small file with one to four random damages."""
    chance = random.Random(seed)
    rows = export(chance.randint(1, 8))
    content = bytearray(written(rows, chance.choice(["\n", "\n", "\r\n"]), quoting=chance.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])))
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(content) + 1)
        kind = chance.randrange(4)
        if kind == 0:
            content[at:at] = chance.choice([b'"', b",", b"\n", b"\r", b'""', b'","', b'"\n', b"\\", b" ", b"\0", b"\xe9", b"\xef\xbb\xbf", b"\n\n", b"x"])
        elif kind == 1:
            del content[at : at + chance.randint(1, 3)]
        elif kind == 2:
            content[at:at] = content[chance.randrange(len(content) + 1) :][: chance.randint(1, 40)]
        else:
            content[at : at + 1] = bytes([chance.choice(b'",\n\r;x"')])
    return bytes(content)
