"""How time grows with events, accounts, rules and history, and what each command takes: python -m tests.benchmark.growth --out FOLDER

Writes growth.md, with a table for each of these, and growth.svg, with time over the number of events. Lines of one kind of
work stand together: ours, then DuckDB, ClickHouse (chDB) and pandas as far as they are installed, and a bare scan of the
columns. "The four commands" and the fold are timed without the imports; commands are whole processes: the first has
nothing of the input kept (`.saasmetrics`), the second has what the first kept.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from saasmetrics import catalog
from saasmetrics.backtest.kinds import KINDS

from .chart import chart
from .child import ENVIRONMENT, measured, spawned
from .data import AS_OF, ROOT, Place, prepared

OTHERS = {"fold, DuckDB": "fold.duckdb.ids", "fold, chDB": "fold.chdb.ids", "fold, pandas": "fold.pandas.ids"}
LINES = {"bare scan": "scan.polars.ids", "fold": "fold.ours.ids", **OTHERS, "four commands": "table.ours.ids", "their tables, DuckDB": "table.duckdb.ids"}
FIRST, AGAIN = "activation, first", "activation, again"
OURS = ("bare scan", "fold", "four commands")
ACCOUNTS, WEEKS, RULES = (1_000, 5_000, 25_000), (26, 52, 104, 208), (0, 25, 50, 100)
REPLAYED = 5_000  # accounts


class Point(NamedTuple):
    """One measurement: what grows, how large it is, what was done."""

    axis: str
    size: int
    line: str
    told: Mapping[str, Any]


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rows", default="1000000,5000000,20000000", help="numbers of events, with commas")
    parser.add_argument("--base", type=int, default=2_000_000, help="events of all but the first table")
    parser.add_argument("--only", default="events,accounts,rules,weeks,commands,backtest")
    parser.add_argument("--without", default="", help="lines to leave out, with commas")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "saasmetrics-benchmark")
    parser.add_argument("--out", type=Path, default=Path("."))
    return parser.parse_args()


def main() -> None:
    """Measure, then write the tables and the chart."""
    asked = arguments()
    points = []
    for point in _measured(asked):
        print(point.axis, f"{point.size:,}", point.line, _cell(point.told), file=sys.stderr)
        points.append(point)
    asked.out.mkdir(parents=True, exist_ok=True)
    axes = list(dict.fromkeys(point.axis for point in points))
    text = "\n".join(table([point for point in points if point.axis == axis]) for axis in axes)
    (asked.out / "growth.md").write_text(text, "utf-8")
    if "events" in axes:
        (asked.out / "growth.svg").write_text(_chart([point for point in points if point.axis == "events"]), "utf-8")
    print(text)


def table(points: Sequence[Point]) -> str:
    """One axis as Markdown: a row a line, a column a size; wall s, cpu s, MB."""
    sizes, lines = sorted({point.size for point in points}), list(dict.fromkeys(point.line for point in points))
    told = {(point.line, point.size): _cell(point.told) for point in points}
    head = f"| {points[0].axis}: wall s / cpu s / MB | {' | '.join(f'{size:,}' for size in sizes)} |"
    rows = [f"| {line} | {' | '.join(told.get((line, size), '') for size in sizes)} |" for line in lines]
    return "\n".join([head, "| --- |" + " ---: |" * len(sizes), *rows, ""])


def _cell(told: Mapping[str, Any]) -> str:
    return f"{told['wall']:.2f} / {told['cpu']:.2f} / {told['peak']:.0f}"


def _chart(points: Sequence[Point]) -> str:
    lines: dict[str, list[tuple[float, float]]] = {}
    for point in sorted(points, key=lambda point: point.size):
        lines.setdefault(point.line, []).append((point.size, point.told["wall"]))
    return chart("Time by the number of events, two processors", "events", "seconds", lines)


def _measured(asked: argparse.Namespace) -> Iterator[Point]:
    left_out = {*asked.without.split(","), *(line for line, module in (("fold, chDB", "chdb"), ("fold, pandas", "pandas")) if find_spec(module) is None)}
    lines = [line for line in LINES if line not in left_out]
    axes = asked.only.split(",")
    for axis, size, place in _places(asked, axes):
        for line in lines if axis == "events" else [line for line in lines if line in OURS]:
            yield Point(axis, size, line, measured(LINES[line], place))
        if axis == "events":
            yield from _twice(axis, size, place, ["activation"], (FIRST, AGAIN))
            _same(place, [LINES[line] for line in lines if line.startswith("fold")])
    if "commands" in axes:
        place = prepared(asked.cache, asked.base)
        for words in commands(place):
            yield from _twice("commands", asked.base, place, words, (f"{' '.join(words[:2])}, first", f"{' '.join(words[:2])}, again"))
    if "backtest" in axes:
        yield from backtests(prepared(asked.cache, asked.base, accounts=REPLAYED, weeks=130), REPLAYED, 24)


def _places(asked: argparse.Namespace, axes: Sequence[str]) -> Iterator[tuple[str, int, Place]]:
    yield from (("events", int(rows), prepared(asked.cache, int(rows))) for rows in asked.rows.split(",") if "events" in axes)
    yield from (("accounts", size, prepared(asked.cache, asked.base, accounts=size)) for size in ACCOUNTS if "accounts" in axes)
    yield from (("rules", size, _with_rules(prepared(asked.cache, asked.base), size)) for size in RULES if "rules" in axes)
    yield from (("weeks", size, prepared(asked.cache, asked.base, weeks=size)) for size in WEEKS if "weeks" in axes)


def _with_rules(place: Place, number: int) -> Place:
    """The same data, and so many further rules with conditions of their own."""
    other = Place(place.folder.with_name(f"{place.folder.name}-rules-{number}"))
    other.folder.mkdir(exist_ok=True)
    for path in place.folder.iterdir():
        if path.suffix != ".yaml" and path.name not in ("found", ".saasmetrics") and not (other.folder / path.name).exists():
            (other.folder / path.name).symlink_to(path)
    further = "".join(f"  further_{at}: {{event: invoice_posted, where: {{amount: {{gt: {at * 10}}}}}}}\n" for at in range(number))
    for order in ("any", "ordered"):
        text = place.definition("ids", order).read_text("utf-8")
        other.definition("ids", order).write_text(re.sub(r"^rules:\n", f"rules:\n{further}", text, flags=re.MULTILINE), "utf-8")
    return other


def backtests(place: Place, accounts: int, replays: int) -> Iterator[Point]:
    """So many past months of each score, and of all of them in one go; of the input nothing is kept."""
    for score in (*KINDS, "all four scores"):
        words = ["backtest", *([score] if score in KINDS else []), "--replays", str(replays), "--no-store", "-c", str(place.definition("ids")), "-f", "csv", "--as-of", AS_OF.isoformat()]
        with tempfile.TemporaryDirectory() as out:
            yield Point(f"accounts, {replays} replays", accounts, score, spawned([sys.executable, "-m", "saasmetrics", *words, "-o", f"{out}/"], quiet=True))


def commands(place: Place) -> list[list[str]]:
    """Every chapter, and the commands that compute."""
    with (place.folder / "accounts.csv").open(encoding="utf-8") as file:
        account = [next(file), next(file)][1].partition(",")[0]
    chapters = [[name.replace("_", "-")] for name in catalog.folders()]
    return [*chapters, ["starter"], ["report"], ["account", account], ["backtest"], ["check", "--data"], ["facts", "export"]]


def _twice(axis: str, size: int, place: Place, words: Sequence[str], lines: tuple[str, str]) -> Iterator[Point]:
    """With nothing kept, then with what the first kept."""
    shutil.rmtree(place.folder / ".saasmetrics", ignore_errors=True)
    with tempfile.TemporaryDirectory() as out:
        told = ["-c", str(place.definition("ids"))] + ([] if words[0] in ("check", "facts") else ["--as-of", AS_OF.isoformat()])
        into = [] if words[0] == "check" else ["-o", f"{out}/"]
        for line in lines:
            yield Point(axis, size, line, spawned([sys.executable, "-m", "saasmetrics", *words, *told, *into], quiet=True))


def _same(place: Place, names: Sequence[str]) -> None:
    """All have found the same facts."""
    subprocess.run([sys.executable, "-m", "tests.benchmark.equal", place.found, *names], check=True, cwd=ROOT, env=ENVIRONMENT)


if __name__ == "__main__":
    main()
