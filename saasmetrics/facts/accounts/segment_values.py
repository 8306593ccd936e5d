"""The declared segments of each account, one below the other, as the accounts table lists them.

## Columns
account  key    the account
segment  key    the segment's name
value    label  its value; empty: the table does not say
"""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.model import Definition
from saasmetrics.facts.accounts.accounts import segments

SCHEMA = {"account": pl.Categorical, "segment": pl.String, "value": pl.String}


def segment_values(accounts: pl.LazyFrame, definition: Definition) -> pl.LazyFrame:
    """accounts → one row an account and declared segment."""
    told = [accounts.select("account", segment=pl.lit(name), value=pl.col(name).cast(pl.String)) for name in segments(definition)]
    return pl.concat([pl.LazyFrame(schema=SCHEMA), *told], how="vertical_relaxed")
