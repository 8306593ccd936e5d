"""Rounding and wording of single values."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saasmetrics.outputs.cells import ASCII, share, spark, words


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.637, "63.7%"),
        (0, "0.0%"),
        (1, "100.0%"),
        (0.0004, "<0.1%"),
        (0.9996, ">99.9%"),
        (1.0004, ">100%"),
        (-0.0004, "-<0.1%"),
        (-0.021, "-2.1%"),
        (12.5, "1\u202f250.0%"),
        (float("nan"), "·"),
    ],
)
def test_shares_are_percents(value: float, shown: str) -> None:
    assert words(value, "share") == shown


@given(st.floats(0, 2, allow_nan=False), st.sampled_from([0, 1]))
def test_no_share_is_rounded_to_a_false_nothing_or_whole(value: float, places: int) -> None:
    text = share(value, places)
    assert (text in ("0%", "0.0%")) == (value == 0)
    assert (text in ("100%", "100.0%")) == (value == 1)


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (1204331, "count", "1\u202f204\u202f331"),
        (4.125, "days", "4.1"),
        (0.01, "days", "<0.1"),
        (Decimal("6142.5"), "money", "6\u202f142.50"),
        (71.25, "score", "71.2"),
        (7000, "key", "7000"),
        (True, "flag", "yes"),
        (False, "flag", "no"),
        (None, "money", "·"),
        ("", "text", ""),
        (["a", None, "b"], "list", "a; ·; b"),
        (date(2026, 5, 1), "date", "2026-05-01"),
        (datetime(2026, 5, 1, 2, tzinfo=timezone(timedelta(hours=2))), "time", "2026-05-01 02:00"),
    ],
)
def test_values_by_unit(value: object, unit: str, shown: str) -> None:
    assert words(value, unit) == shown


def test_a_series_is_a_spark_line() -> None:
    assert spark([64, 64, 31, 7, 1, 0, None]) == "██▅▂▂▁·"
    assert spark([0, 0]) == "▁▁"
    assert spark([4, 1, 0], ASCII) == "#._"


def test_plain_screens_get_plain_characters() -> None:
    assert words(1204, "count", ASCII) == "1,204"
    assert words(None, "count", ASCII) == "-"
    assert words(datetime(2026, 5, 1, 9, 30, tzinfo=UTC), "time", ASCII) == "2026-05-01 09:30"
