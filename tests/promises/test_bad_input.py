"""Bad input, one test a case: the exact answer with an account of every row, or a refusal that names the line."""

from __future__ import annotations

import gzip

import polars as pl
import pyarrow
import pyarrow.parquet
import pytest

from .conftest import HEADER, ROWS, World

TIMES = "account_id,user_id,event,timestamp"


@pytest.fixture
def clean(world: World) -> str:
    """The table that the clean file gives."""
    world.csv(*ROWS)
    ran = world.run("activation", "accounts", "-f", "csv")
    assert ran.code == 0 and "acme" in ran.out
    return ran.out


def same(world: World, clean: str) -> None:
    ran = world.run("activation", "accounts", "-f", "csv")
    assert (ran.code, ran.out) == (0, clean), ran.err
    (entry,) = world.run().counts()
    assert (entry["rows_read"], entry["filtered"], entry["rejected"]) == (6, {"after as_of": 1}, {})


def strictly(world: World, *fragments: str) -> None:
    """With --strict the same doubt is an error in the data."""
    world.refused(3, *fragments, args=("activation", "accounts", "--strict"))


def test_case_01_empty_file(world: World) -> None:
    world.put("events.csv", b"")
    world.refused(3, "events.csv: SM304 the file is empty: not even a header")


def test_case_02_header_only(world: World) -> None:
    world.csv()
    world.refused(3, "no rows in the event files", "--allow-empty")
    assert world.run("activation", "rate", "-f", "json", "--allow-empty").code == 0


def test_case_03_byte_order_mark(world: World, clean: str) -> None:
    world.put("events.csv", b"\xef\xbb\xbf" + (world.home / "events.csv").read_bytes())
    same(world, clean)


def test_case_05_latin_1(world: World) -> None:
    world.put("events.csv", "\n".join((HEADER, *ROWS)).replace("gama", "café").encode("latin-1"))
    offset = len("\n".join((HEADER, *ROWS[:5])).encode()) + 1 + 3
    world.refused(3, f"events.csv:7:1: SM308 line 7: not UTF-8: byte 0xe9 at offset {offset}, in field 1")


def test_case_07_crlf(world: World, clean: str) -> None:
    world.put("events.csv", "\r\n".join((HEADER, *ROWS, "")))
    same(world, clean)


def test_case_09_line_end_in_quotes(world: World, clean: str) -> None:
    world.csv(*(f'{row},"line one\nline two"' for row in ROWS), header=HEADER + ",note")
    same(world, clean)
    world.csv(ROWS[0] + ',"one\ntwo"', ROWS[1].replace("T10:00", "T10:0x") + ",none", header=HEADER + ",note")
    world.refused(3, "events.csv:4: SM309 line 4: timestamp '2026-01-06T10:0x:00Z' unreadable")


def test_case_11_unclosed_quote(world: World) -> None:
    world.csv(*ROWS[:2], '"' + ROWS[2], *ROWS[3:])
    world.refused(3, "events.csv:4: SM307 line 4: quote opened at line 4 is never closed")


def test_case_13_long_row(world: World) -> None:
    world.csv(*ROWS[:2], "acme,u2,invoice,posted,2026-01-13T10:00:00Z", *ROWS[3:])
    world.refused(3, "events.csv:4: SM307 line 4: 5 fields, expected 4")


def test_case_15_column_twice(world: World) -> None:
    world.csv(*ROWS, header="account_id,account_id,event,timestamp")
    world.refused(3, "events.csv:1: SM306 column 'account_id' appears twice, at positions 1 and 2")


def test_case_17_header_spelt_otherwise(world: World, clean: str) -> None:
    world.csv(*ROWS, header=" Account_ID ,user_id,event,Timestamp")
    world.refused(3, "events.csv:1: SM305 required column 'account_id' not found — did you mean ' Account_ID '?")
    world.define("files: events.csv, columns: {account: ' Account_ID ', time: Timestamp}")
    same(world, clean)


