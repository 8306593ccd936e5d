"""The figures as a Markdown table: medians, ratios, goals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from .plan import Line

Runs = Mapping[str, Sequence[Mapping[str, Any]]]
HEAD = ["measurement", "wall s", "cpu s", "peak MB", "× bare scan", "× base", "× base, cpu", "base", "goal", "met"]


def report(lines: Sequence[Line], runs: Runs) -> str:
    """One row a measurement. `base` is what the goal names: mostly DuckDB's query for the same."""
    rows = [_row(line, runs) for line in lines if line.name in runs]
    cells = [HEAD, ["---"] + ["---:"] * 6 + ["---"] * 3, *rows]
    return "".join(f"| {' | '.join(row)} |\n" for row in cells)


def _row(line: Line, runs: Runs) -> list[str]:
    wall, cpu, peak = (_median(runs, line.name, what) for what in ("wall", "cpu", "peak"))
    source = "bare" if ".bare" in line.name else "ids"
    scanned = (
        _median(runs, f"scan.polars.{source}", "wall")
        if line.name.startswith(("fold", "duties", "chapters", "report", "table", "scan"))
        else None
    )
    ratio, ratio_cpu = (
        _ratio(_median(runs, line.name, what), _median(runs, line.base, what)) for what in ("wall", "cpu")
    )
    goals = [f"≤ {line.ratio} × base"] if line.ratio else []
    goals += [f"< {line.memory:.0f} MB"] if line.memory else []
    met = [ratio is not None and ratio <= line.ratio] if line.ratio else []
    met += [peak is not None and peak < line.memory] if line.memory else []
    words = " ".join("yes" if good else "no" for good in met)
    numbers = [
        _text(wall, 3),
        _text(cpu, 3),
        _text(peak, 0),
        _text(_ratio(wall, scanned), 1),
        _text(ratio, 2),
        _text(ratio_cpu, 2),
    ]
    return [line.label, *numbers, line.base, ", ".join(goals), words]


def _median(runs: Runs, name: str, what: str) -> float | None:
    return median(run[what] for run in runs[name]) if name in runs else None


def _ratio(a: float | None, b: float | None) -> float | None:
    return a / b if a is not None and b else None


def _text(number: float | None, digits: int) -> str:
    return "" if number is None else f"{number:.{digits}f}"
