"""Bars, funnels and triangles."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from saasmetrics.catalog import Column
from saasmetrics.outputs import render
from saasmetrics.tables import Table

TRIANGLE = """\
A title  a.b
cohort  accounts    0     1     2
──────────────────────────────────
2026-05       40 100%   94%   36%*
2026-06       41 100%   91%     ·
2026-07       42 100%   63%▼    ·
2026-08       43 100%     ·     ·
rate by cohort and period · * provisional
▼ 95 % interval below the median of its column
-f csv has retained, high too
"""
FUNNEL = """\
A title  a.b
position  step      reached
────────────────────────────────────────────────────────────
       0  created       412  ███████████████
       1  imported      371  █████████████▌
       2  posted        150  █████▌           ◀ biggest drop
       3  paid            1  ▏
"""
BARS = """\
A title  a.b
step    rate                    n
─────────────────────────────────
a     100.0%  ████████████████  1
b      <0.1%  ▏                 2
c          ·                    3
"""


def shown(table: Table, width: int = 60, **options: object) -> str:
    return render([table], "table", **{"width": width, "color": "never", **options}).data.decode()


@pytest.fixture
def triangle(make) -> Table:
    rates = {"2026-05": [1.0, 0.94, 0.36], "2026-06": [1.0, 0.91, None], "2026-07": [1.0, 0.63], "2026-08": [1.0]}
    rows = [
        [cohort, period, 40 + n, n * period, rate, rate and rate + 0.2, "provisional" if period == 2 else "final"]
        for n, (cohort, values) in enumerate(rates.items())
        for period, rate in enumerate(values)
    ]
    columns = "cohort key", "period key", "accounts count", "retained count", "rate share", "high share", "status label"
    return make(*columns, rows=rows, picture="triangle cohort period rate")


@pytest.fixture
def funnel(make) -> Table:
    rows = [[0, "created", 412], [1, "imported", 371], [2, "posted", 150], [3, "paid", 1]]
    return make("position key", "step label", "reached count", rows=rows, picture="funnel step reached")


def test_triangle_bytes(triangle: Table) -> None:
    assert shown(triangle) == TRIANGLE


def test_a_triangle_marks_no_cell_that_may_be_low_by_chance(triangle: Table) -> None:
    unsure = replace(triangle, frame=triangle.frame.with_columns(high=pl.col("high") + 0.09))
    assert "▼" not in shown(unsure)
    assert "▼" not in shown(replace(unsure, columns=unsure.columns[:5], frame=unsure.frame[:, :5]))


def test_cells_with_days_of_unstable_weeks_are_marked(triangle: Table) -> None:
    days = [1.5 if period == 1 else 2.0 if status == "provisional" else 0.0 if cohort == "2026-08" else None for cohort, period, status in triangle.frame.select("cohort", "period", "status").rows()]
    shaky = replace(triangle, frame=triangle.frame.with_columns(unstable_days=pl.Series(days, dtype=pl.Float64)), columns=(*triangle.columns, Column("unstable_days", "days", "such days")))
    text = shown(shaky)
    assert [line.split()[2:] for line in text.splitlines()[3:7]] == [["100%", "94%!", "36%*!"], ["100%", "91%!", "·"], ["100%", "63%▼!", "·"], ["100%", "·", "·"]]
    assert "! touches an unstable week (-f csv: unstable_days)" in text
    assert "unstable" not in shown(replace(shaky, frame=shaky.frame.with_columns(unstable_days=pl.lit(None, pl.Float64))))
    assert "<span>94.0%!</span>" in render([shaky], "html").data.decode()


def test_triangle_shades_what_is_final_only(triangle: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLORTERM", "truecolor")
    text = shown(triangle, color="always")
    assert "38;2;255;255;255;48;2;8;69;148m 94% " in text
    assert "38;2;0;0;0;48;2;222;235;247m 63%▼" in text
    assert "\x1b[2m 36%*" in text


def test_the_odd_cell_sets_no_scale(make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLORTERM", "truecolor")
    rows = [[f"c{n:02}", k, rate] for n, rate in enumerate([0.0, *[0.5] * 20, *[0.9] * 20]) for k in (0, 1)]
    text = shown(make("c key", "k key", "rate share", rows=rows, picture="triangle c k rate"), color="always")
    assert text.count("48;2;222;235;247m") == 42
    assert text.count("48;2;8;69;148m") == 40


def test_triangle_without_many_colors_has_no_ground(triangle: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLORTERM", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert ";48;" not in shown(triangle, color="always")


def test_triangle_keeps_the_latest_cohorts(triangle: Table) -> None:
    text = shown(triangle, limit=2)
    assert "2026-06" not in text
    assert "2026-07" in text
    assert "2 earlier cohorts: -n 0 shows all" in text


def test_one_triangle_for_each_combination_of_the_other_keys(make) -> None:
    rows = [
        [plan, mode, "2026-05", k, 1 - k / 4] for plan in ("ent", "pro") for mode in ("bounded", "any") for k in (0, 1)
    ]
    columns = "plan key", "mode key", "cohort key", "period key", "rate share"
    text = shown(make(*columns, rows=rows, picture="triangle cohort period rate"))
    assert [line for line in text.splitlines() if line.startswith("plan")] == [
        f"plan: {plan}, mode: {mode}" for plan in ("ent", "pro") for mode in ("bounded", "any")
    ]


def test_a_triangle_names_the_one_segment_it_is_of_and_keeps_other_names_of_a_cohort(make) -> None:
    rows = [["pro", "2026-05", "2026-05-01", k, 0.5] for k in (0, 1)] + [["pro", "2026-06", "2026-06-01", 0, 0.5]]
    columns = "plan key", "cohort key", "start key", "period key", "rate share"
    lines = shown(make(*columns, rows=rows, picture="triangle cohort period rate")).splitlines()
    assert lines[1:3] == ["plan: pro", "cohort  start        0   1"]
    assert lines[4] == "2026-05 2026-05-01 50% 50%"


def test_a_triangle_that_is_too_wide_goes_on_below(make) -> None:
    rows = [[f"2026-0{c}", k, 0.5] for c in (1, 2, 3) for k in range(20)]
    text = shown(
        make("cohort key", "period key", "rate share", rows=rows, picture="triangle cohort period rate"), width=50
    )
    assert [line.split() for line in text.splitlines() if line.startswith("cohort")] == [
        ["cohort", *map(str, range(10))],
        ["cohort", *map(str, range(10, 20))],
    ]


def test_funnel_bytes(funnel: Table) -> None:
    assert shown(funnel) == FUNNEL


def test_funnel_on_a_narrow_screen_keeps_its_mark(funnel: Table) -> None:
    lines = shown(funnel, width=38).splitlines()
    assert lines[5] == "       2  posted    ◀  ██▏         150"
    assert lines[-1] == "◀ biggest drop"


def test_a_funnel_that_is_too_wide_keeps_its_bars_beside_its_labels(make) -> None:
    rows = [[0, "created", 412, 4120, 9], [1, "imported", 371, 3710, 8], [2, "paid", 40, 400, 7]]
    columns = "position key", "step label", "reached count", "entered count", "median days"
    lines = shown(make(*columns, rows=rows, picture="funnel step reached"), width=34).splitlines()
    assert lines[4] == "       1  imported     █████████▉"
    assert lines[5] == "       2  paid      ◀  █▏"


def test_a_part_of_a_funnel_claims_no_biggest_drop(funnel: Table) -> None:
    assert shown(funnel, limit=2).splitlines()[4:] == ["       1  imported      371", "2 more rows: -n 0 shows all"]


def test_funnels_of_segments_are_measured_apart(make) -> None:
    rows = [
        [plan, at, step, n]
        for plan, ns in {"ent": (10, 8, 2), "pro": (100, 40, 39)}.items()
        for at, (step, n) in enumerate(zip("abc", ns, strict=True))
    ]
    text = shown(
        make("plan key", "position key", "step label", "n count", rows=rows, picture="funnel step n"), width=80
    )
    marked = [line.split()[:3] for line in text.splitlines() if "◀" in line]
    assert marked == [["ent", "2", "c"], ["pro", "1", "b"]]
    assert text.count("█" * 16) == 2


def test_a_funnel_of_shares_may_lose_most_before_its_first_step(make) -> None:
    table = make("step key", "rate share", rows=[["a", 0.5], ["b", 0.4]], picture="funnel step rate")
    lines = shown(table).splitlines()
    assert (lines[3].count("█"), lines[3][-14:]) == (8, "◀ biggest drop")


def test_a_funnel_takes_the_rooms_word_for_its_worst_step(make) -> None:
    rows = [["a", 0.9, False], ["optional", 0.1, False], ["b", 0.8, True], ["c", None, None]]
    for width in (80, 26):
        lines = shown(
            make("step key", "rate share", "worst flag", rows=rows, picture="funnel step rate worst"), width=width
        )
        assert "worst" not in lines
        assert ["◀" in line for line in lines.splitlines()[3:7]] == [False, False, True, False]


def test_a_funnel_that_loses_nobody_has_no_mark(make) -> None:
    table = make("step key", "n count", rows=[["a", 3], ["b", 3], ["c", 5]], picture="funnel step n")
    assert "◀" not in shown(table)


def test_bars_bytes(make) -> None:
    rows = [["a", 1.0, 1], ["b", 0.0004, 2], ["c", None, 3]]
    assert shown(make("step key", "rate share", "n count", rows=rows, picture="bars rate")) == BARS


@pytest.mark.parametrize("picture", ["triangle a b c", "funnel a c", "bars c", ""])
def test_no_rows_make_no_picture(picture: str, make) -> None:
    assert shown(make("a key", "b key", "c share", rows=[], picture=picture)).endswith("no rows\n")
