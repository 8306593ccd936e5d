"""Promises 34 to 40: the old bytes or the new ones, on any day, and nothing left lying about."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import random
import stat
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from saasmetrics.commands.measure import deliver
from saasmetrics.messages import Refused
from saasmetrics.outputs.write import beside, proof, to_directory, to_file

FAULTS = ("open", "fsync", "replace", "symlink", "link", "mkdir")
OLD, NEW = (
    {"a.csv": b"old a" * 9000, "b.csv": b"old b"},
    {"a.csv": b"new a" * 9000, "b.csv": b"new b", "c.csv": b"new c"},
)

KILLED = """
import itertools, signal
calls = itertools.count(1)
def deadly(real):
    def call(*args, **options):
        if next(calls) == int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **options)
    return call
for name in ("open", "fsync", "replace", "symlink", "link", "mkdir"):
    setattr(os, name, deadly(getattr(os, name)))
WRITE
"""
Patch = pytest.MonkeyPatch
Broken = Callable[[str, int], None]
Run = Callable[..., Any]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def read(folder: Path) -> dict[str, bytes]:
    """The files that the manifest lists, proved by its sums; what plain names lead to is the same."""
    if not (folder / "manifest.json").exists():
        assert not any(path.exists() for path in folder.glob("*.csv"))
        return {}
    listed = json.loads((folder / "manifest.json").read_bytes())["files"]
    proved = {entry["file"]: (folder / entry["file"]).read_bytes() for entry in listed}
    assert [hashlib.sha256(data).hexdigest() for data in proved.values()] == [entry["sha256"] for entry in listed]
    files = {name: data for name, data in proved.items() if name.endswith(".csv")}
    assert sorted(files) == sorted(path.name for path in folder.glob("*.csv") if path.exists())
    return files


def of(data: bytes) -> bytes:
    """What stands beside a file of these bytes."""
    return json.dumps(proof(data)).encode()


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Path]:
    """A folder that is shut and one that has a file that is, for a user who is not root."""
    for folder in (tmp_path, *itertools.takewhile(lambda parent: "pytest" in str(parent), tmp_path.parents)):
        folder.chmod(0o755)
    for name, mode in (("shut", 0o555), ("open", 0o777)):
        (tmp_path / name).mkdir()
        (tmp_path / name).chmod(mode)
    (tmp_path / "open/kept.csv").write_bytes(b"old")
    (tmp_path / "open/kept.csv").chmod(0o444)
    user = os.geteuid()
    os.seteuid(user or 65534)
    yield tmp_path
    os.seteuid(user)


@pytest.fixture
def broken(monkeypatch: Patch) -> Callable[[str, int], None]:
    """`broken("fsync", 2)`: the third call of os.fsync finds the disk full."""

    def breaks(name: str, at: int) -> None:
        real, calls = getattr(os, name), itertools.count()

        def call(*args: object, **options: object) -> object:
            if next(calls) == at:
                raise OSError(28, "No space left on device")
            return real(*args, **options)

        monkeypatch.setattr(os, name, call)

    return breaks


def test_a_file_is_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    to_file(target, b"old")
    to_file(target, b"new")
    assert (target.read_bytes(), names(tmp_path)) == (b"new", ["out.csv"])


def test_p34_bytes_are_on_disk_before_their_name_and_the_name_after(tmp_path: Path, monkeypatch: Patch) -> None:
    calls: list[str] = []
    for name in ("fsync", "replace"):
        real = getattr(os, name)
        monkeypatch.setattr(os, name, lambda *args, name=name, real=real: (calls.append(name), real(*args))[1])
    to_file(tmp_path / "out.csv", b"x")
    assert calls == ["fsync", "replace", "fsync"]
    to_directory(tmp_path, {"a.csv": b"x"})
    assert calls[3:] == ["fsync", "fsync", "fsync", "replace", "fsync"]


def test_the_mode_is_by_the_umask_and_then_stays(tmp_path: Path) -> None:
    target, before = tmp_path / "out.csv", os.umask(0o027)
    to_file(target, b"x")
    os.umask(before)
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    target.chmod(0o600)
    to_file(target, b"y")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "out.csv").symlink_to("real/x.csv")
    for data in (b"into nowhere", b"into the file"):
        to_file(tmp_path / "out.csv", data)
        assert (tmp_path / "real/x.csv").read_bytes() == data
    assert (tmp_path / "out.csv").is_symlink()
    assert names(tmp_path / "real") == ["x.csv"]


def test_p34_leftovers_of_a_killed_run_are_removed_those_of_others_are_not(tmp_path: Path) -> None:
    for name in (".out.csv.0123abcd.tmp", ".out.csv.0123abcd.tmp.gz", ".other.csv.0123abcd.tmp"):
        (tmp_path / name).touch()
    to_file(tmp_path / "out.csv", b"x")
    assert names(tmp_path) == [".other.csv.0123abcd.tmp", ".out.csv.0123abcd.tmp.gz", "out.csv"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("file/out.csv", "Not a directory"),
        ("none/out.csv", "there is no folder .*none"),
        ("x" * 300, "File name too long"),
        ("folder", "Is a directory"),
        ("loop", "Too many levels of symbolic links"),
    ],
)
def test_p36_a_place_that_cannot_be_written_is_named_with_the_reason(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(Refused, match=f"{name}.*SM401 {reason}") as caught:
        to_file(tmp_path / name, b"x")
    assert caught.value.exit == 4
    assert names(tmp_path) == ["file", "folder", "loop"]


@pytest.mark.parametrize("length", [230, 255])
def test_p36_a_name_that_is_just_legal_is_written(tmp_path: Path, length: int) -> None:
    to_file(tmp_path / ("x" * length), b"x")
    assert names(tmp_path) == ["x" * length]


@pytest.mark.parametrize("name", ["shut/new.csv", "open/kept.csv"])
def test_p36_permissions_hold(name: str, places: Path) -> None:
    with pytest.raises(Refused, match=f"{name}: SM401 Permission denied"):
        to_file(places / name, b"new")
    assert (names(places / "shut"), names(places / "open")) == ([], ["kept.csv"])
    assert (places / "open/kept.csv").read_bytes() == b"old"


def test_p36_a_full_disk_leaves_the_old_file(tmp_path: Path, run: Run) -> None:
    target = tmp_path / "out.csv"
    to_file(target, b"old")
    code = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
    done = run(code + "write.to_file(Path(sys.argv[1]), b'x' * 5000)", target)
    assert b"SM401 File too large" in done.stderr
    assert (target.read_bytes(), names(tmp_path)) == (b"old", ["out.csv"])


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("at", range(7))
def test_p36_a_fault_at_any_call_leaves_the_file_old_or_new(
    tmp_path: Path, fault: str, at: int, broken: Broken
) -> None:
    to_file(tmp_path / "out", b"old")
    broken(fault, at)
    with suppress(Refused):
        to_file(tmp_path / "out", b"new")
    assert (tmp_path / "out").read_bytes() in (b"old", b"new")
    assert names(tmp_path) == ["out"]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("at", range(7))
def test_p36_a_fault_at_any_call_leaves_the_set_old_or_new(tmp_path: Path, fault: str, at: int, broken: Broken) -> None:
    to_directory(tmp_path, OLD)
    broken(fault, at)
    with suppress(Refused):
        to_directory(tmp_path, NEW)
    assert read(tmp_path) in (OLD, NEW)
    assert not [name for name in names(tmp_path) if name.endswith(".tmp")]
    runs = [name for name in names(tmp_path) if name.startswith(".run-")]
    assert len(runs) == 1 + (read(tmp_path) == NEW)


def test_p34_killed_at_any_call_the_file_is_old_or_new(tmp_path: Path, run: Run) -> None:
    seen = set()
    for at in itertools.count(1):
        to_file(tmp_path / "out", b"old")
        lived = (
            run(KILLED.replace("WRITE", "write.to_file(Path(sys.argv[1]), b'new')"), tmp_path / "out", at).returncode
            == 0
        )
        seen.add(((tmp_path / "out").read_bytes(), len(names(tmp_path)), lived))
        if lived:
            break
    assert seen == {(b"old", 1, False), (b"old", 2, False), (b"new", 1, False), (b"new", 1, True)}


def test_killed_at_any_call_a_file_and_its_meta_are_old_or_new_or_known_not_to_belong_together(tmp_path: Path, run: Run) -> None:
    write_it = f"write.to_file(Path(sys.argv[1]), b'new', {of(b'new')!r})"
    seen = []
    for at in itertools.count(1):
        (tmp_path / str(at)).mkdir()
        target = tmp_path / str(at) / "out.csv"
        to_file(target, b"old", of(b"old"))
        lived = run(KILLED.replace("WRITE", write_it), target, at).returncode == 0
        seen.append((target.read_bytes(), beside(target).read_bytes()))
        to_file(target, b"new", of(b"new"))
        assert names(target.parent) == ["out.csv", "out.csv.meta.json"]
        if lived:
            break
    old, new = ((data, of(data)) for data in (b"old", b"new"))
    between = (b"old", of(b"new"))
    assert seen == [old] * seen.index(between) + [between] + [new] * (len(seen) - seen.index(between) - 1)
    assert len(seen) >= 10


def test_a_fault_leaves_a_file_and_its_meta_as_they_were(tmp_path: Path, broken: Broken) -> None:
    to_file(tmp_path / "out.csv", b"old", of(b"old"))
    broken("fsync", 1)
    with pytest.raises(Refused, match="SM401"):
        to_file(tmp_path / "out.csv", b"new", of(b"new"))
    assert (tmp_path / "out.csv").read_bytes() == b"old" and beside(tmp_path / "out.csv").read_bytes() == of(b"old")
    assert names(tmp_path) == ["out.csv", "out.csv.meta.json"]


@pytest.mark.parametrize("fmt", ["csv", "ndjson"])
def test_what_stands_beside_a_file_tells_of_it_and_proves_it(tmp_path: Path, make: Callable[..., Any], fmt: str) -> None:
    target = tmp_path / f"out.{fmt}"
    deliver([make("account key", rows=[["a"]], as_of="2026-11-16")], fmt, str(target), None, False, "never")
    (told,) = json.loads(beside(target).read_bytes())
    assert (told["name"], told["as_of"], told["file"]) == ("a.b", "2026-11-16", target.name)
    assert told["sha256"] == hashlib.sha256(target.read_bytes()).hexdigest()


def test_a_device_has_no_meta() -> None:
    to_file(Path("/dev/null"), b"x", b"{}")
    assert not Path("/dev/null.meta.json").exists()


def test_a_file_of_a_set_is_written_as_a_set(tmp_path: Path) -> None:
    to_directory(tmp_path, OLD)
    to_file(tmp_path / "a.csv", b"new", of(b"new"))
    assert read(tmp_path) == {**OLD, "a.csv": b"new"}
    assert beside(tmp_path / "a.csv").read_bytes() == of(b"new")


def test_p40_killed_at_any_call_the_set_is_old_or_new(tmp_path: Path, run: Run) -> None:
    seen = []
    for at in itertools.count(1):
        folder = tmp_path / str(at)
        to_directory(folder, OLD)
        lived = (
            run(KILLED.replace("WRITE", f"write.to_directory(Path(sys.argv[1]), {NEW!r})"), folder, at).returncode == 0
        )
        seen.append(read(folder))
        if lived:
            break
    turn = seen.index(NEW)
    assert turn > 8
    assert seen == [OLD] * turn + [NEW] * (len(seen) - turn)


def killed_while_writing(run: Run, write_it: str, target: Path) -> Iterator[None]:
    """Ten times: a process that writes As and Bs in turn is killed at a random instant."""
    chance = random.Random(7)
    code = f"print(flush=True)\nwhile True:\n    for letter in (b'A', b'B'): {write_it}"
    for _ in range(10):
        child = run(code, target, wait=False, stdout=-1)
        child.stdout.readline()
        time.sleep(chance.uniform(0.01, 0.06))
        child.kill()
        child.communicate()
        yield


def test_p34_killed_at_random_instants(tmp_path: Path, run: Run) -> None:
    target, size = tmp_path / "out.csv", 3_000_000
    for _ in killed_while_writing(run, f"write.to_file(Path(sys.argv[1]), letter * {size})", target):
        assert not target.exists() or target.read_bytes() in (b"A" * size, b"B" * size)
    to_file(target, b"x")
    assert names(tmp_path) == ["out.csv"]


def test_p40_killed_at_random_instants(tmp_path: Path, run: Run) -> None:
    made = "{name: letter * 900_000 for name in ('a.csv', 'b.csv')}"
    for _ in killed_while_writing(run, f"write.to_directory(Path(sys.argv[1]), {made})", tmp_path):
        assert len(set(read(tmp_path).values())) <= 1
    to_directory(tmp_path, {"a.csv": b"x"})
    assert [name for name in names(tmp_path) if not name.startswith(".run-")] == [
        ".current",
        "a.csv",
        "b.csv",
        "manifest.json",
    ]
    assert len(names(tmp_path)) <= 6


def test_p35_a_signal_leaves_no_temporary_file(tmp_path: Path, run: Run) -> None:
    code = """
