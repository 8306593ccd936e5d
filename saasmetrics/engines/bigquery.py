"""BigQuery: the text only, to be run by whoever may. BigQuery itself was out of reach: unverified there."""

from saasmetrics.engines._dialect import Dialect

DIALECT = Dialect("bigquery", micros="UNIX_MICROS(x)", civil="UNIX_MICROS(TIMESTAMP(x))")