def test_case_19_total_row(world: World) -> None:
    world.csv(*ROWS, "Total,,,6")
    world.refused(3, "events.csv:8: SM309 line 8: timestamp '6' unreadable")
    ran = world.run("activation", "accounts", "-f", "json", "--max-reject", "1")
    assert ran.code == 0 and "Total" not in ran.out
    assert ran.counts()[0]["rejected"] == {"timestamp unit": 1}


def test_case_21_blank_account(world: World) -> None:
    world.csv(*ROWS, ",u7,posted,2026-01-22T09:00:00Z", "   ,u8,posted,2026-01-23T09:00:00Z")
    ran = world.run("activation", "accounts", "-f", "json", "--as-of", "2026-02-01")
    assert ran.code == 0
    assert "warning: SM320 2 rows without account_id left out (25.0% of 8)" in ran.err
    assert {row["account"] for row in ran.rows} == {"acme", "beta", "gama"}
    (entry,) = ran.counts()
    assert (entry["rows_read"], entry["used"], entry["filtered"]) == (8, 6, {"without account": 2})
    strictly(world, "SM314 2 rows without account_id left out")


def test_case_23_ids_mangled_by_a_spreadsheet(world: World) -> None:
    world.csv("1.23457E+11,u1,created,2026-01-05T09:00:00Z", "1.23457E+11,u2,posted,2026-01-06T09:00:00Z")
    ran = world.run()
    assert ran.code == 0
    assert "events.csv:2: SM321 line 2: account '1.23457E+11': ids in scientific notation may be several accounts merged" in ran.err
    strictly(world, "ids in scientific notation")


def test_case_25_one_time_in_another_format(world: World) -> None:
    world.csv(*ROWS, "beta,u9,posted,01/28/2026 08:30")
    message = "events.csv:8: SM309 line 8: timestamp '01/28/2026 08:30' unreadable: ambiguous day/month order; expected a time such as 2026-01-05T09:00:00Z"
    world.refused(3, message)


def test_case_27_seconds_and_milliseconds(world: World) -> None:
    world.csv("acme,u1,created,1767603600", "acme,u1,posted,1767690000000")
    world.refused(3, "line 2: timestamp '1767603600' unreadable: a bare number; declare time: {unit: s|ms|us}")
    world.define("files: events.csv, time: {unit: s}")
    world.refused(3, "events.csv:3: SM311 line 3: timestamp '1767690000000' lies outside 1990..2100")


def test_case_29_clock_change(world: World) -> None:
    world.csv("acme,u1,created,2026-03-29T02:30:00", "acme,u1,posted,2026-10-25T02:30:00", "acme,u1,posted,2026-10-27T02:30:00")
    world.define("files: events.csv, time: {zone: Europe/Berlin}")
    twice = "line 3: 1 time to be found twice (clocks go back) taken as earliest"
    world.refused(3, "events.csv:2: SM309 line 2: timestamp '2026-03-29T02:30:00' does not exist", f"events.csv:3: SM321 {twice}")
    world.define("files: events.csv, time: {zone: Europe/Berlin, nonexistent: shift}")
    ran = world.run()
    assert ran.code == 0 and twice in ran.err
    assert "line 2: 1 time that the clocks skip moved on by the skipped time" in ran.err
    (acme,) = ran.rows
    assert (acme["created_at"], acme["activated_at"]) == ("2026-03-29T01:30:00Z", "2026-10-25T00:30:00Z")
    assert ran.counts()[0]["used"] == 2  # the last day is running
    strictly(world, twice)


def test_case_31_retries_and_reused_ids(world: World) -> None:
    rows = ("e1," + ROWS[0], "e2," + ROWS[1], "e2," + ROWS[1], "e2,beta,u9,posted,2026-01-07T10:00:00Z", "e3," + ROWS[5])
    world.csv(*rows, header="event_id," + HEADER)
    ran = world.run()
    assert ran.code == 0
    assert "events.csv:3: SM321 line 3: its event id is used for another event too (lines 3, 4, 5); both are kept" in ran.err
    (entry,) = ran.counts()
    assert (entry["rows_read"], entry["used"], entry["filtered"]) == (5, 3, {"duplicate": 1, "after as_of": 1})
    strictly(world, "its event id is used for another event too")


