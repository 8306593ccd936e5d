"""The bytes of each format, and the registry that finds it."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import polars as pl
import pyarrow.parquet as pq
import pytest

from saasmetrics.messages import Refused
from saasmetrics.outputs import FORMATS, format_of, render, render_each
from saasmetrics.tables import Table

CSV = """\
key_column,label_column,text_column,date_column,time_column,count_column,share_column,days_column,money_column,score_column,flag_column,list_column
acct_1,pro,"Why, you ask?",2026-05-01,2026-05-01T12:00:00.250000Z,1204,0.3,4.125,1234.50,71.25,true,a; b
acct_2,,,,,,,,,,,
"","","",1990-01-01,2026-05-01T12:00:00.250000Z,-1,0,0,0.00,,false,
"""
NDJSON = """\
{"key_column": "acct_1", "label_column": "pro", "text_column": "Why, you ask?", "date_column": "2026-05-01", \
"time_column": "2026-05-01T12:00:00.250000Z", "count_column": 1204, "share_column": 0.30000000000000004, \
"days_column": 4.125, "money_column": "1234.50", "score_column": 71.25, "flag_column": true, "list_column": ["a", "b"]}
{"key_column": "acct_2", "label_column": null, "text_column": null, "date_column": null, "time_column": null, \
"count_column": null, "share_column": null, "days_column": null, "money_column": null, "score_column": null, \
"flag_column": null, "list_column": null}
{"key_column": "", "label_column": "", "text_column": "", "date_column": "1990-01-01", \
"time_column": "2026-05-01T12:00:00.250000Z", "count_column": -1, "share_column": 0.0, "days_column": -0.0, \
"money_column": "0.00", "score_column": null, "flag_column": false, "list_column": []}
"""
MARKDOWN = """\
**A title**

| account    |  rate |      mrr |
| ---------- | ----: | -------: |
| acct\\_1    | 63.7% | 1\u202f234.50 |
| 日本 \\| KK |     · |        · |

as of 2026-11-16 · saasmetrics 0.1.0

