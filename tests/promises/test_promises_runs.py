"""Promises 35, 41, 53 to 55, and the ends of 44 to 52: what a whole run leaves behind."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path
from typing import BinaryIO

import pytest

from .conftest import HEADER, ROWS, World

ASK = ("activation", "accounts", "-f", "csv")


def shuffled(seed: int) -> list[str]:
    chance = random.Random(11)
    rows = [
        f"a{chance.randrange(60)},u{chance.randrange(200)},{chance.choice(['created', 'posted', 'seen'])},2026-0{chance.randrange(1, 4)}-{chance.randrange(1, 28):02d}T{chance.randrange(24):02d}:00:00Z"
        for _ in range(3_000)
    ]
    random.Random(seed).shuffle(rows)
    return rows


def opened_by(process: subprocess.Popen[bytes], pipe: Path) -> BinaryIO:
    """The pipe for writing, as soon as the process reads it; a process that ended instead would never."""
    while process.poll() is None:
        try:
            return os.fdopen(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK), "wb")
        except OSError:  # nobody reads yet
            time.sleep(0.02)
    raise AssertionError(process.communicate()[1].decode())


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_p35_a_signal_ends_the_run_in_one_line(world: World, sent: signal.Signals, code: int) -> None:
    """The run waits for a pipe that nobody has finished writing to: it is in the middle of reading."""
    os.mkfifo(world.home / "pipe")
    world.define("files: pipe")
    old = world.put("old.csv", "as it was")
    process = world.spawn(*ASK, "-o", "old.csv", "-v", preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    with opened_by(process, world.home / "pipe") as pipe:
        pipe.write(HEADER.encode())
        pipe.flush()
        time.sleep(0.2)
        process.send_signal(sent)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (code, b"")
    assert err.decode().splitlines() == ["definitions: saasmetrics.yml", "… reading events", *(["interrupted"] if code == 130 else [])]
    assert old.read_text() == "as it was"
    assert sorted(path.name for path in world.home.iterdir()) == ["old.csv", "pipe", "saasmetrics.yml"]


@pytest.mark.parametrize("ask", [ASK, ("engagement", "-f", "json"), ("retention", "cohorts", "-f", "csv"), ("churn-risk", "accounts", "-f", "csv")])
def test_p41_order_and_threads_change_no_byte(world: World, ask: tuple[str, ...]) -> None:
    world.define()
    answers = set()
    for seed, threads in ((1, "1"), (1, "2"), (2, "2"), (3, "1")):
        world.csv(*shuffled(seed))
        ran = world.outside(*ask, env={"POLARS_MAX_THREADS": threads, "TZ": "Asia/Tokyo" if seed == 2 else "UTC", "PYTHONHASHSEED": threads})
        assert ran.code == 0, ran.err
        answers.add(without_hash(ran.out) if "json" in ask else ran.out)
    assert len(answers) == 1


def without_hash(text: str) -> str:
    """The shuffled file is another file: its hash alone may differ."""
    found = json.loads(text)
    for table in found if isinstance(found, list) else [found]:
        for given in table["meta"]["inputs"]:
            given["sha256"] = ""
    return json.dumps(found)


def test_p44_to_p48_a_bad_definition_is_exit_2_and_reads_nothing(world: World) -> None:
    bad = {
        "a: 1\na: 2\n": "SM104", "a: &x 1\nb: *x\n": "SM103", "version: 1\nworkflow: {}\n": "did you mean 'workflows'?", "version: !!python/name:os.system 1\n": "SM103",
        "version: 1\nsources: {events: {files: 'http://127.0.0.1:9/x.csv'}}\nworkflows: {w: {success: a}}\n": "SM115 sources.events.files: remote paths",
        "version: 1\nsources: {events: {files: ../x.csv}}\nworkflows: {w: {success: a}}\n": "SM114",
        "version: 1\nsources: {events: {files: '${HOME}/x.csv'}}\nworkflows: {w: {success: a}}\n": "SM114",
    }  # fmt: skip
    for text, message in bad.items():
        world.put("saasmetrics.yml", text)
        world.refused(2, "saasmetrics.yml:", message)


HOSTILE = ("=1+1", "@SUM(A1)", "[red]x[/]", "<script>alert(1)</script>", "a|b", "::error::x", "\x1b[31mx", "\u202eevil", "no\u200bwidth", "{{x}}", "`id`")


@pytest.mark.parametrize("form", ["table", "csv", "json", "ndjson", "md"])
def test_p49_to_p52_hostile_names_go_through_every_output(world: World, form: str) -> None:
    world.csv(*(f"{name},u,created,2026-01-05T09:00:00Z" for name in HOSTILE), *ROWS)
    ran = world.run("activation", "accounts", "-f", form)
    assert ran.code == 0
    assert "\x1b" not in (ran.out if form in ("table", "md") else "") and not any(line.startswith("::") for line in ran.err.splitlines())
    if form == "json":
        assert {row["account"] for row in ran.rows} >= {*HOSTILE}
    if form == "csv":
        assert "2 cells quoted" in ran.err and "'=1+1" in ran.out
        assert "\n=1+1," in world.run("activation", "accounts", "-f", form, "--raw").out


def test_p53_a_bug_is_one_line_and_a_hint(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.csv(*ROWS)

    def broken(*_: object) -> None:
        raise ZeroDivisionError("it happens\nsecond line")

    monkeypatch.setattr("saasmetrics.tables.finish", broken)
    world.refused(5, "SM501 ZeroDivisionError: it happens", "please report it")


def test_p53_closed_streams_are_no_crash(world: World) -> None:
    world.csv(*ROWS)
    world.define()
    for closed in (0, 1, 2):
        process = world.spawn(*ASK, preexec_fn=lambda: os.close(closed))  # noqa: B023
        _, err = process.communicate(timeout=30)
        assert process.returncode == (4 if closed == 1 else 0), err
        assert b"Traceback" not in err


@pytest.mark.parametrize("ask", [ASK, ("activation", "accounts", "-f", "json"), ("check", "--data"), ("check", "-f", "json"), ("activation", "accounts", "-v")])
def test_p54_secrets_are_not_printed(world: World, monkeypatch: pytest.MonkeyPatch, ask: tuple[str, ...]) -> None:
    secret = "hunter2hunter2"
    for name in ("AWS_SECRET_ACCESS_KEY", "AZURE_STORAGE_KEY", "PGPASSWORD", "SAASMETRICS_TOKEN"):
        monkeypatch.setenv(name, secret)
    urls = (f"files: 'https://user:{secret}@host.example/x.csv'", f"files: 'https://host.example/x.csv?sig={secret}'")
    for definition in ("files: events.csv", "files: none.csv", *urls, f"files: events.csv, password: {secret}"):
        world.csv(*ROWS)
        world.define(definition)
        ran = world.run(*ask)
        assert secret not in ran.out + ran.err


def test_p55_an_output_says_what_it_stands_on_and_can_be_made_again(world: World) -> None:
    path = world.csv(*ROWS)
    first = world.run()
    meta = first.meta
    assert {"as_of", "timezone", "definitions", "version", "inputs", "ledger", "product"} <= meta.keys()
    assert meta["inputs"] == [{"source": "events", "path": "events.csv", "bytes": path.stat().st_size, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}]
    assert meta["as_of"] == "2026-01-21" and meta["timezone"] == "UTC"
    assert len(meta["definitions"]["fingerprint"]) >= 12
    again = world.run("activation", "accounts", "-f", "json", "--as-of", meta["as_of"])
    assert again.out == first.out
    definition = world.home / "saasmetrics.yml"
    definition.write_text("# a remark\n" + definition.read_text())
    assert world.run().meta["definitions"]["fingerprint"] == meta["definitions"]["fingerprint"]
    definition.write_text(definition.read_text().replace("within: 14d", "within: 15d"))
    assert world.run().meta["definitions"]["fingerprint"] != meta["definitions"]["fingerprint"]


def test_every_numbered_promise_has_a_test_of_its_name() -> None:
    """All but those about scale (42, 43), which are measured and not tested here."""
    home = Path(__file__).parents[1]
    text = "".join(path.read_text("utf-8") for path in home.rglob("test_*.py"))
    named = {n for n in range(1, 56) if f"def test_p{n:02d}_" in text or f"def test_promise_{n}_" in text}
    assert set(range(1, 56)) - named <= {42, 43}
