"""Texts, numbers and JSON: what is written is what is compared."""

from __future__ import annotations

import json
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saasmetrics.messages import Refused
from saasmetrics.sources import ndjson
from saasmetrics.sources.columns import Want
from saasmetrics.sources.files import expand
from saasmetrics.sources.ledger import Ledger
from saasmetrics.sources.numbers import SCALE, scaled, whole
from saasmetrics.sources.values import at_path, inside

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**25), 10**25) | st.text(max_size=5) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=4,
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from("ab"), JSON, max_size=2))
def test_a_path_into_json_gives_the_same_in_a_column_as_in_a_row(record: dict[str, object]) -> None:
    text = json.dumps(record)
    found = pl.DataFrame({"j": [text]}).select(at_path(pl.col("j"), "j.a")).item()
    assert found == inside(text, "j.a") or isinstance(record.get("a"), dict)  # an object may be spelt in two ways


@settings(deadline=None)
@given(st.decimals(-(10**13), 10**13, places=6))
def test_amounts_are_ten_thousandths_half_away_from_zero(amount: Decimal) -> None:
    found = pl.DataFrame({"t": [f"{amount:f}"]}).select(scaled(pl.col("t"))).item()
    assert found == int((amount * SCALE).quantize(Decimal(1), ROUND_HALF_UP))


@pytest.mark.parametrize(("text", "amount"), [("12", 12), ("+12", 12), ("-12", -12), ("99999999999999", 10**14 - 1), ("012345678901234", None), ("100000000000000", None)])
def test_an_amount_does_not_depend_on_those_beside_it(text: str, amount: int | None) -> None:
    alone, beside = (pl.DataFrame({"t": [text, *more]}).select(scaled(pl.col("t"))).to_series()[0] for more in ([], ["0.5"]))
    assert alone == beside == (None if amount is None else amount * SCALE)


@pytest.mark.parametrize(("text", "number"), [("7", 7), ("+7", 7), ("7.0", 7), ("-7", -7), ("+-7", None), ("7.5", None), ("few", None), ("", None)])
def test_whole_numbers(text: str, number: int | None) -> None:
    assert pl.DataFrame({"t": [text]}).select(whole(pl.col("t"))).item() == number


def read(home: Path, *lines: str, wants: str = "a b") -> pl.DataFrame:
    (home / "x.ndjson").write_text("\n".join(lines), "utf-8")
    ledger = Ledger()
    (given_,) = expand(["x.ndjson"], home, ledger)
    entry = ledger.open("events", "x.ndjson")
    pieces = ndjson.read(given_.path, [Want(name, name) for name in wants.split()], entry, ledger)
    return pl.concat([piece.frame.collect() for piece in pieces])


def test_numbers_in_ndjson_stay_as_they_are_written(tmp_path: Path) -> None:
    frame = read(tmp_path, '{"a": 00.5}'.replace("00", "0"), '{"a": 12345678901234567890123, "b": 1e5}', "", '{"a": true, "b": null}', '{"a": ["x"], "b": [1, 2]}')
    assert frame["a"].to_list() == ["0.5", "12345678901234567890123", "true", "x"]
    assert frame["b"].to_list() == [None, "1e5", None, '["1","2"]']
    assert frame["_line"].to_list() == [1, 2, 4, 5]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"a": 1, "a": 2}', "not JSON: key 'a' stands twice"), ('["a"]', "not a JSON object"), ("{", "not JSON"), ('{"a": "\\ud800"}', "half a character"),
        ('{"a": NaN} x', "not JSON"), ("[" * 100_000, "not JSON"),
    ],
)  # fmt: skip
def test_what_is_no_object_is_refused_at_its_line(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(Refused, match=r"x\.ndjson:2: SM307 line 2: not JSON") as caught:
        read(tmp_path, '{"a": 1}', line)
    assert message in str(caught.value)
