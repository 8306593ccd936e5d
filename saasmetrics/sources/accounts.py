"""The accounts: account, created (µs, null when unknown), and every further column asked for, as text.

Grain: one account; where rows say since when they hold, one state of an account, with `valid_from` (µs, null: ever since).
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from saasmetrics.definitions.sources import Accounts
from saasmetrics.sources.keys import states
from saasmetrics.sources.reading import Reader
from saasmetrics.sources.rows import read as read_rows


def read(reader: Reader, source: Accounts, extra: Sequence[str] = ()) -> pl.DataFrame:
    """One row an account, or one a state of it; the segments and `extra` columns under their own names. Refuses accounts that differ from themselves."""
    columns = list(dict.fromkeys([*source.segments, *extra]))
    rows = read_rows(reader, source, "accounts", columns, ["created", "valid_from"], ["account"])
    return states(rows, ["account"], "accounts", reader).drop("_line", "_file")
