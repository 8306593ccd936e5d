"""What a change of definition does to the headline numbers, apart from what other data do, and whom it moves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from saasmetrics import catalog
from saasmetrics.catalog import PARTS, Column, Room
from saasmetrics.commands import numbers as read_off
from saasmetrics.commands.numbers import Number, state_of
from saasmetrics.commands.starter import SETTINGS
from saasmetrics.definitions.model import Definition
from saasmetrics.definitions.read import Loaded

if TYPE_CHECKING:
    import polars as pl

    from saasmetrics.tables import Table

REASONS = {"missing": "missing ", "contributions": ""}  # column → the word before its parts
COUNTED = {"value.signals": "successes", "engagement.active_accounts": "accounts"}
DIGITS = 6  # of every number, so that the parts add up to the last one
NUMBERS = (
    Column("metric", "key", "the number"),
    Column("segment", "key", "the accounts that it is of; empty: all"),
    Column("unit", "label", "%, days, money, successes, accounts or another count"),
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

    def civil(self, name: str) -> pl.DataFrame:
        """A table of it with the times of its own zone."""
        from saasmetrics.outputs.cells import civil

        return civil(self.tables[name].frame, self.tables[name].meta["timezone"])


class Question(NamedTuple):
    """Which numbers are compared, of which segments; none named: the nine to begin with."""

    asked: Sequence[read_off.Asked] = ()
    by: tuple[str, ...] = ()
    store: bool = True

    @property
    def rooms(self) -> list[Room]:
        """The tables of the numbers, and those behind them that call accounts something."""
        rooms = catalog.rooms()
        own = [told.room for told in self.asked] or [number.room for number in read_off.of_starter()]
        behind = [rooms[room.behind] for room in own if room.behind in rooms and state_of(rooms[room.behind])]
        return [rooms[name] for name in dict.fromkeys(room.key for room in (*own, *behind))]

    def numbers(self, frames: Mapping[str, pl.DataFrame]) -> list[Number]:
        """Those whose table there is; which row is meant is read off these frames."""
        if not self.asked:
            return [number for number in read_off.of_starter() if number.room.key in frames]
        return [read_off.number(told, frames[told.room.key]) for told in self.asked if told.room.key in frames]


def sides(old: Loaded, new: Loaded, as_of: date | None, question: Question) -> dict[str, Side]:
    """`oo` old definition on old data, `no` new on old, `on` old on new, `nn` new on new. T is that of the data.

    The data are what `sources` names; where both name the same files, two readings are enough.
    """
    same = old.definition.sources == new.definition.sources and old.path.parent == new.path.parent
    newest = _side(new, as_of, question)
    on = _side(_with_data(old, new), newest.as_of, question)
    if same:
        return {"oo": on, "no": newest, "on": on, "nn": newest}
    oldest = _side(old, as_of, question)
    return {"oo": oldest, "no": _side(_with_data(new, old), oldest.as_of, question), "on": on, "nn": newest}


def numbers(found: dict[str, Side], question: Question) -> pl.DataFrame:
    """One row a number, and a segment: first those that one of the two alone knows, then the most moved."""
    import polars as pl

    rows = [row for name in {**found["nn"].tables, **found["oo"].tables} for row in _of_table(name, found, question)]
    texts = ("key", "label")
    frame = pl.DataFrame(rows, schema={c.name: pl.String if c.unit in texts else pl.Float64 for c in NUMBERS}, orient="row")
    return frame.sort(of_one_alone(), pl.col("change").ne(0) & pl.col("share").is_null(), pl.col("share"), descending=True, nulls_last=True, maintain_order=True)


def of_one_alone() -> pl.Expr:
    """Numbers that the old or the new definition alone knows."""
    import polars as pl

    return pl.col("old").is_null() != pl.col("new").is_null()


def beyond(most: float) -> pl.Expr:
    """Numbers that move by more than this share of what they were; from 0 any move is."""
    import polars as pl

    return pl.col("share").gt(most) | (pl.col("old").eq(0) & pl.col("new").ne(0))


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


def _of_table(name: str, found: dict[str, Side], question: Question) -> Iterator[list[Any]]:
    """The numbers of one table, of each segment where it can be split."""
    import polars as pl

    frames = {key: side.tables[name].frame for key, side in found.items() if name in side.tables}
    by = [column for column in question.by if all(column in frame.columns for frame in frames.values())]
    segments = pl.concat([frame.select(pl.col(by).cast(pl.String)) for frame in frames.values()]).unique().sort(by, nulls_last=True).rows() if by else [()]
    for values in segments:
        cut = {key: frame.filter(*(pl.col(column).cast(pl.String).eq_missing(value) for column, value in zip(by, values, strict=True))).drop(by) for key, frame in frames.items()}
        told = ", ".join(f"{column} {value or 'unknown'}" for column, value in zip(by, values, strict=True))
        read_in = max((cut[key] for key in ("nn", "oo") if key in cut), key=lambda frame: frame.height > 0)
        for number in question.numbers({name: read_in}):
            yield _row(number, told, {key: number.read(cut[key], side.definition).value if key in cut else None for key, side in found.items()})


def _row(number: Number, segment: str, values: dict[str, float | None]) -> list[Any]:
    scale = 100 if number.unit in PARTS else 1
    told = parted({key: None if value is None else round(scale * Decimal(str(value)), DIGITS) for key, value in values.items()})
    share = abs(told[2] / told[0]) if told[0] and told[2] is not None else None
    return [number.name, segment, _unit(number), *(None if value is None else float(value) for value in (*told, share)), number.room.key]


def _unit(number: Number) -> str:
    if number.unit == "count":
        return "accounts" if number.room.keys == ["account"] else COUNTED.get(number.room.key, "count")
    return "%" if number.unit in PARTS else number.unit


def _with_data(definition: Loaded, data: Loaded) -> Loaded:
    """This definition on the other's data."""
    return replace(definition, definition=definition.definition.model_copy(update={"sources": data.definition.sources}), path=data.path)


def _side(loaded: Loaded, as_of: date | None, question: Question) -> Side:
    from saasmetrics.tables import Asked, compute

    asked = Asked(as_of=as_of, store=question.store, by=question.by, settings={} if question.asked else SETTINGS)
    return Side(loaded.definition, {table.name: table for table in compute(loaded, question.rooms, asked, skip=True)[0]})


def _flips(name: str, old: Side, new: Side) -> Iterator[list[str | None]]:
    state = state_of(catalog.rooms()[name])
    before, after = ({row["account"]: row for row in side.civil(name).to_dicts()} for side in (old, new)) if state else ({}, {})
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
    return ", ".join(told + _activated(was, now)) or "other limits"


def _activated(was: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """On which day by each definition; where the two agree it is how long it took that decides."""
    if was.get("activated_at") and was["activated_at"] == now.get("activated_at"):
        return [f"activated {now['activated_at']:%Y-%m-%d} by both, after {now['days']:.1f} days"]
    return [f"activated {row['activated_at']:%Y-%m-%d} by the {which}" for row, which in ((was, "old"), (now, "new")) if row.get("activated_at")]


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
