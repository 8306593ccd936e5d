"""A time is readable in one way, or it has a trouble; the quick way and the careful one agree."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from saasmetrics.clock import instant_of
from saasmetrics.sources import iso
from saasmetrics.sources.times import Rule, parse

MOMENTS = st.datetimes(datetime(1991, 1, 1), datetime(2099, 1, 1), timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30)), timezone(-timedelta(hours=11))]))


def one(text: str, **rule: str) -> tuple[int | None, str | None]:
    parsed = parse(pl.Series([text]), Rule(**rule))  # type: ignore[arg-type]
    return parsed.micros[0], parsed.trouble[0]


@settings(deadline=None)
@given(st.lists(MOMENTS, min_size=1, max_size=20))
def test_what_python_writes_is_read_as_the_same_instant(moments: list[datetime]) -> None:
    parsed = parse(pl.Series([moment.isoformat() for moment in moments]), Rule())
    assert parsed.micros.to_list() == [instant_of(moment) for moment in moments]


@settings(deadline=None)
@given(st.lists(MOMENTS, min_size=1, max_size=10))
def test_the_quick_way_and_the_careful_one_agree(moments: list[datetime]) -> None:
    texts = [moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for moment in moments]
    quick = parse(pl.Series(texts), Rule()).micros.to_list()
    assert [moment for moment, _ in carefully(texts, Rule())] == quick


ODD = st.from_regex(r"[12][0-9]{3}-[0-3][0-9]-[0-3][0-9][ Tt][0-2][0-9](:[0-6][0-9](:[0-6][0-9]([.,][0-9]{1,9})?)?)? ?(Z|z|UTC|[+-][0-2][0-9](:?[0-6][0-9])?)?", fullmatch=True)


@pytest.mark.parametrize("long", [0, 200_000], ids=["many", "few"])
@settings(deadline=None, max_examples=400)
@example(text="2026-01-10T00:00-2000", zone=None)
@example(text="2026-01-10T00:00:00+16:00", zone=None)
@given(text=ODD, zone=st.sampled_from([None, "UTC", "Europe/Berlin", "America/Havana"]))
def test_what_the_quick_way_takes_it_takes_as_the_careful_one(long: int, text: str, zone: str | None) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(iso, "LONG", long)
        parsed = parse(pl.Series([text]), Rule(zone=zone))
    micros, trouble = carefully([text], Rule(zone=zone))[0]
    assert parsed.trouble[0] == trouble
    assert trouble or parsed.micros[0] == micros


LAX = [f"{'2026-01-05T09:00:00.000Z'[:at]}{other}{'2026-01-05T09:00:00.000Z'[at + 1 :]}" for at in range(24) for other in " +-\t\u00a0"]


@pytest.mark.parametrize("first", [[], ["2026-01-05T09:00:00.000Z"]], ids=["alone", "after another"])
@pytest.mark.parametrize("long", [0, 200_000], ids=["many", "few"])
@pytest.mark.parametrize("text", [*LAX, "2026-1-5T9:00:00.000000Z", "+2026-01-05T9:00:00.000Z", "2026-01-05  9:00:00Z", "2026-01-05T09:00:60.500Z"])
def test_a_digit_is_a_digit_however_many_times_there_are(monkeypatch: pytest.MonkeyPatch, text: str, long: int, first: list[str]) -> None:
    """Polars reads blanks, signs and missing digits, too: a time would be good in a short file, and unreadable in a long one."""
    monkeypatch.setattr(iso, "LONG", long)
    parsed = parse(pl.Series([*first, text]), Rule())
    assert (parsed.micros[-1] if parsed.trouble[-1] is None else None, parsed.trouble[-1]) == carefully([text], Rule())[0]


def test_t_and_z_are_read_in_either_case() -> None:
    assert {one(f"2026-01-05{t}09:00:00{z}") for t in "Tt " for z in "Zz"} == {(1_767_603_600_000_000, None)}


def carefully(texts: list[str], rule: Rule) -> list[tuple[int | None, str | None]]:
    """A text that the quick way leaves alone takes the others with it."""
    parsed = parse(pl.Series([*texts, "x"]), rule)
    return list(zip(parsed.micros, parsed.trouble, strict=True))[:-1]


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("2026-01-05T10:00:00", "naive"), ("2026-13-05T10:00:00Z", "unreadable"), ("5.1.2026", "day/month"), ("1767603600", "unit"), ("x", "unreadable"),
        ("2026-01-05T24:00:00Z", "unreadable"), ("1989-12-31T23:59:59Z", "year"), ("2026-01-05T10:00:00 Europe/Berlin", "unreadable"),
    ],
)  # fmt: skip
def test_a_trouble_has_its_name(text: str, trouble: str) -> None:
    assert one(text) == (None, trouble) or (trouble == "year" and one(text)[1] == trouble)


def test_a_bare_date_begins_in_the_reporting_zone() -> None:
    assert one("2026-01-05", reporting="Europe/Berlin")[0] == instant_of(datetime(2026, 1, 4, 23, tzinfo=UTC))


@pytest.mark.parametrize(("rule", "hour", "moved"), [("earliest", 0, "twice"), ("latest", 1, "twice")])
def test_a_time_that_exists_twice_is_taken_as_told(rule: str, hour: int, moved: str) -> None:
    parsed = parse(pl.Series(["2026-10-25T02:30:00"]), Rule(zone="Europe/Berlin", ambiguous=rule))
    assert (parsed.micros[0], parsed.moved[0]) == (instant_of(datetime(2026, 10, 25, hour, 30, tzinfo=UTC)), moved)
    assert one("2026-10-25T02:30:00", zone="Europe/Berlin", ambiguous="refuse") == (None, "ambiguous")


def test_a_time_that_never_was_is_refused_or_moved_on() -> None:
    assert one("2026-03-29T02:30:00", zone="Europe/Berlin") == (None, "nonexistent")
    parsed = parse(pl.Series(["2026-03-29T02:30:00"]), Rule(zone="Europe/Berlin", nonexistent="shift"))
    assert (parsed.micros[0], parsed.moved[0]) == (instant_of(datetime(2026, 3, 29, 1, 30, tzinfo=UTC)), "skipped")


@pytest.mark.parametrize("values", [pl.Series([1.5, 2.0]), pl.Series([float("nan")]), pl.Series([1e30]), pl.Series([2**62]), pl.Series([date(2026, 1, 5)]), pl.Series([None])])
@pytest.mark.parametrize("unit", [None, "s", "ns"])
def test_nothing_is_raised(values: pl.Series, unit: str | None) -> None:
    parsed = parse(values, Rule(unit=unit))
    assert len(parsed.micros) == len(parsed.trouble) == len(parsed.moved) == len(values)


def test_fractions_of_a_second_keep_their_microseconds() -> None:
    assert one("1767603600.123456", unit="s")[0] == 1_767_603_600_123_456
    assert one("1767603600123456789", unit="ns")[0] == 1_767_603_600_123_456


@pytest.mark.parametrize(
    ("format", "text", "moment"),
    [
        ("%d.%m.%Y %R", "05.01.2026 10:30", datetime(2026, 1, 5, 9, 30, tzinfo=UTC)),
        ("%-m/%-d/%Y %-I:%M %p", "1/5/2026 2:30 PM", datetime(2026, 1, 5, 13, 30, tzinfo=UTC)),
        ("%-d.%-m.%Y %-H:%M", "5.1.2026 9:30", datetime(2026, 1, 5, 8, 30, tzinfo=UTC)),
        ("%F %T%.f", "2026-01-05 10:30:00.5", datetime(2026, 1, 5, 9, 30, 0, 500_000, tzinfo=UTC)),
        ("%Y%m%d%H%M%S%3f", "20260105103000500", datetime(2026, 1, 5, 9, 30, 0, 500_000, tzinfo=UTC)),
        ("%d %b %Y %H:%M %z", "05 Jan 2026 10:30 +05:30", datetime(2026, 1, 5, 5, 0, tzinfo=UTC)),
    ],
)
def test_every_hour_of_a_declared_format_counts(format: str, text: str, moment: datetime) -> None:
    parsed = parse(pl.Series([text]), Rule(format=format, zone="Europe/Berlin", reporting="Europe/Berlin"))
    assert parsed.trouble.to_list() == [None] and parsed.micros.to_list() == [instant_of(moment)]


@pytest.mark.parametrize(("text", "format"), [("2026-01-05", None), ("05.01.2026", "%d.%m.%Y")])
def test_a_day_begins_in_the_zone_of_the_report_however_it_is_written(text: str, format: str | None) -> None:
    parsed = parse(pl.Series([text]), Rule(format=format, zone="UTC", reporting="America/New_York"))
    assert parsed.micros.to_list() == [instant_of(datetime(2026, 1, 5, 5, tzinfo=UTC))]


@pytest.mark.parametrize(("text", "format"), [("2026-03-29", None), ("29.03.2026", "%d.%m.%Y")])
def test_a_day_whose_midnight_the_clocks_skip_begins_after_it(text: str, format: str | None) -> None:
    parsed = parse(pl.Series([text]), Rule(format=format, zone="Asia/Beirut", reporting="Asia/Beirut"))
    assert (parsed.trouble.to_list(), parsed.moved.to_list(), parsed.micros.to_list()) == ([None], [None], [instant_of(datetime(2026, 3, 28, 22, tzinfo=UTC))])


@pytest.mark.parametrize(("number", "unit"), [(1_768_212_000_000.5, "ms"), (1_768_212_000_000.001, "ms"), (1_768_212_000.123456, "s"), (1_768_212_000_000_000.0, "us"), (1_768_212_000.0, "s")])
def test_a_number_is_the_same_moment_whether_it_is_typed_or_written(number: float, unit: str) -> None:
    typed, written = (parse(values, Rule(unit=unit)) for values in (pl.Series([number, None, float("nan")]), pl.Series([repr(number), None, None])))
    assert typed.micros.to_list() == written.micros.to_list() and typed.micros[0] and typed.trouble.null_count() == 3