def test_case_31_without_an_id_repeats_are_kept(world: World) -> None:
    world.csv(*ROWS[:2], ROWS[1], ROWS[5])
    assert world.run().counts()[0]["filtered"] == {"after as_of": 1}


def test_case_33_renamed_event(world: World) -> None:
    world.csv(*(row.replace("posted", "postd") for row in ROWS))
    world.refused(3, "saasmetrics.yml:", "event 'posted' occurs in none of the 6 rows — did you mean 'postd'? (3 rows)")


SUBSCRIPTIONS = "subscriptions: {files: subs.csv}"


def test_case_35_illogical_subscriptions(world: World) -> None:
    world.csv(*ROWS, "gama,u5,posted,2026-07-01T00:00:00Z")
    rows = ("acme,2026-03-01,2026-02-01,100", "acme,2026-01-01,2026-06-01,100", "acme,2026-02-01,,50", "beta,2026-01-01,2026-01-01,100")
    world.csv(*rows, header="account_id,start_date,end_date,mrr", name="subs.csv")
    world.define(sources=SUBSCRIPTIONS)
    ran = world.run("retention", "logos", "-f", "json")
    assert ran.code == 0
    assert "subs.csv:2: SM314 line 2: ends before it starts: left out" in ran.err
    assert "SM321 1 account with subscriptions that overlap: the amounts are added" in ran.err
    (entry,) = ran.counts("subscriptions")
    assert (entry["rows_read"], entry["used"], entry["filtered"]) == (4, 3, {"ends before it starts": 1})
    assert {row["paying"] for row in ran.rows[1:]} == {1}  # the span of no day is no customer
    assert {row["lost"] for row in ran.rows} == {0}
    world.refused(3, "ends before it starts", args=("retention", "logos", "--strict"))


def test_case_37_churn_flag_against_date(world: World) -> None:
    """The dates decide; a flag that says otherwise is told at its line, and stops a strict run."""
    world.csv(*ROWS, "gama,u5,posted,2026-03-01T00:00:00Z")
    rows = ("acme,2026-01-01,2026-01-10,False,10", "beta,2026-01-01,,True,10", "gama,2026-01-01,2026-01-20,True,10")
    world.csv(*rows, header="account_id,start_date,end_date,churn_flag,mrr", name="subs.csv")
    world.define(sources="subscriptions: {files: subs.csv}")
    ran = world.run("retention", "logos", "-f", "json")
    assert ran.code == 0
    february = next(row for row in ran.rows if row["period"] == "2026-02-01")
    assert (february["paying"], february["kept"]) == (1, 1)  # beta has no end date: it stays
    assert "subs.csv:2: SM314 line 2: churn_flag says that it has not left, but its end date is past: it has ended" in ran.err
    assert "subs.csv:3: SM314 line 3: churn_flag says that it left, but it has no end date: it counts on" in ran.err
    world.refused(3, "churn_flag says that it left", args=("retention", "logos", "--strict"))


def test_case_39_gzip_under_the_name_of_csv(world: World, clean: str) -> None:
    world.put("events.csv", gzip.compress((world.home / "events.csv").read_bytes()))
    same(world, clean)


def test_case_41_zstd(world: World, clean: str) -> None:
    packed = pyarrow.Codec("zstd").compress((world.home / "events.csv").read_bytes(), asbytes=True)
    world.put("events.csv.zst", packed)
    world.define("files: events.csv.zst")
    same(world, clean)


def test_case_43_one_of_two_files_lacks_a_column(world: World) -> None:
    world.csv(*ROWS, name="a.csv")
    world.csv("zed,created,2026-01-09T09:00:00Z", header="account_id,event,timestamp", name="b.csv")
    world.define("files: [a.csv, b.csv]")
    world.refused(3, "b.csv:1: SM312 column 'user_id' missing in 1 of 2 files: this one lacks it")


def frame(**columns: object) -> pl.DataFrame:
    cells = [row.split(",") for row in ROWS]
    told = {name: [cell[at] for cell in cells] for at, name in enumerate(TIMES.split(","))}
    parsed = pl.DataFrame(told).with_columns(pl.col("timestamp").str.to_datetime(time_zone="UTC"))
    return parsed.with_columns(pl.Series(name, values) for name, values in columns.items())


