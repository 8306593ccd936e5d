"""What is kept is right or not used: after kills, damage, full disks and other runs; and it never grows beyond its limit."""

from __future__ import annotations

import os
import random
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from saasmetrics import index, store
from saasmetrics.clock import Clock
from saasmetrics.facts import _origins
from saasmetrics.sources import events, repeats, rows
from saasmetrics.store import FACTS, FOLDER, INDEX, Store

from .world import World, keep_all

ROOT = Path(__file__).parent.parent.parent
WANTED = ("usage", "moments", "durations", "visits")
RUN = f"""
import sys
from pathlib import Path
from saasmetrics.facts import _origins
from store.world import World
_origins.WORTH = 0
print("ready", flush=True)
sys.stdin.readline()
World(Path(sys.argv[1])).told({WANTED!r}, store=True)
"""


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    keep_all(monkeypatch)
    made = World(tmp_path, staff=("w",))
    (tmp_path / "events").mkdir()
    for name, day in {"a.csv": 20, "b.csv": 27, "c.parquet": 28}.items():
        rows = [(f"{name}{at}", "ab"[at % 2], "uvw"[at % 3], ("opened", "posted")[at % 2], f"2026-03-{day}T1{at}:00:00Z", "ok", "7", "30", "x") for at in range(6)]
        made.rows[name] = [*rows, rows[0]]
    made.write()
    return made


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files of events that are really read."""
    found: list[str] = []
    one = events.one
    monkeypatch.setattr(events, "one", lambda reader, source, entry, *rest: found.append(Path(entry.path).name) or one(reader, source, entry, *rest))
    return found


def files(world: World) -> list[Path]:
    return sorted((world.home / FOLDER / FACTS).iterdir())


def leftovers(world: World) -> set[str]:
    """What no index names."""
    home = world.home / FOLDER
    named = {chunk["file"] for chunk in index.chunks(index.read(home / INDEX))}
    return {path.name for path in home.iterdir()} - {".gitignore", INDEX, FACTS} | {path.name for path in files(world)} - named


def test_nothing_is_read_twice(world: World, reads: list[str]) -> None:
    first = world.told(WANTED, store=True)
    reads.clear()
    assert world.told(WANTED, store=True) == first
    assert reads == []


def test_a_list_of_which_nothing_is_said_is_read_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    read, made = [], rows._whole
    monkeypatch.setattr(rows, "_whole", lambda reader, source, opened, *how: read.append(opened[0][0].path) or made(reader, source, opened, *how))
    Store(world.home / FOLDER).open()
    world.staff = ("w", "w")  # once
    world.write()
    plain = world.told(WANTED, store=True)
    assert "'duplicate': 1" in str(plain)
    read.clear()
    assert world.told(WANTED, store=True) == plain
    assert read == []
    world.staff = ("w", "", "v")
    world.write()
    for _ in range(2):
        read.clear()
        told = world.told(WANTED, store=True)
        assert read == ["users.csv"]
        assert "1 row without user_id left out" in str(told[-1])
        assert told == world.told(WANTED, store=False)


def test_a_file_touches_only_itself(world: World, reads: list[str]) -> None:
    world.told(WANTED, store=True)
    world.rows |= {"b.csv": world.rows["b.csv"][:-1], "d.csv": world.rows["a.csv"]}
    del world.rows["c.parquet"]
    world.write()
    reads.clear()
    assert world.told(WANTED, store=True) == world.told(WANTED, store=False)
    assert {*reads[: reads.index("a.csv")]} == {"b.csv"}  # d.csv has the content of a.csv; without the store all are read


def test_the_ids_of_the_latest_file_alone_are_held_against_the_others(world: World, reads: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    world.told(WANTED, store=True)
    reads.clear()
    sorted_: list[int] = []
    doubled = repeats.doubled
    monkeypatch.setattr(repeats, "doubled", lambda keys: sorted_.append(len(keys)) or doubled(keys))
    late = ("late", "a", "u", "posted", "2026-03-29T10:00:00Z", "ok", "7", "30", "x")
    world.rows["d.csv"] = [*world.rows["a.csv"][2:4], late, late, (*late[:1], "b", *late[2:])]
    world.rows["d.csv"][:2] = [(row[0], *row[1:4], late[4], *row[5:]) for row in world.rows["d.csv"][:2]]
    world.write()
    told = world.told(WANTED, store=True)
    assert sorted_ == [1]
    assert reads == ["d.csv", "a.csv"]  # nobody else has an id of its rows
    assert told == world.told(WANTED, store=False)
    sorted_.clear()
    assert world.told(WANTED, store=True) == told
    assert sorted_ == []


def test_files_that_come_one_after_the_other_repeat_rows_of_any_before(world: World, reads: list[str]) -> None:
    luck, every = random.Random(5), [row for rows in world.rows.values() for row in rows]
    for day in range(10, 17):
        fresh = [(f"{day} {at}", "a", "u", "posted", f"2026-04-{day}T10:00:0{at}Z", "ok", "7", "30", "x") for at in range(3)]
        again = [luck.choice(every) for _ in range(3)]
        world.rows[f"{day}.csv"] = [*fresh, *again, (luck.choice(every)[0], *fresh[0][1:]), luck.choice(fresh)]
        every += world.rows[f"{day}.csv"]
        world.rows[f"{day}.csv"].append(("last", "b", "v", "opened", f"2026-04-{day}T11:00:00Z", "ok", "7", "30", "x"))
        world.write()
        assert world.told(WANTED, store=True) == world.told(WANTED, store=False)
    world.rows["12.csv"].append(("alone", *fresh[0][1:]))
    world.write()
    reads.clear()
    told = world.told(WANTED, store=True)
    assert {*reads} == {"12.csv"}
    assert told == world.told(WANTED, store=False)


def test_only_the_rule_that_changed_is_folded_again_and_colleagues_count_where_they_were(world: World, reads: list[str]) -> None:
    world.told(WANTED, store=True)
    world.staff = ("w", "somebody else")
    world.write()
    reads.clear()
    assert world.told(WANTED, store=True) == world.told(WANTED, store=False)
    assert len(reads) == 3  # those without the store
    world.staff = ("u",)
    world.write()
    assert world.told(WANTED, store=True) == world.told(WANTED, store=False)


def test_a_rule_that_means_something_else_is_folded_again_beside_the_others(world: World) -> None:
    before = world.told(WANTED, store=True)
    world.where = "amount: {gt: 7}"
    world.write()
    assert world.told(WANTED, store=True) == (right := world.told(WANTED, store=False)) != before
    world.where = "amount: {gt: 6}"
    world.write()
    assert world.told(WANTED, store=True) == world.told(WANTED, store=False) != right


def test_days_of_one_file_and_people_s_days_of_another_are_added_up(world: World) -> None:
    world.told(("daily",), store=True)
    world.rows["d.csv"] = [(f"d{row[0]}", *row[1:]) for row in world.rows["a.csv"]]
    world.write()
    world.told(("usage",), store=True)
    assert world.told(("daily",), store=True) == world.told(("daily",), store=False)


def test_a_column_that_was_not_asked_for_before_is_looked_for(world: World) -> None:
    path = world.home / "events" / "a.csv"
    path.write_text("\n".join(",".join(line.split(",")[:7]) for line in path.read_text("utf-8").splitlines()) + "\n", "utf-8")
    world.told(("visits",), store=True)
    right = world.told(WANTED, store=False)
    assert "missing in 1 of 3 files" in str(right)
    assert world.told(WANTED, store=True) == right
    assert world.told(("visits",), store=True) == world.told(("visits",), store=False)


def test_days_that_begin_elsewhere_are_other_days(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    before = world.told(WANTED, store=True)
    monkeypatch.setattr(Clock, "offsets", lambda clock, low, high: [(low, 14 * 3600)])  # a zone of the same name, with new rules
    assert world.told(WANTED, store=True) == world.told(WANTED, store=False) != before


@pytest.mark.parametrize("damage", ["cut", "flipped", "gone"])
def test_a_damaged_table_is_no_table(world: World, damage: str) -> None:
    plain = world.told(WANTED, store=True)
    for path in files(world):
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 4
        path.unlink() if damage == "gone" else path.write_bytes(data[:-9] if damage == "cut" else data)
    assert world.told(WANTED, store=True) == plain
    assert world.told(WANTED, store=True) == plain


@pytest.mark.parametrize("data", [b"", b"1 0123\n{}", b"{", b"\xff\x00"])
def test_a_damaged_index_is_no_index(world: World, data: bytes) -> None:
    plain = world.told(WANTED, store=True)
    (world.home / FOLDER / INDEX).write_bytes(data)
    assert world.told(WANTED, store=True) == plain
    assert not leftovers(world)


def test_another_content_under_the_same_stamp_is_seen_with_verify(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    path = world.home / "events" / "a.csv"
    os.utime(path, ns=(1, 1))
    world.told(WANTED, store=True)
    path.write_bytes(path.read_bytes().replace(b"T10:", b"T09:"))
    os.utime(path, ns=(1, 1))
    assert world.told(WANTED, store=True) != (right := world.told(WANTED, store=False))
    assert world.told(WANTED, store=True, verify=True) == right


def test_a_file_that_was_just_written_is_hashed_again(world: World) -> None:
    world.told(WANTED, store=True)
    assert index.read(world.home / FOLDER / INDEX)["stamps"] == {}


def test_without_permission_or_space_the_run_goes_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = world.told(WANTED, store=False)

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert world.told(WANTED, store=True) == plain
    assert files(world) == []
    shutil.rmtree(world.home / FOLDER)
    monkeypatch.setattr(Path, "mkdir", full)
    assert world.told(WANTED, store=True) == plain


def test_a_large_table_that_finds_no_room_is_not_kept(tmp_path: Path) -> None:
    kept, rows = Store(tmp_path / FOLDER), pl.LazyFrame({"a": range(10_000)})
    kept.open()
    kept.sink("fitting", rows, 10_000, {"output": "results"})
    found = kept.found("fitting")
    assert found and found.read().equals(rows.collect())
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        kept.sink("not", rows, 10_000, {"output": "results"})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert "File too large" in kept.trouble
    assert kept.found("not") is None
    assert [path.name for path in (kept.home / FACTS).iterdir()] == [found.path.name]
    kept.close()


def test_what_was_not_asked_for_longest_goes_first(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = world.told(WANTED, store=True)
    whole = sum(path.stat().st_size for path in files(world))
    monkeypatch.setattr(store, "LIMIT", whole // 2)
    world.rows["d.csv"] = world.rows["a.csv"][:2]
    world.write()
    right = world.told(WANTED, store=False)
    assert world.told(WANTED, store=True) == right != plain
    assert sum(path.stat().st_size for path in files(world)) <= whole // 2
    assert world.told(WANTED, store=True) == right
    assert not leftovers(world)


def test_many_events_have_more_room(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "LIMIT", 0)
    events = sum(map(len, world.rows.values()))
    right = world.told(WANTED, store=True)
    assert not files(world)
    monkeypatch.setattr(store, "EACH", (1 << 20) // events)
    assert world.told(WANTED, store=True) == right
    assert files(world)


def test_of_one_day_files_go_last_and_large_tables_first() -> None:
    def known(day: int, size: int, *pages: int) -> dict[str, Any]:
        return {"used": day * index.DAY, "pages": pages, "chunks": [{"bytes": size}]}

    inputs = {"file": known(1, 9, 1), "small": known(1, 10), "large": known(1, 20), "old": known(0, 1), "new": known(2, 30)}
    left = [{*index.without_oldest({**index.empty(), "inputs": dict(inputs)}, limit)["inputs"]} for limit in (70, 69, 68, 48, 38, 29)]
    assert left == [{*inputs}, {*inputs} - {"old"}, {"file", "small", "new"}, {"file", "new"}, {"new"}, set()]


def test_small_inputs_and_those_who_do_not_want_it_keep_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.told(WANTED, store=False)
    monkeypatch.setattr(_origins, "WORTH", 8 << 20)
    world.told(WANTED, store=True)
    assert not (world.home / FOLDER).exists()


def test_the_folder_is_none_of_git_s_business(world: World) -> None:
    world.told(WANTED, store=True)
    assert (world.home / FOLDER / ".gitignore").read_text("utf-8") == "*\n"


def test_who_reads_is_not_robbed(world: World) -> None:
    world.told(WANTED, store=True)
    reader, cleaner = Store(world.home / FOLDER), Store(world.home / FOLDER)
    reader.open()
    cleaner.open()
    assert not cleaner.alone()
    reader.close()
    assert cleaner.alone()
    cleaner.close()


def started(world: World) -> subprocess.Popen[str]:
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests"), *sys.path])
    child = subprocess.Popen([sys.executable, "-c", RUN, str(world.home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path})
    assert child.stdout and child.stdout.readline() == "ready\n"
    return child


def go(child: subprocess.Popen[str]) -> None:
    assert child.stdin
    child.stdin.write("\n")
    child.stdin.flush()


def killed(world: World, times: int) -> Iterator[None]:
    """That often: a run is killed while it keeps what it finds."""
    luck = random.Random(7)
    for _ in range(times):
        child = started(world)
        go(child)
        time.sleep(luck.uniform(0.02, 0.6))
        child.kill()
        child.communicate()
        yield


def test_killed_at_random_instants(world: World) -> None:
    plain = world.told(WANTED, store=False)
    for at, _ in enumerate(killed(world, int(os.environ.get("KILLS", "4")))):
        world.staff = ("w", "u", "v")[: 1 + at % 3]
        world.write()
        right = plain if world.staff == ("w",) else world.told(WANTED, store=False)
        assert world.told(WANTED, store=True) == right
        assert not leftovers(world)
        for path in files(world)[at % 5 :: 5]:
            path.unlink()


def test_two_runs_at_once(world: World) -> None:
    plain = world.told(WANTED, store=False)
    children = [started(world), started(world)]
    for child in children:
        go(child)
    assert [child.wait() for child in children] == [0, 0]
    assert world.told(WANTED, store=True) == plain
    assert not leftovers(world)
