"""The price schedules of `pricing.schedules`, a row a step.

## Columns
schedule  key    the schedule's name
step      count  number of the step, from 1
position  count  the schedule's place in the file
meter     count  number of the meter that is priced, as in `meter_terms`
priced    label  its name
model     label  flat, graduated, volume, package
currency  label  of the prices; null: the one in which most accounts pay
above     money  no money but a quantity, in ten-thousandths: the step holds above it; of the first step, from 0 on
up_to     money  the last quantity it holds for; null: any
price     money  of a unit or package, in ten-thousandths
base      money  what is paid beside it: fees, and of a graduated schedule the units of the steps below
size      money  package: units in a package
edge      money  what the last quantity of the step costs; null: it has none
leap      money  how much more one unit beyond it costs; less than 0: the bill falls
falling   flag   the average price of a unit never rises with the quantity, from one unit on; the same for all steps
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import polars as pl

from saasmetrics.definitions.model import Definition
from saasmetrics.definitions.pricing import UNIT, Schedule

SCHEMA = {
    "schedule": pl.String, "step": pl.Int64, "position": pl.Int64, "meter": pl.Int64, "priced": pl.String, "model": pl.String, "currency": pl.String,
    "above": pl.Int64, "up_to": pl.Int64, "price": pl.Int64, "base": pl.Int64, "size": pl.Int64, "edge": pl.Int64, "leap": pl.Int64, "falling": pl.Boolean,
}  # fmt: skip


def tariffs(definition: Definition) -> pl.LazyFrame:
    """One row a step of a schedule."""
    rows: list[tuple[object, ...]] = []
    meters = list(definition.meters())
    for position, (name, schedule) in enumerate(definition.pricing.schedules.items(), 1):
        head = (position, meters.index(schedule.meter) + 1, schedule.meter, schedule.model, schedule.currency)
        falling = _falling(schedule)
        for at, (above, base) in enumerate(_bases(schedule)):
            step = schedule.steps[at]
            edge = None if step.up_to is None else bill(schedule, step.up_to)
            leap = None if step.up_to is None or edge is None else bill(schedule, step.up_to + UNIT) - edge
            rows.append((name, at + 1, *head, above, step.up_to, step.price, base, schedule.size, edge, leap, falling))
    return pl.LazyFrame(rows, schema=SCHEMA, orient="row")


def bill(schedule: Schedule, quantity: int) -> int:
    """What a quantity (in ten-thousandths) costs, in ten-thousandths, half up."""
    steps = list(zip(schedule.steps, _bases(schedule), strict=True))
    step, (above, base) = next(found for found in steps if found[0].up_to is None or quantity <= found[0].up_to)
    if schedule.size:
        return base + step.price * -(-quantity // schedule.size)
    return base + (step.price * (quantity - (above if schedule.model == "graduated" else 0)) + UNIT // 2) // UNIT


def _bases(schedule: Schedule) -> Iterator[tuple[int, int]]:
    """Where each step begins, and what is paid beside its price."""
    above, below = 0, 0
    for step in schedule.steps:
        yield above, below + step.fee
        if schedule.model == "graduated" and step.up_to is not None:
            below += step.fee + (step.price * (step.up_to - above) + UNIT // 2) // UNIT
        above = step.up_to or above


def _falling(schedule: Schedule) -> bool:
    """Between two edges the average goes one way, so the edges tell; above the last one it goes towards the last price."""
    edges = [step.up_to for step in schedule.steps if step.up_to is not None]
    size = schedule.size or UNIT
    whole = [at - at % size for edge in edges for at in (edge, edge + size)] if schedule.size else [at for edge in edges for at in (edge, edge + size)]
    points = sorted({size, *(at for at in whole if at >= size), 1_000 * size + max([0, *whole]) // size * size})
    averages = [Fraction(bill(schedule, at), at) for at in points]
    return all(after <= before + Fraction(1, UNIT) for before, after in zip(averages, averages[1:], strict=False))
