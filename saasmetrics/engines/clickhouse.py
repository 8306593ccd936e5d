"""ClickHouse: a server, asked over HTTP; the answers come as Parquet. What is asked is never more than reading.

Extra `clickhouse`: no driver is needed. Run against ClickHouse 26.9 in process (chDB 4.4, 535 MB), behind a small HTTP server.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from io import BytesIO
from urllib.error import HTTPError
from urllib.parse import unquote, urlencode, urlsplit
from urllib.request import Request, urlopen

import polars as pl

from saasmetrics.engines._columns import Kind, kind_of
from saasmetrics.engines._dialect import Dialect

MICROS = "toUnixTimestamp64Micro(toDateTime64(x, 6, 'UTC'))"
DIALECT = Dialect("clickhouse", micros=MICROS, civil=MICROS, whole="intDiv(x, y)")
KINDS = {
    "String": "text", "Bool": "flag", "UUID": "uuid", "Float64": "double", "Decimal": "decimal", "DateTime": "instant", "DateTime64": "instant",
    **dict.fromkeys(("Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32"), "integer"),
}  # fmt: skip
SETTINGS = {"default_format": "Parquet", "wait_end_of_query": "1", "readonly": "2", "output_format_parquet_string_as_string": "1", "join_use_nulls": "1"}


class Client:
    """An address such as https://user:password@host:8443/?database=product; each query is a request."""

    def __init__(self, remote: str) -> None:
        told = urlsplit(remote)
        host = f"[{told.hostname}]" if ":" in (told.hostname or "") else told.hostname
        self._address = f"{told.scheme}://{host}:{told.port or 8123}{told.path or '/'}?{urlencode(SETTINGS)}&{told.query}"
        login = f"{unquote(told.username or 'default')}:{unquote(told.password or '')}"
        self._headers = {"Authorization": "Basic " + b64encode(login.encode()).decode()}

    def kinds(self, query: str) -> Mapping[str, Kind]:
        """The columns of a query's answer."""
        lines = self._asked(f"DESCRIBE TABLE ({query}) FORMAT JSONEachRow").splitlines()
        return {one["name"]: _kind(one["type"]) for one in map(json.loads, lines)}

    def rows(self, text: str) -> pl.DataFrame:
        """The answer to one query."""
        return pl.read_parquet(BytesIO(self._asked(text)))

    def close(self) -> None:
        """Nothing is held open."""

    def _asked(self, text: str) -> bytes:
        try:
            with urlopen(Request(self._address, text.encode(), self._headers)) as answer:
                return bytes(answer.read())
        except HTTPError as error:
            raise OSError(error.read().decode("utf-8", "replace")) from None


def _kind(told: str) -> Kind:
    """Wrappers say nothing about the values; finer times than µs are not what the others could hold."""
    for wrapper in ("LowCardinality(", "Nullable("):
        told = told.removeprefix(wrapper)
    bare = told.rstrip(")") + ")" if "(" in told else told.rstrip(")")
    return Kind(told) if bare.startswith(("DateTime64(7", "DateTime64(8", "DateTime64(9")) else kind_of(bare, KINDS)
