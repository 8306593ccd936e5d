"""The meters: units that a price could be based on, as `pricing.meters` declares them.

## Columns
position  key    order of the meter, from 1
meter     label  its name
kind      label  flow: begins anew each month; stock: what there is at the end of a month
measure   label  count, distinct, sum, peak, end
unit      label  what is counted, in words
limited   label  the name under which the limits table may limit it: a workflow, a rule, seats; null: under none
is_star   flag   it counts what the north star counts
machines  flag   it counts events, so that service users can make some of it
"""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.model import Definition
from saasmetrics.definitions.pricing import Meter

SCHEMA = {
    "position": pl.Int64, "meter": pl.String, "kind": pl.String, "measure": pl.String, "unit": pl.String, "limited": pl.String,
    "is_star": pl.Boolean, "machines": pl.Boolean,
}  # fmt: skip
WORDS = {"count": "", "distinct": "different things of ", "sum": "value of ", "peak": "most on one day of ", "end": "at the end of the month: "}
PEOPLE = {"distinct": "people at work", "peak": "most people at work on one day", "end": "people who joined and stayed"}


def meter_terms(definition: Definition) -> pl.LazyFrame:
    """One row a meter, in the order of the file."""
    rows = [(at, name, meter.kind, meter.measured, *_told(meter, definition)) for at, (name, meter) in enumerate(definition.meters().items(), 1)]
    return pl.LazyFrame(rows, schema=SCHEMA, orient="row")


def _told(meter: Meter, definition: Definition) -> tuple[str, str | None, bool, bool]:
    """unit, limited, star, machines"""
    if meter.of:
        return "paid seats" if meter.of == "seats" else PEOPLE[meter.measured], "seats" if meter.of == "seats" else None, False, False
    same = meter.measured == {"value": "sum", "entities": "distinct"}.get(definition.star().measure, "count")
    limited = meter.workflow or meter.rule if meter.measured in ("count", "end") else None
    return WORDS[meter.measured] + str(meter.workflow or meter.rule), limited, same and meter.workflow == definition.star().workflow, True
