"""What the north star is, as the definition says; undeclared, the successes of the first core workflow.

## Columns
workflow  label  whose success counts
measure   label  count, value, entities
period    label  week; month, when the job comes up by the month or quarter by nature
priced    flag   the value of a success is known
settles   count  days after which a success can no longer be taken back; 0: nothing takes it back
service   flag   the users table can tell service users from people

## Cut
same
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import DAY
from saasmetrics.definitions.model import Definition


def star_terms(definition: Definition) -> pl.LazyFrame:
    """One row."""
    star, workflow = definition.star(), definition.workflows[definition.star().workflow]
    settles = -(-star.unless.within // DAY) + 1 if star.unless else 0
    return pl.LazyFrame({
        "workflow": [star.workflow], "measure": [star.measure], "period": [definition.star_period()],
        "priced": [workflow.value is not None and star.measure != "entities"],
        "settles": pl.Series([settles], dtype=pl.Int64), "service": [definition.sources.users is not None],
    })  # fmt: skip
