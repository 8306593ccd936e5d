"""Amounts: plain decimals, exact, as integers of a ten-thousandth. Anything else is refused, never guessed."""

from __future__ import annotations

import polars as pl

SCALE = 10_000
DIGITS = 14  # before the point
LARGEST = 10**DIGITS
COMMA = r"^[+-]?(?:[0-9]+|[1-9][0-9]{0,2}(?:\.[0-9]{3})+)(?:,[0-9]+)?$"


def number(column: pl.Expr, dtype: pl.DataType, decimal: str = ".") -> pl.Expr:
    """A column of any type → ten-thousandths; null where it is no plain decimal below 10¹⁴. `decimal` is that of texts."""
    if dtype.is_integer():
        whole_ = column.cast(pl.Int64, strict=False)
        return pl.when(whole_.abs() < LARGEST).then(whole_ * SCALE)
    if isinstance(dtype, pl.Decimal) and dtype.scale <= 4:
        mantissa = column.to_physical().cast(pl.Int64, strict=False)
        return pl.when(mantissa.abs() < LARGEST).then(mantissa * 10 ** (4 - dtype.scale))
    if dtype.is_float():
        column = column if dtype == pl.Float64 else column.cast(pl.String).cast(pl.Float64)  # the decimal that was meant, to all its digits
        size = (column.abs() * SCALE + 0.5).floor().cast(pl.Int64, strict=False)
        return pl.when(column.abs() < LARGEST).then(size * column.sign().cast(pl.Int64, strict=False))
    return scaled(plain(column.cast(pl.String), decimal))


def plain(text: pl.Expr, decimal: str) -> pl.Expr:
    """Text with a decimal comma → the same with a point, null where it has none such: dots part thousands, or are refused."""
    if decimal == ".":
        return text
    bare = text.str.strip_chars()
    return pl.when(bare.str.contains(COMMA)).then(bare.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True))


def scaled(text: pl.Expr) -> pl.Expr:
    """Text of a decimal → its ten-thousandths, half away from zero; null where it is no plain decimal."""
    return text.map_batches(_scaled, return_dtype=pl.Int64, is_elementwise=True)


def _scaled(text: pl.Series) -> pl.Series:
    """Whole numbers are read the quick way, the others by their digits."""
    quick = text.cast(pl.Int64, strict=False)
    if quick.null_count() == text.null_count() and (text.str.len_bytes() <= DIGITS).all():
        return quick * SCALE
    return pl.select(_digits(pl.lit(text))).to_series().alias(text.name)


def _digits(text: pl.Expr) -> pl.Expr:
    parts = text.str.strip_chars().str.extract_groups(r"^([+-]?)([0-9]{1,14})(?:\.([0-9]+))?$")
    fraction = parts.struct["3"].fill_null("").str.pad_end(5, "0").str.slice(0, 5).cast(pl.Int64)
    size = parts.struct["2"].cast(pl.Int64) * SCALE + (fraction + 5).floordiv(10)
    return pl.when(parts.struct["1"] == "-").then(-size).otherwise(size)


def whole(text: pl.Expr) -> pl.Expr:
    """Text of a whole number (7 or 7.0) → the number; null where it is none."""
    parts = text.str.strip_chars().str.extract_groups(r"^([+-]?)([0-9]{1,15})(?:\.0+)?$")
    size = parts.struct["2"].cast(pl.Int64)
    return pl.when(parts.struct["1"] == "-").then(-size).otherwise(size)
