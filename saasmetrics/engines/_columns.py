"""A column of a database as text, as ten-thousandths, as µs: with the meaning that it would have in a Parquet file.

What a database would write or read in another way than we do is refused, never approximated.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from saasmetrics.engines._render import quoted
from saasmetrics.messages import refuse
from saasmetrics.sources.columns import BLANK
from saasmetrics.sources.numbers import LARGEST, SCALE
from saasmetrics.sources.times import EARLIEST, LATEST, UNITS, Rule

SPACES = " \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
CONTROLS = (9, 10, 11, 12, 13)  # white space, too, but not for a text that people read and copy
BLANKS = tuple(map(ord, BLANK))
WHITE = "[" + SPACES + "".join(rf"\x{code:02x}" for code in CONTROLS) + "]*"
PLAIN = f"^{WHITE}[+-]?[0-9]{{1,14}}([.][0-9]+)?{WHITE}$"  # a decimal as _digits of sources/numbers.py reads it


class Kind(NamedTuple):
    """What a column holds: text, integer, uuid, decimal, double, flag, instant, civil (a time without a zone), or the name of its type."""

    name: str
    scale: int = 0  # digits behind the point of a decimal


class Column(NamedTuple):
    """A column of the table, as the database spells it, and what it is called in our texts."""

    path: str
    kind: Kind
    raw: str


def kind_of(told: str, kinds: Mapping[str, str]) -> Kind:
    """A type as the database tells it, such as DECIMAL(10,2)."""
    bare, scale = told.split("(", 1)[0].strip(), re.search(r"\(\d+, *(\d+)\)", told)
    return Kind(kinds.get(bare, told), int(scale[1]) if scale else 0)


def text(column: Column) -> str:
    """Whole numbers, UUIDs and flags are written alike everywhere, other types are not."""
    if column.kind.name == "text":
        return f"NULLIF({column.raw}, '')"
    if column.kind.name in ("integer", "uuid"):
        return f"CAST({column.raw} AS VARCHAR)"
    if column.kind.name == "flag":
        return f"CASE WHEN {column.raw} THEN 'true' WHEN NOT {column.raw} THEN 'false' END"
    return _refused(column, "as a text")


def given(column: Column) -> str:
    """Whether there is a value; an empty text is none."""
    return f"NULLIF({column.raw}, '') IS NOT NULL" if column.kind.name == "text" else f"{column.raw} IS NOT NULL"


def present(name: str) -> str:
    """Whether an id says anything; one that begins above the blank does."""
    return f"{name} IS NOT NULL AND ({name} >= '!' OR {_without(name, BLANKS)} <> '')"


def plain(texts: str) -> str:
    """A text that is a plain decimal, without white space and plus; any other is NULL."""
    bare = f"TRIM(BOTH {quoted(SPACES)} FROM {_without(texts, CONTROLS)})"
    return f"CASE WHEN REGEXP_LIKE({texts}, {quoted(PLAIN)}) THEN REPLACE({bare}, '+', '') END"


def dotted(plain_: str) -> str:
    """A plain decimal without its sign, with a point and five digits or more behind it."""
    return f"REPLACE({plain_}, '-', '') || CASE WHEN {plain_} LIKE '%.%' THEN '00000' ELSE '.00000' END"


def of_dotted(plain_: str, dotted_: str) -> str:
    """Both → ten-thousandths, half away from zero."""
    point = f"STRPOS({dotted_}, '.')"
    whole = f"CAST(SUBSTRING({dotted_}, 1, {point} - 1) AS BIGINT)"
    fifth = f"CAST(SUBSTRING({dotted_}, {point} + 1, 5) AS BIGINT) + 5"
    sign = f"CASE WHEN {plain_} LIKE '-%' THEN -1 ELSE 1 END"
    return f"{sign} * ({whole} * {SCALE} + CAST(({fifth} - MOD({fifth}, 10)) / 10 AS BIGINT))"


def number(column: Column) -> str:
    """A column that is no text → ten-thousandths, NULL from 10¹⁴ on."""
    raw, kind = column.raw, column.kind
    if kind.name == "integer":
        return _within(raw, LARGEST, f"CAST({raw} AS BIGINT) * {SCALE}")
    if kind.name == "decimal" and kind.scale <= 4:
        return _within(raw, LARGEST // 10**kind.scale, f"CAST({raw} * {SCALE} AS BIGINT)")
    if kind.name == "double":
        size = f"CAST(FLOOR(ABS({raw}) * {SCALE} + 0.5) AS BIGINT)"
        return _within(raw, LARGEST, f"CASE WHEN {raw} < 0 THEN -1 ELSE 1 END * {size}")
    return _refused(column, "as a number")


def moment(column: Column, rule: Rule) -> str:
    """A time → µs since 1970; whole numbers in a declared unit are NULL outside 1990..2100."""
    if column.kind.name == "integer" and rule.unit in ("s", "ms", "us"):
        unit = int(UNITS[rule.unit])
        return f"CASE WHEN {column.raw} >= {EARLIEST // unit} AND {column.raw} < {LATEST // unit} THEN CAST({column.raw} AS BIGINT) * {unit} END"
    if rule.format is None and column.kind.name == "instant":
        return f"SM_MICROS({column.raw})"
    if rule.format is None and column.kind.name == "civil" and rule.zone == "UTC":
        return f"SM_CIVIL({column.raw})"
    return _refused(column, "as a time: an instant is needed, a time without a zone under time: {zone: UTC}, or whole numbers under time: {unit: …}; not a column")


def _without(texts: str, codes: Sequence[int]) -> str:
    for code in codes:
        texts = f"REPLACE({texts}, CHR({code}), '')"
    return texts


def _within(raw: str, bound: int, inside: str) -> str:
    return f"CASE WHEN {raw} > -{bound} AND {raw} < {bound} THEN {inside} END"


def _refused(column: Column, how: str) -> str:
    refuse("SM134", f"'{column.path}' cannot be read {how} of type {column.kind.name}")
