"""The users: account, user, role, team, invited, joined, deactivated (µs), email, kind. Grain: one user in one account."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from saasmetrics.definitions.sources import Users
from saasmetrics.sources.keys import once
from saasmetrics.sources.reading import Reader
from saasmetrics.sources.rows import read as read_rows

TIMES = ["invited", "joined", "deactivated"]


def read(reader: Reader, source: Users, extra: Sequence[str] = ()) -> pl.DataFrame:
    """One row a user of an account. An empty time means that it has not happened."""
    rows = read_rows(reader, source, "users", extra, TIMES, ["account", "user"])
    return once(rows, ["account", "user"], "users", reader).drop("_line", "_file")
