"""Amounts: plain decimals, exact, as integers of a ten-thousandth. Anything else is refused, never guessed."""

from __future__ import annotations

import polars as pl

SCALE = 10_000
PLAIN = r"^[+-]?\d{1,14}(\.\d+)?$"


def scaled(text: pl.Expr) -> pl.Expr:
    """Text of a decimal → its ten-thousandths, half away from zero; null where it is no plain decimal."""
    parts = text.str.strip_chars().str.extract_groups(r"^([+-]?)(\d{1,14})(?:\.(\d+))?$")
    fraction = parts.struct["3"].fill_null("").str.pad_end(5, "0").str.slice(0, 5).cast(pl.Int64)
    size = parts.struct["2"].cast(pl.Int64) * SCALE + (fraction + 5).floordiv(10)
    return pl.when(parts.struct["1"] == "-").then(-size).otherwise(size)


def whole(text: pl.Expr) -> pl.Expr:
    """Text of a whole number (7 or 7.0) → the number; null where it is none."""
    return text.str.strip_chars().str.extract(r"^\+?(-?\d{1,15})(?:\.0+)?$").cast(pl.Int64)
