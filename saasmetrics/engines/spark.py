"""Spark: a cluster, in the classic way (local[2], local-cluster[…], spark://…) or through Spark Connect (sc://…).

Extra `spark`: pyspark 4.3 with what Connect needs, 590 MB, and Java 17; for sc://… alone pyspark-client will do, without Java.
Run against Spark 4.3 on one machine: in one process, with two executors of which one was killed, and through Connect. Facts come as Arrow through the
driver, which sends no more than its spark.driver.maxResultSize (1 GB unless told otherwise); with --facts-to the executors write them as Parquet to a shared folder.
Either way the facts (not the events) have to fit this machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from saasmetrics.engines._client import driver
from saasmetrics.engines._columns import Kind, kind_of
from saasmetrics.engines._dialect import Dialect

DIALECT = Dialect("spark", micros="UNIX_MICROS(x)", civil="TIMESTAMPDIFF(MICROSECOND, TIMESTAMP_NTZ '1970-01-01 00:00:00', x)", whole="x DIV y")
KINDS = {
    "string": "text", "boolean": "flag", "double": "double", "decimal": "decimal", "timestamp": "instant", "timestamp_ntz": "civil",
    **dict.fromkeys(("tinyint", "smallint", "int", "bigint"), "integer"),
}  # fmt: skip


class Client:
    """A session; one that is there already is used, and stays."""

    def __init__(self, remote: str) -> None:
        sessions = driver("pyspark.sql", "spark").SparkSession
        self._own, builder = sessions.getActiveSession() is None, sessions.builder
        found = builder.remote(remote) if remote.startswith("sc://") else builder.master(remote).config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false")
        self._session: Any = found.appName("saasmetrics").getOrCreate()

    def kinds(self, query: str) -> Mapping[str, Kind]:
        """The columns of a query's answer."""
        return {one.name: kind_of(one.dataType.simpleString(), KINDS) for one in self._session.sql(query).schema.fields}

    def rows(self, text: str) -> pl.DataFrame:
        """The answer to one query, as Arrow."""
        found: Any = pl.from_arrow(self._session.sql(text).toArrow())
        return found  # type: ignore[no-any-return]

    def write(self, text: str, place: str) -> int:
        """The answer as Parquet files that the executors write."""
        written, count = driver("pyspark.sql", "spark").Observation(), driver("pyspark.sql.functions", "spark").expr("COUNT(*)")
        self._session.sql(text).observe(written, count.alias("n")).write.parquet(place)
        return int(written.get["n"])

    def close(self) -> None:
        """End the session, and with it what it holds at the cluster."""
        if self._own:
            self._session.stop()
