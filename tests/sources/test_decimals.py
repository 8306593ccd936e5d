"""Amounts with decimal commas: read where they are declared, the same as with points; what may mean two things is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from saasmetrics import catalog
from saasmetrics.definitions.fingerprint import fingerprint
from saasmetrics.definitions.read import read
from saasmetrics.messages import Refused
from saasmetrics.sources.numbers import SCALE, plain, scaled
from saasmetrics.tables import Asked, compute

DEFINITION = """\
version: 1
timezone: UTC
sources:
  events: {{files: {events}{how}, columns: {{time: at, event: what, account: of}}}}
  accounts: {{files: {accounts}{how}, columns: {{account: id, created: since}}}}
  subscriptions: {{files: {subscriptions}{how}, columns: {{account: id, start: since, mrr: pays}}}}
  costs: {{files: {costs}{how}}}
internal: {{accounts: {{size: {{lt: 1.5}}}}}}
rules: {{large: {{event: sold, where: {{amount: {{ge: 1290.5}}}}}}, noted: {{event: sold, where: {{"more.tax": {{gt: 0.1}}, "more.name": ok}}}}}}
workflows: {{sales: {{core: true, success: sold, value: amount}}, big: {{success: large}}, note: {{success: noted}}}}
"""
TABLES = {
    "events": [("of", "at", "what", "amount", "more"), *(("a", f"2026-01-0{day}T09:00:00", "sold", amount, '{"tax":0.19,"name":"ok"}') for day, amount in ((5, "1290.50"), (6, "1290.49"), (7, "12"), (8, "-1234567.25"))),
               ("b", "2026-01-06T09:00:00", "sold", "5", '{"tax":0.05,"name":"ok"}'), ("c", "2026-01-06T10:00:00", "sold", "7.5", "{}")],
    "accounts": [("id", "since", "size"), ("a", "2026-01-01", "2.5"), ("b", "2026-01-02", "1200.75"), ("c", "2026-01-02", "1.25")],
    "subscriptions": [("id", "since", "pays"), ("a", "2026-01-01", "1290.50"), ("b", "2026-01-02", "12345.6")],
    "costs": [("month", "spend", "cogs"), ("2026-01", "1000.5", "0.75")],
}  # fmt: skip
ASKED = ("value.spread", "value.north_star", "revenue.mrr", "revenue.unit_economics")


def comma(text: str) -> str:
    """1290.50 → 1.290,50; whatever is no amount stays."""
    try:
        whole, point, cents = f"{int(text.partition('.')[0]):,}".replace(",", "."), *text.partition(".")[1:]
    except ValueError:
        return text
    return whole + point.replace(".", ",") + cents


def csv(rows: list[tuple[str, ...]], separator: str, spelt: Callable[[str], str]) -> str:
    cells = [[value if "{" in value else spelt(value) for value in row] for row in rows]
    return "".join(separator.join('"' + cell.replace('"', '""') + '"' if '"' in cell else cell for cell in row) + "\n" for row in cells)


def written(home: Path, suffix: str, how: str, make: Callable[[Path, list[tuple[str, ...]]], None]) -> Path:
    home.mkdir()
    for name, rows in TABLES.items():
        make(home / f"{name}.{suffix}", rows)
    path = home / "saasmetrics.yml"
    path.write_text(DEFINITION.format(how=how, **{name: f"{name}.{suffix}" for name in TABLES}), "utf-8")
    return path


def numbers(path: Path) -> list[list[dict[str, object]]]:
    made, _ = compute(read(path), [catalog.rooms()[key] for key in ASKED], Asked(date(2026, 2, 15)))
    return [table.frame.to_dicts() for table in made]


def typed(value: str) -> object:
    """JSON as JSON, amounts as numbers, the rest as text."""
    if value.startswith("{"):
        return json.loads(value)
    return float(value) if value.replace(".", "", 1).lstrip("-").isdigit() else value


def ndjson(path: Path, rows: list[tuple[str, ...]]) -> None:
    path.write_text("".join(json.dumps(dict(zip(rows[0], map(typed, row), strict=True))) + "\n" for row in rows[1:]), "utf-8")


def parquet(path: Path, rows: list[tuple[str, ...]]) -> None:
    made = [dict(zip(rows[0], (value if value.startswith("{") else typed(value) for value in row), strict=True)) for row in rows[1:]]
    pl.DataFrame(made).write_parquet(path)


def test_the_same_amounts_with_commas_give_the_same_tables(tmp_path: Path) -> None:
    points = written(tmp_path / "points", "csv", "", lambda path, rows: void(path.write_text(csv(rows, ",", str), "utf-8")))
    commas = written(tmp_path / "commas", "csv", ', separator: ";", decimal: ","', lambda path, rows: void(path.write_text(csv(rows, ";", comma), "utf-8")))
    assert "-1.234.567,25" in (tmp_path / "commas" / "events.csv").read_text("utf-8")
    told = numbers(points)
    assert numbers(commas) == told
    assert fingerprint(read(points).definition) != fingerprint(read(commas).definition)


@pytest.mark.parametrize(("suffix", "make"), [("ndjson", ndjson), ("parquet", parquet)])
def test_numbers_of_formats_that_have_numbers_stay_what_they_are(suffix: str, make: Callable[[Path, list[tuple[str, ...]]], None], tmp_path: Path) -> None:
    told = numbers(written(tmp_path / "plain", suffix, "", make))
    assert numbers(written(tmp_path / "declared", suffix, ', decimal: ","', make)) == told
    assert told == numbers(written(tmp_path / "points", "csv", "", lambda path, rows: void(path.write_text(csv(rows, ",", str), "utf-8"))))


def void(_: object) -> None:
    """What was written is not asked for."""


@pytest.mark.parametrize(("text", "amount"), [
    ("1.290,00", 1290), ("1.290", 1290), ("1290", 1290), ("1290,5", 1290.5), ("-1.234.567,25", -1234567.25), (" 12,5 ", 12.5), ("+0,25", 0.25), ("1,290", 1.29), ("0", 0), ("00,5", 0.5),
    ("1,290.00", None), ("1.29", None), ("1290.00", None), ("12.50", None), ("0.290", None), ("1.2900", None), ("1290.500,1", None), ("1.290.50", None), ("1,2,3", None), (",5", None), ("5,", None),
    ("1 290,00", None), ("1e3", None), ("", None), (None, None), ("five", None), ("1.234.567.890.123.456", None),
])  # fmt: skip
def test_what_a_decimal_comma_makes_of_a_text(text: str | None, amount: float | None) -> None:
    found = pl.DataFrame({"t": [text]}, schema={"t": pl.String}).select(scaled(plain(pl.col("t"), ","))).item()
    assert found == (None if amount is None else amount * SCALE)


@pytest.mark.parametrize(("table", "good", "bad", "told"), [
    ("events", "1.290,50", "1,290.50", "events.csv:2: SM313 line 2: amount '1,290.50' in column 'amount' unreadable"),
    ("events", "1.290,50", "1290.50", "events.csv:2: SM313 line 2: amount '1290.50' in column 'amount' unreadable"),
    ("subscriptions", "12.345,6", "12345.6", "subscriptions.csv:3: SM313 line 3: amount '12345.6' unreadable"),
    ("costs", "0,75", "0.75", "costs.csv:2: SM313 line 2: cogs '0.75' unreadable"),
])  # fmt: skip
def test_an_amount_that_may_mean_two_things_is_refused_at_its_line(table: str, good: str, bad: str, told: str, tmp_path: Path) -> None:
    path = written(tmp_path / "commas", "csv", ', separator: ";", decimal: ","', lambda path, rows: void(path.write_text(csv(rows, ";", comma), "utf-8")))
    file = tmp_path / "commas" / f"{table}.csv"
    text = file.read_text("utf-8")
    assert good in text
    file.write_text(text.replace(good, bad, 1), "utf-8")
    with pytest.raises(Refused) as caught:
        numbers(path)
    assert [str(problem) for problem in caught.value.problems] == [told]


def test_a_table_of_a_database_has_no_decimal_sign(tmp_path: Path) -> None:
    path = tmp_path / "saasmetrics.yml"
    path.write_text('version: 1\nsources: {events: {table: t, decimal: ","}}\nworkflows: {w: {success: x}}\n', "utf-8")
    with pytest.raises(Refused, match="decimal is for files"):
        read(path)


@pytest.mark.parametrize(("pays", "how", "line"), [
    (("1.290", "12.345"), "", 2), (("1290", "12.345"), "", 3),
    (("1.290", "12.34"), "", None), (("0.290", "1290"), "", None), (("1290", "12"), "", None), (("1.290", "12.345"), ', decimal: "."', None), (("1.290", "12.345"), ', decimal: ","', None),
])  # fmt: skip
def test_amounts_that_may_be_thousands_are_said_at_their_line_where_nobody_said_what_a_point_is(pays: tuple[str, str], how: str, line: int | None, tmp_path: Path) -> None:
    spelt = comma if '","' in how else str
    path = written(tmp_path / "thousands", "csv", f', separator: ";"{how}', lambda path, rows: void(path.write_text(csv(rows, ";", spelt), "utf-8")))
    (tmp_path / "thousands" / "subscriptions.csv").write_text("id;since;pays\n" + "".join(f"{name};2026-01-01;{amount}\n" for name, amount in zip("ab", pays, strict=True)), "utf-8")
    _, ledger = compute(read(path), [catalog.rooms()["revenue.mrr"]], Asked(date(2026, 2, 15)))
    said = [(warning.line, 'decimal: ","' in warning.message) for warning in ledger.warnings if "three digits" in warning.message]
    assert said == ([] if line is None else [(line, True)])


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize(("files", "how", "place"), [
    ((("1.290", ""), ("12.345",)), "", ("a.csv", 2)), ((("7", "12.345"),), "", ("a.csv", 3)), ((("7",), ("12.345",)), "", ("b.csv", 2)),
    ((("1.290",), ("12.34",)), "", None), ((("12.34", "1.290"),), "", None), ((("0.290",),), "", None), ((("7",),), "", None), ((("1.290",),), ', decimal: "."', None), ((("1.290",),), ', decimal: ","', None),
])  # fmt: skip
def test_amounts_of_events_that_may_be_thousands_are_said_too(files: tuple[tuple[str, ...], ...], how: str, place: tuple[str, int] | None, kept: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all files together, also when they are not read again."""
    monkeypatch.setattr("saasmetrics.facts._origins.WORTH", 0 if kept else 1 << 40)
    for name, amounts in zip("ab", files, strict=False):
        rows = [f"a;posted;2026-01-0{5 + at}T09:00:00Z;{amount}" for at, amount in enumerate((*amounts, "1"))]
        (tmp_path / f"{name}.csv").write_text("\n".join(["account_id;event;timestamp;total", *rows]), "utf-8")
    path = tmp_path / "saasmetrics.yml"
    path.write_text(f"version: 1\ntimezone: UTC\nsources: {{events: {{files: '*.csv', separator: ';'{how}}}}}\nworkflows: {{w: {{success: posted, value: total}}}}\n", "utf-8")
    for _ in range(2):
        _, ledger = compute(read(path), [catalog.rooms()["value.north_star"]], Asked(date(2026, 2, 15), store=True, allow_empty=True))
        said = [(warning.file, warning.line) for warning in ledger.warnings if "as is every total with a point: each has three digits" in warning.message]
        assert said == ([place] if place else [])
