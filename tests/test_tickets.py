"""Tickets: what stood in them at T, whose they are, and what they say about a stall."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from examples import computed, fact
from saasmetrics import catalog
from saasmetrics.clock import DAY
from saasmetrics.definitions.read import read
from saasmetrics.facts._book import Book
from saasmetrics.sources.ledger import Ledger
from saasmetrics.sources.reading import Reader
from saasmetrics.tables import Asked, compute

DEFINITION = """\
version: 1
timezone: Europe/Berlin
sources:
  events: {files: events.csv}
  accounts: {files: accounts.csv, segments: [plan]}
  tickets: {files: tickets.csv}
internal: {accounts: {plan: internal}}
workflows:
  selling: {core: true, success: sold, tiers: {basic: sold, deep: sent}}
  buying: {success: bought, tiers: {basic: bought, deep: paid}}
qualification:
  min_signals: 1
  signals:
    activated: {counts: false}
    invited: {counts: false}
    volume: {counts: false}
    advanced_features: {counts: false}
    weeks: {counts: false}
    low_errors: {counts: false}
    low_support: {min_successes: 2}
"""
HEAD = "account_id,ticket_id,opened_at,resolved_at,workflow,category,blocking"
Row = dict[str, Any]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """`a` sold for the last time in March, `b` goes on in June, both at the first of two tiers; `us` is internal."""
    days = [("a", "sold", "2026-03-10"), ("a", "bought", "2026-03-10"), ("b", "sold", "2026-05-20"), ("b", "sold", "2026-01-20"), ("us", "sold", "2026-03-01")]
    put(tmp_path, "events", "account_id,event,timestamp", *(f"{account},{event},{day}T12:00:00Z" for account, event, day in days))
    put(tmp_path, "accounts", "account_id,created_at,plan", "a,2026-01-20,pro", "b,2026-01-20,free", "us,2026-01-20,internal")
    (tmp_path / "product.yaml").write_text(DEFINITION, "utf-8")
    return tmp_path


def put(home: Path, name: str, *lines: str) -> None:
    (home / f"{name}.csv").write_text("\n".join(lines) + "\n", "utf-8")


def tickets(home: Path, *lines: str) -> Path:
    put(home, "tickets", HEAD, *(line + "," * (6 - line.count(",")) for line in lines))
    return home


def known(home: Path, as_of: str) -> list[Row]:
    """The fact."""
    loaded = read(home / "product.yaml")
    book = Book(loaded.definition, Reader(home, loaded.definition.timezone, Ledger()), date.fromisoformat(as_of), frozenset({"tickets"}))
    found: list[Row] = book.get("tickets").sort("account", "opened_at").collect().to_dicts()
    return found


def table(home: Path, room: str, **asked: Any) -> list[Row]:
    made, _ = compute(read(home / "product.yaml"), [catalog.rooms()[room]], Asked(**{"as_of": date(2026, 6, 1), **asked}))
    return made[0].frame.to_dicts()


def test_a_ticket_is_what_it_was_at_t(home: Path) -> None:
    """T is midnight in Berlin: at 22:00 UTC the new day has begun."""
    tickets(home, "a,1,2026-03-01T10:00:00Z,2026-03-02T23:00:00Z", "a,2,2026-03-02T22:59:00Z", "a,3,2026-03-02T23:00:00Z")
    assert [(row["ticket"], row["resolved_at"]) for row in known(home, "2026-03-03")] == [("1", None), ("2", None)]
    assert [(row["ticket"], row["resolved_at"] is None) for row in known(home, "2026-03-04")] == [("1", False), ("2", True), ("3", True)]
    assert [row["opened_day"] - row["opened_at"] // DAY for row in known(home, "2026-03-04")] == [0, 0, 1]


def test_what_a_ticket_does_not_say_is_unknown(home: Path) -> None:
    tickets(home, "a,,2026-03-01T10:00:00Z,, ,  ,", "a,,2026-03-01T11:00:00Z,,wrok,bug,No", "a,,2026-03-01T12:00:00Z,,buying,bug,1")
    told = [(row["ticket"], row["workflow"], row["category"], row["blocking"]) for row in known(home, "2026-04-01")]
    assert told == [(None, None, None, None), (None, None, "bug", False), (None, "buying", "bug", True)]


def test_tickets_of_our_own_and_of_strangers_are_left_out(home: Path) -> None:
    tickets(home, "us,1,2026-03-01T10:00:00Z", "who,2,2026-03-01T10:00:00Z", "b,3,2026-03-01T10:00:00Z")
    assert [row["account"] for row in known(home, "2026-04-01")] == ["b"]
    assert sum(row["tickets"] for row in table(home, "value.vanity_periods")) == 1


def test_a_ticket_about_another_workflow_stands_before_no_stall(home: Path) -> None:
    tickets(home, *(f"a,{n},2026-03-{day}T10:00:00Z,,{about}" for n, (day, about) in enumerate([("09", "selling"), ("09", "buying"), ("10", "buying"), ("10", ""), ("11", "")])))
    rows = {(row["account"], row["workflow"]): row["tickets"] for row in table(home, "adoption.stalls", settings={"trailing_days": 30})}
    assert rows == {("a", "selling"): 2, ("a", "buying"): 3, ("b", "selling"): 0}


def test_reasons_add_up_over_segments_and_can_be_cut_to_one(home: Path) -> None:
    tickets(home, "a,1,2026-03-09T10:00:00Z,,,bug", "b,2,2026-05-30T10:00:00Z,,,how to", "b,3,2026-05-30T10:00:00Z,,,bug", "us,4,2026-05-30T10:00:00Z,,,bug")
    asked = ("kind", "reason", "asked", "accounts", "tickets")
    whole = [tuple(row[name] for name in asked) for row in table(home, "adoption.stall_reasons")]
    assert whole == [("all", None, 2, 2, 3), ("category", "bug", 2, 2, 2), ("category", "how to", 1, 2, 1)]
    parts = [tuple(row[name] for name in ("plan", *asked)) for row in table(home, "adoption.stall_reasons", by=("plan",))]
    assert ("pro", "category", "how to", 0, 1, 0) in parts and ("free", "category", "how to", 1, 1, 1) in parts and len(parts) == 6
    (one, *_) = table(home, "adoption.stall_reasons", where=(("plan", "pro"),))
    assert (one["asked"], one["accounts"], one["tickets"]) == (1, 1, 1)


def test_only_core_work_shows_that_little_help_is_needed(home: Path) -> None:
    """a sold once and bought once, and buying is not core; old is older than the export, and has yet to show it."""
    put(home, "accounts", "account_id,created_at,plan", "a,2026-01-20,pro", "b,2026-01-20,free", "us,2026-01-20,internal", "old,2025-01-20,pro")
    told = {row["account"]: row["state"] for row in table(tickets(home), "qualification.accounts")}
    assert told == {"b": "qualified", "a": "not yet", "old": "not yet"}


def test_a_kind_of_ticket_that_never_says_whether_it_blocks_is_unknown(home: Path) -> None:
    tickets(home, "b,1,2026-05-30T10:00:00Z,,,how to,", "b,2,2026-05-30T10:00:00Z,,,bug,true", "b,3,2026-05-30T10:00:00Z,,,bug,")
    assert [(row["reason"], row["blocking"]) for row in table(home, "adoption.stall_reasons")] == [(None, 1), ("bug", 1), ("how to", None)]


def reasons(deepest: str, opened: str, **settings: Any) -> Row:
    """Of one account, with one ticket."""
    told = {
        "accounts": "account\na\n", "deepest": f"account  workflow  reached_at        last_day    climbs\na        w         {deepest}\n",
        "tickets": f"account  opened_day  category  blocking\na        {opened}  bug       ·\n",
    }  # fmt: skip
    rows = computed(catalog.rooms()["adoption.stall_reasons"], {name: fact(name, text) for name, text in told.items()}, {"as_of": "2026-06-01", **settings})
    return rows.row(0, named=True)


@pytest.mark.parametrize(
    ("deepest", "opened", "accounts", "asked"),
    [
        ("2026-04-02 00:00  2026-05-20  true", "2026-05-01", 1, 1),  # sixty days to the minute
        ("2026-04-02 00:01  2026-05-20  true", "2026-05-01", 0, 0),
        ("2026-01-02 00:00  2026-05-20  false", "2026-05-01", 0, 0),
        ("2026-01-02 00:00  2026-03-03  false", "2026-03-01", 0, 0),  # the first of the 90 days: still held
        ("2026-01-02 00:00  2026-03-02  false", "2026-03-01", 1, 1),
        ("2026-01-02 00:00  2026-03-03  true", "2026-03-03", 1, 1),  # stalled: 90 days to T
        ("2026-01-02 00:00  2026-03-03  true", "2026-03-02", 1, 0),
        ("2026-01-02 00:00  2026-02-01  true", "2026-05-02", 1, 1),  # fallen: the last day of the 90 after it
        ("2026-01-02 00:00  2026-02-01  true", "2026-05-03", 1, 0),
    ],
)
def test_the_days_of_a_stall_end_where_they_end(deepest: str, opened: str, accounts: int, asked: int) -> None:
    row = reasons(deepest, opened)
    assert (row["accounts"], row["asked"]) == (accounts, asked)


@pytest.mark.parametrize(("min_base", "status"), [(1, "final"), (2, "insufficient")])
def test_few_accounts_are_too_few(min_base: int, status: str) -> None:
    assert reasons("2026-01-02 00:00  2026-05-20  true", "2026-05-01", min_base=min_base)["status"] == status
