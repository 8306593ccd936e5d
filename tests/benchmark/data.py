"""The data of a run, made once and kept: events with and without ids, a CSV, and the definitions that read them."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[2]
DEFINITION = ROOT / "configs" / "accounting.yaml"
AS_OF = date(2026, 11, 16)  # the day after the last one of the data
CSV_ROWS = 3_000_000
SOURCES = {"ids": "events/*.parquet", "bare": "bare/*.parquet", "csv": "events.csv"}


@dataclass(frozen=True)
class Place:
    """A folder with everything that is measured."""

    folder: Path

    def definition(self, source: str, order: str = "any") -> Path:
        """The accounting definition over one of SOURCES."""
        return self.folder / f"{source}-{order}.yaml"

    @property
    def found(self) -> Path:
        """Where the measurements leave what they found."""
        return self.folder / "found"

    def events(self, source: str) -> Path:
        """The pattern of the event files."""
        return self.folder / SOURCES[source]


def prepared(cache: Path, rows: int, accounts: int | None = None, weeks: int | None = None) -> Place:
    """The place for so many rows, or also accounts or weeks; made unless it is there already."""
    told = [f"{number}-{name}" for name, number in (("accounts", accounts), ("weeks", weeks)) if number]
    place = Place(cache / "-".join(["accounting", str(rows), *told]))
    named = re.findall(r"files: data/accounting/(\w+\.csv)", DEFINITION.read_text("utf-8"))
    if not all((place.folder / name).exists() for name in ("complete", *named)):
        size = accounts or min(20_000, max(400, rows // 25))
        make = f"--rows {rows} --accounts {size} --weeks {weeks or 52} --out".split()
        script = ROOT / "examples" / "generate.py"
        subprocess.run([sys.executable, "-B", script, DEFINITION, *make, place.folder], check=True)
        subprocess.run([sys.executable, "-m", "tests.benchmark.data", place.folder, str(rows)], check=True, cwd=ROOT)
        (place.folder / "complete").touch()
    for source, pattern in SOURCES.items():
        for order in ("any", "ordered"):
            place.definition(source, order).write_text(_definition(source, pattern, order), "utf-8")
    return place


def _definition(source: str, pattern: str, order: str) -> str:
    text = DEFINITION.read_text("utf-8").replace("data/accounting/events/*.parquet", pattern)
    text = text.replace("data/accounting/", "").replace("order: any ", f"order: {order} ")
    text = re.sub(r"^  stable: .*\n", "", text, flags=re.MULTILINE)  # nobody else looks for unstable weeks beside retention
    return text.replace(", id: event_id", "") if source == "bare" else text


def derive(folder: Path, rows: int) -> None:
    """The same events without their ids, and the first of them as CSV."""
    import polars as pl

    (folder / "bare").mkdir(exist_ok=True)
    parts = sorted((folder / "events").glob("*.parquet"))
    for part in parts:
        pl.scan_parquet(part).drop("event_id").sink_parquet(folder / "bare" / part.name, compression="zstd")
    written = pl.col("timestamp").dt.strftime("%Y-%m-%dT%H:%M:%S%.3fZ")  # as the generator's own CSV has it
    pl.scan_parquet(parts).head(min(rows, CSV_ROWS)).with_columns(written).sink_csv(folder / "events.csv")


def warm(place: Place) -> None:
    """Read every file once, so that nobody is the first."""
    for path in sorted(place.folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                while file.read(1 << 24):
                    pass


if __name__ == "__main__":
    derive(Path(sys.argv[1]), int(sys.argv[2]))
