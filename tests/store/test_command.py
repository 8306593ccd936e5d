"""`facts info`, `clear` and `export`, and --no-store, as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from saasmetrics.cli import application
from saasmetrics.store import FOLDER, Store

from .test_kept import world
from .world import World

__all__ = ["world"]


def run(world: World, *words: str) -> str:
    done = CliRunner().invoke(application(words), [*words, "-c", str(world.home / "d.yaml"), "-q"])
    assert done.exit_code == 0, done.output
    return done.output


def test_export_writes_what_adds_up_and_says_what_it_means(world: World, tmp_path: Path) -> None:
    run(world, "facts", "export", "-o", str(tmp_path / "out"))
    usage = pl.read_parquet(tmp_path / "out" / "usage.parquet")
    done = usage.filter(pl.col("rule") == "well").select(pl.col("n", "value").sum()).row(0)
    assert done == (6, 6 * 70_000)  # nine of posted, three by a colleague
    told = {entry["file"]: entry["columns"] for entry in json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))["files"]}
    assert set(told["usage.parquet"]) == set(usage.columns)
    assert "ten-thousandths" in told["usage.parquet"]["value"]


def test_info_counts_and_clear_removes(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    world.told(("usage",), store=True)
    run(world, "facts", "info")
    assert "3 inputs" in capfd.readouterr().out
    run(world, "facts", "clear")
    assert not list((world.home / FOLDER / "facts").iterdir())
    run(world, "facts", "info")
    assert "0 inputs" in capfd.readouterr().out


def test_nothing_is_cleared_under_a_run(world: World) -> None:
    world.told(("usage",), store=True)
    other = Store(world.home / FOLDER)
    other.open()
    done = CliRunner().invoke(application(["facts"]), ["facts", "clear", "-c", str(world.home / "d.yaml")])
    other.close()
    assert done.exit_code == 4
    assert list((world.home / FOLDER / "facts").iterdir())


@pytest.mark.parametrize("words", [[], ["--no-store"]])
def test_tables_keep_facts_unless_told_not_to(world: World, words: list[str]) -> None:
    run(world, "starter", "--as-of", "2026-04-20", "--allow-empty", *words)
    assert (world.home / FOLDER).exists() is not bool(words)


@pytest.mark.parametrize("words", [["check", "--data"], ["lock", "--as-of", "2026-04-20"], ["diff", "d.yaml", "--data", "--as-of", "2026-04-20"],
                                   ["explain", "activation.rate", "--account", "a", "--as-of", "2026-04-20"]], ids=lambda words: words[0])  # fmt: skip
def test_so_do_commands_that_compute_on_the_way(words: list[str], world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(world.home)
    accepted = "accepted: {SM605: {why: It is small and made up., until: 9999-12-31}}\n"
    (world.home / "d.yaml").write_text((world.home / "d.yaml").read_text("utf-8") + accepted, "utf-8")
    for more in (["--no-store"], []):
        done = CliRunner().invoke(application(words), [*words, "-c", "d.yaml", *more])
        assert done.exit_code == (words[0] == "check"), done.output  # of an event that never occurs
        assert (world.home / FOLDER).exists() is not bool(more)
