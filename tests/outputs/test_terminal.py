"""Tables on a screen: what fits, what folds, what is said below."""

from __future__ import annotations

from datetime import date

import pytest

from saasmetrics.outputs import render
from saasmetrics.tables import Table

from .conftest import META

TABLE = """\
A title  a.b
account  why           mrr
──────────────────────────
acct_1   it   is  6\u202f142.50
acct_2   ·               ·
as of 2026-11-16 · Europe/Berlin · definitions 9f3c2a1 · saasmetrics 0.1.0 · \
3 files, 1\u202f204 rows: 1\u202f190 used, 14 filtered
1 event without account ignored
"""
RECORDS = """\
A title  a.b
account  xxxxxxxxxxxxxxxxxxxxx
         xxxxxxxxxxxxxxxxxxx
name     Nordvik
mrr      1.00
"""
PARTS = """\
A title  a.b
         number_  number_
account      one      two
─────────────────────────
a              1        4
b              2        5
c              3        6

account  number_three
─────────────────────
a                   7
b                   8
c                   9
"""
FOLDED = """\
A title  a.b
         number_  number_
account      one      two
─────────────────────────
a              1        4
"""


def shown(*tables: Table, width: int = 80, **options: object) -> str:
    return render(tables, "table", **{"width": width, "color": "never", **options}).data.decode()


def test_table_bytes(make) -> None:
    table = make(
        "account key", "why text", "mrr money", rows=[["acct_1", "it   is", 6142.5], ["acct_2", None, None]], **META
    )
    assert shown(table, width=200) == TABLE


def test_p51_what_is_too_wide_becomes_one_block_a_row(make) -> None:
    table = make("account key", "name label", "mrr money", rows=[["x" * 40, "Nordvik", 1.0]])
    assert shown(table, width=30) == RECORDS


def test_p51_columns_go_below_with_their_keys(make) -> None:
    rows = [["a", 1, 4, 7], ["b", 2, 5, 8], ["c", 3, 6, 9]]
    table = make("account key", "number_one count", "number_two count", "number_three count", rows=rows)
    assert shown(table, width=25) == PARTS


def test_p51_text_folds_within_its_column_and_loses_nothing(make) -> None:
    table = make("account key", "why text", rows=[["acct_1", "x" * 30], ["acct_2", "two words"], ["acct_3", None]])
    lines = shown(table, width=33).splitlines()
    assert lines[3:] == [f"acct_1   {'x' * 24}", f"         {'x' * 6}", "acct_2   two words", "acct_3   ·"]


def test_p51_a_series_is_a_spark_line_on_a_screen_and_numbers_elsewhere(make) -> None:
    table = make("account key", "weekly list", rows=[["a", [8, 4, 0]], ["b", None]])
    assert shown(table).splitlines()[3:] == ["a        █▅▁", "b        ·"]
    assert shown(table, width=0).splitlines()[3] == "a        8; 4; 0"


@pytest.mark.parametrize("rows", [2, 3])
def test_few_rows_become_blocks_and_more_go_below(rows: int, make) -> None:
    table = make("account key", "first_of_all count", "second count", rows=[[f"acct_{n}", 1 + n, 2 + n] for n in range(rows)])
    text = shown(table, width=20)
    assert (text.count("account"), text.count("acct_0")) == ((2, 1) if rows == 2 else (2, 2))


def test_what_is_the_same_in_every_row_is_said_once_where_room_is_short(make) -> None:
    rows = [[f"acct_{n}", n, "final", "EUR", None] for n in range(3)]
    table = make("account key", "number_of_things count", "status label", "currency label", "note text", rows=rows)
    assert shown(table, width=60).splitlines()[1].split() == ["account", "number_of_things", "status", "currency", "note"]
    narrow = shown(table, width=30).splitlines()
    assert narrow[1].split() == ["account", "number_of_things"]
    assert " ".join(" ".join(narrow[6:]).split()) == "in each of these rows: status final currency EUR empty in all of them: note"


def test_what_is_the_same_in_every_row_gives_way_to_a_text_that_would_be_folded(make) -> None:
    rows = [[f"acct_{n}", "final", None, f"{n} of its people did core work lately"] for n in range(3)]
    table = make("account key", "status label", "note text", "why text", rows=rows)
    assert shown(table, width=65).splitlines()[1].split() == ["account", "status", "note", "why"]
    narrow = shown(table, width=55).splitlines()
    assert narrow[1].split() == ["account", "why"] and len(narrow) == 3 + 3 + 2
    assert narrow[6:] == ["in each of these rows: status final", "empty in all of them: note"]


def test_many_rows_too_wide_for_any_table_are_told_in_a_few_lines_each(make) -> None:
    table = make("account key", "workflow key", "idle count", "people count", "text text", rows=[[f"account_{n}", "w" * 11 + str(n), n, 5 + n, "so " * 12] for n in range(3)])
    lines = shown(table, width=28).splitlines()
    assert lines[1:6] == ["account_0  wwwwwwwwwww0", "idle 0  people 5", "so so so so so so so so so", "so so so", ""]


