"""`starter`: the nine numbers to begin with, a line each, from one reading of the inputs.

Each line is read off a table of its own: nothing is computed here. What a table needs and the definition file does not
declare is said, not left out.

## Covers
J13
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from saasmetrics import catalog
from saasmetrics.catalog import Column
from saasmetrics.commands.config import load

if TYPE_CHECKING:
    import polars as pl

    from saasmetrics.definitions.model import Definition
    from saasmetrics.tables import Table

SETTINGS = {"anchor": "activation"}  # retention by the month of activation, not of creation
COLUMNS = (
    Column("position", "key", "order, from first value to growth"),
    Column("metric", "label", "what to track"),
    Column("answer", "text", "how it stands, in words"),
    Column("value", "number", "its number: a share, days, accounts or successes; empty: unknown"),
    Column("base", "count", "what it stands on: accounts, unless the answer says otherwise"),
    Column("look_at", "list", "up to three accounts to look at first"),
    Column("status", "label", "as in the table; no data: nothing to judge by; no input: the definition file lacks it"),
    Column("more", "label", "the command with the whole table"),
)
LOOK = 3
NOTHING = "nothing to judge by yet"


class Line(NamedTuple):
    """One answer."""

    answer: str
    value: float | None = None
    base: int | None = None
    look_at: tuple[str, ...] = ()
    status: str = "final"


@dataclass(frozen=True)
class Metric:
    """One of the nine, the table it is read off, and how."""

    name: str
    room: str
    read: Callable[[pl.DataFrame, Definition], Line]
    told: str = ""  # what the whole table has to be told to show the same


def starter(*, config: Path | None, limit: int | None, format: str | None, output: str | None, raw: bool, color: Any, **given: Any) -> None:
    """Compute the tables in one pass, print the nine lines; into a folder the tables go too."""
    from saasmetrics.commands.measure import computed, deliver, format_for

    loaded = load(config, allow_remote=given["allow_remote"], verbose=given["verbose"])
    rooms = [catalog.rooms()[metric.room] for metric in NINE]
    fmt = format_for(format, output)
    tables = computed(loaded, rooms, SETTINGS, "starter", skip=True, by=(), **given)
    table = summary(tables, loaded.definition)
    whole = output is not None and (output.endswith("/") or Path(output).is_dir())
    deliver([table, *tables] if whole else [brief(table) if fmt == "table" else table], fmt, output, limit, raw, color)


def summary(tables: list[Table], definition: Definition) -> Table:
    """The nine lines as a table."""
    import polars as pl

    from saasmetrics.tables import Table

    made = {table.name: table for table in tables}
    rows = [_row(at, metric, made, definition) for at, metric in enumerate(NINE, 1)]
    kinds: dict[str, Any] = {"position": pl.Int64, "value": pl.Float64, "base": pl.Int64, "look_at": pl.List(pl.String)}
    frame = pl.DataFrame(rows, schema={column.name: kinds.get(column.name, pl.String) for column in COLUMNS}, orient="row")
    notes = {note.split(": it would add")[0]: note for table in reversed(tables) for note in table.meta["notes"] if not note.startswith("left out")}
    meta = {name: told for name, told in tables[0].meta.items() if name != "account_by_account"} | {"notes": list(notes.values())}
    return Table("starter", "What to track first: from first value to growth, a line each.", COLUMNS, frame, meta=meta)


def brief(table: Table) -> Table:
    """What fits on a first screen: each metric with its answer, the accounts to look at behind it."""
    import polars as pl

    from saasmetrics.sentences import sentence

    look = sentence("; look at {}", pl.col("look_at").list.join(", "))
    doubt = pl.when(~pl.col("status").is_in(["final", "current"])).then(sentence(" [{}]", "status"))
    answer = pl.concat_str("answer", pl.when(pl.col("look_at").list.len() > 0).then(look), doubt, ignore_nulls=True)
    more = f"whole tables: saasmetrics {', '.join(table.frame['more'])}"
    columns = (Column("metric", "key", COLUMNS[1].meaning), Column("answer", "text", COLUMNS[2].meaning))
    return replace(table, columns=columns, frame=table.frame.select("metric", answer), meta={**table.meta, "notes": [more, *table.meta["notes"]]})


def _row(at: int, metric: Metric, made: Mapping[str, Table], definition: Definition) -> tuple[Any, ...]:
    room = catalog.rooms()[metric.room]
    if room.key in made:
        line = metric.read(made[room.key].frame, definition)
    else:
        line = Line(f"needs {room.sections['Needs'].replace(chr(10), ' and ')} in the definition file", status="no input")
    more = f"{room.folder} {room.name}".replace("_", "-") + metric.told
    return at, metric.name, line.answer, line.value, line.base, list(line.look_at), line.status, more


def _reported(name: str) -> Callable[[pl.DataFrame, Definition], Line]:
    """As the weekly report reads it."""

    def read(frame: pl.DataFrame, definition: Definition) -> Line:
        from saasmetrics.report.lines import THIRTEEN

        told = next(line for line in THIRTEEN if line.name == name).read(frame.to_dicts(), definition)
        return Line(told.said, told.value, told.base or 0, status=told.status)

    return read


def _signals(frame: pl.DataFrame, definition: Definition) -> Line:
    rows = [row for row in frame.to_dicts() if row["core"] and row["n"] is not None]
    if not rows:
        return Line("no complete period yet", base=0, status="no data")
    parts = [f"{row['workflow']} {_n(row['n'])} {_in(row['cadence'], row['period'])}{_change(row['trend'])}" for row in rows[:LOOK]]
    return Line("; ".join(parts), rows[0]["n"], rows[0]["accounts"], status=rows[0]["status"])


def _features(frame: pl.DataFrame, definition: Definition) -> Line:
    rows = [row for row in frame.to_dicts() if row["rate"] is not None]
    if not rows:
        return Line("no features declared" if not definition.features else NOTHING, base=0, status="no data")
    parts = [f"{row['feature']} {_share(row['rate'])} of {_n(row['eligible'])}" for row in rows[:LOOK]]
    return Line(f"used by: {'; '.join(parts)}", rows[0]["rate"], rows[0]["eligible"], status=rows[0]["status"])


def _trend(frame: pl.DataFrame, definition: Definition) -> Line:
    states = frame["state"].to_list()
    up, down, flat = (states.count(state) for state in ("up", "down", "flat"))
    look = [row["account"] for row in frame.to_dicts() if row["state"] == "down"][:LOOK]
    judged = up + down + flat
    said = f"{_n(down)} down, {_n(up)} up, {_n(flat)} flat; {_n(len(states) - judged)} too little work, too new or gone"
    return Line(said, down, judged, tuple(look), "final" if judged else "no data")


def _cohorts(frame: pl.DataFrame, definition: Definition) -> Line:
    if definition.activation is None:
        return Line("needs activation in the definition file", status="no input")
    pooled = {row["period"]: row for row in frame.to_dicts() if row["cohort"] == "all" and row["rate"] is not None and row["period"] > 0}
    if not pooled:
        return Line("no month after activation is over yet", base=0, status="no data")
    parts = [f"{_share(pooled[k]['rate'])} of {_n(pooled[k]['eligible'])} in month {k}" for k in (1, 3, 6) if k in pooled]
    first = pooled[min(pooled)]
    return Line(f"of the activated, still at work: {'; '.join(parts)}", first["rate"], first["eligible"], status=first["status"])


def _risk(frame: pl.DataFrame, definition: Definition) -> Line:
    judged = [row for row in frame.to_dicts() if row["score"] is not None]
    high = [row for row in judged if row["band"] == "high"]
    falling = [row for row in judged if _has(row, "declining_workflow")]
    said = f"{_n(len(falling))} with declining core work; {_n(len(high))} at high risk over all signals"
    return Line(said, len(falling), len(judged), _accounts(falling), "final" if judged else "no data")


def _growth(frame: pl.DataFrame, definition: Definition) -> Line:
    judged = [row for row in frame.to_dicts() if row["readiness"] is not None]
    rising = [row for row in judged if _has(row, "volume_growing")]
    ready = [row for row in judged if row["band"] == "ready"]
    said = f"{_n(len(rising))} with rising volume of core work; {_n(len(ready))} ready to grow over all signals"
    return Line(said, len(rising), len(judged), _accounts(rising), "final" if judged else "no data")


NINE = (
    Metric("activation rate", "activation.rate", _reported("activation rate")),
    Metric("time to first value", "activation.time_to_value", _reported("time to value")),
    Metric("active accounts", "engagement.active_accounts", _reported("weekly active accounts")),
    Metric("core value signals", "value.signals", _signals),
    Metric("feature adoption", "adoption.features", _features),
    Metric("usage trend", "engagement.trend", _trend),
    Metric("retention by activation", "retention.cohorts", _cohorts, " --anchor activation"),
    Metric("churn risk", "churn_risk.accounts", _risk),
    Metric("expansion", "expansion.accounts", _growth),
)


def _has(row: Mapping[str, Any], signal: str) -> bool:
    return any(part.endswith(f" {signal}") for part in row["contributions"] or ())


def _accounts(rows: list[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(row["account"] for row in rows[:LOOK])


def _change(trend: float | None) -> str:
    if trend is None:
        return ""
    from saasmetrics.outputs.cells import share

    return f" ({'+' if trend >= 0 else ''}{share(trend)})"


def _in(cadence: str, first: date) -> str:
    """A period in words, by its first day."""
    if cadence in ("day", "week"):
        return f"on {first}" if cadence == "day" else f"in the week of {first}"
    return f"in {first:%Y-%m}" if cadence == "month" else f"in the quarter from {first:%Y-%m}"


def _share(value: float) -> str:
    from saasmetrics.outputs.cells import share

    return share(value)


def _n(count: int) -> str:
    from saasmetrics.outputs.cells import number

    return number(count, "count")
