"""Promises 37 and 38: stdout gets every byte, or the exit code says that it did not."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

WRITE = """
from saasmetrics.messages import Refused
try:
    write.to_stdout(b"x" * int(sys.argv[1]))
except Refused as refused:
    print(refused, file=sys.stderr)
    sys.exit(refused.exit)
"""
BUFFERING = [{"PYTHONUNBUFFERED": ""}, {"PYTHONUNBUFFERED": "1"}]


@pytest.mark.parametrize("environment", BUFFERING)
def test_p37_every_byte_arrives(environment: dict[str, str], run) -> None:
    done = run(WRITE, 3_000_000, env=environment)
    assert (done.returncode, len(done.stdout), done.stderr) == (0, 3_000_000, b"")


@pytest.mark.parametrize("environment", BUFFERING)
@pytest.mark.parametrize("size", [1, 3_000_000])
def test_p37_a_full_disk_is_exit_4(environment: dict[str, str], size: int, run) -> None:
    with open("/dev/full", "wb") as full:
        done = run(WRITE, size, env=environment, stdout=full)
    assert (done.returncode, done.stderr) == (4, b"stdout: SM401 No space left on device\n")


@pytest.mark.parametrize("environment", BUFFERING)
def test_p37_a_disk_that_fills_up_midway_is_exit_4(environment: dict[str, str], tmp_path: Path, run) -> None:
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
    with (tmp_path / "out").open("wb") as out:
        done = run(limit + WRITE, 5000, env=environment, stdout=out)
    assert (done.returncode, done.stderr) == (4, b"stdout: SM401 File too large\n")


def test_p37_closed_stdout_is_exit_4_and_no_other_file_is_hit(tmp_path: Path, run) -> None:
    takes_its_place = f"other = os.open({str(tmp_path / 'other')!r}, os.O_CREAT | os.O_WRONLY)\n"
    done = run(takes_its_place + WRITE, 9, stdout=None, preexec_fn=lambda: os.close(1))
    assert (done.returncode, done.stderr) == (4, b"stdout: SM401 stdout is closed\n")
    assert (tmp_path / "other").read_bytes() == b""


@pytest.mark.parametrize("environment", BUFFERING)
@pytest.mark.parametrize("reader", ["head -c 1", "true"])
def test_p38_a_reader_that_leaves_is_no_error(environment: dict[str, str], reader: str, run) -> None:
    code = WRITE + "print('more')\nwrite.to_stdout(b'more')"
    writer = run(code, 5_000_000, wait=False, stdout=-1, stderr=-1, env=environment)
    subprocess.run(reader.split(), stdin=writer.stdout, stdout=subprocess.DEVNULL, check=True)
    writer.stdout.close()
    assert (writer.wait(10), writer.stderr.read()) == (0, b"")


def test_a_pipe_that_does_not_block_gets_every_byte_too(run) -> None:
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    writer = run(WRITE, 3_000_000, wait=False, stdout=write_end, stderr=-1)
    os.close(write_end)
    with open(read_end, "rb") as pipe:
        assert len(pipe.read()) == 3_000_000
    assert (writer.wait(10), writer.stderr.read()) == (0, b"")
