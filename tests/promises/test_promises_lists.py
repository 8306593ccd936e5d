"""Incidents, limits and costs are read like everything else: each row is used, left out for a reason that is counted, or refused at its line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from saasmetrics.definitions.read import read
from saasmetrics.facts._book import Book
from saasmetrics.messages import Refused
from saasmetrics.sources.ledger import Entry, Ledger
from saasmetrics.sources.reading import Reader

from .conftest import ROWS, World

HEADS = {
    "incidents": "incident_id,started_at,ended_at,workflow,severity",
    "limits": "plan,meter,limit,kind,per",
    "costs": "month,spend,cogs,currency",
}
Row = dict[str, Any]
Made = tuple[list[Row], Entry, Ledger]
Make = Callable[..., Made]


@pytest.fixture
def make(world: World) -> Make:
    """A source from its lines: the fact that it becomes, its page in the ledger, and the warnings."""

    def made(name: str, *rows: str, as_of: str = "2026-03-01", head: str = "", max_reject: int = 0) -> Made:
        world.csv(*ROWS)
        world.csv(*rows, header=head or HEADS[name], name=f"{name}.csv")
        world.define(sources=f"{name}: {{files: {name}.csv}}", extra="rules: {large: {event: posted, where: {amount: {gt: 9}}}}\n")
        loaded = read(Path(world.home, "saasmetrics.yml"))
        reader = Reader(world.home, loaded.definition.timezone, Ledger(max_reject))
        rows_ = Book(loaded.definition, reader, date.fromisoformat(as_of), frozenset({name})).get(name).collect().to_dicts()
        (page,) = [entry for entry in reader.ledger.entries if entry.source == name]
        assert page.rows_read == page.used + sum(page.filtered.values()) + sum(page.rejected.values())
        return rows_, page, reader.ledger

    return made


GOOD = {
    "incidents": ("I1,2026-01-06T11:00:00Z,2026-01-06T12:00:00Z,work,major", "I2,2026-01-07T09:00:00Z,,,"),
    "limits": ("pro,seats,10,,", "pro,work,1000,,", "free,seats,,,", "max,work,Unlimited,flow,quarter", "max,large,5.0,stock,"),
    "costs": ("2026-01,1234.50,10,EUR", "2026-02-14T09:00:00Z,,0.00005,EUR", "2026-01,1,2,USD"),
}


def test_incidents_are_what_they_were_at_t(make: Make) -> None:
    rows, page, _ = make("incidents", *GOOD["incidents"], ",2026-03-01T00:00:00Z,,,", "I3,2026-02-28T23:00:00Z,2026-03-01T00:00:00Z,work,")
    told = {row["incident"]: (row["start_day"], row["end_at"] is None, row["workflow"], row["severity"]) for row in rows}
    assert told == {"I1": (20459, False, "work", "major"), "I2": (20460, True, None, None), "I3": (20512, True, "work", None)}
    assert page.filtered == {"after as_of": 1}


def test_an_incident_counts_once_for_each_workflow(make: Make) -> None:
    again = ("I1,2026-01-06T11:00:00Z,2026-01-06T12:00:00Z,work,major", "I1,2026-01-06T11:00:00Z,2026-01-06T12:00:00Z,,major")
    nameless = (",2026-01-06T11:00:00Z,,,",) * 2 + (",2026-01-06T11:00:00Z,,,minor",)
    rows, page, _ = make("incidents", *GOOD["incidents"], *again, *nameless)
    assert len(rows) == 5 and page.filtered == {"duplicate": 2}


def test_incidents_that_make_no_sense_are_left_out_and_said(make: Make) -> None:
    _, page, ledger = make("incidents", *GOOD["incidents"], "I3,,2026-01-06T11:00:00Z,,", "I4,2026-01-06T11:00:00Z,2026-01-06T10:59:59Z,,")
    assert page.filtered == {"without start": 1, "over before it began": 1}
    assert [(w.code, w.line) for w in ledger.warnings] == [("SM320", 4), ("SM314", 5)]


def test_an_incident_of_a_strange_workflow_is_none_of_all(make: Make) -> None:
    """An empty workflow means all of them: a misspelt one does not."""
    rows, _, ledger = make("incidents", "I1,2026-01-06T11:00:00Z,,wrok,")
    assert rows[0]["workflow"] == "wrok"
    assert "workflow 'wrok' is not in the definition — did you mean 'work'? (rows like this: 1; they count for none)" in ledger.warnings[0].message


def test_limits_are_numbers_unknown_or_unlimited(make: Make) -> None:
    rows, page, _ = make("limits", *GOOD["limits"], GOOD["limits"][0])
    told = {(row["plan"], row["meter"]): (row["limit"], row["unlimited"], row["kind"], row["per"]) for row in rows}
    assert told == {
        ("pro", "seats"): (10, False, "stock", None), ("pro", "work"): (1000, False, "flow", "month"), ("free", "seats"): (None, False, "stock", None),
        ("max", "work"): (None, True, "flow", "quarter"), ("max", "large"): (5, False, "stock", None),
    }  # fmt: skip
    assert page.filtered == {"duplicate": 1}


def test_a_misspelt_meter_is_said(make: Make) -> None:
    _, _, ledger = make("limits", "pro,seat,10,,", "pro,large,1,,", "pro,work,1,,")
    assert [w.message for w in ledger.warnings] == ["line 2: meter 'seat' is not in the definition — did you mean 'seats'? (rows like this: 1; they count for nothing)"]


def test_costs_are_exact_and_of_months_that_are_over(make: Make) -> None:
    rows, page, _ = make("costs", *GOOD["costs"], "2026-03,1,1,EUR", "2025-12-31,,,")
    told = {(row["month"], row["currency"]): (row["sales_and_marketing"], row["cogs"]) for row in rows}
    january = 20454
    assert told == {(january, "EUR"): (12345000, 100000), (january, "USD"): (10000, 20000), (january + 31, "EUR"): (None, 1), (january - 31, None): (None, None)}
    assert page.filtered == {"month not over at as_of": 1}
    assert len(make("costs", *GOOD["costs"], as_of="2026-02-28")[0]) == 2


def test_only_what_is_needed_is_needed(make: Make) -> None:
    assert make("incidents", "2026-01-06T11:00:00Z", head="started_at")[0][0]["workflow"] is None
    assert make("limits", "pro,seats,3", head="plan,meter,limit")[0][0]["limit"] == 3
    assert make("costs", "2026-01", head="month")[0][0]["cogs"] is None


@pytest.mark.parametrize(
    ("name", "row", "code", "told"),
    [
        ("incidents", "I3,soon,,,", "SM309", "line {}: started_at 'soon' unreadable"),
        ("incidents", "I3,2026-01-06T11:00:00Z,later,,", "SM309", "line {}: ended_at 'later' unreadable"),
        ("limits", "pro,big,many,,", "SM313", "line {}: limit 'many' unreadable"),
        ("limits", "pro,big,-1,,", "SM313", "line {}: limit '-1' is negative"),
        ("limits", "pro,big,2.5,,", "SM313", "line {}: limit '2.5' unreadable"),
        ("limits", "pro,big,2,river,", "SM318", "line {}: kind 'river' is none of stock, flow"),
        ("limits", "pro,big,2,flow,hour", "SM318", "line {}: per 'hour' is none of day, week, month, quarter"),
        ("costs", "soon,1,1,EUR", "SM309", "line {}: month 'soon' unreadable"),
        ("costs", "2026-13,1,1,EUR", "SM309", "line {}: month '2026-13-01' unreadable"),
        ("costs", "2025-01,\"1,5\",1,EUR", "SM313", "line {}: spend '1,5' unreadable"),
        ("costs", "2025-01,1,-2,EUR", "SM313", "line {}: cogs '-2' is negative"),
    ],
)
def test_what_cannot_be_read_is_rejected_at_its_line(make: Make, name: str, row: str, code: str, told: str) -> None:
    with pytest.raises(Refused) as refused:
        make(name, *GOOD[name], row)
    line = len(GOOD[name]) + 2
    (problem,) = [p for p in refused.value.problems if p.severity == "error"]
    assert (problem.code, problem.line) == (code, line) and problem.message.startswith(told.format(line))
    rows, page, _ = make(name, *GOOD[name], row, max_reject=1)
    assert len(rows) == len(GOOD[name]) and sum(page.rejected.values()) == 1


@pytest.mark.parametrize(
    ("name", "row", "told"),
    [
        ("incidents", "I1,2026-01-06T11:00:01Z,,work,", "incident 'I1', 'work' stands in lines 2 and 4 with different content"),
        ("limits", "pro,seats,11,,", "limit 'pro', 'seats' stands in lines 2 and 7 with different content"),
        ("costs", "2026-01-09,5,5,EUR", "costs of '2026-01-01', 'EUR' stands in lines 2 and 5 with different content"),
    ],
)
def test_what_contradicts_another_line_is_refused(make: Make, name: str, row: str, told: str) -> None:
    with pytest.raises(Refused, match="SM316") as refused:
        make(name, *GOOD[name], row)
    assert told in str(refused.value)


@pytest.mark.parametrize("name", sorted(HEADS))
def test_a_missing_column_is_refused(make: Make, name: str) -> None:
    needed = {"incidents": "started_at", "limits": "limit", "costs": "month"}[name]
    with pytest.raises(Refused, match=f"SM305 required column '{needed}' not found"):
        make(name, *GOOD[name], head=HEADS[name].replace(needed, "other"))


@pytest.mark.parametrize(("name", "head", "row"), [("costs", "month,spend,Spend", "2026-01,1,2"), ("incidents", "started_at,Started_At ", "2026-01-06T11:00:00Z,"), ("limits", "plan,meter,limit,Limit", "pro,seats,3,4")])
def test_two_names_that_differ_only_in_case_are_not_chosen_from(make: Make, name: str, head: str, row: str) -> None:
    with pytest.raises(Refused, match="SM306 columns .* differ only in case or blanks"):
        make(name, row, head=head)


def test_check_reads_them_all(world: World) -> None:
    world.csv(*ROWS)
    for name, head in HEADS.items():
        world.csv("," * head.count(","), "bad" + "," * head.count(","), header=head, name=f"{name}.csv")
    world.define(sources="costs: {files: costs.csv}")
    assert "costs.csv:3" in world.run("check", "--data").out
