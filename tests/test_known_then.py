"""What lists of accounts and users say without what only later days tell: enough for the facts of a day, and nothing that comes in later."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small import Small
from worlds import AS_OF, generated, tables

from saasmetrics.clock import DAY, Clock
from saasmetrics.definitions.model import Definition
from saasmetrics.facts._book import Book
from saasmetrics.facts._by_then import by_then, subscriptions_then
from saasmetrics.facts.accounts import accounts, members, subscribed
from saasmetrics.facts.accounts._history import accounts_then, people_then
from saasmetrics.facts.money import billed, contract_state, contracts, mrr, paying

DEFINITION = """\
version: 1
sources:
  events: {files: events.csv}
  accounts: {files: accounts.csv, segments: [size], segment_as_of: %s}
  users: {files: users.csv}
internal: {users: {role: ours}, accounts: {size: ours}}
roles: {admin: owner, service: robot}
workflows: {selling: {core: true, success: sold}}
"""
START = date(2026, 3, 1)
CLOCK = Clock(START)
MOMENT = st.one_of(st.none(), st.builds(lambda day, less: CLOCK.now + day * DAY - less, st.integers(0, 5), st.booleans()))
WORD = st.sampled_from(["small", "large", "ours", None])
ROLE = st.sampled_from(["owner", "robot", "ours", "clerk", None])
LISTED = {"account": pl.String, "valid_from": pl.Int64, "created": pl.Int64, "size": pl.String}
PEOPLE = {
    "account": pl.String, "user": pl.String, "valid_from": pl.Int64, "invited": pl.Int64, "joined": pl.Int64, "deactivated": pl.Int64,
    "role": pl.String, "team": pl.String, "kind": pl.String,
}  # fmt: skip
ACCOUNTS = st.lists(st.tuples(st.sampled_from("abc"), MOMENT, MOMENT, WORD), max_size=7, unique_by=lambda row: row[:2])
USERS = st.lists(
    st.tuples(st.just("a"), st.sampled_from("uvw"), MOMENT, MOMENT, MOMENT, MOMENT, ROLE, WORD, st.none()), max_size=7, unique_by=lambda row: row[:3]
)


@pytest.fixture(scope="module", params=["now", "anchor"])
def definition(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Definition:
    return Small(tmp_path_factory.mktemp("known"), DEFINITION % request.param).loaded().definition


@given(ACCOUNTS, st.dictionaries(st.sampled_from("abcd"), st.integers(0, 5)), st.integers(0, 6))
def test_the_accounts_of_a_day_are_those_of_what_was_known(definition: Definition, rows: list[tuple[object, ...]], first: dict[str, int], day: int) -> None:
    clock, listed = Clock(START + timedelta(day)), frame(rows, LISTED)
    ever = pl.LazyFrame({"account": [*first], "first_at": [CLOCK.now + n * DAY for n in first.values()]}, schema={"account": pl.Categorical, "first_at": pl.Int64})
    seen = ever.filter(pl.col("first_at") < clock.now).with_columns(last_at="first_at")
    nobody = pl.LazyFrame(schema={"account": pl.Categorical})
    met = ever.filter(pl.col("first_at") < clock.now).select(pl.col("account").cast(pl.String))
    then = accounts_then(listed, met, clock.now)
    assert same(*(accounts.accounts(seen, some, nobody, CLOCK.now, definition, clock) for some in (listed, then)))
    later = [(account, None, clock.now + DAY, "small") for account in "xyz"]
    assert same(then, accounts_then(frame([*rows, *later], LISTED), met, clock.now))


@given(USERS, st.integers(0, 6))
def test_the_people_of_a_day_are_those_of_what_was_known(definition: Definition, rows: list[tuple[object, ...]], day: int) -> None:
    clock, people = Clock(START + timedelta(day)), frame(rows, PEOPLE)
    everybody = pl.LazyFrame({"account": ["a"]}, schema={"account": pl.Categorical})
    then = people_then(people, clock.now)
    assert same(*(members.members(some, everybody, definition, clock) for some in (people, then)))
    told = [some.select((pl.col("invited").is_not_null()).any()).collect().item() for some in (people, then)]
    assert told[0] == told[1]
    if told[0]:
        later = [("a", user, None, clock.now + 9 * DAY, None, None, "owner", None, None) for user in "xyz"]
        assert same(then, people_then(frame([*rows, *later], PEOPLE), clock.now))
    left = people.with_columns(pl.col("deactivated").fill_null(clock.now))
    assert same(then, people_then(left, clock.now))


DAYS = st.one_of(st.none(), st.integers(0, 5).map(lambda day: CLOCK.day + day))
SPANS = st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 5).map(lambda day: CLOCK.day + day), DAYS, DAYS, DAYS, st.sampled_from([0, 10, 20])), max_size=5)


@given(SPANS, st.integers(0, 6), st.sampled_from(["end", "cancelled"]), st.sampled_from([0, 2]))
def test_what_stands_for_the_subscriptions_is_all_that_its_facts_go_by(
    definition: Definition, rows: list[tuple[object, ...]], day: int, recognition: str, grace: int
) -> None:
    revenue, clock = definition.revenue.model_copy(update={"churn_recognition": recognition, "gap_grace": grace}), Clock(START + timedelta(day))
    told = definition.model_copy(update={"revenue": revenue})
    names = {"account": pl.String, "start": pl.Int32, "end": pl.Int32, "cancelled": pl.Int32, "renews": pl.Int32, "mrr": pl.Int64}
    rest = {"currency": pl.lit("EUR"), "seats": pl.lit(3), "plan": pl.lit("pro"), "kind": pl.lit("recurring"), "months": pl.lit(1)}
    spans = pl.LazyFrame(rows, schema=names, orient="row").with_columns(**rest)
    everybody = pl.LazyFrame({"account": ["a", "b"]}, schema={"account": pl.Categorical})
    found = []
    for some in (spans, subscriptions_then(spans, "what", clock)):
        known = contracts.contracts(some, everybody)
        steps = mrr.mrr(billed.billed(known, told, clock), clock)
        spells = paying.paying(steps)
        found.append((spells, contract_state.contract_state(steps, spells, known, clock), subscribed.subscribed(some, clock)))
    assert all(same(*pair) for pair in zip(*found, strict=True))
    later = spans.with_columns(pl.when(pl.col(name) < clock.day).then(name) for name in ("end", "cancelled"))
    assert same(subscriptions_then(spans, "what", clock), subscriptions_then(later, "what", clock))


def test_no_table_goes_by_what_only_later_days_tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world, day, read, dropped = generated(tmp_path), AS_OF - timedelta(days=150), Book._list, set()
    whole = tables(world, as_of=day)

    def known(book: Book, name: str) -> pl.LazyFrame | None:
        rows = read(book, name)
        some = by_then(name, rows, book, book.clock)
        if rows is not None and some is not None and rows.collect().height > some.collect().height:
            dropped.add(name)
        return some

    monkeypatch.setattr(Book, "_list", known)
    then = tables(world, as_of=day)
    assert dropped == {"accounts", "users", "subscriptions"} and {*whole} == {*then}
    assert [name for name in whole if not whole[name].frame.equals(then[name].frame)] == []


def frame(rows: list[tuple[object, ...]], schema: dict[str, type[pl.DataType]]) -> pl.LazyFrame:
    """Without a history where no row says since when it holds, as lists are read."""
    at = [*schema].index("valid_from")
    once = {row[:at]: row for row in rows}  # by what stands before
    told = any(row[at] is not None for row in rows)
    made = pl.LazyFrame([*rows] if told else [*once.values()], schema=schema, orient="row")
    return made if told else made.drop("valid_from")


def same(one: pl.LazyFrame, other: pl.LazyFrame) -> bool:
    """The same rows, in any order."""
    return sorted(map(repr, one.collect().rows())) == sorted(map(repr, other.collect().rows()))
