"""Properties that stand as JSON in a column of text: what cannot be read is refused, never taken for nothing."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import polars as pl
import pytest

from .conftest import HEADER, World

FORMS = ("csv", "csv of several lines", "parquet")
DEFINITION = """\
version: 1
timezone: UTC
late_after: 0d
sources: {events: {files: FILE}}
workflows: {work: {success: posted, value: properties.amount, core: true}}
"""
ASK = ("value", "north-star", "-f", "json", "--as-of", "2026-02-02")


def put(world: World, form: str, cells: list[str | None]) -> str:
    rows = [["acme", "u1", "posted", f"2026-01-{5 + at:02d}T09:00:00Z", cell] for at, cell in enumerate(cells)]
    names = [*HEADER.split(","), "properties"]
    if form == "parquet":
        path = world.home / "events.parquet"
        pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row").write_parquet(path)
    else:
        names, rows = (names, rows) if form == "csv" else ([*names, "note"], [[*row, "a\nb"] for row in rows])
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([names, *rows])
        path = world.put("events.csv", text.getvalue())
    world.put("saasmetrics.yml", DEFINITION.replace("FILE", path.name))
    return path.name


def total(world: World, *more: str) -> str:
    ran = world.run(*ASK, *more)
    assert ran.code == 0, ran.err
    return f"{sum(float(row['value'] or 0) for row in ran.rows):.2f}"


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("cell", "what"),
    [
        ("{'amount': 7}", "enclosed in double quotes"), ('{"amount": 7', "Expecting ','"), ('{"amount": 7}}', "Extra data"), ("hello", "Expecting value"),
        ('{"amount": "\\ud800"}', "half a character"), ('{"x": ' + "[" * 9_000 + "]" * 9_000 + ', "amount": 7}', "too many brackets"), ("nan", "Expecting value"),
    ],
)  # fmt: skip
def test_a_cell_that_is_no_json_is_refused_with_its_line(world: World, form: str, cell: str, what: str) -> None:
    name = put(world, form, ['{"amount": 1}', cell, '{"amount": 2}'])
    line = {"csv": 3, "csv of several lines": 4, "parquet": 2}[form]
    ran = world.refused(3, f"{name}:{line}: SM307 line {line}: properties is not JSON: ", what, args=("value", "north-star"))
    assert ran.err.count("SM307 line") == 1
    ran = world.run(*ASK, "--max-reject", "1")
    assert (ran.code, [row["n"] for row in ran.rows if row["n"]]) == (0, [2]) and f"{name}:{line}: SM307" in ran.err
    assert world.run(*ASK, "--max-reject", "1").counts()[0]["rejected"] == {"not JSON": 1}
    assert total(world, "--max-reject", "1") == "3.00"


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "cell",
    ['{"amount": 7, "ratio": NaN}', '{"title": "\\ud83d", "amount": 7}', '"{\\"amount\\": 7}"', ' {"amount": "7"} ', '[{"amount": 7}]', '{"\\u0061mount": 7}', '{"x": ' + "[" * 300 + "]" * 300 + ', "amount": 7}'],
)
def test_a_cell_that_can_be_read_is_read(world: World, form: str, cell: str) -> None:
    put(world, form, ['{"amount": 1}', cell])
    assert total(world) == "8.00"


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("cell", [None, "", "  ", "{}", "null", "[]", "5", '"none"', '{"other": 5}', '{"amount": null}'])
def test_a_cell_that_says_nothing_of_it_is_nothing(world: World, form: str, cell: str | None) -> None:
    put(world, form, ['{"amount": 1}', cell])
    assert total(world) == "1.00"


@pytest.mark.parametrize("form", FORMS)
def test_a_path_through_json_within_json_is_followed_as_in_lines_of_objects(world: World, form: str) -> None:
    inner = json.dumps({"amount": 7})
    put(world, form, [json.dumps({"deal": inner}), json.dumps({"deal": {"amount": 1}})])
    definition = world.home / "saasmetrics.yml"
    definition.write_text(definition.read_text().replace("properties.amount", "properties.deal.amount"))
    assert total(world) == "8.00"


def test_inspect_tells_what_it_cannot_read(world: World, tmp_path: Path) -> None:
    put(world, "parquet", ['{"amount": 1}', '{"amount": 2}', '{"amount": 3'])
    ran = world.run_here(["inspect", str(tmp_path / "events.parquet"), "-f", "csv"])
    assert ran.code == 0 and "properties.amount" in ran.out


@pytest.mark.parametrize("held", ["map", "map of numbers", "struct"])
def test_a_map_is_read_as_an_object_is(world: World, held: str) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    put(world, "parquet", ["", "", ""])
    told = [[("amount", 7), ("other", 5)], [("other", 5)], None] if "map" in held else [{"amount": 7}, {"amount": None}, None]
    kind = {"map": pa.map_(pa.string(), pa.string()), "map of numbers": pa.map_(pa.string(), pa.int64()), "struct": None}[held]
    made = pa.array([row and [(key, str(value)) for key, value in row] for row in told] if held == "map" else told, kind)
    table = pq.read_table(world.home / "events.parquet")
    pq.write_table(table.set_column(table.schema.names.index("properties"), "properties", made), world.home / "events.parquet")
    assert total(world) == "7.00"


@pytest.mark.parametrize("form", [*FORMS, "lines"])
@pytest.mark.parametrize("none", [[], {}, [None], [""], None])
def test_an_empty_list_of_groups_is_no_account(world: World, form: str, none: object) -> None:
    cells = [json.dumps({"groups": groups}) for groups in (["acme"], none, "beta")]
    put(world, "csv" if form == "lines" else form, list(cells))
    if form == "lines":
        rows = [{"user_id": "u1", "event": "posted", "timestamp": "2026-01-05T09:00:00Z", "properties": json.loads(cell)} for cell in cells]
        world.put("events.ndjson", "".join(f"{json.dumps(row)}\n" for row in rows))
    file = "events.ndjson" if form == "lines" else "events.parquet" if form == "parquet" else "events.csv"
    world.put("saasmetrics.yml", DEFINITION.replace("FILE", f"{file}, columns: {{account: properties.groups}}").replace(", value: properties.amount", ""))
    ran = world.run("value", "north-star-accounts", "-f", "json", "--as-of", "2026-02-02")
    assert sorted(row["account"] for row in ran.rows) == ["acme", "beta"], ran.err
    assert ran.counts()[0]["filtered"] == {"without account": 1}
