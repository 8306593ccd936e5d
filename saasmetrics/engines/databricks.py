"""Databricks: Spark's SQL. A cluster of it is asked as Spark Connect is (--engine spark --remote sc://…).

Run on Spark only; Databricks itself was out of reach: unverified there.
"""

from saasmetrics.engines import spark
from saasmetrics.engines._dialect import Dialect

DIALECT = Dialect("databricks", spark.DIALECT.micros, spark.DIALECT.civil, spark.DIALECT.whole)
