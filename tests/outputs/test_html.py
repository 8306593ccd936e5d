"""A page of HTML: inert whatever the data say, whole without any other file, the same each time."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import polars as pl
import pytest

from saasmetrics.messages import clean
from saasmetrics.outputs import render
from saasmetrics.tables import Table

ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "header", "h1", "h2", "p", "section", "div", "table", "thead", "tbody", "tr", "th", "td", "span", "svg",
    "polyline", "details", "summary", "footer",
}  # fmt: skip


class Page(HTMLParser):
    """The tags of a page with their attributes, and the texts of its cells."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "td":
            self.texts.append("")
        self.open += tag == "td"

    def handle_endtag(self, tag: str) -> None:
        self.open -= tag == "td"

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts[-1] += data


def page(*tables: Table) -> Page:
    return Page(render(tables, "html").data.decode())


def test_p49_no_name_becomes_a_tag_or_an_attribute(hostile: str, make) -> None:
    table = make("account key", "why text", "all list", "rate share", rows=[[hostile, hostile, [hostile], 0.5]], notes=[hostile])
    made = page(table)
    assert {tag for tag, _ in made.tags} <= ALLOWED
    assert not [name for _, given in made.tags for name in given if name.startswith("on") or name in ("href", "src", "action")]
    assert re.sub(r"\s", "", made.texts[0]) == re.sub(r"\s", "", clean(hostile))


def test_nothing_is_fetched_and_nothing_runs(make) -> None:
    text = render([make("account key", rows=[["a"]])], "html").data.decode()
    assert "default-src 'none'; style-src 'unsafe-inline'" in text
    assert not re.search(r"<script|<link|<img|url\(|@import|https?://", text)


def test_a_triangle_is_a_heat_map_whose_unknown_cells_are_bare(make) -> None:
    rows = [["2026-01", 0, 1.0, "final"], ["2026-01", 1, 0.5, "final"], ["2026-02", 0, 0.9, "final"], ["2026-02", 1, None, "censored"]]
    table = make("cohort key", "period key", "rate share", "status label", rows=rows)
    table = Table(table.name, table.title, table.columns, table.frame, ("triangle", "cohort", "period", "rate"), table.meta)
    cells = [given for tag, given in page(table).tags if tag == "td"]
    assert [("heat" in (given.get("class") or "")) for given in cells] == [False, True, True, False, True, False]
    assert "rgba(var(--heat),0.50)" in str(cells[1]["style"])
    assert [given.get("data-brief") for given in cells] == [None, "100", "50", None, "90", None]  # on a phone
    assert page(table).texts == ["2026-01", "100.0%", "50.0%", "2026-02", "90.0%", "·"]


def test_series_are_lines_and_groups_can_be_opened(make) -> None:
    table = make("metric key", "account key", "trend list", rows=[["m", "a", [1, 2, 4]], ["n", "b", [0, 0, 0]]])
    frame = table.frame.with_columns(pl.col("trend").cast(pl.List(pl.Int64)))
    made = page(Table(table.name, table.title, table.columns, frame, ("groups", "metric"), table.meta))
    assert [given["points"] for tag, given in made.tags if tag == "polyline"] == ["0.0,17.5 60.0,12.0 120.0,1.0", "0.0,23.0 60.0,23.0 120.0,23.0"]
    assert [tag for tag, _ in made.tags].count("details") == 2


def test_a_line_ends_at_a_gap_and_begins_anew_behind_it(make) -> None:
    table = make("metric key", "trend list", rows=[["m", [4, 4, None, 2, 2, 2]]])
    lines = [given["points"] for tag, given in page(table).tags if tag == "polyline"]
    assert lines == ["0.0,1.0 24.0,1.0", "72.0,12.0 96.0,12.0 120.0,12.0"]


@pytest.mark.parametrize("good", [True, False])
def test_a_good_or_bad_row_is_coloured(make, good: bool) -> None:
    made = page(make("metric key", "change text", "good flag", rows=[["m", "▲ +1", good]]))
    assert [given.get("class") for tag, given in made.tags if tag == "tr"] == [None, "good" if good else "bad"]
    assert made.texts == ["m", "▲ +1"]


def test_a_long_word_breaks_instead_of_widening_the_page(make) -> None:
    made = page(make("account key", "why text", rows=[["x" * 300, "short words only, though many of them: " * 9]]))
    assert [given.get("style") for tag, given in made.tags if tag == "td"] == ["overflow-wrap:anywhere", None]
    assert "h1, h2, summary { overflow-wrap: anywhere; }" in render([], "html").data.decode()


def test_a_phone_shows_texts_from_the_left_and_no_empty_lines(make) -> None:
    text = render([make("account key", "why text", "n count", rows=[["a", "", 1]])], "html").data.decode()
    phone = text.partition("@media (max-width")[2].partition("@page")[0]
    assert re.search(r"\.stack td > span \{[^}]*text-align: left", phone) and ".stack td:has(> span:empty) { display: none; }" in phone
    assert '<td data-name="why"><span></span></td>' in text


def test_a_page_of_paper_has_margins() -> None:
    assert "@page { margin: 14mm; }" in render([], "html").data.decode()


def test_no_table_is_a_page_too() -> None:
    assert render([], "html").data.startswith(b"<!doctype html>")


def test_every_colour_is_also_told_to_a_mail_program_that_knows_no_variables(make) -> None:
    text = render([make("key label", "value share", rows=[["a", 0.5]])], "html").data.decode()
    style = text.partition("@media (max-width")[0].partition("* { box-sizing")[2]
    declared = [one.strip() for rule in re.findall(r"\{(.*?)\}", style) for one in rule.split(";") if one.strip()]
    named = [one.partition(":")[0] for one in declared]
    assert all("var(" not in declared[at - 1] and named[at - 1] == named[at] for at, one in enumerate(declared) if "var(" in one)
    assert sum("var(" in one for one in declared) >= 8