def test_case_45_parquet_without_its_footer(world: World) -> None:
    frame().write_parquet(world.home / "events.parquet")
    world.put("events.parquet", (world.home / "events.parquet").read_bytes()[:-200])
    world.define("files: events.parquet")
    world.refused(3, "events.parquet: SM303 truncated or corrupt Parquet (no readable footer or pages)")


def test_case_47_parquet_of_no_rows(world: World) -> None:
    frame().clear().write_parquet(world.home / "events.parquet")
    world.define("files: events.parquet")
    world.refused(3, "SM315 no rows in the event files")
    assert world.run("activation", "rate", "-f", "json", "--allow-empty").code == 0


def test_case_49_integer_ids_with_a_null(world: World) -> None:
    frame(account_id=[1, 1, 1, 2, 2, None]).write_parquet(world.home / "events.parquet")
    world.csv("1,2026-01-05T00:00:00Z", "2,2026-01-07T00:00:00Z", header="account_id,created_at", name="accounts.csv")
    world.define("files: events.parquet", "accounts: {files: accounts.csv}")
    ran = world.run("activation", "accounts", "-f", "json", "--as-of", "2026-02-01")
    assert ran.code == 0
    assert [(row["account"], row["state"]) for row in ran.rows] == [("2", "activated late"), ("1", "activated")]
    (entry,) = ran.counts()
    assert (entry["rows_read"], entry["used"], entry["filtered"]) == (6, 5, {"without account": 1})
    assert "SM320 1 row without account_id left out" in ran.err
    strictly(world, "1 row without account_id left out")


def test_case_51_wide_file_with_a_long_value(world: World) -> None:
    more = [f"c{n}" for n in range(2000)]
    values = ["x" * 300_000, *more[1:]]
    world.csv(*(",".join((row, *values)) for row in ROWS[:2]), header=",".join((HEADER, *more)))
    ran = world.run()
    assert ran.code == 0
    assert [row["account"] for row in ran.rows] == ["acme"]


# Variations


def test_archives_and_workbooks_are_called_what_they_are(world: World) -> None:
    for start, what in ((b"PK\x03\x04", "a ZIP archive or an Excel workbook"), (b"\xd0\xcf\x11\xe0", "an old Excel workbook"), (b"\xfd7zXZ\0", "an xz archive")):
        world.put("events.csv", start + bytes(range(128, 256)))
        world.refused(3, f"events.csv: SM304 looks like {what}: unpack it, or save it as CSV")


def test_utf_32_is_not_called_utf_16(world: World) -> None:
    world.put("events.csv", "\n".join((HEADER, *ROWS)).encode("utf-32"))
    world.refused(3, "events.csv:1: SM308 looks like UTF-32: export it as UTF-8")


def test_floating_ids_where_not_a_number_is_a_missing_one(world: World) -> None:
    """As data frames write integer ids of which some are missing."""
    frame(account_id=[1.0, 1.0, 1.0, 2.0, 2.0, float("nan")]).write_parquet(world.home / "events.parquet")
    world.define("files: events.parquet")
    ran = world.run("activation", "accounts", "-f", "json", "--as-of", "2026-02-01")
    assert [row["account"] for row in ran.rows] == ["2", "1"]
    assert ran.counts()[0]["filtered"] == {"without account": 1}


def test_words_that_stand_for_no_id_are_ids_and_said(world: World) -> None:
    world.csv(*ROWS, "NULL,u1,posted,2026-01-09T00:00:00Z")
    ran = world.run()
    assert (ran.code, "NULL" in {row["account"] for row in ran.rows}) == (0, True)
    assert "events.csv:8: SM321 line 8: account 'NULL': reads like a missing id, and is counted as an account" in ran.err
    strictly(world, "reads like a missing id")


