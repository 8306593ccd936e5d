"""No time zone is declared.

## Code
SM647 warning

## Why
A day begins at midnight somewhere. Counted in UTC, the evening of New York belongs to the next day, and the work of a
Sunday night to the week after.

## Remedy
declare timezone: the zone in which the customers' days are counted; UTC is a choice, too

## Example
product: Ledgerly

## Instead
timezone: Europe/Berlin
"""

from __future__ import annotations

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def no_timezone(definition: Definition) -> Findings:
    if definition.timezone is None:
        yield ("timezone",), "no timezone: days are those of UTC; declare the zone in which customers' days are counted, or UTC"
