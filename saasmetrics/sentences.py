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


def counted(number: str, one: pl.Expr | str) -> pl.Expr:
    """The number with its word: 1 use, 2 uses, 2 core successes."""
    word = pl.lit(one) if isinstance(one, str) else one
    ending = pl.when(pl.col(number) == 1).then(pl.lit("")).when(word.str.ends_with("s")).then(pl.lit("es")).otherwise(pl.lit("s"))
    return sentence("{} {}{}", number, word, ending)
