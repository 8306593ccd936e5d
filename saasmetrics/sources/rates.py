"""The exchange rates: what one unit of a currency is worth in `revenue.currency`, from a day on.

Grain: one currency and day. Columns: currency, day (local day number), rate (in parts of a million million, exact to twelve decimals).
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.sources import Rates
from saasmetrics.sources.keys import once
from saasmetrics.sources.numbers import plain
from saasmetrics.sources.reading import Reader
from saasmetrics.sources.rows import Rows, leave_out, reject
from saasmetrics.sources.rows import read as read_rows

PLACES = 12


def read(reader: Reader, source: Rates, clock: Clock) -> pl.DataFrame:
    """All rates from before T; a rate holds until the next one of its currency."""
    rows = read_rows(reader, source, "rates", [], ["from"], ["currency"])
    dated = leave_out(rows, pl.col("from").is_null(), "without from", "SM320", "no day from which it holds", reader)
    exact = _read(dated, source, reader)
    known = Rows(exact.frame.with_columns(currency=pl.col("currency").str.strip_chars().str.to_uppercase(), day=clock.day_of(pl.col("from"))), exact.entries).without(pl.col("day") >= pl.lit(clock.day), "after as_of")
    return once(known, ["currency", "day"], "rate of", reader).select("currency", "day", "rate")


def _read(rows: Rows, source: Rates, reader: Reader) -> Rows:
    """Text → exact rates; rows with anything else are rejected."""
    judged = rows.frame.with_columns(exact=_exact(plain(pl.col("rate"), source.decimal)))
    bad, what = pl.col("exact").is_null(), "is no decimal above 0 such as 0.9215"
    sound = reject(Rows(judged, rows.entries), bad, "rate", source.mapping["rate"], "SM313", what, reader)
    return Rows(sound.frame.with_columns(rate="exact").drop("exact"), rows.entries)


def _exact(text: pl.Expr) -> pl.Expr:
    """A plain decimal above 0, of at most six digits before the point and twelve after it; anything else is null."""
    parts = text.str.strip_chars().str.extract_groups(r"^([0-9]{1,6})(?:\.([0-9]{1,12}))?$")
    fraction = parts.struct["2"].fill_null("").str.pad_end(PLACES, "0").cast(pl.Int64)
    rate = parts.struct["1"].cast(pl.Int64) * 10**PLACES + fraction
    return pl.when(rate > 0).then(rate)
