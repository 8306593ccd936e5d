"""Every rate of friction that the definition asks for, also one that lacks its input: what is counted against what.

## Columns
measure   key    tickets, refunds, help, dismissed
workflow  key    the workflow; null: what belongs to none, or a measure that lacks its input
per       count  for how many of the base the rate is told: 100 or 1000
base      label  successes, transactions or attempts; null: it has no base, and is only counted
lacks     text   what the definition lacks; null: nothing

## Cut
same
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from saasmetrics.definitions.model import Definition

SCHEMA = {"measure": pl.String, "workflow": pl.String, "per": pl.Int64, "base": pl.String, "lacks": pl.String}
CLICKS = ("help", "dismissed")
Row = tuple[str, str | None, int, str | None, str | None]


def friction_kinds(definition: Definition) -> pl.LazyFrame:
    """One row a measure and workflow."""
    rows = [*_tickets(definition), *_refunds(definition), *(row for measure in CLICKS for row in _clicks(definition, measure))]
    return pl.LazyFrame(rows, schema=SCHEMA, orient="row")


def _tickets(definition: Definition) -> Iterator[Row]:
    if definition.sources.tickets is None:
        yield "tickets", None, 100, None, "needs sources.tickets"
        return
    yield from (("tickets", name, 100, "successes", None) for name in definition.workflows)
    yield "tickets", None, 100, None, None


def _refunds(definition: Definition) -> Iterator[Row]:
    told = definition.friction
    own = [(name, pains) for name, pains in told.workflows.items() if pains.refunds]
    yield from (("refunds", name, 1000, "transactions" if pains.transactions else "successes", None) for name, pains in own)
    if told.refunds:
        yield "refunds", None, 1000, "transactions" if told.transactions else "successes", None
    elif not own:
        yield "refunds", None, 1000, None, "needs friction.refunds"


def _clicks(definition: Definition, measure: str) -> Iterator[Row]:
    own = [name for name, pains in definition.friction.workflows.items() if getattr(pains, measure)]
    anywhere = bool(getattr(definition.friction, measure))
    tried = [name for name, workflow in definition.workflows.items() if workflow.attempt and (anywhere or name in own)]
    yield from ((measure, name, 100, "attempts", None) for name in tried)
    yield from ((measure, name, 100, None, f"needs workflows.{name}.attempt") for name in own if name not in tried)
    if anywhere:
        yield measure, None, 100, None, None
    elif not own:
        yield measure, None, 100, None, f"needs friction.{measure}"
