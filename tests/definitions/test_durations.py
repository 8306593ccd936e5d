"""Lengths of time as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from saasmetrics.definitions.durations import DAY, Days, Duration, as_text, microseconds

DURATION, DAYS = TypeAdapter(Duration), TypeAdapter(Days)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("14d", 1_209_600), ("2w", 1_209_600), ("36h", 129_600), ("5m", 300), ("300s", 300), ("0d", 0)],
)
def test_durations_are_exact_microseconds(written: str, seconds: int) -> None:
    assert DURATION.validate_python(written) == seconds * 1_000_000


@pytest.mark.parametrize(
    "written", ["14 dayz", "14 d", "1.5d", "-1d", "d", "", "014d", "14D", "１d", 14, True, None, ["1d"]]
)
def test_what_is_not_a_duration_is_told_how_to_write_one(written: object) -> None:
    with pytest.raises(ValidationError, match="is not a duration; write 14d, 2w or 36h"):
        DURATION.validate_python(written)


@pytest.mark.parametrize("written", ["999999999999w", "36526d", "9" * 5000 + "d"])
def test_no_duration_outlives_the_integers_of_an_engine(written: str) -> None:
    with pytest.raises(ValidationError, match=r"longer than a hundred years|not a duration"):
        DURATION.validate_python(written)


@pytest.mark.parametrize(("written", "days"), [(14, 14), ("14d", 14), ("2w", 14), (0, 0)])
def test_days_are_whole_and_may_be_bare(written: object, days: int) -> None:
    assert DAYS.validate_python(written) == days


@pytest.mark.parametrize("written", ["36h", "14", True, -1, 1.5, 10**30, None])
def test_what_is_not_days_is_refused(written: object) -> None:
    with pytest.raises(ValidationError, match="is not a number of days; write 14, 14d or 2w"):
        DAYS.validate_python(written)


@given(st.integers(0, 36_525 * 24 * 3600))
def test_dumped_text_reads_back_as_the_same_length(seconds: int) -> None:
    length = seconds * 1_000_000
    assert microseconds(as_text(length)) == length


def test_whole_days_are_dumped_as_days() -> None:
    assert [as_text(14 * DAY), as_text(DAY // 2), as_text(0)] == ["14d", "12h", "0d"]
