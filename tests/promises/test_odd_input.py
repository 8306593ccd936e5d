"""What is odd in a file that can be read: said at its place and kept, or refused in words that fit. Nothing odd is taken in silence."""

from __future__ import annotations

import gzip
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import polars as pl
import pyarrow
import pyarrow.parquet
import pytest

from .conftest import HEADER, ROWS, World

SUBS = "account_id,start_date,end_date,mrr"


def paid(world: World, *rows: str, header: str = SUBS) -> World:
    world.csv(*ROWS, "late,u1,posted,2026-03-01T00:00:00Z")
    world.csv(*rows, header=header, name="subs.csv")
    world.define(sources="subscriptions: {files: subs.csv}")
    return world


def typed(world: World, *times: datetime) -> Path:
    frame = pl.DataFrame({"account_id": ["acme"] * len(times), "event": ["created", "posted"] * (len(times) // 2), "timestamp": times})
    frame.write_parquet(world.home / "events.parquet")
    world.define("files: events.parquet")
    return world.home / "events.parquet"


# Ids


@pytest.mark.parametrize(
    ("name", "what"),
    [(r"\N", "a missing id"), ("-", "a missing id"), ("(not set)", "a missing id"), ("Null", "a missing id"), ("00000000-0000-0000-0000-000000000000", "a missing id"),
     ("Total", "a row of totals"), ("Grand total:", "a row of totals"), ("Summe", "a row of totals")],
)  # fmt: skip
def test_words_that_are_no_id_are_said_of_events_and_lists(world: World, name: str, what: str) -> None:
    told = f"line 2: account '{name}': reads like {what}, and is counted as an account"
    world.csv(f"{name},u1,posted,2026-01-06T10:00:00Z", *ROWS)
    assert f"events.csv:2: SM321 {told}" in world.run().err
    assert f"subs.csv:2: SM321 {told}" in paid(world, f"{name},2026-01-01,,5", "acme,2026-01-01,,5").run("revenue", "mrr").err
    world.refused(3, f"subs.csv:2: SM314 {told}", args=("revenue", "mrr", "--strict"))


@pytest.mark.parametrize(
    ("name", "what"),
    [("1.2345678901234568e+17", "ids in scientific notation may be several accounts"), ("cafe\u0301", "has accents apart from their letters"), ("\u0430cme", "holds letters of two scripts that look alike"),
     ("\uff41cme", "holds letters of two scripts"), ("caf\ufffd", "holds a character that was lost")],
)  # fmt: skip
def test_ids_that_only_look_like_others_are_said(world: World, name: str, what: str) -> None:
    world.csv(*ROWS, f"{name},u1,posted,2026-01-09T10:00:00Z", f"{name}s,u1,posted,2026-01-09T10:00:00Z")
    assert f"events.csv:8: SM321 line 8: account '{name}': {what}" in world.run().err


@pytest.mark.parametrize("name", ["Totalitas", "caf\u00e9", "Nina", "1e5", "\u041e\u041e\u041e Acme", "naval", "\u03b1-beta"])
def test_ids_that_are_merely_rare_are_no_doubt(world: World, name: str) -> None:
    world.csv(*ROWS, f"{name},u1,posted,2026-01-09T10:00:00Z")
    assert world.run().err == ""


def test_how_many_ids_are_doubted_is_told(world: World) -> None:
    world.csv(*ROWS, *(f"{name},u1,posted,2026-01-09T10:00:00Z" for name in ("NULL", "n/a", "NULL", "-")))
    assert "line 8: account 'NULL': reads like a missing id, and is counted as an account (3 ids like this)" in world.run().err


@pytest.mark.parametrize(("source", "header"), [("users", "account_id,user_id"), ("tickets", "account_id,opened_at"), ("merges", "from,to")])
def test_ids_of_every_list_are_looked_at(world: World, source: str, header: str) -> None:
    world.csv(*ROWS)
    world.csv("NULL,2026-01-05", header=header, name="list.csv")
    world.define(sources=f"{source}: {{files: list.csv}}")
    assert "list.csv:2: SM321 line 2: account 'NULL': reads like a missing id" in world.run("check", "--data").out.replace("warning: ", "")


# Times


@pytest.mark.parametrize("wrong", [datetime(1, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)])
def test_a_typed_time_that_cannot_be_has_its_row_and_may_be_left_out(world: World, wrong: datetime) -> None:
    typed(world, datetime(2026, 1, 5, tzinfo=UTC), wrong, datetime(2026, 1, 6, tzinfo=UTC), datetime(2026, 1, 7, tzinfo=UTC))
    world.refused(3, f"events.parquet:2: SM311 line 2: timestamp '{wrong:%Y-%m-%d}".replace("'1-", "'0001-"), "lies outside 1990..2100")
    ran = world.run("activation", "accounts", "-f", "json", "--max-reject", "1")
    assert ran.code == 0 and [row["created_at"] for row in ran.rows] == ["2026-01-05T00:00:00Z"]
    assert ran.counts()[0]["rejected"] == {"timestamp year": 1}


def test_the_remedy_for_a_text_is_no_unit(world: World) -> None:
    world.csv(*ROWS, "acme,u1,posted,1970-01-01T00:00:00Z")
    ran = world.refused(3, "line 8: timestamp '1970-01-01T00:00:00Z' lies outside 1990..2100: a clock that was wrong, or a day that stands for none")
    assert "time: {unit: …}" not in ran.err


def test_a_day_without_an_hour_among_times_is_said(world: World) -> None:
    """As a file has it that was cut, or that two exports were written to."""
    world.put("events.csv", ("\n".join((HEADER, *ROWS)) + "\n")[: -len("T12:00:00Z\n")])
    ran = world.run()
    assert ran.code == 0
    assert "events.csv:7: SM321 line 7: 1 time without an hour, where others have one, taken as midnight" in ran.err
    world.csv(*(row[:-10] for row in ROWS))
    assert world.run().err == ""


def test_not_a_number_is_a_missing_time(world: World) -> None:
    """As data frames write times in seconds of which some are missing."""
    pl.DataFrame({"account_id": ["a", "a", "b", "c"], "event": ["created", "posted", "posted", "posted"], "timestamp": [1767603600.0, 1767603601.0, float("nan"), 1767803600.0]}).write_parquet(world.home / "events.parquet")
    world.define("files: events.parquet, time: {unit: s}")
    ran = world.run()
    assert (ran.code, ran.counts()[0]["filtered"]) == (0, {"without time": 1, "after as_of": 1})


@pytest.mark.parametrize("never", ["9999-12-31", "2999-12-31", "4000-12-31", "3000-01-01"])
def test_days_that_mean_never_are_no_end(world: World, never: str) -> None:
    open_ = paid(world, "acme,2026-01-01,,5").run("revenue", "mrr", "-f", "csv").out
    assert paid(world, f"acme,2026-01-01,{never},5").run("revenue", "mrr", "-f", "csv").out == open_ != ""


def test_days_that_mean_never_are_no_beginning(world: World) -> None:
    """An account that is never to be merged is not merged ever since."""
    world.csv(*ROWS)
    world.csv("acme,beta,9999-12-31", header="from,to,effective", name="merges.csv")
    world.define(sources="merges: {files: merges.csv}")
    world.refused(3, "merges.csv:2: SM311 line 2: effective '9999-12-31' lies outside 1990..2100")


# Files


def test_a_copy_of_a_file_is_said(world: World) -> None:
    """Without ids nothing else tells that everything counts twice."""
    world.csv(*ROWS)
    world.csv(*ROWS, name="copy.csv")
    world.csv(*ROWS[:5], name="shorter.csv")
    world.define("files: ['*.csv']")
    told = "events.csv: SM321 has the same content as copy.csv, byte for byte: its rows count twice"
    assert world.run().err == f"warning: {told}\n"
    assert told.replace("SM321", "SM321 warning:") in world.run("check", "--data").out
    world.refused(3, "has the same content as copy.csv", args=("activation", "accounts", "--strict"))


def test_a_copy_whose_rows_are_taken_once_is_no_doubt(world: World) -> None:
    for name in ("a.csv", "b.csv"):
        world.csv(*(f"{row},e{at}" for at, row in enumerate(ROWS)), header=f"{HEADER},event_id", name=name)
    world.define("files: ['*.csv']")
    ran = world.run()
    assert (ran.err, ran.counts()[1]["filtered"]["duplicate"]) == ("", 6)


# Lists


def test_two_costs_of_one_month_are_not_one(world: World) -> None:
    """Of two days: half of what was spent would be gone."""
    world.csv("2026-01-01,500", "2026-01-15,500", header="month,spend", name="costs.csv")
    paid(world, "acme,2026-01-01,,5")
    world.define(sources="subscriptions: {files: subs.csv}\ncosts: {files: costs.csv}")
    world.refused(3, "costs.csv:2: SM316 costs of '2026-01-01' stands in lines 2 and 3 with different content", args=("revenue", "unit_economics"))


# Headers, and what is no CSV


def test_a_file_without_a_header_is_told_so(world: World) -> None:
    """Its first row is no name of a column that could be meant."""
    world.put("events.csv", "\n".join(ROWS))
    ran = world.refused(3, "events.csv:1: SM305 line 1 reads like a row (acme, u1, created, 2026-01-05T09:00:00Z): is the header missing?")
    assert "did you mean" not in ran.err


@pytest.mark.parametrize("above", ["# exported 2026-02-01\n", "sep=,\n", "\n\n", "All events,,,\n,,,\n", '"a title\n'])
def test_what_stands_above_the_header_is_told(world: World, above: str) -> None:
    world.put("events.csv", above + "\n".join((HEADER, *ROWS)))
    line = above.count("\n") + 1
    if above.startswith('"'):
        world.refused(3, "events.csv:1: SM307 line 1: header unreadable")
    else:
        world.refused(3, f"events.csv:{line}: SM305 the names of the columns stand in line {line}, not in line 1: remove what stands above them")


def test_a_header_of_months_is_no_row(world: World) -> None:
    world.csv("acme,1", header="account,2026-01-01T00:00:00Z")
    world.define(sources="accounts: {files: events.csv, columns: {account: account}}")
    world.csv(*ROWS, name="e.csv")
    world.define("files: e.csv", sources="accounts: {files: events.csv, columns: {account: account}}")
    world.refused(3, "required column 'created_at' not found (the file has: account, 2026-01-01T00:00:00Z)")


@pytest.mark.parametrize(("start", "what"), [(b"Obj\x01\x04", "Avro: export Parquet"), (b"ORC", "ORC: export"), (b"SQLite format 3\0", "an SQLite database"), (b"%PDF-1.7", "a PDF")])
def test_what_is_no_table_here_is_called_what_it_is(world: World, start: bytes, what: str) -> None:
    world.put("events.csv", start + b"x" * 40)
    world.refused(3, f"events.csv: SM304 looks like {what}")


def parquet(world: World, **columns: Any) -> None:
    told = {"account_id": ["acme"] * 3, "event": ["created", "posted", "posted"], "timestamp": [datetime(2026, 1, day, tzinfo=UTC) for day in (5, 6, 9)], **columns}
    pyarrow.parquet.write_table(pyarrow.table(told), world.home / "events.parquet")
    world.define("files: events.parquet")


def test_identifiers_held_as_bytes_are_read_as_they_are_written_elsewhere(world: World) -> None:
    """DuckDB and others write a UUID as its sixteen bytes; lists have its text."""
    ids = [UUID(int=7), UUID(int=2**128 - 1), UUID(int=7)]
    parquet(world, account_id=pyarrow.array([one.bytes for one in ids], pyarrow.uuid()))
    ran = world.run()
    assert ran.code == 0 and {row["account"] for row in ran.rows} == {str(one) for one in ids}
    assert "account_id" in world.inside("inspect", "events.parquet").out


def test_bytes_are_read_as_text_where_they_are_text(world: World) -> None:
    parquet(world, account_id=pyarrow.array([b"acme", "caf\u00e9".encode(), b"acme"], pyarrow.binary()))
    assert {row["account"] for row in world.run().rows} == {"acme", "caf\u00e9"}
    parquet(world, account_id=pyarrow.array([b"acme", b"caf\xe9", b"acme"], pyarrow.binary()))
    world.refused(3, "events.parquet: SM308 column 'account_id' holds bytes that are no text")


@pytest.mark.parametrize(
    ("content", "what"),
    [(gzip.compress(b"PAR1xxxxPAR1", mtime=0), "is compressed as a whole: unpack it"), (b"PARE" + b"x" * 20, "is encrypted Parquet"), (b"account_id,event\n", "does not begin as Parquet does: declare format: csv"),
     (b"PK\x03\x04" + b"x" * 20, "looks like a ZIP archive"), (b"", "the file is empty")],
)  # fmt: skip
def test_what_is_called_parquet_and_is_none_is_no_damaged_parquet(world: World, content: bytes, what: str) -> None:
    world.put("events.parquet", content)
    world.define("files: events.parquet")
    world.refused(3, f"events.parquet: SM304 {what}")
    assert what in world.inside("inspect", "events.parquet").out


def test_an_empty_file_of_objects_is_named(world: World) -> None:
    world.put("events.ndjson", "")
    world.define("files: events.ndjson")
    world.refused(3, "events.ndjson: SM304 the file is empty")


def objects(world: World, *lines: str) -> World:
    world.put("events.ndjson", "\n".join(lines) + "\n")
    world.define("files: events.ndjson")
    return world


def record(row: str, **other: str) -> str:
    return json.dumps({**dict(zip(HEADER.split(","), row.split(","), strict=True)), **other})


@pytest.mark.parametrize(
    ("line", "what"),
    [(record(ROWS[0])[:-5], "Unterminated string starting at column 74"), (record(ROWS[0]) + ",", "Extra data at column 97"), ("{", "write one object a line"), ('"account_id": 7,', "write one object a line"),
     ("[" * 9_999, "not a JSON object, but an array"), ('{"a": ' + "[" * 99_999, "too many brackets within brackets")],
)  # fmt: skip
def test_a_broken_line_of_json_is_told_in_words_of_that_line(world: World, line: str, what: str) -> None:
    ran = objects(world, record(ROWS[0]), record(ROWS[1]), line).refused(3, "events.ndjson:3: SM307 line 3: not JSON: ", what)
    assert "line 1" not in ran.err


def test_objects_in_utf_16_are_called_that(world: World) -> None:
    world.put("events.ndjson", "\n".join(map(record, ROWS)).encode("utf-16"))
    world.define("files: events.ndjson")
    world.refused(3, "events.ndjson:1: SM308 looks like UTF-16, use encoding: utf-16")
    world.define("files: events.ndjson, encoding: utf-16")
    assert world.run().counts()[0]["rows_read"] == 6


def test_keys_that_differ_only_in_case_are_not_chosen_from(world: World) -> None:
    """Half of the rows would be left out, as if they had no account."""
    told = objects(world, *map(record, ROWS[:3]), *(record(row).replace("account_id", "Account_ID") for row in ROWS[3:]))
    told.refused(3, "events.ndjson:1: SM306 columns 'account_id' and 'Account_ID' differ only in case or blanks")


def test_check_says_first_that_there_are_no_events(world: World) -> None:
    world.csv()
    ran = world.run("check", "--data", "-f", "concise")
    assert ran.code == 1 and ran.out.splitlines()[0] == "events.csv: SM315 no rows in the event files"


def test_check_says_a_warning_once_though_the_data_are_refused(world: World) -> None:
    world.csv(*ROWS, "acme,u1,posted,2026-01-08T00:00:00", "acme,u1,posted,soon")
    assert world.run("check", "--data").out.count("1 time without a zone") == 1


# Labels


def test_a_currency_that_is_none_is_said(world: World) -> None:
    told = "subs.csv:3: SM321 line 3: currency '\u20ac' is no currency of three letters; its amounts stand apart"
    assert told in paid(world, "acme,2026-01-01,,5, eur", "beta,2026-01-01,,5,\u20ac", "gama,2026-01-01,,5,", header=f"{SUBS},currency").run("revenue", "mrr").err
    assert paid(world, "acme,2026-01-01,,5, eur", "gama,2026-01-01,,5,", header=f"{SUBS},currency").run("revenue", "mrr").err == ""


@pytest.mark.parametrize("plan", ["Pro", "pro ", "PRO"])
def test_labels_that_are_written_in_two_ways_are_said(world: World, plan: str) -> None:
    world.csv(*ROWS)
    world.csv("acme,2026-01-05,pro", f"beta,2026-01-07,{plan}", "gama,2026-01-08,free", header="account_id,created_at,plan", name="accounts.csv")
    world.define(sources="accounts: {files: accounts.csv, segments: [plan]}")
    told = f"accounts.csv:2: SM321 line 2: plan 'pro' differs from '{plan}' only in case or blanks: they are counted apart"
    assert told in world.run("activation", "rate", "--by", "plan").err
    world.csv("acme,2026-01-05,pro", "beta,2026-01-07,pro", "gama,2026-01-08,free", header="account_id,created_at,plan", name="accounts.csv")
    assert world.run("activation", "rate", "--by", "plan").err == ""


def test_it_is_told_that_rates_are_lacking(world: World) -> None:
    world.csv("USD,2026-02-15,0.9", header="currency,valid_from,rate", name="rates.csv")
    paid(world, "acme,2026-01-01,,5,EUR", "beta,2026-01-01,,5,USD", header=f"{SUBS},currency")
    world.define(sources="subscriptions: {files: subs.csv}\nrates: {files: rates.csv}", extra="revenue: {currency: EUR}\n")
    (note,) = (note for note in world.run("revenue", "mrr", "-f", "json").meta["notes"] if "stand apart" in note)
    assert note.endswith("(sources.rates lacks a rate of some, in a month from the first on in which they are paid)")


def test_what_only_tells_who_is_internal_is_not_printed(world: World) -> None:
    world.csv(*ROWS)
    world.csv("acme,u1,Ann@x.example", "acme,u2,ann@x.example", header="account_id,user_id,email", name="users.csv")
    world.define(sources="users: {files: users.csv}", extra="internal: {users: {email: {like: '*@us.example'}}}\n")
    assert world.run("engagement", "roles").err == ""


# Events


@pytest.mark.parametrize("name", ["Posted", "posted ", "POSTED", "\uff50osted"])
def test_an_event_that_is_spelt_in_two_ways_is_said_by_every_table_that_counts_it(world: World, name: str) -> None:
    """Half of the work would be lost, and nothing else tells it."""
    world.csv(*ROWS, f"beta,u9,{name},2026-01-09T00:00:00Z", "beta,u9,Login,2026-01-09T00:00:00Z", "beta,u9,login,2026-01-09T00:00:00Z")
    world.define(extra="activity: {logins: login}\n")
    told = f"SM203 beside 'posted' (3 rows) the data hold '{name}' (1 row)"
    (line,) = world.run().err.splitlines()
    assert line.endswith(told.replace("\u00a0", "\\xa0")) and "saasmetrics.yml:6" in line
    world.refused(3, told.replace("SM203", "SM314"), args=("activation", "accounts", "--strict"))
    world.define(extra="activity: {logins: login}\naccepted: {SM203: {why: Another app., until: 2026-12-31, at: [workflows.work]}}\n")
    assert world.run().err == ""


# Paths


def test_a_path_in_the_manner_of_windows_is_told_so(world: World) -> None:
    world.csv(*ROWS)
    world.define("files: 'data\\events.csv'")
    world.refused(3, "SM301 no such file (or a dangling link); parts of a path are told by / here, not by ")
    world.define("files: nothing.csv")
    assert "parts of a path" not in world.run().err


@pytest.mark.parametrize("name", ["a.csv", "b.ndjson", "c.parquet"])
def test_the_pattern_for_a_folder_is_that_of_its_files(world: World, name: str) -> None:
    for other in (".hidden.txt", "_SUCCESS", "README", name):
        world.put(f"data/{other}", "x")
    world.define("files: data")
    world.refused(3, f"data: SM301 is a folder; write a pattern such as 'data/*{name[1:]}'")


# Settings


def test_a_setting_of_several_values_may_be_repeated(world: World) -> None:
    """Only the last of them counted, and nothing said so."""
    world.csv(*ROWS)
    told = [world.run("activation", "rate", "-f", "csv", "-q", *words) for words in (("--windows", "7,30"), ("--windows", "7", "--windows", "30"))]
    assert told[0].out == told[1].out and [line.split(",")[0] for line in told[0].out.splitlines()] == ["window_days", "7", "30"]


@pytest.mark.parametrize(("name", "row", "told"), [("subs.csv", "acme,2026-01-05,-5", "a credit below 0 is of kind one_time")])
def test_an_amount_below_0_says_where_credits_belong(world: World, name: str, row: str, told: str) -> None:
    world.csv(*ROWS)
    world.put(name, f"account_id,start_date,mrr\n{row}\n")
    world.define(sources=f"subscriptions: {{files: {name}}}")
    world.refused(3, "amount '-5' is negative", told, args=("revenue", "mrr"))
    world.define(sources=f"subscriptions: {{files: {name}, columns: {{kind: kind}}}}")
    world.put(name, f"account_id,start_date,mrr,kind\n{row},one_time\nacme,2026-01-05,9,\n")
    assert world.run("revenue", "mrr", "-f", "csv").code == 0


def test_a_column_that_only_some_files_have_says_that_it_has_one_name(world: World) -> None:
    world.csv(*ROWS)
    world.csv("acme,u1,posted,2026-01-09T00:00:00Z", header="workspace_id,user_id,event,timestamp", name="events-2.csv")
    world.define("files: events*.csv")
    world.refused(3, "one name in all files of a source")


@pytest.mark.parametrize("day", ["", " ", "2026-W06", "2026-W06-1", "20260209", "2026-2-9", "09.02.2026", "2026-02-30", "today", "2026-02-09T00:00", "２０２６-02-09"])
@pytest.mark.parametrize(("ask", "option"), [(("activation", "accounts"), "--as-of"), (("report",), "--as-of"), (("changes", "activation.rate", "--as-of", "2026-02-01"), "--since"), (("lock",), "--as-of"), (("check",), "--today")])
def test_a_day_is_written_in_one_way(world: World, ask: tuple[str, ...], option: str, day: str) -> None:
    world.csv(*ROWS)
    ran = world.run(*ask, option, day)
    assert ran.code == 2 and ran.out == "" and f"SM130 {option} '{day}' is not a day such as 2026-11-16" in ran.err


@pytest.mark.parametrize("day", ["0001-01-01", "1989-12-31", "2100-01-02", "9999-12-31"])
@pytest.mark.parametrize(("ask", "option"), [(("activation", "accounts"), "--as-of"), (("report",), "--as-of"), (("account", "acme"), "--since"), (("changes", "activation.rate"), "--since")])
def test_a_day_beyond_all_data_is_no_bug(world: World, ask: tuple[str, ...], option: str, day: str) -> None:
    world.csv(*ROWS)
    ran = world.run(*ask, option, day)
    assert ran.code == 2 and f"SM130 {option} {day} lies outside 1990..2100" in ran.err


@pytest.mark.parametrize("day", ["1990-01-01", "2100-01-01"])
def test_the_first_and_the_last_day_are_days(world: World, day: str) -> None:
    world.csv(*ROWS)
    assert world.run("value", "--as-of", day, "-f", "json").code == 0


@pytest.mark.parametrize("ask", [("activation",), ("report",), ("account", "acme"), ("starter",)])
def test_an_output_without_a_name_is_none(world: World, ask: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """As `-o "$FOLDER"` is where there is no such variable: it would be this folder."""
    monkeypatch.chdir(world.home)
    world.csv(*ROWS)
    ran = world.run(*ask, "-o", "")
    assert ran.code == 2 and "SM130 -o '' names neither a file nor a folder" in ran.err
    assert sorted(path.name for path in world.home.iterdir()) == ["events.csv", "saasmetrics.yml"]


def test_a_file_whose_name_is_no_text_is_refused_by_name(world: World) -> None:
    world.csv(*ROWS)
    (world.home / os.fsdecode(b"\xff.csv")).write_bytes((world.home / "events.csv").read_bytes())
    world.define("files: '*.csv'")
    world.refused(3, "\\udcff.csv: SM302 its name is not UTF-8: give it another")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (f"{HEADER}\n{ROWS[0]}\n".encode("utf-16-le"), "looks like UTF-16, use encoding: utf-16"),
        (f"{HEADER}\n{ROWS[0]}\n".encode("utf-16-be"), "looks like UTF-16 that does not say so in its first two bytes: export it as UTF-8"),
        (b"events.csv".ljust(257, b"\0") + b"ustar\x0000" + bytes(248) + HEADER.encode(), "looks like a tar archive: unpack it, or save it as CSV"),
        (b"P\x2a\x4d\x18\x04\0\0\0abcd", "begins with bytes that are no text: export it as CSV, JSON lines or Parquet"),
    ],
)  # fmt: skip
def test_bytes_that_are_no_utf_8_are_called_what_they_are(world: World, content: bytes, what: str) -> None:
    world.put("events.csv", content)
    world.refused(3, "events.csv", what)


def test_a_name_of_a_column_is_not_cut_off_unsaid(world: World) -> None:
    world.put("events.csv", f"{HEADER.replace(',', ';')};amount\n")
    world.refused(3, "did you mean separator ';'? (the file has: account_id;user_id;event;timestamp;amoun…)")


def test_not_a_number_is_called_that(world: World) -> None:
    frame = pl.DataFrame([row.split(",") for row in ROWS], schema=HEADER.split(","), orient="row").with_columns(amount=float("nan"))
    frame.write_parquet(world.home / "events.parquet")
    definition = world.define("files: events.parquet")
    definition.write_text(definition.read_text().replace("success: posted", "success: posted, value: amount"))
    world.refused(3, "amount 'NaN' in column 'amount' unreadable", args=("value", "north-star"))


@pytest.mark.parametrize("value", ["nan", "snan", "inf", "-inf", "Infinity", "1e400", "1e-400", "1e999999999", "-1e999999999"])
@pytest.mark.parametrize("setting", ["--consistent", "--effective", "--weeks", "--horizon"])
def test_a_setting_is_a_number_that_can_be_written_out(world: World, setting: str, value: str) -> None:
    world.csv(*ROWS)
    ran = world.run("value", setting, value, "-f", "csv")
    assert ran.code == 2 and ran.out == "" and f"SM130 {setting} {value}: '{value}' is not " in ran.err


@pytest.mark.parametrize("ask", [("activation",), ("report",)])
def test_an_output_whose_name_is_no_text_is_refused(world: World, ask: tuple[str, ...]) -> None:
    world.csv(*ROWS)
    ran = world.run(*ask, "-o", os.fsdecode(b"\xff.csv"))
    assert ran.code == 2 and "SM130 -o '\\udcff.csv' names neither a file nor a folder, as it is not UTF-8" in ran.err


def test_the_reference_is_not_written_into_whatever_folder_this_is(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(world.home)
    ran = world.run_here(["explain", "-o", ""])
    assert ran.code == 2 and "explain -o FOLDER/" in ran.err and not [*world.home.iterdir()]


@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_an_amount_is_the_same_whether_it_is_typed_or_written(world: World, kind: str) -> None:
    """A short float holds few digits, and counts as what it is written as."""
    import numpy

    amounts = numpy.array([123456.78, 8388607.5, 9999999.0, 16777.21, 0.1, 0.00001, 3.14], kind)
    rows = [("acme", "u1", "posted", f"2026-01-{5 + at:02d}T09:00:00Z") for at in range(len(amounts))]
    texts = [numpy.format_float_positional(one, trim="-") for one in amounts]
    table = {name: [row[at] for row in rows] for at, name in enumerate(HEADER.split(","))}
    pyarrow.parquet.write_table(pyarrow.table({**table, "amount": pyarrow.array(amounts)}), world.home / "events.parquet")
    world.csv(*(",".join((*row, text)) for row, text in zip(rows, texts, strict=True)), header=f"{HEADER},amount")
    told = set()
    for name in ("events.csv", "events.parquet"):
        definition = world.define(f"files: {name}")
        definition.write_text(definition.read_text().replace("success: posted", "success: posted, value: amount"))
        told.add(world.run("value", "north-star", "-f", "csv", "--as-of", "2026-02-02").out)
    assert len(told) == 1


def test_decimals_of_too_many_digits_are_called_that(world: World) -> None:
    from decimal import Decimal

    columns = {name: [row.split(",")[at] for row in ROWS] for at, name in enumerate(HEADER.split(","))}
    amounts = pyarrow.array([Decimal("1.5")] * len(ROWS), pyarrow.decimal256(76, 38))
    pyarrow.parquet.write_table(pyarrow.table({**columns, "amount": amounts}), world.home / "events.parquet")
    definition = world.define("files: events.parquet")
    assert world.run("activation", "accounts", "-f", "csv").code == 0
    definition.write_text(definition.read_text().replace("success: posted", "success: posted, value: amount"))
    world.refused(3, "events.parquet: SM304 column 'amount' holds decimals of 76 digits: export it with 38 at most, or as text", args=("value", "north-star"))
