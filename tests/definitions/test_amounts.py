"""Numbers, shares and yes or no: nothing is read from text."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from saasmetrics.definitions.amounts import Count, Flag, Number, Points, Share, Whole


@pytest.mark.parametrize(
    ("kind", "value", "message"),
    [
        (Flag, "yes", "'yes' is neither true nor false"),
        (Flag, 1, "1 is neither true nor false"),
        (Whole, "5", "'5' is not a whole number; write it without quotes"),
        (Whole, Decimal("5.0"), "5.0 is not a whole number"),
        (Whole, True, "true is not a whole number"),
        (Whole, 10**13, "is not a whole number"),
        (Count, -1, "greater than or equal to 0"),
        (Points, 101, "less than or equal to 100"),
        (Number, "0.5", "'0.5' is not a number; write it without quotes"),
        (Share, "30%", "'30%' is not a share; write 30 % as 0.3"),
        (Share, 30, "30 is not a share; write a number from 0 to 1"),
        (Share, Decimal("-0.1"), "is not a share"),
        (Share, None, "nothing is not a number"),
    ],
)
def test_what_does_not_fit_says_what_would(kind: Any, value: object, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        TypeAdapter(kind).validate_python(value)


@pytest.mark.parametrize(
    ("kind", "most"), [(Whole, 10**12), (Number, 10**12), (Number, -(10**12)), (Points, 100), (Count, 0)]
)
def test_the_largest_that_fits_is_accepted(kind: Any, most: int) -> None:
    assert TypeAdapter(kind).validate_python(most) == most
    if most:
        with pytest.raises(ValidationError):
            TypeAdapter(kind).validate_python(most + (1 if most > 0 else -1))


@pytest.mark.parametrize("written", ["0", "0.3", "0.1", "0.123456789", "1"])
def test_a_share_is_dumped_as_it_was_written(written: str) -> None:
    share = TypeAdapter(Share).validate_python(Decimal(written))
    assert TypeAdapter(Share).dump_python(share) == Decimal(written)
