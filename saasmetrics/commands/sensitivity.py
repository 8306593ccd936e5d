"""`sensitivity`: how much a number depends on conventions that could have been chosen otherwise.

Each convention that the table could stand on is turned, one at a time, to its other plausible choices: the zone, the
start of the week, how late events may be, days off, who counts as internal, how long an attempt lasts, and each choice
and each length among the settings of the chapter (half and twice as long). All else stays as declared, and so does T.

The number is the one that the table leads with, or the one named: `sensitivity revenue.mrr.arr`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from saasmetrics.catalog import Column
from saasmetrics.commands.config import load
from saasmetrics.commands.conventions import Choice, choices
from saasmetrics.commands.days import day
from saasmetrics.commands.measure import conditions, deliver, format_for
from saasmetrics.commands.numbers import Number, named, number, state_of
from saasmetrics.commands.turned import Turned, turned
from saasmetrics.definitions.read import Loaded

if TYPE_CHECKING:
    from saasmetrics.tables import Asked, Table


class Row(NamedTuple):
    """One choice and what it makes of the number."""

    convention: str
    choice: str
    declared: bool
    value: float | None
    difference: float | None
    flips: int | None
    n: int | None
    status: str

    @property
    def moved(self) -> float:
        return abs(self.difference or 0)


class Flip(NamedTuple):
    """An account that a choice calls something else."""

    convention: str
    choice: str
    account: str
    declared: str | None
    called: str | None


ACCOUNTS = (
    Column("convention", "key", "the convention"),
    Column("choice", "key", "the other choice"),
    Column("account", "key", "the account"),
    Column("declared", "label", "what it is called as declared; empty: not listed"),
    Column("called", "label", "what it is called under the other choice; empty: not listed"),
)


def sensitivity(table: str, *, config: Path | None, limit: int | None, format: str | None, output: str | None, raw: bool, color: Any, **given: Any) -> None:
    """Print what each choice makes of the number, the convention that matters most first; then the accounts that depend on it."""
    from saasmetrics.tables import Asked

    loaded, fmt = load(config, allow_remote=given["allow_remote"], verbose=given["verbose"]), format_for(format, output)
    how = Asked(as_of=day("--as-of", given["as_of"]), where=conditions(given["where"]), **{name: given[name] for name in ("max_reject", "strict", "allow_empty", "verify", "store")})
    deliver(measured(loaded, table, how), fmt, output, limit, raw, color)


def measured(loaded: Loaded, table: str, how: Asked) -> list[Table]:
    """The table of choices, and that of the accounts that flip, where there is one that calls accounts something."""
    told = named(table)
    asked = choices(loaded, told.room)
    found = turned(loaded, told.room, asked, how)
    shown, flips = number(told, found.declared[told.room.key]), _flips(found)
    rows = _rows(shown, loaded, asked, found, flips)
    flips.sort(key=lambda flip: [row[:2] for row in rows].index(flip[:2]))
    made = [_table("sensitivity", _headline(shown, rows), _columns(shown), rows, found)]
    return made + ([_table("sensitivity.accounts", f"Which accounts {found.states.key} calls something else under another choice.", ACCOUNTS, flips, found)] if found.states else [])


def _rows(shown: Number, loaded: Loaded, asked: Sequence[Choice], found: Turned, flips: Sequence[Flip]) -> list[Row]:
    """A row a choice; conventions by how far they move the number, and of each the declared choice first."""
    base = shown.read(found.declared[shown.room.key], loaded.definition)
    rows = []
    for choice in asked:
        line = shown.read(found.otherwise[choice.key][shown.room.key], choice.loaded.definition) if choice.loaded else base
        difference = None if line.value is None or base.value is None else line.value - base.value
        count = sum(flip[:2] == choice.key for flip in flips) if found.states else None
        rows.append(Row(*choice.key, choice.loaded is None, line.value, difference, count, line.base, line.status))
    most = {row.convention: max((one.moved, one.flips or 0) for one in rows if one.convention == row.convention) for row in rows}
    return sorted(rows, key=lambda row: (*(-part for part in most[row.convention]), row.convention, not row.declared, -row.moved, row.choice))


def _flips(found: Turned) -> list[Flip]:
    if found.states is None:
        return []
    columns = ("account", state_of(found.states))
    before, flips = dict(found.declared[found.states.key].select(columns).iter_rows()), []
    for key, frames in found.otherwise.items():
        after = dict(frames[found.states.key].select(columns).iter_rows())
        flips += [Flip(*key, account, before.get(account), after.get(account)) for account in sorted({*before, *after}) if before.get(account) != after.get(account)]
    return flips


def _headline(shown: Number, rows: Sequence[Row]) -> str:
    """Between what and what, and through which convention."""
    from saasmetrics.outputs.cells import words

    values = [row.value for row in rows if row.value is not None]
    declared = next(row.value for row in rows if row.declared)
    if declared is None:
        return f"{shown.name} is not known as declared."
    told = f"{shown.name} is {words(declared, shown.unit)} as declared"
    if not rows[0].moved and not any(row.moved for row in rows):
        return f"{told}, and none of these conventions moves it."
    return f"{told}, between {words(min(values), shown.unit)} and {words(max(values), shown.unit)} otherwise: {rows[0].convention} matters most."


def _columns(shown: Number) -> tuple[Column, ...]:
    return (
        Column("convention", "key", "what could have been agreed on otherwise, by its place in the definition file"),
        Column("choice", "key", "one way to agree on it; lengths are halved and doubled"),
        Column("declared", "flag", "the choice that the definition makes"),
        Column("value", shown.unit, "the number under this choice, all else as declared; empty: not known"),
        Column("difference", shown.unit, "what the choice adds to the declared number"),
        Column("flips", "count", "accounts that are called something else under it; empty: no table calls accounts something"),
        Column("n", "count", "what the number stands on: accounts, unless its table says otherwise"),
        Column("status", "label", "as in the table"),
    )


def _table(name: str, title: str, columns: tuple[Column, ...], rows: Sequence[Any], found: Turned) -> Table:
    import polars as pl

    from saasmetrics.tables import Table

    kinds: dict[str, Any] = {"key": pl.String, "label": pl.String, "flag": pl.Boolean, "count": pl.Int64, "score": pl.Int64}
    schema = {column.name: kinds.get(column.unit, pl.Float64) for column in columns}
    return Table(name, title, columns, pl.DataFrame(rows, schema=schema, orient="row", strict=False), meta=found.meta)
