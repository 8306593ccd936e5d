"""Promises 27 to 33: times, amounts and names mean what is written, or are refused at their line."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from saasmetrics.definitions.read import read
from saasmetrics.facts._book import Book
from saasmetrics.messages import Refused
from saasmetrics.sources.ledger import Ledger
from saasmetrics.sources.reading import Reader

from .conftest import HEADER, ROWS, World

VALUE = "workflows:\n  work: {success: posted, value: amount}\n"


def test_p27_every_spelling_of_an_instant_is_the_same_instant(world: World) -> None:
    clean = ["2026-01-05T09:00:00Z", "2026-01-06T10:00:00.5Z", "2026-01-07T23:30:00.123456Z", "2026-01-09T00:00:00Z"]
    mixed = ["2026-01-05T11:00:00+02:00", "2026-01-06 10:00:00,5 UTC", "2026-01-08T05:00:00.123456999+0530", "2026-01-08T22:00-02"]
    answers = []
    for stamps in (clean, mixed):
        world.csv(*(f"acme,u{n},{'posted' if n else 'created'},{stamp}" if "," not in stamp else f'acme,u{n},posted,"{stamp}"' for n, stamp in enumerate(stamps)))
        answers.append(world.run("activation", "accounts", "-f", "csv").out)
    assert answers[0] == answers[1] and "2026-01-06T10:00:00.5" in answers[0]


@pytest.mark.parametrize(
    ("stamp", "message"),
    [
        ("2026-01-06T10:00:00", "timestamp '2026-01-06T10:00:00' has no zone: declare timezone:"),
        ("01/02/2026", "ambiguous day/month order"), ("2026-02-30T10:00:00Z", "unreadable; expected a time such as"), ("yesterday", "unreadable; expected"),
        ("2026-01-06T25:00:00Z", "unreadable; expected"), ("1767603600", "declare time: {unit: s|ms|us}"), ("2026-01-0", "unreadable; expected"),
    ],
)  # fmt: skip
def test_p28_no_zone_and_no_format_is_guessed(world: World, stamp: str, message: str) -> None:
    world.csv(ROWS[0], f"acme,u1,posted,{stamp}", *ROWS[2:])
    definition = world.define()
    definition.write_text(definition.read_text().replace("timezone: UTC\n", ""))
    world.refused(3, "events.csv:3: SM3", "line 3: timestamp", message)


def test_p28_a_declared_format_is_used(world: World) -> None:
    world.csv("acme,u1,created,01/02/2026 10:00", "acme,u1,posted,03/02/2026 10:00", "acme,u1,posted,09/02/2026 10:00")
    world.define("files: events.csv, time: {format: '%d/%m/%Y %H:%M'}")
    assert world.run().rows[0]["created_at"] == "2026-02-01T10:00:00Z"


def test_p28_a_time_without_a_zone_among_others_is_said(world: World) -> None:
    """It is taken as civil time, which the rest of its column is not."""
    world.csv(*ROWS[:2], "acme,u1,posted,2026-01-08 10:00:00", *ROWS[2:])
    definition = world.define()
    definition.write_text(definition.read_text().replace("timezone: UTC", "timezone: Europe/Berlin"))
    assert "events.csv:4: SM321 line 4: 1 time without a zone, where others have one, taken as of Europe/Berlin" in world.run().err
    world.refused(3, "without a zone", args=("activation", "accounts", "--strict"))
    world.csv(*(row.replace("Z", "") for row in ROWS))
    assert "SM321" not in world.run().err


@pytest.mark.parametrize(("unit", "factor"), [("s", 1), ("ms", 1_000), ("us", 1_000_000)])
def test_p29_numbers_are_read_in_the_declared_unit_only(world: World, unit: str, factor: int) -> None:
    start = 1_767_603_600
    world.csv(*(f"acme,u1,{event},{(start + n * 86_400) * factor}" for n, event in enumerate(("created", "posted", "posted"))))
    world.define(f"files: events.csv, time: {{unit: {unit}}}")
    assert world.run().rows[0]["created_at"] == "2026-01-05T09:00:00Z"
    for other in {"s", "ms", "us"} - {unit}:
        world.define(f"files: events.csv, time: {{unit: {other}}}")
        world.refused(3, "events.csv:2: SM311 line 2: timestamp", "outside 1990..")


@pytest.mark.parametrize("stamp", ["9999-12-31T00:00:00Z", "1969-12-31T23:59:59Z", "2100-01-01T00:00:00Z"])
def test_p29_times_that_cannot_be_are_refused(world: World, stamp: str) -> None:
    world.csv(*ROWS[:3], f"acme,u1,posted,{stamp}")
    world.refused(3, f"events.csv:5: SM311 line 5: timestamp '{stamp}' lies outside 1990..")


@pytest.mark.parametrize("offset", ["+25:00", "-16:00", "+10:75"])
def test_p29_an_offset_that_no_zone_has_is_refused(world: World, offset: str) -> None:
    world.csv(*ROWS[:3], f"acme,u1,posted,2026-01-14T10:00:00{offset}")
    world.refused(3, f"events.csv:5: SM309 line 5: timestamp '2026-01-14T10:00:00{offset}' unreadable")


def test_p29_typed_times_that_cannot_be_are_refused(world: World) -> None:
    stamps = [datetime(2026, 1, 5), datetime(9999, 1, 1)]
    frame = pl.DataFrame({"account_id": ["a", "b"], "event": ["posted"] * 2, "timestamp": stamps}).with_columns(pl.col("timestamp").dt.replace_time_zone("UTC"))
    frame.write_parquet(world.home / "events.parquet")
    world.define("files: events.parquet")
    world.refused(3, "events.parquet:2: SM311 line 2: timestamp '9999-01-01 00:00:00.000000' lies outside 1990..")


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Sao_Paulo", "Africa/Cairo", "Asia/Beirut", "Pacific/Apia", "Pacific/Kiritimati"])
def test_p30_days_add_up_to_all_rows_whatever_the_clocks_do(world: World, zone: str) -> None:
    year = 2011 if zone == "Pacific/Apia" else 2018 if "Sao" in zone else 2026
    first = datetime(year, 1, 1, tzinfo=ZoneInfo("UTC"))
    stamps = [first + timedelta(hours=6 * n, minutes=13) for n in range(4 * 365)]
    world.csv(*(f"a{n % 5},u,posted,{stamp:%Y-%m-%dT%H:%M:%SZ}" for n, stamp in enumerate(stamps)))
    definition = world.define()
    definition.write_text(definition.read_text().replace("timezone: UTC", f"timezone: {zone}"))
    ran = world.run("engagement", "active_accounts", "-f", "json", "--allow-empty")
    assert ran.code == 0, ran.err
    last = stamps[-1].astimezone(ZoneInfo(zone)).date()
    used = sum(stamp.astimezone(ZoneInfo(zone)).date() < last for stamp in stamps)
    assert ran.counts()[0]["used"] == used


def test_p30_a_leap_second_is_the_next_second(world: World) -> None:
    quick = ["acme,u1,created,2016-12-31T23:59:60Z", "acme,u1,posted,2017-01-01T00:00:00Z", "acme,u1,posted,2017-01-09T00:00:00Z"]
    for rows in (quick, [*quick, "acme,u1,seen,2017-01-01T01:00:00+01:00"]):
        world.csv(*rows)
        (acme,) = world.run().rows
        assert (acme["created_at"], acme["activated_at"]) == ("2017-01-01T00:00:00Z", "2017-01-01T00:00:00Z")


def test_p31_rows_after_as_of_are_counted_and_change_nothing(world: World) -> None:
    world.csv(*ROWS[:5])
    before = world.run("activation", "accounts", "-f", "csv", "--as-of", "2026-01-22").out
    world.csv(*ROWS[:5], "beta,u9,posted,2026-01-22T00:00:00Z", "new,u,created,2026-02-01T00:00:00Z")
    assert world.run("activation", "accounts", "-f", "csv", "--as-of", "2026-01-22").out == before
    assert world.run("activation", "accounts", "-f", "json", "--as-of", "2026-01-22").counts()[0]["filtered"] == {"after as_of": 2}


def total(world: World, amounts: list[str]) -> Decimal:
    """The value of all work, as the fact `activity` has it."""
    quoted = [f'"{amount}"' if "," in amount else amount for amount in amounts]
    world.csv(*(f"acme,u1,posted,2026-01-05T09:00:00Z,{amount}" for amount in quoted), "acme,u1,seen,2026-03-01T00:00:00Z,", header=HEADER + ",amount")
    return summed(world, "events.csv")


def summed(world: World, files: str) -> Decimal:
    loaded = read(world.put("saasmetrics.yml", f"version: 1\ntimezone: UTC\nsources: {{events: {{files: {files}}}}}\n" + VALUE))
    book = Book(loaded.definition, Reader(world.home, "UTC", Ledger()), None, frozenset({"activity"}))
    return Decimal(book.get("activity").select(pl.col("value").sum()).collect().item()) / 10_000


@pytest.mark.parametrize("amount", ["NaN", "inf", "-inf", "1e400", "1e3", "1,234.50", "$5", "1_000", "0x1F", "--5", "5.", "123456789012345", "five"])
def test_p32_no_amount_is_guessed(world: World, amount: str) -> None:
    with pytest.raises(Refused) as caught:
        total(world, ["1.00", amount])
    assert caught.value.exit == 3
    assert f"events.csv:3: SM313 line 3: amount '{amount}' in column 'amount' unreadable" in str(caught.value)


def test_p32_sums_are_those_of_decimals(world: World) -> None:
    chance = random.Random(5)
    amounts = [f"{chance.randrange(-5, 10**9)}.{chance.randrange(10_000):04d}" for _ in range(300)] + ["0.1", "0.2", "-5", " 7 ", "2147483647"]
    assert total(world, amounts) == sum(map(Decimal, amounts))


@pytest.mark.parametrize("kind", [pl.Int32, pl.Int64, pl.Float64, pl.Decimal(12, 2)])
def test_p32_typed_amounts_do_not_wrap(world: World, kind: pl.DataType) -> None:
    stamps = [datetime(2026, 1, 5)] * 3 + [datetime(2026, 3, 1)]
    amounts = pl.Series([2_147_483_647] * 3 + [0]).cast(kind)
    frame = pl.DataFrame({"account_id": ["a"] * 4, "event": ["posted"] * 3 + ["seen"], "timestamp": stamps, "amount": amounts})
    frame.with_columns(pl.col("timestamp").dt.replace_time_zone("UTC")).write_parquet(world.home / "events.parquet")
    assert summed(world, "events.parquet") == 2_147_483_647 * 3


def test_p32_what_cannot_be_added_exactly_is_refused(world: World) -> None:
    with pytest.raises(Refused, match="SM313 amounts too large to add up exactly"):
        total(world, ["99999999999999"] * 25)


@pytest.mark.parametrize(("mrr", "what"), [("NaN", "'NaN' unreadable"), ("-5", "'-5' is negative"), ("", "missing"), ("1e3", "'1e3' unreadable"), ("€5", "'€5' unreadable")])
def test_p32_what_an_account_pays_is_refused_or_counted(world: World, mrr: str, what: str) -> None:
    world.csv(*ROWS)
    world.csv("acme,2026-01-01,,100,3", f"beta,2026-01-01,,{mrr},2", header="account_id,start_date,end_date,mrr,seats", name="subs.csv")
    world.define(sources="subscriptions: {files: subs.csv}")
    ask = ("retention", "logos")
    world.refused(3, f"subs.csv:3: SM313 line 3: amount {what}", args=ask)
    ran = world.run(*ask, "-f", "json", "--max-reject", "1")
    assert ran.counts("subscriptions")[0]["rejected"] == {"amount unreadable": 1}
    world.csv("acme,2026-01-01,,100,few", header="account_id,start_date,end_date,mrr,seats", name="subs.csv")
    world.refused(3, "subs.csv:2: SM313 line 2: seats 'few' unreadable", args=ask)


def test_p33_an_event_never_seen_is_warned_of_and_found_by_check(world: World) -> None:
    world.csv(*ROWS)
    world.define(extra="features:\n  fast: {rule: postd}\n")
    ran = world.run("activation", "accounts", "-f", "json")
    assert ran.code == 0
    ran = world.run("check", "--data", "-f", "concise")
    assert ran.code == 1
    assert "SM201 event 'postd' never occurs in 6 events — did you mean 'posted' (3 rows)?" in ran.out.replace("'? (3 rows)", "' (3 rows)?")


def test_p33_an_optional_step_never_seen_is_a_warning(world: World) -> None:
    world.csv(*ROWS)
    definition = world.define()
    definition.write_text(definition.read_text() + "    more: {kind: invite, rule: createt, required: false}\n")
    ran = world.run()
    assert ran.code == 0
    assert "warning: " in ran.err and "SM201 event 'createt' occurs in none of the 6 rows — did you mean 'created'? (3 rows)" in ran.err


def test_p33_a_condition_that_never_holds_is_a_warning(world: World) -> None:
    world.csv(*(row + ",ok" for row in ROWS), header=HEADER + ",status")
    world.define(extra="rules:\n  posted: {event: posted, where: {status: OK}}\n")
    ran = world.run()
    assert ran.code == 0
    assert "SM201 rule 'posted' holds for none of the 3 rows of its event" in ran.err
