"""Speed and memory beside DuckDB, ClickHouse and Polars: python -m tests.benchmark [--rows N] [--quick] [--out FILE]

Run from the root of the repository. The data are made once (examples/generate.py, configs/accounting.yaml) and kept
in --cache. Every measurement runs in a process of its own, on two threads; the order of all of them is turned round
from one round to the next; the table shows medians. Wall and cpu time are those of the work, imports left out, except
for the start-up lines, which are whole processes; peak memory is the process's largest resident set. Every file is read
once before the first round. The results of both sides are compared too, and a difference fails the run.

"All tables of seven chapters" is one process, whose fold is measured inside it: the time in which Book.folded and what it
stands on (parts, staff, copies of rows) are made. The rest of that process is everything after the fold: the other facts,
with their own passes over the events (first and last event of every account, half hours of presence), and the tables.

"Weekly report" is one process, too, which works out all of it: thirteen lines for thirteen weeks, who changed, the questions,
what to do next. DuckDB's side is less: the numbers of twelve lines: all but the qualified accounts.

The SQL of the competitors stands in sql/: a query a table, reading only what that table needs. It leaves out what our
side makes besides: the sentences of evidence, the hashes of the inputs, the count of the rows left out, and what the
`duties` lines measure apart on both sides: that a row that stands there twice counts once, and since when each account
has been there.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from fnmatch import fnmatch
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from .child import ENVIRONMENT, measured
from .data import ROOT, Place, prepared, warm
from .plan import PART, SMALL, Line, lines
from .report import report


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--quick", action="store_true", help="a million rows")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", default="*", metavar="PATTERN", help="only these measurements: patterns, with commas")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "saasmetrics-benchmark")
    parser.add_argument("--out", type=Path, help="write the table there as well")
    return parser.parse_args()


def main() -> None:
    """Measure everything, compare the results, print the table."""
    asked = arguments()
    rows = 1_000_000 if asked.quick else asked.rows
    places = {"": prepared(asked.cache, rows), SMALL: prepared(asked.cache, min(rows, 100_000))}
    plan = [
        line
        for line in lines(find_spec("chdb") is not None)
        if any(fnmatch(line.name, word) for word in asked.only.split(","))
    ]
    for place in places.values():
        subprocess.run(
            [sys.executable, "-m", "tests.benchmark.startup", place.folder], check=True, cwd=ROOT, env=ENVIRONMENT
        )
        warm(place)
    runs = _runs(plan, places, asked.runs)
    text = (
        f"{rows:,} events, {os.cpu_count()} processors, Python {platform.python_version()}, medians of {asked.runs}\n\n"
    )
    text += report(plan, runs)
    print(text)
    if asked.out:
        asked.out.write_text(text, "utf-8")
    _compare(places[""], list(runs))


def _runs(plan: list[Line], places: dict[str, Place], rounds: int) -> dict[str, list[dict[str, Any]]]:
    names = list(dict.fromkeys(line.name.partition(PART)[0] for line in plan))
    runs: dict[str, list[dict[str, Any]]] = {}
    for turn in range(rounds):
        for at, name in enumerate(names[:: -1 if turn % 2 else 1], 1):
            prefix = SMALL if name.startswith(SMALL) else ""
            told = measured(name.removeprefix(prefix), places[prefix])
            for part, figures in {"": told, **told.pop("parts", {})}.items():
                runs.setdefault(f"{name}{PART}{part}".rstrip(PART), []).append(figures)
            text = f"{told['wall']:.2f} s, cpu {told['cpu']:.2f} s, {told['peak']:.0f} MB"
            print(f"round {turn + 1} of {rounds}, {at} of {len(names)}: {name}: {text}", file=sys.stderr)
    return runs


def _compare(place: Place, names: list[str]) -> None:
    """Both sides must have found the same; done in a process of its own."""
    kept = [name for name in names if name.startswith(("fold", "duties", "report", "table"))]
    subprocess.run(
        [sys.executable, "-m", "tests.benchmark.equal", place.found, *kept], check=True, cwd=ROOT, env=ENVIRONMENT
    )
    print("the results of both sides are equal", file=sys.stderr)


if __name__ == "__main__":
    main()
