"""Events are said to be never late, or to come more than two weeks late.

## Code
SM648 warning

## Why
A period counts as complete when its last events can have arrived. With 0 d, last week is told as a drop and mended
tomorrow; with weeks, the headline is a month old.

## Remedy
write how late events really come, such as 1d

## Example
late_after: 0d

## Instead
late_after: 1d
"""

from __future__ import annotations

from saasmetrics.definitions.durations import DAY, as_text
from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings

LONGEST = 14


def late_after_odd(definition: Definition) -> Findings:
    late = definition.late_after
    if not late:
        yield ("late_after",), "with late_after: 0d a period is final at the stroke of midnight; write how late events come, such as 1d"
    elif late > LONGEST * DAY:
        yield ("late_after",), f"with late_after: {as_text(late)} every headline is older than that; export more often, or write how late events really come"
