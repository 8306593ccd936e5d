"""Promises 15 to 26: whatever a file is, whole or broken, alone or one of many."""

from __future__ import annotations

import bz2
import gzip
import json
import os
import random
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pyarrow
import pyarrow.parquet
import pytest

from saasmetrics.sources.reading import Reader

from .conftest import HEADER, ROWS, World

LAST = "2026-02-01"
TABLES = (("activation", "accounts"), ("activation", "time_to_value"), ("engagement",), ("retention", "cohorts"))


def rows(number: int = 400, seed: int = 3) -> list[dict[str, str]]:
    chance = random.Random(seed)
    return [
        {
            "account_id": f"{chance.randrange(40):05d}", "user_id": f"u{chance.randrange(90)}", "event": chance.choice(["created", "posted", "seen"]),
            "timestamp": f"2026-01-{chance.randrange(1, 31):02d}T{chance.randrange(24):02d}:{chance.randrange(60):02d}:00Z", "event_id": f"e{n}",
            "amount": f"{chance.randrange(9_999_999)}.{chance.randrange(100):02d}", "status": chance.choice(["ok", "no"]),
        }
        for n in range(number)
    ]  # fmt: skip


def as_csv(data: list[dict[str, str]]) -> bytes:
    return "\n".join([",".join(data[0]), *(",".join(row.values()) for row in data), ""]).encode()


def as_parquet(data: list[dict[str, str]], path: Path) -> Path:
    frame = pl.DataFrame(data).with_columns(pl.col("timestamp").str.to_datetime(time_zone="UTC"), pl.col("amount").cast(pl.Decimal(14, 2)))
    pyarrow.parquet.write_table(frame.to_arrow(compat_level=pl.CompatLevel.oldest()), path, write_page_checksum=True, row_group_size=150)
    return path


def tables(world: World) -> list[str]:
    found = [world.run(*command, "-f", "csv", "--as-of", LAST, "--allow-empty") for command in TABLES]
    assert [ran.code for ran in found] == [0] * len(found), [ran.err for ran in found]
    return [ran.out for ran in found]


