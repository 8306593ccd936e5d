"""The accounts: account, created and valid_from (µs, null when unknown), and every further column asked for, as text.

Grain: one account; where `valid_from` is given, one state of an account.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from saasmetrics.definitions.sources import Accounts
from saasmetrics.sources.keys import once
from saasmetrics.sources.reading import Reader
from saasmetrics.sources.rows import read as read_rows


def read(reader: Reader, source: Accounts, extra: Sequence[str] = ()) -> pl.DataFrame:
    """One row an account, or one a state of it; the segments and `extra` columns under their own names. Refuses accounts that differ from themselves."""
    columns = list(dict.fromkeys([*source.segments, *extra]))
    rows = read_rows(reader, source, "accounts", columns, ["created", "valid_from"], ["account"])
    states = [] if rows.frame["valid_from"].null_count() == rows.frame.height else ["valid_from"]
    return once(rows, ["account", *states], "accounts", reader).drop("_line", "_file")
