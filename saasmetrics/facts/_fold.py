"""THE FOLD: the only code that touches raw events. One SQL text in a small vocabulary, run on each file; results add up.

A rule is a named kind of event; an event may match several. The texts stand in _sql.py; before they run, conditions become
booleans and values integers, so that the results are the same to the bit on any engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import partial
from typing import NoReturn

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition
from saasmetrics.facts._order import Order
from saasmetrics.facts._packed import Bounds, bounds, grouped
from saasmetrics.facts._sql import BY_DAY, SQL, rows_by_day
from saasmetrics.facts._where import holds
from saasmetrics.messages import refuse
from saasmetrics.sources import times
from saasmetrics.sources.events import Part
from saasmetrics.sources.numbers import number
from saasmetrics.sources.parquet import as_text, readable

FOLDS = tuple(SQL)
SCHEMAS: dict[str, dict[str, pl.DataType | type[pl.DataType]]] = {
    "usage": {"account": pl.Categorical, "user": pl.Categorical, "rule": pl.Int16, "day": pl.Int32, "n": pl.Int64,
              "first_at": pl.Int64, "last_at": pl.Int64, "value": pl.Int64},
    "daily": {"account": pl.Categorical, "rule": pl.Int16, "day": pl.Int32, "n": pl.Int64,
              "first_at": pl.Int64, "last_at": pl.Int64, "value": pl.Int64},
    "firsts": {"account": pl.Categorical, "rule": pl.Int16, "first_at": pl.Int64},
    "moments": {"account": pl.Categorical, "rule": pl.Int16, "at": pl.Int64, "n": pl.Int64},
    "durations": {"rule": pl.Int16, "day": pl.Int32, "milliseconds": pl.Int64, "n": pl.Int64},
    "entities": {"account": pl.Categorical, "rule": pl.Int16, "entity": pl.String, "at": pl.Int64, "n": pl.Int64},
}  # fmt: skip


@dataclass
class Folded:
    """The outputs so far, one frame a file; a key may stand in several files and is summed where it is used."""

    frames: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    rules: set[int] = field(default_factory=set)  # the numbers of those that matched any row
    size: float = 0.0  # all values so far, without their signs: whether sums stay exact

    def take(self, name: str) -> pl.LazyFrame:
        """One output, to be held by whoever takes it: it is the largest thing in memory."""
        frames = self.frames.pop(name, None)
        if not frames:
            return pl.LazyFrame(schema=SCHEMAS[name])
        return pl.concat(frame.lazy().select(pl.col(column).cast(dtype) for column, dtype in SCHEMAS[name].items()) for frame in frames)


def before(name: str, clock: Clock) -> pl.Expr:
    """Which rows of an output are those before T."""
    at = next(column for column in ("day", "at", "first_at") if column in SCHEMAS[name])
    return pl.col(at) < (clock.day if at == "day" else clock.now)


def fold(parts: Sequence[Part], order: Order, clock: Clock, into: Folded, sign: int = 1, say: Callable[[str], None] = lambda _: None) -> None:
    """Add file after file; while one is added, the next is read: either alone leaves a processor idle at times.

    With sign −1 the rows are taken off again; first and last times stay, since a twin remains.
    """
    with ThreadPoolExecutor(1) as aside:
        coming: list[Future[pl.DataFrame]] = []
        for number, part in enumerate(parts):
            say(f"folding piece {number + 1} of {len(parts)}")
            with readable(part.entry.path):
                coming += [aside.submit(_matched, later, order, clock) for later in parts[number + len(coming) : number + 2]]
                _add(coming.pop(0).result(), part, order, clock, into, sign)
                wait(coming)


def _add(hits: pl.DataFrame, part: Part, order: Order, clock: Clock, into: Folded, sign: int) -> None:
    into.size += sum(float(hits[name].cast(pl.Float64).abs().sum()) for name in order.values.values())
    if into.size > 2**62:
        refuse("SM313", "amounts too large to add up exactly", part.entry.path)
    context = pl.SQLContext(events_=hits.lazy(), rules_=_rule_table(order, hits["event"].dtype).lazy())
    offsets, ends = clock.offsets(*part.span), bounds(hits.lazy(), [key for key in ("account", "user_", "time_") if key in hits.columns])
    days = clock.days(*ends["time_"])
    for name in sorted(order.outputs):
        if name in BY_DAY:
            within = {key: ends.get(key, (0, len(order.rules))) for key in BY_DAY[name]} | {"day": days}
            result = _added_up(context.execute(rows_by_day(name, order, offsets)), within)
        else:
            result = context.execute(SQL[name](order, offsets))
        keep(into, name, _shaped(result, SCHEMAS[name], sign).collect(engine="streaming"))


def _added_up(rows: pl.LazyFrame, within: Bounds) -> pl.LazyFrame:
    """As the text in SQL says, by one key instead of four."""
    at = pl.col("time_")
    return grouped(rows, within, pl.len().alias("n"), at.min().alias("first_at"), at.max().alias("last_at"), pl.col("value_").sum().alias("value"))


def _matched(part: Part, order: Order, clock: Clock) -> pl.DataFrame:
    """The rows of any rule, with what the SQL needs: conditions as booleans, values as integers."""
    schema = part.frame.collect_schema()
    text, count, moment = partial(_text, schema), partial(_number, schema, order.definition.sources.events.decimal), partial(_moment, schema, _rule(order.definition, clock))
    where = [holds(order.meant[rule].where, text, count, moment).alias(f"if_{at}") for at, rule in order.conditional]
    read = {name: (path, count) for path, name in order.numbers.items()} | {name: (path, moment) for path, name in order.promises.items()}
    users = [pl.col("user").cast(pl.Categorical).alias("user_")] if "usage" in order.outputs else []
    found = _of_rules(part.frame, schema, order).select(
        pl.col("account").cast(pl.Categorical), *users, pl.col("event").cast(pl.Enum(order.events)), pl.col("time").alias("time_"), *where,
        *[reader(path).alias(name) for name, (path, reader) in read.items()],
        *[pl.col(f"p:{path}").is_not_null().alias(f"given_{name}") for name, (path, _) in read.items()],
        *[text(path).alias(f"of_{at}") for at, path in enumerate(order.paths)],
    ).collect(engine="streaming")  # fmt: skip
    for name, (path, reader) in read.items():
        concerned = pl.col("event").cast(pl.String).is_in(order.events_of(path))
        if not found.filter(pl.col(f"given_{name}") & pl.col(name).is_null()).filter(concerned).is_empty():
            _refuse_unreadable(part, path, reader(path), concerned, "amount" if path in order.numbers else "time")
    return found


def _of_rules(frame: pl.LazyFrame, schema: pl.Schema, order: Order) -> pl.LazyFrame:
    frame = frame.filter(pl.col("event").is_in(pl.Series(order.events, dtype=schema["event"]).implode()))
    if order.staff:
        frame = frame.filter(~pl.col("user").is_in(pl.Series(order.staff, dtype=schema["user"]).implode()).fill_null(False))
    return frame


def _refuse_unreadable(part: Part, path: str, read: pl.Expr, concerned: pl.Expr, what: str) -> NoReturn:
    schema = part.frame.collect_schema()
    bad = part.lined.filter(pl.col(f"p:{path}").is_not_null() & read.is_null() & concerned)
    line, text = bad.select("_line", _text(schema, path)).head(1).collect().row(0)
    code = "SM313" if what == "amount" else "SM309"
    refuse(code, f"line {line}: {what} '{'NaN' if text is None else text}' in column '{path}' unreadable", part.entry.path, line)


def _shaped(result: pl.LazyFrame, schema: Mapping[str, pl.DataType | type[pl.DataType]], sign: int) -> pl.LazyFrame:
    frame = result.rename({"user_": "user"}, strict=False).select(pl.col(name).cast(dtype) for name, dtype in of_one(schema).items())
    return frame.with_columns(pl.col([name for name in ("n", "value") if name in schema]) * sign) if sign < 0 else frame


def of_one(schema: Mapping[str, pl.DataType | type[pl.DataType]]) -> Mapping[str, pl.DataType | type[pl.DataType]]:
    """A file has fewer rows than 32 bits count; sums over files are taken in 64."""
    return {**schema, "n": pl.Int32} if "n" in schema else schema


def keep(into: Folded, name: str, frame: pl.DataFrame) -> None:
    """Add what one file or table gives of an output, its numbers in as few bytes as they take."""
    if "rule" in frame.columns:
        into.rules.update(frame["rule"].unique())
    into.frames.setdefault(name, []).append(frame.select(column.shrink_dtype() for column in frame))


def _text(schema: pl.Schema, path: str) -> pl.Expr:
    column, dtype = pl.col(f"p:{path}"), schema[f"p:{path}"]
    return column.cast(pl.String) if dtype in (pl.String, pl.Categorical) else as_text(column, dtype)  # text was never read as empty


def _number(schema: pl.Schema, decimal: str, path: str) -> pl.Expr:
    return number(pl.col(f"p:{path}"), schema[f"p:{path}"], decimal)


def _rule(definition: Definition, clock: Clock) -> times.Rule:
    """How times in further columns of the events are written: as those of the events."""
    told = definition.sources.events.time
    return times.Rule(told.format, told.unit, told.zone or definition.timezone, told.ambiguous, told.nonexistent, clock.zone)


def _moment(schema: pl.Schema, rule: times.Rule, path: str) -> pl.Expr:
    column = pl.col(f"p:{path}")
    if times.instant(schema[f"p:{path}"], rule):
        return times.micros(column)
    return column.map_batches(lambda texts: times.parse(texts, rule).good, return_dtype=pl.Int64, is_elementwise=True)


def _rule_table(order: Order, dtype: pl.DataType) -> pl.DataFrame:
    pairs = [(event, at) for at, rule in enumerate(order.rules) for event in order.meant[rule].event]
    frame = pl.DataFrame(pairs, schema={"event": pl.String, "rule": pl.Int16}, orient="row")
    return frame.with_columns(pl.col("event").cast(dtype))
