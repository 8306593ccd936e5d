"""The tables and the chart of growth, and pandas' side of the fold."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from .chart import chart
from .data import prepared
from .growth import Point, backtests, commands, table

SVG = "{http://www.w3.org/2000/svg}"
LINES = {"ours": [(1e6, 0.5), (1e7, 4.0)], "theirs & others": [(1e6, 0.51), (1e7, 4.1)]}


def test_a_row_a_line_and_a_column_a_size() -> None:
    told = {"wall": 1.234, "cpu": 2.0, "peak": 99.6}
    text = table([Point("events", size, line, told) for line in ("fold", "bare scan") for size in (20, 1_000)])
    assert text.splitlines()[0] == "| events: wall s / cpu s / MB | 20 | 1,000 |"
    assert text.splitlines()[2] == "| fold | 1.23 / 2.00 / 100 | 1.23 / 2.00 / 100 |"


def test_the_chart_has_a_line_and_a_label_for_each() -> None:
    root = ElementTree.fromstring(chart("Time", "events", "seconds", LINES))
    drawn = [[point.split(",") for point in line.attrib["points"].split()] for line in root.iter(f"{SVG}polyline")]
    labels = {text.text: float(text.attrib["y"]) for text in root.iter(f"{SVG}text") if text.text in LINES}
    assert len(drawn) == len(labels) == 2
    assert abs(labels["ours"] - labels["theirs & others"]) >= 15
    assert all(float(first[0]) < float(last[0]) and float(first[1]) > float(last[1]) for first, last in drawn)


def test_past_months_of_a_score_are_replayed(tmp_path: Path) -> None:
    point = next(backtests(prepared(tmp_path, 5_000, accounts=60, weeks=60), 60, 2))
    assert (point.axis, point.line) == ("accounts, 2 replays", "churn-risk") and point.told["wall"] > 0


def test_pandas_finds_the_same_facts(tmp_path: Path) -> None:
    pytest.importorskip("pandas")
    pytest.importorskip("duckdb")
    from . import ours, panda

    place = prepared(tmp_path, 20_000, accounts=500, weeks=40)
    assert place.folder.name == "accounting-20000-500-accounts-40-weeks"
    for source in ("ids", "bare"):
        assert panda.fold(place, source)[1] == ours.fold(place, source)[1]
    assert ["backtest"] in commands(place)
