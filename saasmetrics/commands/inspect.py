"""`inspect`: what is in these files, without a definition.

Five tables: the files with what they look like, what is wrong or odd in them, their columns, the names of the events,
and, where an export says when events arrived, how late they do. What a file or a column is taken for is a guess, and is marked by a question mark.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from saasmetrics import __version__
from saasmetrics.catalog import Column
from saasmetrics.clock import DAY
from saasmetrics.messages import INPUT, clean, refuse, say
from saasmetrics.sources.lateness import LATE, Lateness

if TYPE_CHECKING:
    from saasmetrics.start.survey import Looked, Survey
    from saasmetrics.tables import Table

ON_SCREEN, WIDEST, MOST_LISTED = 40, 60, 4
LONG = ("rejected", "format", "files", "bytes", "why", "odd", "share")  # for other formats than a screen; what is wrong stands among the findings
FILES = (
    Column("file", "key", "the file, or the pattern of files with the same columns"),
    Column("looks_like", "label", "the table it is taken for: a guess"),
    Column("rows", "count", "records read; those rejected among them"),
    Column("rejected", "count", "malformed records: no run uses them"),
    Column("repeated", "count", "rows that repeat an earlier one in every column"),
    Column("first", "time", "earliest time in the column that says when; without a zone it is taken as UTC"),
    Column("last", "time", "latest: how fresh the export is"),
    Column("format", "label", "format, encoding and separator"),
    Column("files", "count", "how many files"),
    Column("bytes", "count", "their size, as packed"),
    Column("why", "text", "what tells the table"),
)
FINDINGS = (
    Column("file", "key", "the file"), Column("line", "key", "the line, where one is to blame"), Column("finding", "key", "what is wrong or odd"),
    Column("code", "label", "explain CODE says what to do"),
)  # fmt: skip
COLUMNS = (
    Column("file", "key", "the file"), Column("column", "key", "the column, or a path into its JSON"), Column("taken_for", "label", "the canonical column it is taken for: a guess"),
    Column("kind", "label", "what its values are"), Column("empty", "share", "of the rows, those without a value"),
    Column("different", "count", "different values; above two million rows an estimate"), Column("odd", "count", "values of another kind"),
    Column("examples", "text", "the most frequent values of the first 20,000 rows"),
)  # fmt: skip
EVENTS = (
    Column("file", "key", "the file"), Column("event", "key", "its name"), Column("rows", "count", "how often"), Column("share", "share", "of all rows with a name"),
    Column("accounts", "count", "accounts in which it happened"), Column("users", "count", "users who did it"),
)  # fmt: skip

LATENESS = (
    Column("file", "key", "the file"), Column("rows", "count", "events with both times: when they happened, when they arrived"),
    Column("p50", "days", "half of them arrive within these days"), Column("p90", "days", "90 of 100 do"), Column("p99", "days", "99 of 100 do"),
    *(Column(f"later_{days}d", "share", f"of the rows, those that arrive more than {days} days after the event") for days in LATE),
    Column("late_after", "label", "what to declare: whole days within which 99 of 100 arrive; empty: half of them came more than a week late, so they were loaded together"),
)  # fmt: skip


def inspect(
    files: Sequence[str], *, separator: str | None, encoding: str | None, limit: int | None, format: str | None, output: str | None, raw: bool, quiet: bool, color: Any,
) -> None:  # fmt: skip
    """Print the tables; exit 3 when a file could not be read at all."""
    from saasmetrics.commands.measure import deliver, format_for, on_screen
    from saasmetrics.start.opening import Told
    from saasmetrics.start.survey import survey

    found = survey(files, Told(Path.cwd(), separator, encoding))
    if not found.looked and not found.refused:
        refuse("SM301", f"no export among these files{passed_over(found)}", ", ".join(files))
    fmt = format_for(format, output)
    made = [brief(one, _home(found)) for one in tables(found)] if fmt == "table" else tables(found)
    deliver(made, fmt, output, ON_SCREEN if limit is None and on_screen(fmt, output) else limit, raw, color, quiet)
    if found.of("events") and not quiet:
        say(f"next: saasmetrics init {shlex.join(files)}")
    if found.refused:
        raise SystemExit(INPUT)


def passed_over(found: Survey) -> str:
    """The files that could not be looked at, and why."""
    return "".join(f"; {one.file}: {one.message.removeprefix('passed over: ')}" for one in found.ledger.warnings[:MOST_LISTED])


def tables(found: Survey) -> list[Table]:
    """What was found, as tables."""
    meta = {"version": __version__, "inputs": [{"path": entry.path, "bytes": entry.bytes} for entry in found.ledger.entries], "notes": ["what files and columns are taken for is a guess"]}
    rows: list[tuple[str, str, Any, list[tuple[Any, ...]]]] = [
        ("files", "What are these files?", FILES, [_file(one) for one in found.looked]),
        ("findings", "What is wrong or odd in them?", FINDINGS, [(p.file or "", p.line, p.message, p.code) for p in found.findings()]),
        ("columns", "What do their columns hold?", COLUMNS, [row for one in found.looked for row in _columns(one)]),
        ("events", "Which events are there, and how often?", EVENTS, [row for one in found.of("events") for row in _events(one)]),
        ("lateness", "How late do events arrive?", LATENESS, [_lateness(one.label, one.lateness) for one in found.of("events") if one.lateness]),
    ]
    return [_table(name, title, columns, data, meta) for name, title, columns, data in rows if data]


def brief(table: Table, home: str) -> Table:
    """What fits on a first screen: days instead of instants, files without the folder that all of them are in."""
    import polars as pl

    shown = [column for column in table.columns if column.name not in LONG]
    short = pl.col("file").str.strip_prefix(home)
    days = [pl.col(column.name).cast(pl.Date) for column in shown if column.unit == "time"]
    named = tuple(column._replace(unit="date") if column.unit == "time" else column for column in shown)
    return replace(table, columns=named, frame=table.frame.with_columns(short, *days).select(column.name for column in shown))


def _home(found: Survey) -> str:
    """The folder that all files are in, with its stroke."""
    folders = [os.path.dirname(one.label) for one in found.looked]
    common = os.path.commonpath(folders) if len({os.path.isabs(folder) for folder in folders}) == 1 else ""
    return f"{common}/" if common not in ("", "/") else common


def _table(name: str, title: str, columns: Sequence[Column], rows: list[tuple[Any, ...]], meta: dict[str, Any]) -> Table:
    import polars as pl

    from saasmetrics.tables import Table

    kinds: dict[str, Any] = {"count": pl.Int64, "share": pl.Float64, "days": pl.Float64, "time": pl.Int64}
    schema = {column.name: pl.Int64 if column.name == "line" else kinds.get(column.unit, pl.String) for column in columns}
    frame = pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col(c.name).cast(pl.Datetime("us", "UTC")) for c in columns if c.unit == "time")
    return Table(f"inspect.{name}", title, tuple(columns), frame, meta=meta)


def _file(one: Looked) -> tuple[Any, ...]:
    sheet, when = one.sheet, one.when
    rejected = sum(sum(entry.rejected.values()) for entry in sheet.entries)
    how = " ".join([sheet.format, *([sheet.encoding] if sheet.format != "parquet" else []), *([_sign(sheet.separator)] if sheet.separator else [])])
    span = (when.first, when.last) if when else (None, None)
    return (
        sheet.label, f"{one.kind.table}?" if one.kind.table else "unknown", sheet.records, rejected, one.repeats, *span, how, len(sheet.inputs),
        sum(given.size for given in sheet.inputs), one.kind.why,
    )  # fmt: skip


def _sign(separator: str) -> str:
    return {"\t": "tab"}.get(separator, separator)


def _columns(one: Looked) -> list[tuple[Any, ...]]:
    roles = {role.column: f"{name}?" for name, role in one.kind.roles.items()}
    rows = [
        (one.label, p.name, roles.get(p.name), p.kind, p.empty / p.rows if p.rows else None, p.distinct, p.odd, _shown(p.examples)) for p in one.profiles.values()
    ]  # fmt: skip
    nested = [(one.label, path, None, "list or bytes: not read", None, None, None, None) for path in one.sheet.lists]
    return sorted(rows, key=lambda row: row[2] is None) + nested


def _shown(examples: Sequence[str]) -> str:
    """Short, and on one line."""
    texts = [clean(text) for text in examples]
    return ", ".join(text if len(text) <= WIDEST // 2 else f"{text[: WIDEST // 2 - 1]}…" for text in texts)


def _events(one: Looked) -> list[tuple[Any, ...]]:
    total = int(one.events["rows"].sum())
    return [(one.label, event, rows, rows / total, accounts, users) for event, rows, accounts, users in one.events.iter_rows()]


def _lateness(file: str, late: Lateness) -> tuple[Any, ...]:
    later = (rows / late.rows for rows in late.later)
    return file, late.rows, *(length / DAY for length in late.quantiles), *later, f"{late.days}d" if late.days else None
