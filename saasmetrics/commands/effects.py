"""What a change of definition does to the headline numbers, apart from what other data do, and whom it moves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from saasmetrics import catalog
from saasmetrics.catalog import Column, Room
from saasmetrics.commands.starter import NINE, SETTINGS
from saasmetrics.definitions.model import Definition
from saasmetrics.definitions.read import Loaded

if TYPE_CHECKING:
    import polars as pl

    from saasmetrics.tables import Table

STATES = ("state", "band")
REASONS = {"missing": "missing ", "contributions": ""}  # column → the word before its parts
UNITS = {"activation rate": "%", "time to first value": "days", "core value signals": "successes", "feature adoption": "%", "retention by activation": "%"}
DIGITS = 6  # of every number, so that the parts add up to the last one
NUMBERS = (
    Column("metric", "key", "the number"),
    Column("unit", "label", "%, days, successes or accounts"),
    Column("old", "number", "by the old definition, on the old data; empty: unknown"),
    Column("new", "number", "by the new definition, on the new data; empty: unknown"),
    Column("change", "number", "new − old; the three parts add up to it exactly"),
    Column("definition", "number", "of it, what the new definition alone does to the old data"),
    Column("data", "number", "of it, what the new data alone do under the old definition"),
    Column("together", "number", "of it, what only both together do"),
    Column("share", "share", "change / old, by size; empty: old is 0 or unknown"),
    Column("more", "label", "the table it is read off"),
)
ACCOUNTS = (
    Column("table", "key", "the table"),
    Column("account", "key", "the account"),
    Column("old", "label", "what it was called by the old definition; empty: not listed"),
    Column("new", "label", "what it is called by the new one, on the same data"),
    Column("because", "text", "what the old or the new definition counts and the other does not, with its events where they are known"),
)


class Side(NamedTuple):
    """One definition on one set of data, as of one day: the tables that it gives."""

    definition: Definition
    tables: dict[str, Table]

    @property
    def as_of(self) -> date:
        return date.fromisoformat(next(iter(self.tables.values())).meta["as_of"])


def sides(old: Loaded, new: Loaded, as_of: date | None) -> dict[str, Side]:
    """`oo` old definition on old data, `no` new on old, `on` old on new, `nn` new on new. T is that of the data.

    The data are what `sources` names; where both name the same files, two readings are enough.
    """
    same = old.definition.sources == new.definition.sources and old.path.parent == new.path.parent
    newest = _side(new, as_of)
    on = _side(_with_data(old, new), newest.as_of)
    if same:
        return {"oo": on, "no": newest, "on": on, "nn": newest}
    oldest = _side(old, as_of)
    return {"oo": oldest, "no": _side(_with_data(new, old), oldest.as_of), "on": on, "nn": newest}


def numbers(found: dict[str, Side]) -> pl.DataFrame:
    """One row a headline number that both definitions give, the most moved first."""
    import polars as pl

    rows = [_row(metric, {key: metric.read(side.tables[metric.room].frame, side.definition).value for key, side in found.items()})
            for metric in NINE if all(metric.room in side.tables for side in found.values())]  # fmt: skip
    frame = pl.DataFrame(rows, schema={c.name: pl.String if c.unit in ("key", "label") else pl.Float64 for c in NUMBERS}, orient="row")
    return frame.sort(pl.col("share").fill_null(0), descending=True, maintain_order=True)


def accounts(found: dict[str, Side]) -> pl.DataFrame:
    """Accounts that the two definitions call something else, on the new data."""
    import polars as pl

    old, new = found["on"], found["nn"]
    rows = [row for name in new.tables if name in old.tables for row in _flips(name, old, new)]
    return pl.DataFrame(rows, schema={c.name: pl.String for c in ACCOUNTS}, orient="row")


def parted(values: dict[str, Decimal | None]) -> list[Decimal | None]:
    """old, new, change, and its three parts: definition, data, both together. What rests on an unknown is unknown."""
    oo, no, on, nn = (values[key] for key in ("oo", "no", "on", "nn"))
    if oo is None or nn is None:
        return [oo, nn, None, None, None, None]
    if no is None or on is None:
        return [oo, nn, nn - oo, None, None, None]
    return [oo, nn, nn - oo, no - oo, on - oo, nn - no - on + oo]


def _row(metric: Any, values: dict[str, float | None]) -> list[Any]:
    unit = UNITS.get(metric.name, "accounts")
    scale = 100 if unit == "%" else 1
    told = parted({key: None if value is None else round(scale * Decimal(str(value)), DIGITS) for key, value in values.items()})
    share = abs(told[2] / told[0]) if told[0] and told[2] is not None else None
    return [metric.name, unit, *(None if value is None else float(value) for value in (*told, share)), metric.room]


def _with_data(definition: Loaded, data: Loaded) -> Loaded:
    """This definition on the other's data."""
    return replace(definition, definition=definition.definition.model_copy(update={"sources": data.definition.sources}), path=data.path)


def _side(loaded: Loaded, as_of: date | None) -> Side:
    from saasmetrics.tables import Asked, compute

    tables, _ = compute(loaded, _rooms(loaded.definition), Asked(as_of=as_of, settings=SETTINGS), skip=True)
    return Side(loaded.definition, {table.name: table for table in tables})


def _rooms(definition: Definition) -> list[Room]:
    """The tables of the nine numbers, and those behind them that call accounts something."""
    rooms = catalog.rooms()
    wanted = dict.fromkeys(name for metric in NINE for name in (metric.room, rooms[metric.room].behind) if name in rooms)
    return [rooms[name] for name in wanted if name in {metric.room for metric in NINE} or _state(rooms[name])]


def _state(room: Room) -> str:
    """The column that calls an account something; empty where there is none, or several rows an account."""
    return next((column.name for column in room.columns if column.name in STATES), "") if room.keys == ["account"] else ""


def _flips(name: str, old: Side, new: Side) -> Iterator[list[str | None]]:
    state = _state(catalog.rooms()[name])
    before, after = ({row["account"]: row for row in side.tables[name].frame.to_dicts()} for side in (old, new)) if state else ({}, {})
    for account in sorted({*before, *after}):
        was, now = (rows.get(account, {}) for rows in (before, after))
        if was.get(state) != now.get(state):
            yield [name, account, was.get(state), now.get(state), _because(was, now, old.definition, new.definition)]


def _because(was: dict[str, Any], now: dict[str, Any], old: Definition, new: Definition) -> str:
    """A step that only one of them misses, a sign that only one of them sees, the day on which it came about."""
    told = []
    for reason, word in REASONS.items():
        gone, more = was.get(reason) or (), now.get(reason) or ()
        told += [f"no longer {word}{_named(part, old)}" for part in gone if part not in more] + [f"now {word}{_named(part, new)}" for part in more if part not in gone]
    days = [f"activated {row['activated_at']:%Y-%m-%d} by the {which}" for row, which in ((was, "old"), (now, "new")) if row.get("activated_at")]
    return ", ".join(told + days) or "other limits"


def _named(part: str, definition: Definition) -> str:
    """A step with what shows that it is done: its rule, and the events of that."""
    step = definition.steps().get(part)
    if step is None:
        return part
    events = definition.rule(step.rule).event
    return f"{part} ({step.rule})" if events == (step.rule,) else f"{part} ({step.rule}: {', '.join(events)})"


def titles() -> Sequence[tuple[str, str, tuple[Column, ...]]]:
    return (
        ("diff.numbers", "What the change does to the headline numbers, and what the data do.", NUMBERS),
        ("diff.accounts", "Which accounts are called something else by the new definition, on the same data.", ACCOUNTS),
    )
