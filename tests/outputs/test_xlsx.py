"""A workbook: what it holds is what the table holds, text stays text, the same bytes each time."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from saasmetrics.messages import clean
from saasmetrics.outputs import render


def parts(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return {name: book.read(name).decode() for name in book.namelist()}


def test_numbers_are_numbers_and_ids_are_text(make) -> None:
    table = make("account key", "rate share", "mrr money", "day date", rows=[["007", 0.5, Decimal("12.34"), date(2026, 1, 2)], ["1e5", None, None, None]])
    found = parts(render([table], "xlsx").data)
    sheet = found["xl/worksheets/sheet1.xml"]
    assert re.findall(r'<c r="([A-D]2)"[^>]*?(t="s")?><v>([^<]*)', sheet) == [("A2", 't="s"', "1"), ("B2", "", "0.5"), ("C2", "", "12.34"), ("D2", "", "46024")]
    assert "007" in found["xl/sharedStrings.xml"] and "1e5" in found["xl/sharedStrings.xml"]
    assert 'r="B3"' not in sheet  # unknown is empty, not 0


def test_p49_no_name_is_a_formula_or_a_link(hostile: str, make) -> None:
    found = parts(render([make("account key", "why text", rows=[[hostile, hostile]])], "xlsx").data)
    assert not [name for name, text in found.items() if "<f>" in text or "hyperlink" in text]
    held = ["".join(one.itertext()) for one in ElementTree.fromstring(found["xl/sharedStrings.xml"])]
    assert not clean(hostile) or held.count(clean(hostile)) == 1  # each text is held once, as a text


def test_the_same_bytes_each_time(make) -> None:
    table = make("account key", rows=[["a"]])
    assert render([table], "xlsx").data == render([table], "xlsx").data


def test_a_sheet_for_each_table(make) -> None:
    names = re.findall(r'<sheet name="([^"]*)"', parts(render([make("a key", rows=[["x"]])], "xlsx").data)["xl/workbook.xml"])
    assert len(names) == 2 and names[-1] == "about"


@pytest.mark.parametrize("rows", [[], [["a"]]])
def test_nothing_to_show_is_a_workbook_too(make, rows: list[list[str]]) -> None:
    assert render([make("account key", rows=rows)], "xlsx").data.startswith(b"PK")