def test_long_texts_go_below_the_figures(make) -> None:
    table = make("account key", "why text", "number count", rows=[[f"acct_{n}", "so " * 20, n] for n in range(3)])
    lines = shown(table, width=38).splitlines()
    assert [line.split() for line in lines if "account" in line] == [["account", "number"], ["account", "why"]]


def test_columns_move_together_before_one_of_them_goes_below(make) -> None:
    table = make("account key", "number count", "status label", rows=[[f"acct_{n}", n, "final"] for n in range(3)])
    assert [shown(table, width=width).splitlines()[1] for width in (23, 22, 21, 20)] == [
        "account  number  status",
        "account number status",
        "account number status",
        "account  number",
    ]


def test_headers_fold_before_columns_part(make) -> None:
    assert shown(make("account key", "number_one count", "number_two count", rows=[["a", 1, 4]]), width=25) == FOLDED


@pytest.mark.parametrize("width", range(20, 220, 9))
def test_p51_no_line_is_wider_than_the_screen_and_no_id_is_cut(width: int, all_units: Table) -> None:
    lines = shown(all_units, width=width).splitlines()
    widest = max(width, len("3 files, 1 204 rows: 1 190 used, 14 filtered"))  # a part of the footer is never folded
    assert max(map(len, lines)) <= widest
    assert {"acct_1", "acct_2"} <= set(" ".join(lines).split())
    assert "…" not in "".join(lines)


def test_limit_says_what_is_left_out(make) -> None:
    text = shown(make("account key", rows=[[f"acct_{n}"] for n in range(27)]), limit=3)
    assert text.endswith("acct_2\n24 more rows: -n 0 shows all\n")


@pytest.mark.parametrize(("order", "left", "word"), [((2, 9, 16), 16, "earlier"), ((16, 9, 2), 16, "more")])
def test_limit_keeps_the_latest_of_what_runs_along_time(order: tuple[int, ...], left: int, word: str, make) -> None:
    table = make("week key", "accounts count", rows=[[date(2026, 11, day), day] for day in order])
    assert shown(table, limit=1).splitlines()[3:] == [f"2026-11-{left}        {left}", f"2 {word} rows: -n 0 shows all"]


def test_rows_that_are_not_final_are_dim(make) -> None:
    table = make("week key", "status label", rows=[["w1", "final"], ["w2", "provisional"]])
    text = shown(table, color="always")
    assert "\x1b[2mw2" in text
    assert "\x1b[2mw1" not in text


def test_what_is_the_same_for_all_tables_is_said_once(make) -> None:
    one, other = make("a key", rows=[["x"]], **META), make("b key", rows=[["y"]], **{**META, "as_of": "2026-11-09"})
    assert shown(one, one).count("as of 2026-11-16") == 1
    assert [shown(one, other).count(f"as of 2026-11-{day}") for day in ("16", "09")] == [1, 1]
    assert shown(one, one).count("1 event without account ignored") == 1


def test_meta_may_be_missing_and_the_table_empty(make) -> None:
    assert shown(make("account key", rows=[])) == "A title  a.b\naccount\n───────\nno rows\n"


@pytest.mark.parametrize(("name", "value"), [("TERM", "dumb"), ("TERM", "linux"), ("PYTHONIOENCODING", "ascii")])
def test_plain_screens_get_plain_characters(name: str, value: str, run) -> None:
    code = """
import polars as pl
from saasmetrics import catalog, outputs, tables
table = tables.Table("a.b", "T", (catalog.Column("n", "count", ""),), pl.DataFrame({"n": [1204, None]}))
write.to_stdout(outputs.render([table], "table").data)"""
    assert run(code, env={name: value}).stdout == b"T  a.b\n    n\n-----\n1,204\n    -\n"


def test_an_encoding_too_small_for_a_name_shows_it_escaped(make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", type("Ascii", (), {"encoding": "ascii", "isatty": lambda self: False})())
    text = render([make("name key", rows=[["Ærø"]])], "table").data
    assert b"\\xc6r\\xf8" in text


@pytest.mark.parametrize(
    ("environment", "color", "colored"),
    [
        ({"TERM": "xterm-256color"}, "auto", True),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "auto", False),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, "auto", True),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "always", True),
        ({"TERM": "xterm-256color"}, "never", False),
        ({"TERM": "dumb"}, "auto", False),
    ],
)
def test_colors(environment: dict[str, str], color: str, colored: bool, make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stdout", type("Terminal", (), {"encoding": "utf-8", "isatty": lambda self: True})())
    assert (b"\x1b[" in render([make("a key", rows=[["x"]])], "table", color=color).data) == colored


def test_p51_away_from_a_terminal_lines_have_no_end(make) -> None:
    names = [f"{'x' * 198}{n:02}" for n in range(3)]
    table = make("account key", *(f"column_{n} count" for n in range(30)), rows=[[name, *range(30)] for name in names])
    text = render([table], "table").data.decode()
    assert len(text.splitlines()) == 6
    assert all(name in text for name in names)


def test_where_no_key_is_shown_the_first_column_stands_in_each_part(make) -> None:
    rows = [[f"metric {number}", "x" * 30, "why " * 12] for number in range(4)]
    lines = shown(make("metric label", "change text", "answer text", rows=rows), width=40).splitlines()
    assert sum("metric 2" in line for line in lines) == 2