import signal
def stop(*_): sys.exit(143)
signal.signal(signal.SIGTERM, stop)
os.replace = lambda *_: os.kill(os.getpid(), signal.SIGTERM)
write.to_file(Path(sys.argv[1]), b"new")"""
    (tmp_path / "out.csv").write_bytes(b"old")
    assert run(code, tmp_path / "out.csv").returncode == 143
    assert (names(tmp_path), (tmp_path / "out.csv").read_bytes()) == (["out.csv"], b"old")


def test_p39_two_writers_of_one_file_never_mix(tmp_path: Path, run: Run) -> None:
    code = "for _ in range(40): write.to_file(Path(sys.argv[1]), sys.argv[2].encode() * 500_000)"
    writers = [run(code, tmp_path / "out.csv", letter, wait=False, stderr=-1) for letter in "AB"]
    seen = set()
    while any(writer.poll() is None for writer in writers):
        seen.add((tmp_path / "out.csv").read_bytes() if (tmp_path / "out.csv").exists() else b"A" * 500_000)
    assert [writer.communicate()[1] for writer in writers] == [b"", b""]
    assert seen <= {b"A" * 500_000, b"B" * 500_000}
    assert names(tmp_path) == ["out.csv"]


def test_p40_two_writers_of_one_set_never_mix(tmp_path: Path, run: Run) -> None:
    made = "{name: sys.argv[2].encode() * 90_000 for name in ('a.csv', 'b.csv')}"
    code = f"for _ in range(15): write.to_directory(Path(sys.argv[1]), {made})"
    writers = [run(code, tmp_path / "set", letter, wait=False, stderr=-1) for letter in "AB"]
    assert [writer.communicate()[1] for writer in writers] == [b"", b""]
    assert len(set(read(tmp_path / "set").values())) == 1
    assert len(names(tmp_path / "set")) == 6


def test_p40_the_manifest_tells_what_each_file_is(tmp_path: Path) -> None:
    about: Mapping[str, Mapping[str, object]] = {"a.csv": {"as_of": "2026-11-16"}}
    to_directory(tmp_path / "set", {"b.csv": b"y", "a.csv": b"x"}, about)
    entry = json.loads((tmp_path / "set" / "manifest.json").read_bytes())["files"][0]
    assert entry == {"as_of": "2026-11-16", "file": "a.csv", "bytes": 1, "sha256": hashlib.sha256(b"x").hexdigest()}


def test_p41_the_same_set_has_the_same_manifest(tmp_path: Path) -> None:
    for folder in (tmp_path / "one", tmp_path / "two"):
        to_directory(folder, OLD)
    assert (tmp_path / "one" / "manifest.json").read_bytes() == (tmp_path / "two" / "manifest.json").read_bytes()


def test_p40_a_set_takes_the_files_of_other_commands_along(tmp_path: Path) -> None:
    to_directory(tmp_path, {"a.csv": b"a", "b.csv": b"b"}, {"b.csv": {"as_of": "2026-11-09"}})
    (tmp_path / "mine.csv").write_text("not yours")
    to_directory(tmp_path, {"a.csv": b"a2", "c.csv": b"c"})
    (tmp_path / "mine.csv").rename(tmp_path / "mine.txt")
    assert read(tmp_path) == {"a.csv": b"a2", "b.csv": b"b", "c.csv": b"c"}
    assert json.loads((tmp_path / "manifest.json").read_bytes())["files"][1]["as_of"] == "2026-11-09"


def test_p40_who_follows_the_current_run_first_reads_one_run_only(tmp_path: Path) -> None:
    to_directory(tmp_path, OLD)
    run = (tmp_path / ".current").resolve()
    first = (run / "a.csv").read_bytes()
    to_directory(tmp_path, NEW)
    assert {"a.csv": first, "b.csv": (run / "b.csv").read_bytes()} == OLD


def test_a_plain_file_of_that_name_becomes_part_of_the_set(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"from a run with -o a.csv")
    to_directory(tmp_path, OLD)
    assert read(tmp_path) == OLD


def test_without_locks_only_what_is_old_is_swept(tmp_path: Path, monkeypatch: Patch) -> None:
    monkeypatch.setattr("fcntl.flock", lambda *_: os.stat("/no locks here"))
    for name in (".out.0123abcd.tmp", ".out.89abcdef.tmp"):
        (tmp_path / name).touch()
    os.utime(tmp_path / ".out.0123abcd.tmp", (0, 0))
    to_file(tmp_path / "out", b"x")
    to_directory(tmp_path, OLD)
    assert read(tmp_path) == OLD
    assert [name for name in names(tmp_path) if name.endswith(".tmp")] == [".out.89abcdef.tmp"]


def test_a_pipe_is_just_written_to(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    read_it: list[bytes] = []
    reader = threading.Thread(target=lambda: read_it.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    to_file(tmp_path / "pipe", b"x" * 200_000)
    reader.join(5)
    assert read_it == [b"x" * 200_000]


def test_p37_a_full_device_is_an_error() -> None:
    with pytest.raises(Refused, match="/dev/full: SM401 No space left on device"):
        to_file(Path("/dev/full"), b"x")
    to_file(Path("/dev/null"), b"x")


def test_dev_stdout_is_stdout_also_where_the_shell_appends(tmp_path: Path, run: Run) -> None:
    (tmp_path / "log").write_bytes(b"before")
    with (tmp_path / "log").open("ab") as log:
        run("write.to_file(Path('/dev/stdout'), b' after')", stdout=log)
    assert (tmp_path / "log").read_bytes() == b"before after"
