"""Each vendor's export is read by its preset: the same story in every shape gives the same accounts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from saasmetrics.definitions.columns import COLUMNS
from saasmetrics.definitions.presets import HOME, named, names
from saasmetrics.definitions.read import parse
from saasmetrics.messages import Refused

from .vendors import ACCOUNTS, EVENTS, story, write

ROOT = Path(__file__).parents[2]
DEFINITION = """\
version: 1
timezone: UTC
sources:
  events: {{files: "{file}", preset: {preset}, columns: {{account: "{account}"}}}}
workflows:
  invoicing: {{success: "{posted}"}}
activation: {{steps: {{invoice: {{rule: "{posted}"}}}}}}
"""


def run(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "saasmetrics", *words], cwd=home, env={"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]), "PATH": ""}, capture_output=True, text=True)


def spelt(vendor: str) -> str:
    """How the vendor's file writes `Invoice Posted`."""
    plain = "Invoice Posted" if vendor in ("amplitude", "mixpanel", "mixpanel-pipeline", "posthog", "segment-s3", "pendo") else "invoice_posted"
    return f"com.example.{plain}" if vendor == "cloudevents" else plain


@pytest.mark.parametrize("vendor", EVENTS)
def test_the_story_is_the_same_in_every_shape(vendor: str, tmp_path: Path) -> None:
    file = write(tmp_path, vendor)
    (tmp_path / "saasmetrics.yml").write_text(DEFINITION.format(file=file.name, preset=vendor, account=ACCOUNTS[vendor], posted=spelt(vendor)), "utf-8")
    done = run(tmp_path, "activation", "accounts", "-f", "json", "--as-of", "2026-11-01")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert sorted(row["account"] for row in told["data"]) == ["a", "b", "c"]
    assert all(row["activated_at"] for row in told["data"])
    assert told["meta"]["ledger"][0]["used"] == len(story())


def test_there_is_a_story_for_every_preset_of_events() -> None:
    assert {name for name in names() if named(name).table == "events"} == set(EVENTS) == set(ACCOUNTS)


@pytest.mark.parametrize("name", [path.stem for path in HOME.glob("*.yaml")])
def test_a_preset_says_what_it_is(name: str) -> None:
    preset = named(name)
    assert preset.title and preset.source.startswith("https://") and len(preset.needs) >= 3
    assert set(preset.columns) <= set(COLUMNS[preset.table])
    assert bool(preset.columns) != bool(preset.unfit)


def define(source: str, table: str = "events") -> list[str]:
    given = f"{{files: e.csv}}\n  {table}: {source}" if table != "events" else source
    text = f"version: 1\nworkflows: {{w: {{success: s}}}}\nsources:\n  events: {given}\n"
    try:
        parse(text.encode(), Path("d.yaml"))
    except Refused as refused:
        return [str(problem) for problem in refused.problems]
    return []


def test_an_unknown_preset_is_refused_with_a_hint() -> None:
    assert "there is no preset 'amplitud' — did you mean 'amplitude'?" in define("{files: e.csv, preset: amplitud}")[0]
    assert "'zendesk' is for sources.tickets, not for events" in define("{files: e.csv, preset: zendesk}")[0]
    assert "'stripe' is recognised, but not read: prices are in cents" in define("{files: s.csv, preset: stripe}", "subscriptions")[0]


def test_what_is_declared_wins_over_the_preset() -> None:
    text = "version: 1\nworkflows: {w: {success: s}}\nsources: {events: {files: e.csv, preset: mixpanel, columns: {user: u}, time: {unit: ms}}}\n"
    events = parse(text.encode(), Path("d.yaml")).definition.sources.events
    assert (events.mapping["user"], events.mapping["time"], events.times.unit) == ("u", "properties.time", "ms")


def test_lists_of_keys_with_values_and_lists_of_one_are_walked_alike() -> None:
    from saasmetrics.sources.values import at_path, inside

    texts = ['[{"key":"k","value":{"s":"x"}}]', '[{"k":{"s":"x"}}]', '{"k":{"s":"x"}}', '[{"k":1},{"k":2}]', "[]", '{"k":[{"s":"x"}]}', None]
    found = pl.DataFrame({"j": texts}).select(at_path(pl.col("j"), "j.k.s"))["j"].to_list()
    assert found == ["x", "x", "x", None, None, "x", None]
    assert found == [inside(text, "j.k.s") if text else None for text in texts]
