"""Snowflake: the text only, to be run by whoever may. Snowflake itself was out of reach: unverified there.

Plain names in small letters stay without quotes, so that they mean what they mean elsewhere: names in any case.
"""

from saasmetrics.engines._dialect import Dialect

MICROS = "DATE_PART(EPOCH_MICROSECOND, x)"
DIALECT = Dialect("snowflake", MICROS, MICROS, whole="x / y", escape=True, bare=True)
