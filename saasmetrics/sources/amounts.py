"""Columns of amounts: each read exactly, or its row is rejected at its line."""

from __future__ import annotations

import polars as pl

from saasmetrics.messages import refuse
from saasmetrics.sources.reading import Reader
from saasmetrics.sources.rows import Rows


def amounts(rows: Rows, name: str, read: pl.Expr, what: str, reader: Reader, *, optional: bool = False, signed: bool = False) -> None:
    """Text → numbers, in place; rows where one is unreadable, (unless signed) negative or (unless optional) missing are rejected."""
    judged = rows.frame.with_columns(read_=read)
    if judged["read_"].cast(pl.Float64).abs().sum() > 2**62:
        refuse("SM313", f"{what}: too large to add up exactly")
    bad = pl.when(pl.col("read_").is_null()).then(pl.col(name).is_not_null() | (not optional)).otherwise((pl.col("read_") < 0) & (not signed))
    for (file,), wrong in sorted(judged.filter(bad).partition_by("_file", as_dict=True).items()):
        listed = wrong.select("_line", name, "read_").rows()
        places = [(line, f"line {line}: {what} {_trouble(text, number)}") for line, text, number in listed]
        reader.ledger.reject(rows.entries[int(str(file))], "SM313", f"{what} unreadable", places)
    rows.frame = judged.filter(~bad).with_columns(pl.col("read_").alias(name)).drop("read_")


def _trouble(text: str | None, number: int | None) -> str:
    return "missing" if text is None else f"'{text}' unreadable" if number is None else f"'{text}' is negative"
