"""Always the same bytes, and the same rows in every format; every definition has its data."""

from __future__ import annotations

import json
import subprocess
from importlib import import_module
from pathlib import Path

import polars as pl
import pytest

from generate.data import ROOT, SMALL, Record, contents, generate, records

CONFIGS = sorted((ROOT / "configs").glob("*.yaml"))


@pytest.mark.parametrize("format", ["csv", "csv.gz", "csv.zst", "ndjson", "parquet"])
def test_same_arguments_give_the_same_bytes(format: str, tmp_path: Path) -> None:
    first, second = (generate(tmp_path / n, *SMALL, "--format", format, "--parts", "3") for n in ("1", "2"))
    assert contents(first) == contents(second)
    assert len(list((first / "events").glob(f"part-*.{format}"))) == 3


def test_another_seed_gives_other_rows_in_the_same_files(small: Path, tmp_path: Path) -> None:
    other = contents(generate(tmp_path, *SMALL, "--format", "csv", "--seed", "8"))
    assert contents(small).keys() == other.keys()
    assert contents(small)["events/part-00000.csv"] != other["events/part-00000.csv"]


def from_ndjson(path: Path) -> list[Record]:
    rows = map(json.loads, path.read_text("utf-8").splitlines())
    return [{name: value or "" for name, value in row.items()} for row in rows]


def from_csv(path: Path) -> list[Record]:
    return pl.read_csv(path, infer_schema=False).fill_null("").to_dicts()


def from_parquet(path: Path) -> list[Record]:
    frame = pl.read_parquet(path)
    assert (frame.schema["timestamp"], frame.schema["amount"]) == (pl.Datetime("us", "UTC"), pl.Decimal(18, 2))
    frame = frame.with_columns(pl.col("timestamp").dt.strftime("%Y-%m-%dT%H:%M:%S%.3fZ"))
    return frame.with_columns(pl.all().cast(pl.String)).fill_null("").to_dicts()


READERS = {"csv.gz": from_csv, "csv.zst": from_csv, "ndjson": from_ndjson, "parquet": from_parquet}


@pytest.mark.parametrize("format", READERS)
def test_every_format_has_the_same_rows(format: str, small: Path, tmp_path: Path) -> None:
    generate(tmp_path, *SMALL, "--format", format, "--parts", "2")
    parts = sorted((tmp_path / "events").glob("part-*"))
    assert [row for part in parts for row in READERS[format](part)] == records(small / "events" / "part-00000.csv")


def test_an_earlier_run_leaves_nothing_and_the_format_is_the_definitions(tmp_path: Path) -> None:
    for options in (("--parts", "3", "--format", "csv"), ()):
        generate(tmp_path, *SMALL, *options)
    assert sorted(path.name for path in (tmp_path / "events").iterdir()) == ["friction-00000.parquet", "operation-00000.parquet", "part-00000.parquet"]


def test_too_few_accounts_are_refused(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError) as error:
        generate(tmp_path, "--accounts", "5")
    assert b"--accounts must be 40 or more" in error.value.stderr


@pytest.mark.parametrize("config", CONFIGS, ids=lambda path: path.stem)
def test_every_definition_drives_the_generator(config: Path, tmp_path: Path) -> None:
    definition = import_module("yaml").safe_load(config.read_text("utf-8"))
    rules, workflows = definition.get("rules", {}), definition["workflows"].values()
    named = {workflow.get(key) for workflow in workflows for key in ("attempt", "success", "failure")}
    generate(tmp_path, "--format", "csv", "--accounts", "130", config=config.stem)
    seen = {event["event"] for event in records(tmp_path / "events" / "part-00000.csv")}
    assert {rule["event"] for rule in rules.values()} | (named - rules.keys() - {None}) <= seen