def cuts(content: bytes, number: int) -> Iterator[bytes]:
    """Cut at many places, near both ends above all."""
    size = len(content)
    places = {*range(4, 20), *range(size - 20, size), *(size * k // number for k in range(1, number))}
    yield from (content[:place] for place in sorted(places))


@pytest.mark.parametrize(
    ("name", "pack"),
    [("events.csv.gz", gzip.compress), ("events.csv.zst", lambda raw: pyarrow.Codec("zstd").compress(raw, asbytes=True)), ("events.csv.bz2", bz2.compress)],
)
def test_p15_a_cut_archive_is_refused(world: World, name: str, pack: Callable[[bytes], bytes]) -> None:
    packed = pack(as_csv(rows()))
    world.define(f"files: {name}")
    for content in cuts(packed, 12):
        world.put(name, content)
        ran = world.refused(3, f"{name}: SM303 truncated or corrupt")
        assert "SM501" not in ran.err
    world.put(name, packed)
    assert world.run("activation", "accounts", "-f", "json").counts()[0]["rows_read"] == 400


def test_p15_a_wrong_checksum_and_bytes_after_the_end_are_refused(world: World) -> None:
    packed = gzip.compress(as_csv(rows()))
    world.define("files: events.csv.gz")
    for broken in (packed[:-8] + bytes(4) + packed[-4:], packed[:-4] + bytes(4), packed + b"rest"):
        world.put("events.csv.gz", broken)
        world.refused(3, "events.csv.gz: SM303 truncated or corrupt")


def test_p15_several_archives_in_one_file_are_read_to_the_end(world: World) -> None:
    whole = as_csv(rows())
    world.define("files: events.csv.gz")
    world.put("events.csv.gz", gzip.compress(whole[:5_000]) + gzip.compress(whole[5_000:]))
    assert world.run().counts()[0]["rows_read"] == 400
    world.put("events.csv.gz", b"".join(pyarrow.Codec("zstd").compress(part, asbytes=True) for part in (whole[:5_000], whole[5_000:])))
    assert world.run().counts()[0]["rows_read"] == 400


def test_p16_a_cut_parquet_file_is_refused(world: World) -> None:
    whole = as_parquet(rows(), world.home / "events.parquet").read_bytes()
    world.define("files: events.parquet")
    for percent in range(0, 100, 2):
        world.put("events.parquet", whole[: len(whole) * percent // 100])
        world.refused(3, "events.parquet: SM303" if percent else "events.parquet: SM304 the file is empty")


def flipped(whole: bytes, seed: int, start: int = 0) -> bytes:
    content = bytearray(whole)
    chance = random.Random(seed)
    content[chance.randrange(start, len(content))] ^= 1 << chance.randrange(8)
    return bytes(content)


def test_p17_with_verify_no_flipped_bit_changes_a_number(world: World) -> None:
    whole = as_parquet(rows(), world.home / "events.parquet").read_bytes()
    world.define("files: events.parquet")
    ask = ("activation", "accounts", "-f", "csv", "--verify", "--as-of", LAST)
    truth = world.run(*ask).out
    codes = []
    for seed in range(60):
        world.put("events.parquet", flipped(whole, seed))
        ran = world.run(*ask)
        codes.append(ran.code)
        assert ran.code == 3 or (ran.code, ran.out) == (0, truth), (seed, ran.err)
    assert codes.count(3) > 40


def test_p17_verify_says_what_it_found(world: World) -> None:
    whole = bytearray(as_parquet(rows(), world.home / "events.parquet").read_bytes())
    whole[200] ^= 1
    world.put("events.parquet", bytes(whole))
    world.define("files: events.parquet")
    world.refused(3, "events.parquet: SM303 checksum or structure wrong", args=("activation", "accounts", "--verify"))


def test_p18_no_damage_shows_what_the_engine_prints(world: World) -> None:
    whole = as_parquet(rows(), world.home / "events.parquet").read_bytes()
    world.define("files: events.parquet")
    for seed in range(50):
        world.put("events.parquet", flipped(whole, seed, len(whole) * 3 // 4))
        assert world.run().code in (0, 3, 5)  # that stderr is clean is checked by every run


def test_p19_one_answer_whatever_the_format(world: World) -> None:
    data = rows()
    world.csv(*(f"{n:05d},2025-12-{n % 28 + 1:02d},{'pro' if n % 3 else 'free'}" for n in range(45)), header="account_id,created_at,plan", name="accounts.csv")
    rules = "rules:\n  posted: {event: posted, where: {status: ok, amount: {gt: 100}}}\n"
    answers = set()
    plain = as_csv(data)
    world.put("a.csv", plain)
    world.put("b.csv.gz", gzip.compress(plain))
    world.put("c.csv.zst", pyarrow.Codec("zstd").compress(plain, asbytes=True))
    world.put("d.ndjson", "".join(json.dumps(row) + "\n" for row in data))
    as_parquet(data, world.home / "e.parquet")
    for part in range(7):
        world.put(f"parts/{part}.csv", as_csv(data[part::7]))
    for files in ("a.csv", "b.csv.gz", "c.csv.zst", "d.ndjson", "e.parquet", "parts/*.csv"):
        world.define(f"files: {files}", "accounts: {files: accounts.csv, segments: [plan]}", rules)
        answers.add(tuple(tables(world)))
    assert len(answers) == 1


def test_p20_parts_may_have_other_columns_in_another_order(world: World) -> None:
    world.csv(*ROWS, name="a.csv")
    world.csv("2026-01-09T09:00:00Z,x,posted,u4,beta", header="timestamp,more,event,user_id,account_id", name="b.csv")
    world.csv("acme,u1,fin,admin", header="account_id,user_id,team,role", name="users1.csv")
    world.csv("beta,u9,fin", header="account_id,user_id,team", name="users2.csv")
    world.csv("gama,u5,admin", header="account_id,user_id,role", name="users3.csv")
    world.define("files: [a.csv, b.csv]", "users: {files: 'users*.csv'}")
    ran = world.run("engagement", "active_accounts", "-f", "json", "--as-of", LAST)
    assert ran.code == 0, ran.err
    ran = world.run("churn-risk", "accounts", "-f", "json", "--as-of", LAST)
    assert ran.code == 0, ran.err
    assert "users2.csv: SM321 column 'role' missing in 1 of 3 files: taken as unknown there" in ran.err
    assert [entry["rows_read"] for entry in ran.counts()] == [6, 1]


def test_p21_parts_that_hold_different_things_are_refused(world: World) -> None:
    frame = pl.DataFrame({"account_id": [7], "user_id": ["u"], "event": ["posted"], "timestamp": ["2026-01-05T09:00:00"]})
    naive = frame.with_columns(pl.col("timestamp").str.to_datetime())
    naive.write_parquet(world.home / "a.parquet")
    naive.with_columns(pl.col("timestamp").dt.replace_time_zone("UTC")).write_parquet(world.home / "b.parquet")
    world.define("files: [a.parquet, b.parquet]")
    world.refused(3, "b.parquet: SM312 column 'timestamp' holds times with a zone here and times without a zone in a.parquet")
    naive.with_columns(pl.col("account_id").cast(pl.String)).write_parquet(world.home / "b.parquet")
    world.refused(3, "b.parquet: SM312 column 'account_id' holds text here and numbers in a.parquet")


@pytest.mark.parametrize("ending", ["csv", "ndjson"])
def test_p21_texts_of_times_with_a_zone_in_one_file_and_without_in_another_are_refused(world: World, ending: str) -> None:
    """As times that have a type are. What both files have may stand in any of them, and a date alone has none anywhere."""
    def put(name: str, *stamps: str) -> None:
        rows = [{"account_id": "a", "user_id": "u", "event": event, "timestamp": stamp} for stamp in stamps for event in ("created", "posted")]
        lines = map(json.dumps, rows) if ending == "ndjson" else [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
        world.put(f"{name}.{ending}", "\n".join(lines))

    put("a", "2026-01-05 09:00:00")
    put("b", "2026-01-06T09:00:00Z", "2026-01-07T09:00:00+01:00")
    put("c", "2026-01-06 09:00:00Z", "2026-01-08 10:00:00")
    put("d", "2026-01-05", "2026-01-09")
    world.define(f"files: [a.{ending}, b.{ending}]")
    world.refused(3, f"b.{ending}: SM312 column 'timestamp' holds times with a zone here and times without a zone in a.{ending}")
    pl.DataFrame({"account_id": ["a"], "user_id": ["u"], "event": ["posted"], "timestamp": ["2026-01-05T09:00:00Z"]}).write_parquet(world.home / "e.parquet")
    for name, stamps in {"e": ["2026-01-05T09:00:00Z"], "f": ["2026-01-05"], "g": ["2026-01-05T09:00:00Z", "2026-01-08 10:00:00"]}.items():
        pl.DataFrame({"account_id": "a", "user_id": "u", "event": "posted", "timestamp": stamps}).write_parquet(world.home / f"{name}.parquet")
    world.define(f"files: [b.{ending}, c.{ending}, d.{ending}, e.parquet, f.parquet, g.parquet]")
    assert world.run().code == 0, world.run().err


def test_p20_objects_may_be_without_a_key_that_those_of_another_file_have(world: World) -> None:
    """An hour in which nobody was logged in has no account in any of its objects, and no user."""
    whole = {"org": {"id": "acme"}, "user_id": "u", "event": "posted", "timestamp": "2026-01-05T09:00:00Z"}
    lone = {"event": "posted", "timestamp": "2026-01-06T09:00:00Z"}

    def put(name: str, *rows: dict[str, object]) -> None:
        world.put(name, "".join(f"{json.dumps(row)}\n" for row in rows))

    put("a.jsonl", {**whole, "event": "created"}, whole, {**whole, "timestamp": "2026-01-08T09:00:00Z"})
    put("b.jsonl", lone, lone)
    put("c.jsonl", {key: value for key, value in whole.items() if key != "user_id"})
    world.define("files: [a.jsonl, b.jsonl, c.jsonl], columns: {account: org.id, user: user_id}")
    ran = world.run()
    assert ran.code == 0, ran.err
    assert "b.jsonl: SM321 column 'org.id' missing in 1 of 3 files: taken as unknown there" in ran.err
    meta = json.loads(ran.out)["meta"]
    assert [(told["path"], told["rows_read"], told["used"]) for told in meta["ledger"]] == [("a.jsonl", 3, 2), ("b.jsonl", 2, 0), ("c.jsonl", 1, 1)]

    world.define("files: b.jsonl, columns: {account: org.id}")
    world.refused(3, "b.jsonl:1: SM305 required column 'org.id' not found (the file has: event, timestamp)")
    put("manifest.jsonl", {"files": 3})
    world.define("files: [a.jsonl, manifest.jsonl], columns: {account: org.id}")
    world.refused(3, "manifest.jsonl:1: SM305 required column 'org.id' not found (the file has: files)")


def test_p21_columns_that_hold_no_text_are_refused(world: World) -> None:
    frame = pl.DataFrame({"account_id": [["acme"]], "user_id": ["u"], "event": ["posted"], "timestamp": ["2026-01-05T09:00:00Z"]})
    frame.write_parquet(world.home / "a.parquet")
    world.define("files: a.parquet")
    world.refused(3, "a.parquet: SM304 column 'account_id' holds List(String)")


def test_p22_paths_that_lead_nowhere_are_named(world: World) -> None:
    (world.home / "dangling.csv").symlink_to("nothing.csv")
    (world.home / "loop.csv").symlink_to("loop.csv")
    world.put("folder/a.csv", "x")
    expected = {
        "none/*.csv": "SM301 no file matches 'none/*.csv'", "missing.csv": "missing.csv: SM301 no such file", "dangling.csv": "dangling.csv: SM301 no such file",
        "dangl*.csv": "dangling.csv: SM301 no such file", "loop.csv": "loop.csv: SM30", "folder": "folder: SM301 is a folder; write a pattern such as",
    }  # fmt: skip
    for files, message in expected.items():
        world.define(f"files: '{files}'")
        world.refused(3, message)


@pytest.mark.skipif(os.getuid() == 0, reason="root may read everything")
def test_p22_an_unreadable_file_is_named(world: World) -> None:
    world.csv(*ROWS).chmod(0)
    world.refused(3, "events.csv: SM302")


def test_p23_hidden_files_are_passed_over_and_twins_counted_once(world: World) -> None:
    world.csv(*ROWS, name="data/a.csv")
    world.put("data/.hidden.csv", "x")
    world.put("data/_SUCCESS", "")
    world.put("data/_temporary/b.csv", "x")
    (world.home / "data/z.csv").symlink_to("a.csv")
    os.link(world.home / "data/a.csv", world.home / "data/y.csv")
    world.define("files: 'data/**/*'")
    ran = world.run()
    assert ran.code == 0, ran.err
    for name in ("data/.hidden.csv", "data/_SUCCESS", "data/_temporary/b.csv"):
        assert f"{name}: SM322 skipped: hidden or bookkeeping file" in ran.err
    for name in ("data/y.csv", "data/z.csv"):
        assert f"{name}: SM322 same file as data/a.csv: counted once" in ran.err
    assert [entry["rows_read"] for entry in ran.counts()] == [6]
    assert world.run("activation", "accounts", "-f", "json", "--strict").code == 0


def test_p23_a_name_with_brackets_is_a_name_first(world: World) -> None:
    world.csv(*ROWS, name="[a].csv")
    world.csv(*ROWS[:1], name="a.csv")
    world.define("files: '[a].csv'")
    assert world.run().counts()[0]["rows_read"] == 6


def test_p24_an_empty_file_among_others_is_listed(world: World) -> None:
    world.csv(*ROWS, name="1.csv")
    world.put("2.csv", b"")
    world.define("files: '*.csv'")
    ran = world.run()
    assert ran.code == 0
    assert "2.csv: SM321 skipped: empty: 2.csv" in ran.err
    world.define("files: [1.csv, 2.csv]")
    world.refused(3, "2.csv: SM304 the file is empty")


def test_p25_a_pipe_and_standard_input_give_the_same_answer(world: World) -> None:
    content = world.csv(*ROWS).read_bytes()
    ask = ("activation", "accounts", "-f", "csv")
    truth = world.run(*ask).out
    os.mkfifo(world.home / "pipe")
    world.define("files: pipe")
    writer = threading.Thread(target=lambda: (world.home / "pipe").write_bytes(content))
    writer.start()
    assert world.run(*ask).out == truth
    writer.join()
    world.define("files: '-'")
    assert world.outside(*ask, data=content).out == truth
    assert world.outside(*ask, data=gzip.compress(content)).out == truth


@pytest.mark.parametrize("change", ["grows", "shrinks", "is replaced", "goes"])
def test_p26_a_file_that_changes_during_the_run_is_refused(world: World, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    path = world.csv(*ROWS)
    content = path.read_bytes()
    finish = Reader.finish

    def late(self: Reader) -> None:
        if change == "is replaced":
            path.rename(world.home / "old.csv")
        if change == "goes":
            path.unlink()
        else:
            path.write_bytes(content + b"\n" if change == "grows" else content[:-1] if change == "shrinks" else content)
        finish(self)

    monkeypatch.setattr(Reader, "finish", late)
    world.refused(4, "events.csv: SM402 changed while being read")


def test_p26_a_file_that_breaks_off_because_it_is_being_written_is_said_to_change(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    path = world.csv(*ROWS)
    pieces = Reader.pieces

    def cut(self: Reader, *args: object) -> object:
        path.write_text(HEADER + "\nacme,u1", "utf-8")
        return pieces(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(Reader, "pieces", cut)
    world.refused(4, "events.csv: SM402 changed while being read")
