"""Tickets are read like everything else: each row is used, left out for a reason that is counted, or refused at its line."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import ROWS, World

HEAD = "ticket_id,account_id,opened_at,resolved_at,workflow,category,blocking"
GOOD = (
    "T1,acme,2026-01-06T11:00:00Z,2026-01-07T09:00:00Z,work,bug,true",
    "T2,beta,2026-01-07T09:00:00Z,,,,no",
    ",acme,2026-01-13T11:00:00Z,2026-01-13T11:00:00Z,work,how to,",
)
TABLE = ("value", "vanity-periods")


@pytest.fixture
def asking(world: World) -> World:
    world.csv(*ROWS)
    world.define(sources="tickets: {files: tickets.csv}")
    return world


def tickets(world: World, *rows: str, head: str = HEAD) -> World:
    world.csv(*rows, header=head, name="tickets.csv")
    return world


def counted(world: World, as_of: str = "2026-02-01") -> tuple[int, dict[str, Any]]:
    """How many tickets the table has, and the ledger's page, which adds up."""
    ran = world.run(*TABLE, "-f", "json", "--as-of", as_of)
    assert ran.code == 0, ran.err
    (page,) = ran.counts("tickets")
    return sum(row["tickets"] for row in ran.rows), page


def test_what_is_left_out_is_counted_and_the_rest_is_used(asking: World) -> None:
    odd = (
        "T1,acme,2026-01-06T11:00:00Z,2026-01-07T09:00:00Z,work,bug,true",  # again
        "T3,,2026-01-06T11:00:00Z,,,,", "T4,acme,,,,,", "T5,acme,2026-01-06T11:00:00Z,2026-01-05T11:00:00Z,,,", "T6,acme,2026-02-01T00:00:00Z,,,,",
        ",acme,2026-01-13T11:00:00Z,2026-01-13T11:00:00Z,work,how to,",  # without an id it is another one
    )  # fmt: skip
    number, page = counted(tickets(asking, *GOOD, *odd))
    assert (number, page["rows_read"], page["used"], page["rejected"]) == (4, 9, 4, {})
    left_out = {"duplicate": 1, "without account": 1, "without opened": 1, "resolved before it was opened": 1, "after as_of": 1}
    assert page["filtered"] == left_out


def test_files_are_added_and_a_ticket_in_two_of_them_is_one(asking: World) -> None:
    asking.define(sources="tickets: {files: [tickets.csv, more.csv]}")
    asking.csv(GOOD[0], "T9,acme,2026-01-20T11:00:00Z,,,,", header=HEAD, name="more.csv")
    ran = tickets(asking, *GOOD).run(*TABLE, "-f", "json", "--as-of", "2026-02-01")
    assert [(page["rows_read"], page["used"]) for page in ran.counts("tickets")] == [(2, 2), (3, 2)]  # more.csv is read first


@pytest.mark.parametrize(("as_of", "number"), [("2026-01-13", 2), ("2026-01-14", 3), ("2026-01-07", 1)])
def test_no_ticket_of_the_future_is_seen(asking: World, as_of: str, number: int) -> None:
    assert counted(tickets(asking, *GOOD), as_of)[0] == number


