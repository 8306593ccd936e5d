"""What is being done is shown on a terminal while it is done, and leaves nothing behind; what cannot be done is said first."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from worlds import ROOT

from saasmetrics.messages import passed, say, under_way


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def screen(text: str) -> list[str]:
    """What a terminal shows of it: after a carriage return the line is written anew."""
    lines = [""]
    for char in text:
        lines = [*lines, ""] if char == "\n" else [*lines[:-1], ""] if char == "\r" else [*lines[:-1], lines[-1] + char]
    return [line.rstrip() for line in lines]


def test_on_a_terminal_each_gives_way_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", Terminal())
    monkeypatch.setenv("COLUMNS", "30")
    under_way("reading events")
    under_way(f"reading {'x' * 40}")
    assert screen(sys.stderr.getvalue()) == [f"… reading {'x' * 19}"]  # type: ignore[attr-defined]
    say("warning")
    under_way("folding")
    assert screen(sys.stderr.getvalue()) == ["warning", "… folding"]  # type: ignore[attr-defined]
    passed()
    assert screen(sys.stderr.getvalue()) == ["warning", ""]  # type: ignore[attr-defined]


def test_elsewhere_it_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    under_way("reading events")
    assert capsys.readouterr().err == "… reading events\n"


def terminal() -> tuple[int, int]:
    """A terminal of our own: both of its ends."""
    try:
        return pty.openpty()
    except OSError as error:
        pytest.skip(f"no terminal can be had here: {error}")


@pytest.mark.parametrize("words", [["activation", "rate"], ["explain", "nothing.here"]])
def test_nothing_is_left_of_it(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text("account_id,user_id,event,timestamp\na,u,posted,2026-01-05T09:00:00Z\na,u,posted,2026-01-09T09:00:00Z\n")
    (tmp_path / "saasmetrics.yml").write_text("version: 1\nsources: {events: {files: e.csv}}\nworkflows: {a: {success: posted}}\nactivation: {steps: {a: {rule: posted}}}\n")
    ours, theirs = terminal()
    subprocess.run([sys.executable, "-m", "saasmetrics", *words], cwd=tmp_path, env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}, stdin=theirs, stdout=theirs, stderr=theirs, timeout=120)
    os.close(theirs)
    told = b""
    while True:
        try:
            more = os.read(ours, 65_536)
        except OSError:
            break
        told += more
        if not more:
            break
    os.close(ours)
    shown = screen(told.decode().replace("\r\n", "\n"))
    assert ("… reading events" in told.decode()) is (words[0] == "activation")
    assert not [line for line in shown if line.startswith("…")]


@pytest.mark.parametrize(
    "words",
    ["report", "starter", "activation rate", "account a", "backtest", "changes activation.rate --since 2026-01-06", "sensitivity activation.rate", "diff saasmetrics.yml --data"],
)
def test_a_name_that_no_format_writes_is_refused_before_anything_is_read(words: str, tmp_path: Path) -> None:
    """There are no events to read: that would be said by whoever looks."""
    (tmp_path / "saasmetrics.yml").write_text("version: 1\nsources: {events: {files: none.csv}}\nworkflows: {a: {success: posted}}\n")
    done = subprocess.run(
        [sys.executable, "-m", "saasmetrics", *words.split(), "-o", "x.pdf"], cwd=tmp_path, env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}, capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stderr.splitlines()[0].partition(";")[0]) == (2, "SM130 no format writes 'x.pdf'")
