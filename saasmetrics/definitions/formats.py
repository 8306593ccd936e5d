"""How times are written that are not ISO 8601: a pattern of directives, each of which is read, and none passed over."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator

from saasmetrics.definitions.base import fail, shown
from saasmetrics.definitions.words import Sentence, spelt

DIRECTIVE = re.compile(r"%[-_0]?(\.?[369]?f|:*z|.?)", re.DOTALL)
READ = {*"YymbBhdejFDaAHIpPMSTRznt%", ".f", ".3f", ".6f", ".9f", "3f", "6f", "9f"}
HOURS, YEARS = {*"HITR"}, {*"YyFD"}
INSTEAD = {
    "Z": "a zone by its letters has no one meaning: write the letters out, such as UTC, and declare zone:",
    ":z": "write %z, which reads +0200 and +02:00", "f": "write %.f for the fraction with its point (digits without a point are %3f, %6f or %9f)",
    "s": "of seconds since 1970 declare unit: s", "k": "write %H", "l": "write %I",
}  # fmt: skip
UTC = re.compile(r"(Z|UTC|GMT)\s*$", re.IGNORECASE)

# For editors.
BOTH = r"(?:(?=.*%[-_0]?I)(?=.*%[-_0]?[pP])|(?!.*%[-_0]?[IpP]))"
WRITTEN = rf"^(?=.*%[-_0]?[YyFD]){BOTH}(?:[^%]|%[-_0]?(?:[YymbBhdejFDaAHIpPMSTRznt%]|\.[369]?f|[369]f))*$"
LETTERS: dict[str, Any] = {"properties": {"format": {"type": "string", "pattern": r"([^%:][zZ]|[uU][tT][cC]|[gG][mM][tT])\s*$"}}, "required": ["format"], "not": {"required": ["zone"]}}


def directives(format: str) -> set[str]:
    """What stands behind the percent signs, without the sign for padding."""
    return {*DIRECTIVE.findall(format)}


def has_hour(format: str) -> bool:
    """Whether it tells more than the day."""
    return not HOURS.isdisjoint(directives(format))


def has_zone(format: str) -> bool:
    """Whether each time carries its own."""
    return "z" in directives(format)


def says_utc(format: str) -> bool:
    """Whether it ends with letters that mean UTC, which are letters only."""
    return bool(UTC.search(DIRECTIVE.sub("", format)))


def readable(value: str) -> str:
    """A pattern that says which day it was, in one way."""
    found = directives(value)
    for one in sorted(found - READ):
        raise fail("SM112", f"{shown(f'%{one}')} is not read here; {INSTEAD.get(one, f'those that are: {_listed()}')}")
    if YEARS.isdisjoint(found):
        raise fail("SM112", f"{shown(value)} names no year (%Y): a time needs one")
    if ("I" in found) != bool(found & {"p", "P"}):
        raise fail("SM112", f"{shown(value)}: hours up to 12 (%I) and %p belong together; hours up to 23 are %H")
    return value


def _listed() -> str:
    return " ".join(f"%{one}" for one in ("Y", "y", "m", "d", "b", "B", "H", "I", "p", "M", "S", ".f", "z"))


Format = Annotated[Sentence, AfterValidator(readable), spelt(WRITTEN)]
