"""Where a run reads its events by people or by half hours anyway, who was seen follows from that, as exactly, and so does the ledger."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from small import Small

from saasmetrics.facts._book import Book
from saasmetrics.sources.ledger import Ledger
from saasmetrics.sources.reading import Reader

DEFINITION = """
version: 1
product: Ledgerly
timezone: Europe/Berlin
sources:
  events: {files: "*-events.csv", columns: {id: id, account: account, user: user, event: event, time: time}}
  users: {files: users.csv, columns: {account: account, user: user, role: role}}
roles: {admin: [admin]}
internal: {users: {user: {like: "us*"}}}
workflows: {posting: {core: true, cadence: week, success: posted}}
value: {workflows: [posting]}
"""
FIRST = ["1,a,ann,posted,2026-01-05T10:00:00Z", "2,a,us1,posted,2026-01-06T10:00:00Z", "3,b,bob,posted,2026-01-06T23:30:00Z", "4,b,bob,posted,2026-01-07T22:30:00Z"]
SECOND = ["1,a,ann,posted,2026-01-05T10:00:00Z", "2,a,us1,posted,2026-01-06T10:00:00Z", "5,b,us1,posted,2026-01-07T23:30:00Z", "6,a,,posted,2026-01-07T23:30:00Z"]


@pytest.fixture
def home(tmp_path: Path) -> Small:
    small, head = Small(tmp_path, DEFINITION), "id,account,user,event,time"
    return small.file("1-events.csv", head, *FIRST).file("2-events.csv", head, *SECOND).file("users.csv", "account,user,role", "a,ann,admin", "b,bob,admin", "a,us1,admin")


@pytest.mark.parametrize(("finest", "more", "replayed"), [("visits", {"visits"}, False), ("people", {"admin_last"}, True), ("visits", {"visits", "admin_last"}, True)])
def test_what_follows_from_a_finer_reading_is_the_same(home: Small, finest: str, more: set[str], replayed: bool) -> None:
    plain, finer = (_read(home, frozenset({"seen", *facts}), again) for facts, again in ((set(), False), (more, replayed)))
    assert (plain.origin.finest, finer.origin.finest) == ("", finest)
    assert _rows(finer, "seen") == _rows(plain, "seen") == [("a", 1, 1767607200000000, 1767607200000000), ("b", 2, 1767742200000000, 1767825000000000)]
    assert _rows(finer, "admin_last") == _rows(_read(home, frozenset({"admin_last"}), False), "admin_last") == [("a", 20458), ("b", 20460)]
    assert [entry.counts() for entry in finer.origin.entries] == [entry.counts() for entry in plain.origin.entries]
    assert [entry.filtered for entry in plain.origin.entries] == [{"internal user": 1}, {"duplicate": 2, "internal user": 1, "after as_of": 1}]


def _read(home: Small, wanted: frozenset[str], replayed: bool) -> Book:
    return Book(home.loaded().definition, Reader(home.home, "Europe/Berlin", Ledger()), date(2026, 1, 8), wanted, replayed=replayed)


def _rows(book: Book, fact: str) -> list[tuple[object, ...]]:
    return sorted(book.get(fact).collect().rows(), key=str)
