"""Sentences with columns in them. Polars' own `format` panics on a column whose first piece is empty (2.1, issue 25187)."""

from __future__ import annotations

from itertools import zip_longest

import polars as pl


def sentence(template: str, *parts: pl.Expr | str) -> pl.Expr:
    """The template with each {} replaced by a column (by name, or as an expression); null where one of them is."""
    columns = [pl.col(part) if isinstance(part, str) else part for part in parts]
    texts = template.split("{}")
    if len(texts) != len(columns) + 1:
        raise ValueError(f"{len(columns)} columns for {len(texts) - 1} places: {template}")
    pieces = zip_longest((pl.lit(text) if text else None for text in texts), columns)
    return pl.concat_str(piece for pair in pieces for piece in pair if piece is not None)


def counted(number: pl.Expr | str, one: str) -> pl.Expr:
    """The number with its word: 1 use, 2 uses, 2 core successes."""
    n = pl.col(number) if isinstance(number, str) else number
    many = f"{one}es" if one.endswith("s") else f"{one}s"
    return sentence("{} {}", n, pl.when(n == 1).then(pl.lit(one)).otherwise(pl.lit(many)))