@pytest.mark.parametrize("ending", ["ndjson", "parquet", "text.parquet"])
@pytest.mark.parametrize("kept", [False, True])
def test_words_that_stand_for_no_id_are_said_whatever_the_format(world: World, ending: str, kept: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also of files whose rows are never looked at one by one, on whichever way; and of nobody who does not count."""
    monkeypatch.setattr("saasmetrics.facts._origins.WORTH", 0 if kept else 1 << 40)
    told = frame(account_id=["acme", "acme", "acme", "undefined", "undefined", "gama"])
    text = told.cast({"timestamp": pl.String})
    world.put("events.ndjson", text.write_ndjson()) if ending == "ndjson" else (told if ending == "parquet" else text).write_parquet(world.home / f"events.{ending}")
    world.define(f"files: events.{ending}")
    for _ in range(2):
        assert world.run().err.count("account 'undefined': reads like a missing id, and is counted as an account") == 1
    strictly(world, f"events.{ending}", "account 'undefined': reads like a missing id")
    assert "undefined" not in world.run("activation", "accounts", "--as-of", "2026-01-07").err or ending == "ndjson"


@pytest.mark.parametrize(("listed", "there"), [("Acme", True), (" acme", True), ("acm", False), ("acme", False)])
def test_ids_of_two_files_that_are_nearly_the_same_are_said(world: World, listed: str, there: bool) -> None:
    world.csv(*ROWS, "007,u1,posted,2026-01-06T10:00:00Z", "8,u1,posted,2026-01-06T10:00:00Z")
    world.csv(*(f"{name}," for name in (listed, "beta", "gama", "7.0", "8")), name="a.csv", header="account_id,created_at")
    world.define(sources="accounts: {files: a.csv}")
    ran, count = world.run(), "2 ids" if there else "1 id"
    assert f"SM321 account '007' of the events is not among the accounts, where '7.0' is: the same? ({count} like this)" in ran.err
    strictly(world, "SM314 account '007' of the events")


@pytest.mark.parametrize(("paid", "there"), [("ACME", True), ("acme", False), ("other", False)])
def test_without_an_accounts_table_ids_are_held_against_those_of_the_events(world: World, paid: str, there: bool) -> None:
    world.csv(*ROWS)
    world.csv(f"{paid},2026-01-01,,5", name="s.csv", header="account_id,start_date,end_date,mrr")
    world.define(sources="subscriptions: {files: s.csv}")
    told = "SM321 account 'ACME' of the subscriptions is not among the events, where 'acme' is: the same? (1 id like this)"
    assert (told in world.run().err) is there
    assert world.run("activation", "accounts", "--strict").code == 3 * there


def test_a_value_of_megabytes_is_not_repeated_in_full(world: World) -> None:
    world.csv(*ROWS, f"acme,u1,posted,{'0' * 3_000_000}")
    assert len(world.refused(3, "events.csv:8: SM309 line 8: timestamp '000", "000' unreadable").err) < 1000


def test_a_column_twice_in_parquet(world: World) -> None:
    table = pyarrow.table([["a"], ["b"], ["posted"], ["2026-01-05T00:00:00Z"]], names=["account_id", "account_id", "event", "timestamp"])
    pyarrow.parquet.write_table(table, world.home / "events.parquet")
    world.define("files: events.parquet")
    world.refused(3, "events.parquet: SM306 a column appears twice", "'account_id'")


@pytest.mark.parametrize(("start", "what"), [(b"ARROW1\0\0", "an Arrow file"), (gzip.compress(b"account_id", mtime=0), "gzip data within gzip data")], ids=["arrow", "gzip"])
def test_what_holds_zeros_is_not_called_utf_16(world: World, start: bytes, what: str) -> None:
    world.put("events.csv", gzip.compress(start))
    world.refused(3, f"events.csv: SM304 looks like {what}: unpack it")


def test_an_array_is_not_one_object_a_line(world: World) -> None:
    world.put("events.json", '[{"account_id": "acme"},\n{"account_id": "beta"}]')
    world.define("files: events.json")
    world.refused(3, "events.json:1: SM307 line 1: not JSON: not a JSON object, but an array: write one object a line")


@pytest.mark.parametrize("day", ["2031-01-01", "2099-12-31"])
def test_one_clock_that_is_wrong_is_not_taken_in_silence(world: World, day: str) -> None:
    """T is the day of the last event: a single one from years ahead makes every account look silent."""
    world.csv(*ROWS, f"beta,u9,posted,{day}T00:00:00Z")
    ran = world.run()
    assert ran.code == 0 and ran.meta["as_of"] == day
    assert f"warning: SM321 T is {day}, the day of the last event; nothing happened in the" in ran.err
    assert "--as-of says another T" in world.run("check", "--data").out
    strictly(world, "Was a clock wrong?")
    ran = world.run("activation", "accounts", "-f", "json", "--as-of", "2026-02-01", "--strict")
    assert (ran.code, ran.counts()[0]["filtered"]) == (0, {"after as_of": 1})


@pytest.mark.parametrize(("day", "said"), [("1999-01-01", True), ("2025-06-01", False)])
def test_one_clock_that_was_wrong_at_the_start_is_not_taken_in_silence(world: World, day: str, said: bool) -> None:
    """What older accounts did first would count as seen; a first customer of all may well be half a year ahead."""
    world.csv(*ROWS, f"beta,u9,posted,{day}T00:00:00Z")
    told = f"warning: SM321 the first event is of {day}, by account 'beta'; no other account has one before 2026-01-"
    assert (told in world.run().err) == said
    if said:
        assert "Was a clock wrong?" in world.run("check", "--data").out
        strictly(world, "Was a clock wrong?")


@pytest.mark.parametrize(
    ("other", "what"),
    [("acme ", "has blanks around it"), ("\u00a0acme", "has blanks around it"), ("ac\u200bme", "holds characters that cannot be seen"), ("123.0", "ids with .0 were perhaps whole numbers once"),
     ("7.00", "ids with .0 were perhaps whole numbers once"), ('["acme", "beta"]', "is a list or an object"), ('{"id": "acme"}', "is a list or an object")],
)  # fmt: skip
def test_ids_that_are_nearly_others_are_accounts_and_said(world: World, other: str, what: str) -> None:
    quoted = other.replace('"', '""')
    world.csv(*ROWS, f'"{quoted}",u1,posted,2026-01-09T00:00:00Z')
    ran = world.run()
    assert ran.code == 0 and {"acme", other} <= {row["account"] for row in ran.rows}
    assert f"events.csv:8: SM321 line 8: account '{other}': {what}" in ran.err.replace("\\xa0", "\u00a0").replace("\\u200b", "\u200b")
    strictly(world, what)


def test_listed_ids_that_are_nearly_others_are_said(world: World) -> None:
    """Such an account never did anything, and the one that did is not in the list."""
    world.csv(*ROWS)
    world.csv("acme ,2026-01-05", "beta,2026-01-07", "gama,2026-01-08", header="account_id,created_at", name="accounts.csv")
    world.define(sources="accounts: {files: accounts.csv}")
    assert "accounts.csv:2: SM321 line 2: account 'acme ': has blanks around it" in world.run().err
    strictly(world, "has blanks around it")


def test_two_names_that_differ_only_in_case_are_not_chosen_from(world: World, clean: str) -> None:
    world.csv(*(f"{row},zed" for row in ROWS), header=HEADER + ",Account_ID")
    world.refused(3, "events.csv:1: SM306 columns 'account_id' and 'Account_ID' differ only in case or blanks: say under columns: which one is meant")
    world.define("files: events.csv, columns: {account: account_id}")
    same(world, clean)


def test_rows_that_all_lack_an_account_are_the_reason_told(world: World) -> None:
    world.csv(*(f",{row.partition(',')[2]}" for row in ROWS))
    world.refused(3, "SM320 6 rows without account_id left out (100.0% of 6)", "occurs in none of the 0 rows")


def test_amounts_are_read_only_where_they_are_added_up(world: World) -> None:
    world.csv(*(f'{row},"1.053,61"' for row in ROWS), header=HEADER + ",amount")
    path = world.define()
    path.write_text(path.read_text().replace("{success: posted}", "{success: posted, value: amount}"))
    assert world.run("activation", "accounts", "-f", "json").code == 0
    world.refused(3, "events.csv:3: SM313 line 3: amount '1.053,61' in column 'amount' unreadable", args=("value", "north_star"))
