"""A generated product with everything declared, and its variants, for laws that hold over every room."""

from __future__ import annotations

import csv
import random
import subprocess
import sys
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

from saasmetrics import catalog
from saasmetrics.definitions.read import read
from saasmetrics.tables import Asked, Table, compute

ROOT = Path(__file__).parent.parent
AS_OF = date(2026, 11, 9)
Row = dict[str, str]


def generated(folder: Path, accounts: int = 60, product: str = "accounting", weeks: int = 40) -> Path:
    """configs/accounting.yaml, or another, beside its data as CSV; the path of the definition."""
    text = (ROOT / "configs" / f"{product}.yaml").read_text("utf-8")
    definition = folder / f"{product}.yaml"
    definition.write_text(text.replace("events/*.parquet", "events/*.csv"), "utf-8")
    command = [sys.executable, str(ROOT / "examples" / "generate.py"), str(definition), "--out", str(folder / "data" / product)]
    subprocess.run([*command, "--accounts", str(accounts), "--weeks", str(weeks), "--format", "csv"], check=True, capture_output=True)
    return definition


def tables(definition: Path, rooms: Iterable[str] | None = None, **asked: Any) -> dict[str, Table]:
    """All tables (or these), by their names, as of AS_OF unless told otherwise."""
    chosen = [catalog.rooms()[name] for name in rooms] if rooms else list(catalog.rooms().values())
    made, _ = compute(read(definition), chosen, Asked(**{"as_of": AS_OF, **asked}), skip=True)
    return {table.name: table for table in made}


def variant(definition: Path, folder: Path, change: Callable[[list[Row]], list[list[Row]]]) -> Path:
    """The same world with other event files: `change` makes from all rows the rows of each file."""
    folder.mkdir(parents=True, exist_ok=True)
    source = definition.parent / "data" / "accounting"
    target = folder / "data" / "accounting"
    (target / "events").mkdir(parents=True)
    for path in source.glob("*.csv"):
        (target / path.name).write_bytes(path.read_bytes())
    for number, rows in enumerate(change(events(definition))):
        write(target / "events" / f"part-{number}.csv", rows, columns(definition))
    (folder / definition.name).write_bytes(definition.read_bytes())
    return folder / definition.name


def events(definition: Path) -> list[Row]:
    found: list[Row] = []
    for path in sorted((definition.parent / "data" / "accounting" / "events").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found += list(csv.DictReader(file))
    return found


def columns(definition: Path) -> list[str]:
    first = next((definition.parent / "data" / "accounting" / "events").glob("*.csv"))
    return first.read_text("utf-8").splitlines()[0].split(",")


def write(path: Path, rows: list[Row], names: list[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def shuffled(rows: list[Row]) -> list[list[Row]]:
    random.Random(3).shuffle(rows)
    return [rows]


def split(rows: list[Row]) -> list[list[Row]]:
    return [rows[3::4], rows[0::4], rows[1::4], rows[2::4]]
