"""What is in files of which nothing is known: kinds, gaps, repeats, odd values with their lines, and no row lost."""

from __future__ import annotations

import cProfile
import gzip
import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from saasmetrics.sources.ledger import Ledger
from saasmetrics.start.opening import Told, opened
from saasmetrics.start.survey import survey

from .test_presets import run
from .vendors import EVENTS, named_kind, own, story, table, write

HEAD = "account_id,user_id,event,timestamp\n"
ROW = "acme,u1,posted,2026-01-05T09:00:00Z\n"


def looked(home: Path, *words: str, code: int = 0) -> dict[str, list[dict[str, Any]]]:
    done = run(home, "inspect", *words, "-f", "json")
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    told = json.loads(done.stdout) if done.stdout else []
    return {one["meta"]["name"].removeprefix("inspect."): one["data"] for one in (told if isinstance(told, list) else [told])}


def put(home: Path, name: str, content: str | bytes) -> str:
    (home / name).parent.mkdir(exist_ok=True)
    (home / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return name


@pytest.mark.parametrize("vendor", EVENTS)
def test_vendors_are_recognised_by_their_columns(vendor: str, tmp_path: Path) -> None:
    found = looked(tmp_path, write(tmp_path, vendor).name)
    assert found["files"][0]["looks_like"] == "events?"
    assert found["files"][0]["why"].startswith(named_kind(vendor))
    assert sum(row["rows"] for row in found["events"]) == len(story())
    assert {row["column"]: row["taken_for"] for row in found["columns"]}[named_kind(vendor, "account")] == "account?"


def test_what_is_counted_is_right(tmp_path: Path) -> None:
    rows = [{"account_id": a, "user_id": u, "event": e, "timestamp": t} for a, u, e, t in [
        ("00123", "u1", "posted", "2026-01-05T09:00:00Z"), ("00123", "u1", "posted", "2026-01-05T09:00:00Z"), ("", "u2", "drafted", "2026-01-07T09:00:00+01:00"), ("b", "", "posted", "2026-01-06T00:00:00Z"),
    ]]  # fmt: skip
    found = looked(tmp_path, put(tmp_path, "events.csv", table(*rows)))
    (file,) = found["files"]
    assert (file["rows"], file["repeated"], file["first"], file["last"]) == (4, 1, "2026-01-05T09:00:00Z", "2026-01-07T08:00:00Z")
    columns = {row["column"]: row for row in found["columns"]}
    assert (columns["account_id"]["kind"], columns["account_id"]["empty"], columns["account_id"]["different"]) == ("text", 0.25, 2)
    assert (columns["timestamp"]["kind"], columns["event"]["different"]) == ("time", 2)
    assert [(row["event"], row["rows"], row["accounts"], row["users"]) for row in found["events"]] == [("posted", 3, 2, 1), ("drafted", 1, 0, 1)]
    assert any("1 of 4 rows have no account_id" in row["finding"] for row in found["findings"])


def test_malformed_rows_and_odd_values_have_their_lines(tmp_path: Path) -> None:
    text = HEAD + ROW * 3 + "acme,u1,posted\n" + ROW * 4 + "acme,u1,posted,yesterday\n"
    found = looked(tmp_path, put(tmp_path, "events.csv", text))
    said = {(row["line"], row["code"]): row["finding"] for row in found["findings"]}
    assert "3 fields, expected 4" in said[5, "SM307"]
    assert "timestamp 'yesterday' is no time, as 7 others are" in said[10, "SM309"]
    assert not any("rows have no" in row["finding"] for row in found["findings"])
    assert (found["files"][0]["rows"], found["files"][0]["rejected"]) == (9, 1)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", "", "empty"), ("b.csv", b"PK\x03\x04xxxx", "a ZIP archive or an Excel workbook"), ("c.json", '[{"a":1}]', "a JSON array: write one object a line"),
        ("d.csv", HEAD + 'acme,u1,"posted,2026-01-05T09:00:00Z\n', "never closed"), ("e.parquet", b"PAR1 and nothing more", "truncated or corrupt"), ("f.csv.gz", gzip.compress(HEAD.encode(), mtime=0)[:20], "f.csv.gz"),
        ("g.avro", b"Obj\x01avro", "Avro"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_and_hinders_nothing(name: str, content: str | bytes, said: str, tmp_path: Path) -> None:
    good = put(tmp_path, "good.csv", HEAD + ROW)
    found = looked(tmp_path, good, put(tmp_path, name, content), code=3)
    assert [row["file"] for row in found["files"]] == ["good.csv"]
    assert any(said in f"{row['file']} {row['finding']}" for row in found["findings"])


def test_encoding_and_separator_are_found(tmp_path: Path) -> None:
    text = "konto;konto_id;event;timestamp\nMüller;m1;gebucht;2026-01-05 09:00:00\n"
    found = looked(tmp_path, put(tmp_path, "latin.csv", text.encode("latin-1")), put(tmp_path, "wide.csv", text.replace("konto;", "name;").encode("utf-16")))
    assert {row["file"]: row["format"] for row in found["files"]} == {"latin.csv": "csv cp1252 ;", "wide.csv": "csv utf-16 ;"}
    assert any("not UTF-8" in row["finding"] and row["line"] == 2 for row in found["findings"])
    assert any("Müller" in (row["examples"] or "") for row in found["columns"])


def test_a_folder_is_its_exports_and_parts_belong_together(tmp_path: Path) -> None:
    for part in "ab":
        put(tmp_path, f"x/part-{part}.csv", HEAD + ROW)
    put(tmp_path, "x/readme.md", "# no")
    put(tmp_path, "x/accounts.ndjson", '{"account_id": "acme", "created_at": "2026-01-01", "plan": {"name": "pro"}}\n{"account_id": "b", "created_at": "2026-01-02"}\n')
    found = looked(tmp_path, "x")
    assert {row["file"]: (row["files"], row["rows"], row["looks_like"]) for row in found["files"]} == {"x/*.csv": (2, 2, "events?"), "x/accounts.ndjson": (1, 2, "accounts?")}
    assert "plan.name" in {row["column"] for row in found["columns"]}


KINDS = {
    "time in s": ["1767603600", "1767603601"], "time in ms": ["1767603600000", ""], "number": ["20260105", "3"], "day/month time": ["05.01.2026 10:00", "31.01.2026 11:00"], "date": ["2026-01-05", ""],
    "time without a zone": ["2026-01-05 09:00:00", ""], "text": ["007", "123"], "true/false": ["true", "FALSE"], "empty": ["", " "], "JSON": ['{"a":1}', "{}"],
}  # fmt: skip


def test_kinds_of_columns(tmp_path: Path) -> None:
    rows = [{f"{at}_created_at": values[row] for at, values in enumerate(KINDS.values())} for row in range(2)]
    found = looked(tmp_path, put(tmp_path, "x.csv", table(*rows)))
    kinds = {row["column"]: row["kind"] for row in found["columns"]}
    assert [kinds[f"{at}_created_at"] for at in range(len(KINDS))] == list(KINDS)
    assert kinds["9_created_at.a"] == "number"


def test_text_and_parquet_are_looked_at_alike(tmp_path: Path) -> None:
    put(tmp_path, "a.csv", own())
    pl.read_csv(tmp_path / "a.csv", infer_schema=False).write_parquet(tmp_path / "b.parquet")
    found = looked(tmp_path, "a.csv", "b.parquet")
    by_file = [[{**row, "file": ""} for row in found["columns"] if row["file"] == name] for name in ("a.csv", "b.parquet")]
    assert by_file[0] == by_file[1]


def test_hostile_names_do_no_harm(tmp_path: Path) -> None:
    rows = [{"=cmd|' /C calc'!A0": "\x1b[31mred", "account_id": "a\u202eb", "event": '<b>"x"\n::error::y', "timestamp": "2026-01-05T09:00:00Z"}]
    name = put(tmp_path, "events.csv", table(*rows))
    csv = run(tmp_path, "inspect", name, "-f", "csv").stdout
    assert "\x1b" not in csv and "\n=cmd" not in csv and ",=cmd" not in csv
    shown = run(tmp_path, "inspect", name, "-f", "table").stdout
    assert not any(ord(char) < 32 and char != "\n" for char in shown) and "\u202e" not in shown
    assert not any(line.lstrip().startswith("::") for line in shown.splitlines())


def test_inspect_and_init_help_load_no_dataframes() -> None:
    code = "import sys; sys.argv[1:] = {argv}\nfrom saasmetrics.cli import run\ntry: run()\nexcept SystemExit: pass\nprint([m for m in ('polars', 'pyarrow') if m in sys.modules])"
    for command in ("inspect", "init"):
        done = subprocess.run([sys.executable, "-c", code.format(argv=[command, "--help"])], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
        assert done.stdout.endswith("[]\n")


def test_every_type_is_looked_at_or_said_not_to_be(tmp_path: Path) -> None:
    rows = 3
    frame = pl.DataFrame({
        "account_id": pl.Series([1, 2, None], dtype=pl.Int32), "event": pl.Series(["a", "b", "a"], dtype=pl.Categorical), "timestamp": [datetime(2026, 1, 5, tzinfo=UTC)] * rows, "day": [date(2026, 1, 5)] * rows,
        "dec": [Decimal("1.50")] * rows, "bin": [b"x"] * rows, "lst": [[1, 2]] * rows, "st": [{"a": {"b": 1}, "c": [1]}] * rows, "dur": [timedelta(1)] * rows, "f": [float("nan"), None, float("inf")],
        "nul": pl.Series([None] * rows, dtype=pl.Null), "js": ['{"k":{"z":1}}', "[]", "{bad"], "_line": [1] * rows, "st.a.b": ["plain"] * rows,
    })  # fmt: skip
    frame.write_parquet(tmp_path / "t.parquet")
    frame.drop("bin", "dur").write_ndjson(tmp_path / "t.ndjson")
    found = looked(tmp_path, "t.parquet", "t.ndjson")
    kinds = {(row["file"], row["column"]): row["kind"] for row in found["columns"]}
    for file in ("t.parquet", "t.ndjson"):
        assert [kinds[file, name] for name in ("account_id", "event", "day", "dec", "js.k.z", "nul", "st.a.b")] == ["number", "text", "date", "number", "number", "empty", "text"]
    assert {name for (file, name), kind in kinds.items() if kind.startswith("list or bytes") and file == "t.parquet"} == {"bin", "lst", "st.c", "dur"}


def test_a_missing_header_is_told(tmp_path: Path) -> None:
    found = looked(tmp_path, put(tmp_path, "events.csv", ROW + ROW.replace("05T", "06T")))
    assert [(row["line"], row["code"]) for row in found["findings"] if "is the header missing?" in row["finding"]] == [(1, "SM305")]


@pytest.mark.parametrize("content", ["{}", "{}\n{}\n"])
def test_objects_without_a_key_are_no_crash(content: str, tmp_path: Path) -> None:
    found = looked(tmp_path, put(tmp_path, "manifest.json", content))
    assert (found["files"][0]["rows"], "columns" in found) == (content.count("{"), False)


def test_a_wide_file_costs_by_its_width_not_by_its_square(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    calls = []
    for width in (300, 1500):
        put(tmp_path, "wide.csv", HEAD.strip() + "".join(f",c{at}" for at in range(width)) + "\n" + ROW.strip() + "," * width + "\n")
        profile = cProfile.Profile()
        profile.runcall(survey, ["wide.csv"], Told(tmp_path))
        calls.append(sum(entry.callcount for entry in profile.getstats()))
    assert calls[1] < 6 * calls[0]  # of a width five times as large


def test_many_files_are_looked_at_as_few(tmp_path: Path) -> None:
    """Polars warns of a deadlock where more than 512 are scanned at once."""
    for number in range(530):
        put(tmp_path, f"e/{number}.jsonl", json.dumps({"account_id": f"a{number}", "event": "posted", "timestamp": "2026-01-05T09:00:00Z"} | ({"late": 1} if number == 400 else {})))
    (sheet,), refused = opened(["e"], Told(tmp_path), Ledger())
    assert (refused, sheet.label, len(sheet.inputs), len(sheet.frames)) == ([], "e/*.jsonl", 530, 6)
    assert sorted(sheet.frame.collect()["account_id"]) == sorted(f"a{number}" for number in range(530))


def test_long_lists_of_places_are_cut(tmp_path: Path) -> None:
    found = looked(tmp_path, put(tmp_path, "part.tsv", HEAD.strip().replace(",", "\t") + "\tx" * 4 + "\n"))
    assert "column 'x' appears twice, at positions 5 and 6 and 2 more: no run can use it" in [row["finding"] for row in found["findings"]]


def test_what_is_passed_over_is_called_by_what_it_is(tmp_path: Path) -> None:
    put(tmp_path, "d/a.csv", HEAD + ROW)
    put(tmp_path, "d/all_events.avro", b"Obj\x01\x04rest")
    put(tmp_path, "d/readme.md", "x")
    assert [(row["file"], row["finding"]) for row in looked(tmp_path, "d")["findings"]] == [("d/all_events.avro", "passed over: looks like Avro: export Parquet, CSV or JSON lines"), ("d/readme.md", "passed over: no export by its name")]
    (tmp_path / "d/a.csv").unlink()
    assert "no export among these files; d/all_events.avro: looks like Avro" in run(tmp_path, "inspect", "d").stderr


def findings(home: Path, *words: str) -> dict[str, tuple[int | None, str]]:
    return {row["finding"]: (row["line"], row["code"]) for row in looked(home, *words).get("findings", [])}


def test_ids_that_are_perhaps_none_are_told_with_their_line(tmp_path: Path) -> None:
    said = findings(tmp_path, put(tmp_path, "events.csv", HEAD + ROW + ROW.replace("acme", "NULL") + ROW.replace("acme", "-")))
    assert said["line 3: account 'NULL': reads like a missing id, and is counted as an account (2 ids like this)"] == (3, "SM321")


def test_a_time_that_cannot_be_is_told_with_its_line(tmp_path: Path) -> None:
    said = findings(tmp_path, put(tmp_path, "events.csv", HEAD + ROW * 4 + ROW.replace("2026", "1970")))
    assert said["line 6: timestamp '1970-01-05T09:00:00Z' is no time, as 4 others are"] == (6, "SM309")


def test_days_that_mean_never_are_no_odd_ends(tmp_path: Path) -> None:
    rows = "".join(f"a{at},2026-01-0{at},{end},5\n" for at, end in enumerate(("2026-03-01", "9999-12-31", "2999-12-31"), 1))
    found = looked(tmp_path, put(tmp_path, "subs.csv", "account_id,start_date,end_date,mrr\n" + rows))
    assert "findings" not in found
    assert {row["column"]: row["odd"] for row in found["columns"]}["end_date"] == 0


def test_a_column_that_one_of_two_files_lacks_is_told(tmp_path: Path) -> None:
    put(tmp_path, "a.csv", HEAD + ROW)
    put(tmp_path, "b.csv", (HEAD + ROW.replace("05T", "06T")).replace("user_id,", "").replace("u1,", ""))
    found = looked(tmp_path, "a.csv", "b.csv")
    (row,) = (row for row in found["findings"] if "missing" in row["finding"])
    assert (row["file"], row["finding"], row["code"]) == ("b.csv", "column 'user_id' missing in 1 of 2 files", "SM312")


def test_ids_that_are_numbers_are_doubted_as_they_are_read(tmp_path: Path) -> None:
    """As data frames write whole numbers of which some are missing: 7.0 is read as 7."""
    times = [datetime(2026, 1, day, tzinfo=UTC) for day in (5, 6, 7)]
    pl.DataFrame({"account_id": [7.0, 8.0, float("nan")], "event": ["posted"] * 3, "timestamp": times}).write_parquet(tmp_path / "events.parquet")
    assert not any("account '" in finding for finding in findings(tmp_path, "events.parquet"))


def test_what_accounts_paid_by_month_is_no_cost(tmp_path: Path) -> None:
    put(tmp_path, "paid.csv", "account_id,month,revenue,currency\nacme,2026-01,49.00,USD\nbeta,2026-01,0.00,USD\n")
    put(tmp_path, "spent.csv", "month,spend,currency\n2026-01-01,4000.00,USD\n2026-02-01,4100.00,USD\n")
    found = looked(tmp_path, "paid.csv", "spent.csv")["files"]
    assert {Path(one["file"]).name: one["looks_like"] for one in found} == {"paid.csv": "unknown", "spent.csv": "costs?"}
