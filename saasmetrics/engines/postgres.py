"""PostgreSQL: a server, read only, in one snapshot.

Extra `postgres`: psycopg 3.3 with libpq, 17 MB installed. Run against PostgreSQL 15, in a session of another time zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import polars as pl

from saasmetrics.engines._client import driver
from saasmetrics.engines._columns import Kind
from saasmetrics.engines._dialect import Dialect

MICROS = "CAST(EXTRACT(EPOCH FROM x) * 1000000 AS BIGINT)"
DIALECT = Dialect("postgres", micros=MICROS, civil=MICROS, whole="x / y", text='CAST(x AS TEXT) COLLATE "C"')
KINDS = {
    **dict.fromkeys(("text", "varchar"), "text"), **dict.fromkeys(("int2", "int4", "int8"), "integer"), "float8": "double",
    "numeric": "decimal", "bool": "flag", "uuid": "uuid", "timestamptz": "instant", "timestamp": "civil",
}  # fmt: skip


class Client:
    """One transaction, so that every query sees the same rows."""

    def __init__(self, remote: str) -> None:
        psycopg = driver("psycopg", "postgres")
        self._connection: Any = psycopg.connect(remote)
        self._connection.read_only = True
        self._connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ

    def kinds(self, query: str) -> Mapping[str, Kind]:
        """The columns of a query's answer."""
        told = self._connection.execute(f"SELECT * FROM ({query}) AS asked LIMIT 0").description
        types = self._connection.adapters.types
        return {one.name: _kind(types[one.type_code].name if types.get(one.type_code) else f"number {one.type_code}", one.scale) for one in told}

    def rows(self, text: str) -> pl.DataFrame:
        """The answer to one query, copied as CSV: a value without quotes is missing, one with quotes is not."""
        import pyarrow as pa
        from pyarrow import csv

        kinds = {name: kind.name for name, kind in self.kinds(text).items()}
        types = {name: pa.string() if kind == "text" else pa.float64() if kind == "double" else pa.int64() for name, kind in kinds.items()}
        with self._connection.cursor() as cursor, cursor.copy(f"COPY ({text}) TO STDOUT WITH (FORMAT csv, HEADER)") as copied:
            data = BytesIO(b"".join(copied))
        options = csv.ConvertOptions(column_types=types, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False)
        found: Any = pl.from_arrow(csv.read_csv(data, parse_options=csv.ParseOptions(newlines_in_values=True), convert_options=options))
        return found  # type: ignore[no-any-return]

    def close(self) -> None:
        """End the transaction."""
        self._connection.close()


def _kind(name: str, scale: int | None) -> Kind:
    return Kind("numeric without a scale") if name == "numeric" and scale is None else Kind(KINDS.get(name, name), scale or 0)
