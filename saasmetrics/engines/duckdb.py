"""DuckDB: a file of it, read only.

Extra `duckdb`: duckdb 2.0, 70 MB installed. Run against the real thing in every test run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from saasmetrics.engines._client import driver
from saasmetrics.engines._columns import Kind, kind_of
from saasmetrics.engines._dialect import Dialect

DIALECT = Dialect("duckdb", micros="EPOCH_US(x)", civil="EPOCH_US(x)", whole="x // y", escape=True)
KINDS = {
    "VARCHAR": "text", "ENUM": "text", "UUID": "uuid", "BOOLEAN": "flag", "DOUBLE": "double", "DECIMAL": "decimal",
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"), "integer"),
    "TIMESTAMP WITH TIME ZONE": "instant", **dict.fromkeys(("TIMESTAMP", "TIMESTAMP_MS", "TIMESTAMP_S"), "civil"),
}  # fmt: skip


class Client:
    """A connection to one file."""

    def __init__(self, remote: str) -> None:
        self._connection: Any = driver("duckdb", "duckdb").connect(remote, read_only=True)
        self._connection.execute("SET enable_progress_bar = false")

    def kinds(self, query: str) -> Mapping[str, Kind]:
        """The columns of a query's answer."""
        told = self._connection.execute(f"DESCRIBE {query}").fetchall()
        return {name: kind_of(str(kind), KINDS) for name, kind, *_ in told}

    def rows(self, text: str) -> pl.DataFrame:
        """The answer to one query."""
        found: pl.DataFrame = self._connection.sql(text).pl()
        return found

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
