"""A small product in a folder of its own, and the real command line over it."""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
HEADER = "account_id,user_id,event,timestamp"
ROWS = (
    "acme,u1,created,2026-01-05T09:00:00Z",
    "acme,u1,posted,2026-01-06T10:00:00Z",
    "acme,u2,posted,2026-01-13T10:00:00Z",
    "beta,u9,created,2026-01-07T08:00:00Z",
    "beta,u9,posted,2026-01-21T08:30:00Z",
    "gama,u5,created,2026-01-08T12:00:00Z",
)
DEFINITION = """\
version: 1
timezone: UTC
sources:
  events: {{{events}}}
{sources}workflows:
  work: {{success: posted}}
activation:
  within: 14d
  steps:
    start: {{kind: setup, rule: created}}
    first: {{kind: workflow, rule: posted}}
"""


@dataclass(frozen=True)
class Ran:
    """What a run of the command line left behind."""

    code: int
    out: str
    err: str

    @property
    def meta(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)["meta"]
        return found

    @property
    def rows(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.out)["data"]
        return found

    def counts(self, source: str = "events") -> list[dict[str, Any]]:
        """The ledger of a source; that it adds up is checked on the way."""
        found = [entry for entry in self.meta["ledger"] if entry["source"] == source]
        for entry in found:
            gone = sum(entry["filtered"].values()) + sum(entry["rejected"].values())
            assert entry["rows_read"] == entry["used"] + gone and entry["used"] >= 0
        return found


@dataclass
class World:
    """A folder with a definition file and its data."""

    home: Path
    run_here: Callable[[Sequence[str]], Ran]

    def put(self, name: str, content: str | bytes) -> Path:
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def csv(self, *rows: str, header: str = HEADER, name: str = "events.csv") -> Path:
        return self.put(name, "\n".join((header, *rows)) + "\n")

    def define(self, events: str = "files: events.csv", sources: str = "", extra: str = "") -> Path:
        blocks = "".join(f"  {line}\n" for line in sources.splitlines())
        return self.put("saasmetrics.yml", DEFINITION.format(events=events, sources=blocks) + extra)

    def run(self, *args: str) -> Ran:
        """In this process; without arguments, one table as JSON."""
        if not (self.home / "saasmetrics.yml").exists():
            self.define()
        told = args or ("activation", "accounts", "-f", "json")
        ran = self.run_here([*told, "-c", str(self.home / "saasmetrics.yml")])
        assert "Traceback" not in ran.err and "thread '" not in ran.err
        return ran

    def inside(self, command: str, name: str) -> Ran:
        """A command that takes a file of this folder and no definition."""
        ran = self.run_here([command, str(self.home / name), "-f", "csv"])
        assert "Traceback" not in ran.err and ran.code in (0, 3)
        return ran

    def refused(self, code: int, *fragments: str, args: Sequence[str] = ()) -> Ran:
        """Refused, with these words, and without touching the output of an earlier run."""
        old = self.put("out/old.json", "as it was")
        told = [*(args or ("activation", "accounts")), "-o", str(old)]
        ran = self.run(*told)
        assert ran.code == code, ran.err
        assert ran.out == ""
        assert [path.name for path in old.parent.iterdir()] == ["old.json"]
        assert old.read_text() == "as it was"
        for fragment in fragments:
            assert fragment in ran.err, ran.err
        return ran

    def spawn(self, *args: str, **options: Any) -> subprocess.Popen[bytes]:
        """In a process of its own."""
        env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]), **options.pop("env", {})}
        command = [sys.executable, "-m", "saasmetrics", *args]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(command, cwd=self.home, env=env, **{**pipes, **options})

    def outside(self, *args: str, data: bytes = b"", **options: Any) -> Ran:
        process = self.spawn(*args, **options)
        out, err = process.communicate(data, timeout=60)
        assert b"Traceback" not in err and b"thread '" not in err
        return Ran(process.returncode, out.decode() if out else "", err.decode())


@pytest.fixture
def world(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    handler = signal.getsignal(signal.SIGTERM)

    def run(args: Sequence[str]) -> Ran:
        capfdbinary.readouterr()
        monkeypatch.setattr(sys, "argv", ["saasmetrics", *args])
        command = importlib.reload(importlib.import_module("saasmetrics.cli"))
        try:
            command.run()
            code = 0
        except SystemExit as exit_:
            code = exit_.code if isinstance(exit_.code, int) else int(bool(exit_.code))
        out, err = capfdbinary.readouterr()
        return Ran(code, out.decode(), err.decode())

    yield World(tmp_path, run)
    signal.signal(signal.SIGTERM, handler)
