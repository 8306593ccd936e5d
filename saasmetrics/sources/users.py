"""The users: account, user, role, team, invited, joined, deactivated (µs), email, kind.

Grain: one user in one account; where rows say since when they hold, one state of it, with `valid_from` (µs, null: ever since).
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from saasmetrics.definitions.sources import Users
from saasmetrics.sources.keys import states
from saasmetrics.sources.reading import Reader
from saasmetrics.sources.rows import read as read_rows

KEY = ["account", "user"]
TIMES = ["invited", "joined", "deactivated", "valid_from"]


def read(reader: Reader, source: Users, extra: Sequence[str] = ()) -> pl.DataFrame:
    """One row a user of an account, or one a state of it. An empty time means that it has not happened."""
    rows = read_rows(reader, source, "users", extra, TIMES, KEY, lambda rows: states(rows, KEY, "users", reader))
    return rows.frame.drop("_line", "_file")
