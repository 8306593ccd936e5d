"""Promise 49: thirty-one hostile names through every output."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata

import polars as pl
import pyarrow.parquet as pq
import pytest

from saasmetrics.messages import clean
from saasmetrics.outputs import render


@pytest.fixture
def table(hostile: str, make):
    rows = [
        [hostile, hostile, hostile, [hostile], 0.5],
        ["second", "b", "c", ["d"], 0.25],
        ["third", "b", "c", [], None],
    ]
    return make("account key", "name label", "why text", "all list", "rate share", rows=rows, notes=[hostile])


@pytest.mark.parametrize("width", [0, 80, 200])
@pytest.mark.parametrize("color", ["never", "always"])
def test_p49_terminal_obeys_no_name(table, width: int, color: str) -> None:
    text = render([table], "table", width=width, color=color).data.decode()
    without_ours = re.sub(r"\x1b\[[\d;]*m", "", text)
    assert not [c for c in without_ours if unicodedata.category(c) == "Cc" and c != "\n"]
    assert not set(without_ours) & set("\u202e\u2066\u2069\u200f\u200b\u200d\ufeff")
    assert not re.search(r"(?m)^\s*::", without_ours)


def test_p51_terminal_shows_the_name_as_a_whole(table, hostile: str) -> None:
    text = render([table], "table", width=0, color="never").data.decode()
    assert clean(hostile).rstrip() in text.replace(r"\x3a:", "::")


def test_p51_a_narrow_screen_folds_but_cuts_nothing(table, hostile: str) -> None:
    text = render([table], "table", width=30, color="never").data.decode()
    letters = re.sub(r"\s", "", clean(hostile))
    assert letters in re.sub(r"\s", "", text.replace("account", "").replace(r"\x3a:", "::"))
    assert "…" not in text


def test_p49_csv_is_strict(table, hostile: str) -> None:
    header, first, *_ = csv.reader(io.StringIO(render([table], "csv").data.decode(), newline=""), strict=True)
    assert len(header) == len(first) == 5
    assert first[0] in (hostile, f"'{hostile}")
    assert not re.match(r"[=+\-@\t\r]", first[0])


@pytest.mark.parametrize("fmt", ["json", "ndjson"])
def test_p49_json_round_trips_and_hides_nothing(table, fmt: str, hostile: str) -> None:
    text = render([table], fmt).data.decode()
    first = json.loads(text)["data"][0] if fmt == "json" else json.loads(text.split("\n")[0])
    assert (first["account"], first["all"]) == (hostile, [hostile])
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b\u2028\u2029]", text)


def test_p49_parquet_round_trips(table, hostile: str) -> None:
    read = pl.from_arrow(pq.read_table(io.BytesIO(render([table], "parquet").data)))
    assert read.equals(table.frame)


def test_p49_markdown_keeps_its_columns_and_makes_no_markup(table) -> None:
    lines = render([table], "md").data.decode().split("\n")
    assert {len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) for line in lines[2:7]} == {6}
    for line in lines:
        assert not re.search(r"(?<!\\)(?:\\\\)*[<`\[~&]", line.strip("*"))
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u202e]|(?<!\\)://|www\.", line)
