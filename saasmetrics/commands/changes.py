"""`changes`: what a number was on an earlier day, what it is now, and the accounts through which it moved.

    saasmetrics changes engagement.active_accounts --since 2026-10-01
    saasmetrics changes revenue.accounts.mrr --since 2026-10-01 --as-of 2026-11-01

Both days are told from the data of today: what a run of that day would show with the rows that have come in late. The number is
that of the report's line, else the one that the table leads with, else the sum of the column that is named. Of a table of accounts,
and of a line with accounts behind it, the accounts add up to the number exactly, on both days. Of any other table the accounts
are those that the table behind it calls something else: they say where to look, and need not add up.

With --history the number is also held against the one that a report told for the earlier day: what late data did to it stands apart
from what new data did.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from saasmetrics.catalog import Column
from saasmetrics.commands.config import load
from saasmetrics.commands.days import day
from saasmetrics.commands.measure import deliver, format_for
from saasmetrics.messages import refuse, report

if TYPE_CHECKING:
    from saasmetrics.commands.moves import Moves
    from saasmetrics.tables import Asked, Table

NUMBER = (
    Column("what", "key", "number: the number itself; below it the accounts by what became of them, which add up to it (of a rate: then / base_then)"),
    Column("unit", "label", "of the number: %, count, days, ms, money, number; empty: of the parts of accounts"),
    Column("accounts", "count", "how many accounts"),
    Column("then", "number", "on the earlier day; empty: not known"),
    Column("now", "number", "on the later day; empty: not known"),
    Column("change", "number", "now − then"),
    Column("base_then", "number", "of a rate: what it is a rate of, on the earlier day"),
    Column("base_now", "number", "the same on the later day"),
)
ACCOUNTS = (
    Column("position", "key", "the largest change first"),
    Column("account", "label", "the account"),
    Column("what", "label", "entered, left, up, down; of a rate also: joined the base, left the base; called otherwise: it need not add up"),
    Column("then", "number", "its part of the number on the earlier day"),
    Column("now", "number", "its part on the later day"),
    Column("because", "text", "what its row of the table says otherwise: earlier → later; then the event and its local time: of what rose the first since the earlier day, else the last"),
)
TOLD = (
    Column("what", "key", "late: what was known afterwards of the earlier day; new: what has happened since"),
    Column("from", "number", "the number before"),
    Column("to", "number", "the number after"),
    Column("change", "number", "to − from"),
    Column("because", "text", "what differs in all that the number is made from"),
)


def changes(
    table: str, *, since: str, history: Path | None, config: Path | None, as_of: str | None, limit: int | None, format: str | None, output: str | None, raw: bool, color: Any,
    quiet: bool, verbose: bool, allow_remote: bool, **given: Any,
) -> None:  # fmt: skip
    """Read once, say how the number moved and through whom."""
    from saasmetrics.tables import Asked

    loaded, fmt = load(config, allow_remote=allow_remote, verbose=verbose), format_for(format, output)
    progress = not quiet and (verbose or bool(sys.stderr and sys.stderr.isatty()))
    told, warnings = between(loaded, table, day("--since", since), Asked(day("--as-of", as_of), progress=progress, **given), history)
    if not quiet:
        report((*loaded.warnings, *warnings))
    deliver(told, fmt, output, limit, raw, color, quiet)


def between(loaded: Any, table: str, since: date | None, asked: Asked, history: Path | None = None) -> tuple[list[Table], Sequence[Any]]:
    """The tables, and what is wrong with the data."""
    from saasmetrics.commands.moves import held_against, looked_at, moves
    from saasmetrics.replay import replaying
    from saasmetrics.tables import meta

    asked_for = looked_at(table)
    with replaying(loaded, asked_for.rooms, asked) as at:
        if since is None or since >= at.clock.as_of:
            refuse("SM130", f"--since {since} is not before {at.clock.as_of}, the day as of which the later number is told")
        found = moves(asked_for, at, since)
        late = held_against(history, asked_for, at, since, found) if history else []
    made = meta(loaded, at.run.book, [*at.run.notes, *found.notes])
    frames = [("changes", _headline(found, since, at.clock.as_of), NUMBER, found.summary), ("changes.accounts", "Through which accounts?", ACCOUNTS, found.accounts)]
    frames += [("changes.told", "What did late data do to the number that was told, and what did new data?", TOLD, late)] if history else []
    return [_table(*told, made) for told in frames], at.run.book.reader.ledger.warnings


def _headline(found: Moves, since: date, now: date) -> str:
    from saasmetrics.outputs.cells import words

    shown = [words(value, found.unit) for value in (found.then, found.now)]
    return f"{found.name}: {shown[0]} on {since}, {shown[1]} on {now}."


def _table(name: str, title: str, columns: tuple[Column, ...], rows: Sequence[Sequence[Any]], meta: dict[str, Any]) -> Table:
    import polars as pl

    from saasmetrics.tables import Table

    kinds: dict[str, Any] = {"count": pl.Int64, "number": pl.Float64}
    schema = {column.name: pl.Int64 if column.name == "position" else kinds.get(column.unit, pl.String) for column in columns}
    return Table(name, title, columns, pl.DataFrame(rows, schema=schema, orient="row"), meta=meta)