@pytest.mark.parametrize(
    ("row", "fragments"),
    [
        ("T4,acme,yesterday,,,,", ("SM309", "tickets.csv:5", "opened_at 'yesterday' unreadable")),
        ("T4,acme,2026-01-06T11:00:00Z,soon,,,", ("SM309", "tickets.csv:5", "resolved_at 'soon' unreadable")),
        ("T4,acme,2026-01-06T11:00:00Z,,,,perhaps", ("SM317", "tickets.csv:5", "blocking 'perhaps' is neither true nor false")),
        ("T1,acme,2026-01-06T11:00:00Z,,work,bug,true", ("SM316", "tickets.csv:2", "ticket 'T1' stands in lines 2 and 5 with different content")),
        ("T4,acme,2026-01-06T11:00:00Z", ("SM307", "tickets.csv:5")),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_line(asking: World, row: str, fragments: tuple[str, ...]) -> None:
    tickets(asking, *GOOD, row).refused(3, *fragments, args=TABLE)


def test_some_rows_may_be_rejected_if_that_is_said(asking: World) -> None:
    made = tickets(asking, *GOOD, "T4,acme,2026-01-06T11:00:00Z,,,,perhaps", "T5,acme,soon,,,,")
    ran = made.run(*TABLE, "-f", "json", "--as-of", "2026-02-01", "--max-reject", "2")
    (page,) = ran.counts("tickets")
    assert (page["used"], page["rejected"]) == (3, {"blocking unreadable": 1, "opened_at unreadable": 1})


@pytest.mark.parametrize(
    ("head", "fragments"),
    [
        (HEAD.replace("opened_at", "opend_at"), ("SM305", "tickets.csv:1", "required column 'opened_at' not found", "opend_at")),
        (HEAD.replace("account_id", "customer"), ("SM305", "tickets.csv:1", "required column 'account_id' not found")),
        (HEAD.replace("category", "opened_at"), ("SM306", "tickets.csv:1", "'opened_at' appears twice")),
    ],
)
def test_a_missing_column_is_refused(asking: World, head: str, fragments: tuple[str, ...]) -> None:
    tickets(asking, *GOOD, head=head).refused(3, *fragments, args=TABLE)


def test_a_declared_column_that_no_file_has_is_refused(asking: World) -> None:
    asking.define(sources="tickets: {files: tickets.csv, columns: {category: topic}}")
    tickets(asking, *GOOD).refused(3, "SM305", "tickets.csv:1", "column 'topic' not found", args=TABLE)


def test_only_account_and_opened_are_needed(asking: World) -> None:
    rows = ("acme,2026-01-06T11:00:00Z", "acme,2026-01-06T11:00:00Z")
    assert counted(tickets(asking, *rows, head="account_id,opened_at"))[0] == 2


def test_a_misspelt_workflow_is_said(asking: World) -> None:
    ran = tickets(asking, *GOOD, "T4,acme,2026-01-06T11:00:00Z,,wrok,,").run(*TABLE)
    assert "tickets.csv:5" in ran.err and "workflow 'wrok' is not in the definition — did you mean 'work'? (rows like this: 1; they count as about none)" in ran.err


def test_accounts_that_nobody_knows_ask_nothing_and_are_counted(asking: World) -> None:
    ran = tickets(asking, *GOOD, "T4,zeta,2026-01-06T11:00:00Z,,,,").run(*TABLE, "-f", "json", "--as-of", "2026-02-01")
    assert sum(row["tickets"] for row in ran.rows) == 3
    assert "1 ticket of accounts with neither an event nor a row in the accounts table left out" in ran.meta["notes"]


def test_without_a_tickets_table_none_is_claimed(world: World) -> None:
    world.csv(*ROWS)
    ran = world.run(*TABLE, "-f", "json")
    assert {row["tickets"] for row in ran.rows} == {None}
    assert "no tickets table (sources.tickets): it would add the tickets opened" in ran.meta["notes"]
    world.refused(2, "SM131", "adoption.stall_reasons needs `sources.tickets:`", args=("adoption", "stall-reasons"))


def test_a_ticket_opened_again_before_it_was_opened_is_left_out_with_its_line(asking: World) -> None:
    rows = ("T1,acme,2026-01-06T11:00:00Z,2026-01-07T09:00:00Z,2026-01-06T12:00:00Z", "T2,acme,2026-01-06T11:00:00Z,,2026-01-05T12:00:00Z")
    made = tickets(asking, *rows, head="ticket_id,account_id,opened_at,resolved_at,reopened_at")
    assert counted(made)[1]["filtered"] == {"reopened before it was opened": 1}
    assert "tickets.csv:3: SM314 line 3: opened again before it was opened: left out" in made.run(*TABLE).err


@pytest.mark.parametrize(("many", "solved", "told"), [(20, "", True), (19, "", False), (20, "2026-01-08T09:00:00Z", False)])
def test_many_tickets_of_which_none_was_ever_solved_are_doubted_aloud(asking: World, many: int, solved: str, told: bool) -> None:
    rows = [f"T{n},acme,2026-01-07T09:00:00Z,{solved if n == 0 else ''},,bug,true" for n in range(many)]
    ran = tickets(asking, *rows).run("friction", "resolution", "--as-of", "2026-02-01")
    assert (ran.code, "20 tickets says when it was solved: all count as open" in ran.err) == (0, told)
