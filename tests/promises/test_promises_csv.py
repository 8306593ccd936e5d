"""Promises 1 to 14: a CSV is read as it stands, or refused at its line. Never fewer rows, never other ones."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import polars as pl
import pytest

from saasmetrics.messages import Refused
from saasmetrics.sources import csv as reader
from saasmetrics.sources.columns import Want
from saasmetrics.sources.files import expand
from saasmetrics.sources.ledger import Ledger

from .conftest import HEADER, ROWS, World
from .polluted import WANTED, Table, copies, export, fuzzed, strict, written

SEEDS = 2_000


def ours(content: bytes, home: Path) -> Table | Refused:
    (home / "x.csv").write_bytes(content)
    ledger = Ledger()
    (given,) = expand(["x.csv"], home, ledger)
    entry = ledger.open("events", "x.csv")
    wants = [Want(name, name, required=True) for name in WANTED]
    try:
        pieces = [piece.frame.collect() for piece in reader.read(given, given.path, wants, entry, ledger, ",")]
    except Refused as refused:
        assert refused.exit == 3
        assert "x.csv" in str(refused)
        return refused
    rows = [row for piece in pieces for row in piece.select(WANTED).rows()]
    assert entry.rows_read == entry.used == len(rows)
    return rows


def silently_different(content: bytes, home: Path) -> bool:
    found = ours(content, home)
    return not isinstance(found, Refused) and found != strict(content)


def test_p01_an_even_number_of_stray_quotes_loses_no_row(world: World) -> None:
    rows = [f"a{n % 500},u{n % 9},posted,2026-01-{n % 28 + 1:02d}T10:00:00Z,ok" for n in range(200_000)]
    header = HEADER + ",note"
    rows[1_000] = rows[1_000][:-2] + '5" pipe'
    rows[150_000] = rows[150_000][:-2] + '6" pipe'
    world.csv(*rows, header=header)
    world.define(extra="")
    ran = world.run("activation", "accounts", "-f", "json", "--allow-empty", "--as-of", "2026-03-01")
    assert ran.code == 0, ran.err
    assert ran.counts()[0]["used"] == 200_000
    rows[1_000] = rows[1_000].replace('5" pipe', '"5" pipe')
    rows[150_000] = rows[150_000].replace('6" pipe', '"6" pipe')
    world.csv(*rows, header=header)
    world.refused(3, "events.csv:1002: SM307 line 1002: stray quote: text after a closing quote", args=("activation", "accounts", "--allow-empty"))


def test_p01_quotes_that_pair_up_over_many_rows_are_refused(world: World) -> None:
    rows = [f"a{n % 5},u,posted,2026-01-{n % 28 + 1:02d}T10:00:00Z,ok" for n in range(3_000)]
    rows[1_000] = rows[1_000][:-2] + '"open'
    rows[2_500] = rows[2_500][:-2] + 'shut"'
    world.csv(*rows, header=HEADER + ",note")
    world.refused(3, "events.csv:1002: SM307 line ", args=("activation", "accounts", "--allow-empty"))


def test_p02_one_stray_quote_is_read_or_refused_at_its_line(world: World) -> None:
    world.csv(*ROWS[:3], "be\"ta" + ROWS[3][4:], *ROWS[4:])
    ran = world.run()
    assert (ran.code, ran.counts()[0]["rows_read"]) == (0, 6)
    assert 'be"ta' in {row["account"] for row in ran.rows}
    world.csv(*ROWS[:3], '"beta" x' + ROWS[3][4:], *ROWS[4:])
    world.refused(3, "events.csv:5: SM307 line 5: stray quote: text after a closing quote")


@pytest.mark.parametrize("line", [0, 2, 5])
@pytest.mark.parametrize("column", [0, 3])
def test_p03_a_quote_never_closed_is_named_where_it_opens(world: World, line: int, column: int) -> None:
    cells = ROWS[line].split(",")
    cells[column] = '"' + cells[column]
    world.csv(*ROWS[:line], ",".join(cells), *ROWS[line + 1 :])
    world.refused(3, f"events.csv:{line + 2}: SM307 line {line + 2}: quote opened at line {line + 2} is never closed")


def test_p04_a_short_row_is_refused_or_counted(world: World) -> None:
    world.csv(ROWS[0], "acme,u1", *ROWS[2:])
    world.refused(3, "events.csv:3: SM307 line 3: 2 fields, expected 4")
    ran = world.run("activation", "accounts", "-f", "json", "--max-reject", "1")
    assert ran.code == 0
    assert ran.counts()[0]["rejected"] == {"wrong number of fields": 1}
    assert "events.csv:3: SM307 line 3: 2 fields, expected 4" in ran.err


def test_p05_a_long_row_is_refused_or_counted(world: World) -> None:
    world.csv(ROWS[0], ROWS[1] + ",more", *ROWS[2:])
    world.refused(3, "events.csv:3: SM307 line 3: 5 fields, expected 4")
    assert world.run("activation", "accounts", "-f", "json", "--max-reject", "1").counts()[0]["rejected"] == {"wrong number of fields": 1}


@pytest.mark.parametrize("cell", ['"log"in', '"say \\"hi\\""'])
def test_p06_text_after_a_closing_quote_is_refused_with_a_hint(world: World, cell: str) -> None:
    world.csv(*ROWS[:2], ROWS[2].replace("posted", cell), *ROWS[3:])
    world.refused(3, "events.csv:4: SM307 line 4: stray quote", "write a quote inside a value twice, not with a backslash")


def test_p07_no_polluted_copy_is_silently_different(tmp_path: Path) -> None:
    found = list(copies())
    assert len(found) > 600
    assert [what for what, content in found if silently_different(content, tmp_path)] == []


def test_p07_what_is_harmless_is_read(tmp_path: Path) -> None:
    clean = strict(written(export()))
    assert clean is not None and len(clean) == 24
    assert [what for what, content in copies() if what.startswith("same:") and ours(content, tmp_path) != clean] == []


@pytest.mark.parametrize("part", range(4))
def test_p08_no_fuzzed_file_is_silently_different(tmp_path: Path, part: int) -> None:
    seeds = range(part * SEEDS // 4, (part + 1) * SEEDS // 4)
    assert [seed for seed in seeds if silently_different(fuzzed(seed), tmp_path)] == []


@pytest.mark.parametrize(
    ("encoding", "message"),
    [("utf-16", "events.csv:1: SM308 looks like UTF-16, use encoding: utf-16"), ("latin-1", "SM308 line 2: not UTF-8: byte 0xe9"),
     ("utf-32", "looks like UTF-32")],
)  # fmt: skip
def test_p09_other_encodings_are_named(world: World, encoding: str, message: str) -> None:
    world.put("events.csv", "\n".join((HEADER, *ROWS)).replace("acme", "acmé").encode(encoding))
    world.refused(3, message)


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1", "cp1252"])
def test_p09_a_declared_encoding_is_read(world: World, encoding: str) -> None:
    world.put("events.csv", "\n".join((HEADER, *ROWS)).replace("acme", "acmé").encode(encoding))
    world.define(f"files: events.csv, encoding: {encoding}")
    assert "acmé" in {row["account"] for row in world.run().rows}


def test_p09_nul_is_refused_and_cr_alone_is_read(world: World) -> None:
    world.csv(ROWS[0], ROWS[1].replace("posted", "pos\0ted"), *ROWS[2:])
    world.refused(3, "events.csv:3: SM307 line 3: holds a NUL byte")
    world.put("events.csv", "\r".join((HEADER, *ROWS)))
    assert world.run().counts()[0]["rows_read"] == 6


def test_p10_what_means_nothing_changes_nothing(world: World) -> None:
    plain = "\n".join((HEADER, *ROWS)) + "\n"
    harmless = (
        plain, "\ufeff" + plain, plain.replace("\n", "\r\n"), plain.replace("\n", "\r\n", 3), plain.replace("\n", "\n\n"),
        plain.rstrip("\n"), plain + "\r\n", "\ufeff" + plain.replace("acme", '"acme"').replace(HEADER, '"account_id",user_id,event,timestamp'),
    )  # fmt: skip
    answers = set()
    for content in harmless:
        world.put("events.csv", content)
        answers.add(world.run("activation", "accounts", "-f", "csv").out)
    assert len(answers) == 1 and "acme" in answers.pop()


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("account_id,event,timestamp,event", "column 'event' appears twice, at positions 2 and 4"),
        ("account_id,user_id,evnt,timestamp", "required column 'event' not found — did you mean 'evnt'?"),
        ("account_id,user_id, event,timestamp", "required column 'event' not found — did you mean ' event'?"),
        ("account_id,user_id,Event,EVENT", "required column 'timestamp' not found"),
    ],
)
def test_p11_a_header_is_never_guessed(world: World, header: str, message: str) -> None:
    world.csv(*ROWS, header=header)
    world.refused(3, "events.csv:1: SM30", message)


@pytest.mark.parametrize(
    "content",
    [b"<html><body>503</body></html>", b'[{"account_id": 1}]', "\n".join((HEADER, *ROWS)).replace(",", ";").encode(), b"\x1f\x8b", b"{", b",", b"\n\n"],
)
def test_p12_what_is_no_csv_is_refused(world: World, content: bytes) -> None:
    world.put("events.csv", content)
    ran = world.refused(3, "events.csv")
    assert ";" not in content.decode("latin-1") or "did you mean separator ';'?" in ran.err


def test_p12_parquet_and_bz2_under_the_name_of_csv(world: World) -> None:
    import bz2

    world.csv(*ROWS)
    plain = world.run("activation", "accounts", "-f", "csv").out
    world.put("events.csv", bz2.compress((world.home / "events.csv").read_bytes()))
    assert world.run("activation", "accounts", "-f", "csv").out == plain
    pl.DataFrame({"account_id": ["acme"]}).write_parquet(world.home / "events.csv")
    world.refused(3, "events.csv: SM305 required column 'timestamp' not found")
    world.define("files: events.csv, format: csv")
    world.refused(3, "required column names cannot be found in it; declare format: parquet")


IDS = ("00123", "123", "1e5", "100000", "NaN", "null", "None", "true", "12345678901234567890123", "12345678901234567890124", "A ", "A", " A", "é", "e\u0301", "-0", "0")


def test_p13_ids_stay_the_text_they_are(world: World) -> None:
    world.csv(*(f"{name},{name},posted,2026-01-05T09:00:00Z" for name in IDS), "late,u,created,2026-02-01T00:00:00Z")
    assert {row["account"] for row in world.run().rows} == set(IDS)


def test_p13_ids_inside_json_stay_the_text_they_are(world: World) -> None:
    ids = [*IDS[8:10], "7", "1.50"]
    cells = [f'"{{""company"": {value}}}"' for value in ids] + ['"{""company"": ""007""}"']
    late = '"{""company"": ""late""}",u,created,2026-02-01T00:00:00Z'
    world.csv(*(f"{cell},u,posted,2026-01-05T09:00:00Z" for cell in cells), late, header="groups,user_id,event,timestamp")
    world.define("files: events.csv, columns: {account: groups.company}")
    assert {row["account"] for row in world.run().rows} == {*ids, "007"}


def test_p14_rows_that_lack_something_are_counted(world: World) -> None:
    world.csv(*ROWS, *[",u,posted,2026-01-06T10:00:00Z"] * 3, " ,u,posted,2026-01-06T10:00:00Z", "acme,u,,2026-01-06T10:00:00Z", "acme,u,posted,")
    ran = world.run()
    assert ran.code == 0
    assert "4 rows without account_id left out" in ran.err
    assert "1 row without event left out" in ran.err and "1 row without timestamp left out" in ran.err
    counted = {"without account": 4, "without event": 1, "without time": 1, "after as_of": 1}
    assert ran.counts()[0]["filtered"] == counted


def test_a_random_table_comes_back_whatever_way_it_is_quoted(tmp_path: Path) -> None:
    chance = random.Random(7)
    for _ in range(60):
        rows = [["".join(chance.choices('ab,"\n ;€\t', k=chance.randint(0, 6))) for _ in WANTED] for _ in range(5)]
        for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL):
            content = written([list(WANTED), *rows], quoting=quoting)
            found = ours(content, tmp_path)
            assert isinstance(found, Refused) or found == [tuple(cell or None for cell in row) for row in rows]