- 3 tickets left out
"""
JSON = """\
{"meta": {
"name": "a.b",
"title": "A title",
"columns": [{"name": "account", "unit": "key", "meaning": "the account"}, \
{"name": "rate", "unit": "share", "meaning": "the rate"}],
"as_of": "2026-11-16"
},
"data": [
{"account": "ä", "rate": null},
{"account": "b", "rate": 0.5}
]}
"""


def test_p19_csv_bytes(all_units: Table) -> None:
    assert render([all_units], "csv").data.decode() == CSV


def test_p52_csv_keeps_null_and_empty_text_apart(all_units: Table) -> None:
    read = pl.read_csv(io.BytesIO(render([all_units], "csv").data), infer_schema=False)
    assert read["text_column"].to_list() == ["Why, you ask?", None, ""]


def test_csv_keeps_a_lone_null_as_a_row(make) -> None:
    assert render([make("a key", rows=[["x"], [None]])], "csv").data == b'a\nx\n""\n'


def test_csv_of_several_tables_has_a_blank_line_between(make) -> None:
    one, two = make("a key", rows=[["x"]]), make("b key", rows=[["y"]])
    assert render([one, two], "csv").data == b"a\nx\n\nb\ny\n"


def test_p50_formulas_are_quoted_counted_and_stay_distinct(make) -> None:
    texts = ["=1", "'=1", "+1", "-1", "@a", "\ta", "\ra", "＝1", "fine", "a=1", "'tis"]
    table = make("name key", "n count", rows=[[text, -1] for text in texts])
    data, notes = render([table], "csv")
    rows = list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))[1:]
    assert [row[0] for row in rows] == [f"'{text}" for text in texts[:8]] + texts[8:]
    assert notes == ("8 cells quoted",)
    assert {row[1] for row in rows} == {"-1"}


def test_p50_raw_csv_gives_every_text_back(hostile: str, make) -> None:
    data, notes = render([make("name key", "n count", rows=[[hostile, 1]])], "csv", raw=True)
    assert list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))[1] == [hostile, "1"]
    assert notes == ()


def test_p52_json_bytes(make) -> None:
    table = make("account key", "rate share", rows=[["ä", float("nan")], ["b", 0.5]], as_of="2026-11-16")
    assert render([table], "json").data.decode() == JSON


def test_p52_json_is_strict_and_null_is_not_empty(all_units: Table) -> None:
    def never(constant: str) -> None:
        raise AssertionError(constant)

    one = json.loads(render([all_units], "json").data, parse_constant=never)
    assert [row["text_column"] for row in one["data"]] == ["Why, you ask?", None, ""]
    assert [row["money_column"] for row in one["data"]] == ["1234.50", None, "0.00"]
    assert one["data"][2]["score_column"] is None


def test_json_of_several_tables_is_a_list(make) -> None:
    tables = [make("a key", rows=[], name="x.a"), make("a key", rows=[[1]], name="x.b")]
    assert [(each["meta"]["name"], each["data"]) for each in json.loads(render(tables, "json").data)] == [
        ("x.a", []),
        ("x.b", [{"a": 1}]),
    ]


def test_p52_ndjson_bytes(all_units: Table) -> None:
    assert render([all_units], "ndjson").data.decode() == NDJSON


def test_ndjson_of_several_tables_names_them(make) -> None:
    tables = [make("a key", rows=[["x"]], name="x.a"), make("b key", rows=[["y"]], name="x.b")]
    assert render(tables, "ndjson").data == b'{"table": "x.a", "a": "x"}\n{"table": "x.b", "b": "y"}\n'


def test_p17_parquet_has_checksums_and_the_meta(all_units: Table) -> None:
    data = render([all_units], "parquet").data
    read = pq.read_table(io.BytesIO(data), page_checksum_verification=True)
    meta = json.loads(read.schema.metadata[b"saasmetrics"])
    assert pl.from_arrow(read).equals(all_units.frame)
    assert (meta["as_of"], meta["columns"][0]["unit"]) == ("2026-11-16", "key")
    assert data == render([all_units], "parquet").data


def test_p17_a_flipped_bit_in_parquet_is_found(make) -> None:
    data = bytearray(render([make("a key", rows=[[f"account-{n}"] for n in range(500)])], "parquet").data)
    data[200] ^= 4
    with pytest.raises(OSError, match="CRC|checksum|corrupt"):
        pq.read_table(io.BytesIO(bytes(data)), page_checksum_verification=True)


def test_markdown_bytes(make) -> None:
    rows = [["acct_1", 0.637, 1234.5], ["日本 | KK", None, None]]
    notes = {"as_of": "2026-11-16", "version": "0.1.0", "notes": ["3 tickets left out"]}
    assert render([make("account key", "rate share", "mrr money", rows=rows, **notes)], "md").data.decode() == MARKDOWN


@pytest.mark.parametrize("fmt", ["json", "parquet", "md", "table"])
def test_p55_outputs_say_where_they_come_from(fmt: str, all_units: Table) -> None:
    data = render([all_units], fmt, color="never").data
    for told in (b"2026-11-16", b"Europe/Berlin", b"9f3c2a1", b"0.1.0"):
        assert told in data


@pytest.mark.parametrize("fmt", FORMATS)
def test_p41_the_same_table_gives_the_same_bytes(fmt: str, all_units: Table) -> None:
    assert render([all_units], fmt).data == render([all_units], fmt).data


@pytest.mark.parametrize("fmt", FORMATS)
def test_a_table_without_rows_is_still_a_table(fmt: str, make) -> None:
    empty = make("account key", "rate share", rows=[])
    assert bool(render([empty], fmt).data) == (fmt != "ndjson")


def test_limit_cuts_and_says_so(make) -> None:
    table = make("a key", rows=[["x"], ["y"], ["z"]])
    assert render([table], "csv", limit=1) == (b"a\nx\n", ("a.b: 2 more rows: -n 0 shows all",))
    assert render([table], "csv", limit=3).notes == ()


def test_formats_are_found_by_ending() -> None:
    endings = ["out.csv", "a/b.JSON", "x.jsonl", "x.parquet", "x.md", "x.txt"]
    assert [format_of(path) for path in endings] == ["csv", "json", "ndjson", "parquet", "md", "table"]
    with pytest.raises(Refused, match=r"SM130 no format writes 'out\.docx'"):
        format_of("out.docx")


def test_what_makes_no_sense_is_refused(make) -> None:
    table = make("a key", rows=[["x"]])
    with pytest.raises(Refused, match="SM130 there is no format 'jsn' — did you mean 'json'"):
        render([table], "jsn")
    with pytest.raises(Refused, match=r"SM130 parquet holds one table a file: choose one of a\.b, a\.b"):
        render([table, table], "parquet")


def test_one_file_a_table(make) -> None:
    tables = [make("a key", rows=[["=x"]], name="x.a"), make("b key", rows=[["y"]], name="x.b", as_of="2026-11-16")]
    files = render_each(tables, "csv")
    assert files.data == {"x.a.csv": b"a\n'=x\n", "x.b.csv": b"b\ny\n"}
    assert files.about["x.b.csv"]["as_of"] == "2026-11-16"
    assert files.notes == ("x.a.csv: 1 cell quoted",)


def test_nothing_heavy_is_imported_before_a_format_is_asked_for(run) -> None:
    assert run("print({'rich', 'polars', 'pyarrow'} & set(sys.modules))").stdout == b"set()\n"


@pytest.mark.parametrize(("fmt", "shown"), [("table", "2026-03-29 03:30"), ("md", "2026-03-29 03:30"), ("html", "2026-03-29 03:30"), ("csv", "2026-03-29T01:30:00Z"), ("json", "2026-03-29T01:30:00Z")])
def test_people_read_the_hours_of_their_zone_and_programs_utc(fmt: str, shown: str, make) -> None:
    """The zone stands beside the table; an hour after the clocks went forward."""
    for at in (datetime(2026, 3, 29, 1, 30, tzinfo=UTC), datetime(2026, 3, 29, 1, 30)):
        told = make("account key", "at time", rows=[("a", at), ("b", None)], as_of="2026-04-01", timezone="Europe/Berlin")
        assert shown in render([told], fmt).data.decode()
