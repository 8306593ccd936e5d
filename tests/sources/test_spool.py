"""What a run puts aside is gone after it: also after one that was killed, as soon as another begins."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from saasmetrics.messages import Refused
from saasmetrics.sources import spool

OPEN = "from saasmetrics.sources.spool import spool_folder as folder; (folder() / 'rows').write_text('x'); print(folder(), flush=True); {then}"
LONG_AGO = time.time() - 7_200
WAIT = "import time; time.sleep(60)"


def begun(tmp: Path, then: str = "") -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", OPEN.format(then=then)], env={**os.environ, "TMPDIR": str(tmp)}, stdout=subprocess.PIPE, text=True)


def folder_of(run: subprocess.Popen[str]) -> Path:
    assert run.stdout is not None
    return Path(run.stdout.readline().strip())


def killed(tmp: Path) -> Path:
    run = begun(tmp, WAIT)
    found = folder_of(run)
    run.send_signal(signal.SIGKILL)
    run.wait()
    return found


def test_nothing_is_left(tmp_path: Path) -> None:
    assert begun(tmp_path).wait() == 0
    assert [*tmp_path.iterdir()] == []


def test_what_a_killed_run_left_is_removed_by_the_next(tmp_path: Path) -> None:
    left, young = killed(tmp_path), killed(tmp_path)
    assert (left / "rows").exists()
    os.utime(left, (LONG_AGO, LONG_AGO))
    assert begun(tmp_path).wait() == 0
    assert [*tmp_path.iterdir()] == [young]


def test_what_a_run_still_needs_is_left_alone(tmp_path: Path) -> None:
    run = begun(tmp_path, WAIT)
    at_work, other = folder_of(run), tmp_path / "saasmetrics-other"
    other.mkdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (link := tmp_path / "saasmetrics-run-link").symlink_to(elsewhere)
    for path in (at_work, other, elsewhere):
        os.utime(path, (LONG_AGO, LONG_AGO))
    os.utime(link, (LONG_AGO, LONG_AGO), follow_symlinks=False)
    assert begun(tmp_path).wait() == 0
    assert (at_work / "rows").exists() and {*tmp_path.iterdir()} == {at_work, other, elsewhere, link}
    run.kill()
    run.wait()


def test_where_there_is_no_room_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "fresh", lambda: Path("/dev/full"))
    with pytest.raises(Refused, match="SM401 .*has no place: No space left on device.*TMPDIR") as refused:
        spool.put(pl.LazyFrame({"a": [1, 2]}))
    assert refused.value.exit == 4


def test_what_has_other_reasons_is_told_as_it_is() -> None:
    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        spool.put(pl.LazyFrame({"a": [1, 2]}).select("b"))
