"""THE FOLD: the only code that touches raw events. One SQL text in a small vocabulary, run on each file; results add up.

A rule is a named kind of event; an event may match several. Times are µs since the epoch, days are integers from the
zone's offsets, values are ten-thousandths: the results are the same to the bit on any engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import polars as pl

from saasmetrics.clock import DAY, SECOND, Clock
from saasmetrics.definitions.model import Definition
from saasmetrics.facts._where import holds
from saasmetrics.messages import refuse
from saasmetrics.sources.events import Part
from saasmetrics.sources.numbers import number
from saasmetrics.sources.parquet import as_text, readable

FOLDS = ("usage", "daily", "firsts", "moments", "durations", "entities")
SCHEMAS: dict[str, dict[str, pl.DataType | type[pl.DataType]]] = {
    "usage": {"account": pl.Categorical, "user": pl.Categorical, "rule": pl.Int64, "day": pl.Int32, "n": pl.Int64,
              "first_at": pl.Int64, "last_at": pl.Int64, "value": pl.Int64},
    "daily": {"account": pl.Categorical, "rule": pl.Int64, "day": pl.Int32, "n": pl.Int64,
              "first_at": pl.Int64, "last_at": pl.Int64, "value": pl.Int64},
    "firsts": {"account": pl.Categorical, "rule": pl.Int64, "first_at": pl.Int64},
    "moments": {"account": pl.Categorical, "rule": pl.Int64, "at": pl.Int64, "n": pl.Int64},
    "durations": {"rule": pl.Int64, "day": pl.Int32, "milliseconds": pl.Int64, "n": pl.Int64},
    "entities": {"account": pl.Categorical, "rule": pl.Int64, "entity": pl.String, "at": pl.Int64, "n": pl.Int64},
}  # fmt: skip


@dataclass(frozen=True)
class Order:
    """What one run asks of the fold: the rules, and the outputs at the grain that the tables need."""

    rules: tuple[str, ...]
    outputs: frozenset[str]
    staff: tuple[str, ...] = ()  # users who count for nothing
    things: tuple[tuple[str, str], ...] = ()  # rule → the column that says which thing; empty: none is declared


@dataclass
class Folded:
    """The outputs so far, one frame a file; a key may stand in several files and is summed where it is used."""

    frames: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    rules: set[int] = field(default_factory=set)  # the numbers of those that matched any row
    size: float = 0.0  # all values so far, without their signs: whether sums stay exact

    def take(self, name: str) -> pl.LazyFrame:
        """One output, to be held by whoever takes it: it is the largest thing in memory."""
        frames = self.frames.pop(name, None)
        return pl.concat(frames).lazy() if frames else pl.LazyFrame(schema=SCHEMAS[name])


def properties(definition: Definition, order: Order) -> list[str]:
    """The event columns that the conditions, values and durations read."""
    asked = [condition.column for name in order.rules for condition in definition.rule(name).where]
    return sorted({*asked, *_values(definition, order).values(), *_durations(definition, order).values(), *_paths(order)})


def fold(part: Part, order: Order, definition: Definition, clock: Clock, into: Folded, sign: int = 1) -> None:
    """Add one file. With sign −1 its rows are taken off again; first and last times stay, since a twin remains."""
    with readable(part.entry.path):
        hits = _matched(part, order, definition)
        into.size += sum(float(hits[name].cast(pl.Float64).abs().sum()) for name in _amounts(definition, order).values())
        if into.size > 2**62:
            refuse("SM313", "amounts too large to add up exactly", part.entry.path)
        tables = {"events": hits.lazy(), "rules": _rule_table(definition, order.rules, hits["event"].dtype).lazy()}
        for name in sorted(order.outputs):
            text = SQL[name](definition, order, clock.offsets(*part.span))
            result = pl.SQLContext(tables).execute(text, eager=False).collect(engine="streaming")
            _keep(into, name, result, sign, part.entry.path)


def _matched(part: Part, order: Order, definition: Definition) -> pl.DataFrame:
    """The rows of any rule, with what the SQL needs: conditions as booleans, values as integers."""
    schema = part.frame.collect_schema()
    names = sorted({event for rule in order.rules for event in definition.rule(rule).event})
    frame = part.frame.filter(pl.col("event").is_in(pl.Series(names, dtype=schema["event"]).implode()))
    if order.staff:
        frame = frame.filter(~pl.col("user").is_in(pl.Series(order.staff, dtype=schema["user"]).implode()).fill_null(False))
    text, count = partial(_text, schema), partial(_number, schema)
    where = [holds(definition.rule(rule).where, text, count).alias(f"if_{at}") for at, rule in _conditional(definition, order)]
    numbers = {name: path for path, name in _numbers(definition, order).items()}
    users = [pl.col("user").cast(pl.Categorical).alias("user_")] if "usage" in order.outputs else []
    found = frame.select(
        pl.col("account").cast(pl.Categorical), *users, "event", pl.col("time").alias("time_"), *where,
        *[count(path).alias(name) for name, path in numbers.items()],
        *[pl.col(f"p:{path}").is_not_null().alias(f"given_{name}") for name, path in numbers.items()],
        *[text(path).alias(f"of_{at}") for at, path in enumerate(_paths(order))],
    ).collect(engine="streaming")  # fmt: skip
    for name, path in numbers.items():
        _refuse_unreadable(part, found, name, path)
    return found


def _refuse_unreadable(part: Part, found: pl.DataFrame, name: str, path: str) -> None:
    if found.filter(pl.col(f"given_{name}") & pl.col(name).is_null()).is_empty():
        return
    schema = part.frame.collect_schema()
    bad = part.lined.filter(pl.col(f"p:{path}").is_not_null() & _number(schema, path).is_null())
    line, text = bad.select("_line", _text(schema, path)).head(1).collect().row(0)
    refuse("SM313", f"line {line}: amount '{text}' in column '{path}' unreadable", part.entry.path, line)


def _keep(into: Folded, name: str, result: pl.DataFrame, sign: int, path: str) -> None:
    schema = SCHEMAS[name]
    frame = result.rename({"user_": "user"}, strict=False).select(pl.col(column).cast(dtype) for column, dtype in schema.items())
    if sign < 0:
        frame = frame.with_columns(pl.col([c for c in ("n", "value") if c in schema]) * sign)
    if "rule" in schema:
        into.rules.update(frame["rule"].unique())
    into.frames.setdefault(name, []).append(frame)


def _text(schema: pl.Schema, path: str) -> pl.Expr:
    return as_text(pl.col(f"p:{path}"), schema[f"p:{path}"])


def _number(schema: pl.Schema, path: str) -> pl.Expr:
    return number(pl.col(f"p:{path}"), schema[f"p:{path}"])


def _rule_table(definition: Definition, rules: Sequence[str], dtype: pl.DataType) -> pl.DataFrame:
    pairs = [(event, at) for at, rule in enumerate(rules) for event in definition.rule(rule).event]
    frame = pl.DataFrame(pairs, schema={"event": pl.String, "rule": pl.Int64}, orient="row")
    return frame.with_columns(pl.col("event").cast(dtype))


def _conditional(definition: Definition, order: Order) -> list[tuple[int, str]]:
    return [(at, rule) for at, rule in enumerate(order.rules) if definition.rule(rule).where]


def _numbers(definition: Definition, order: Order) -> dict[str, str]:
    """Each event column that is read as a number, and what the SQL calls it."""
    paths = sorted({*_values(definition, order).values(), *_durations(definition, order).values()})
    return {path: f"number_{at}" for at, path in enumerate(paths)}


def _amounts(definition: Definition, order: Order) -> dict[str, str]:
    """Rule → the number that is its value."""
    return _named(_values(definition, order), definition, order)


def _named(columns: dict[str, str], definition: Definition, order: Order) -> dict[str, str]:
    return {rule: _numbers(definition, order)[path] for rule, path in columns.items()}


def _numbered(columns: dict[str, str], definition: Definition, order: Order) -> list[tuple[int, str]]:
    """(number of the rule, number column) for the rules that have one."""
    named = _named(columns, definition, order)
    return [(at, named[rule]) for at, rule in enumerate(order.rules) if rule in named]


def _values(definition: Definition, order: Order) -> dict[str, str]:
    """Rule → its column of value, if an output adds values up."""
    summed = order.outputs & {"usage", "daily"}
    return {w.success: w.value for w in definition.workflows.values() if summed and w.value and w.success in order.rules}


def _durations(definition: Definition, order: Order) -> dict[str, str]:
    asked = "durations" in order.outputs
    return {w.success: w.duration for w in definition.workflows.values() if asked and w.duration and w.success in order.rules}


def _paths(order: Order) -> list[str]:
    return sorted({path for _, path in order.things if path}) if "entities" in order.outputs else []


def _hits(definition: Definition, order: Order, columns: str) -> str:
    tests = " ".join(f"WHEN r.rule = {at} THEN e.if_{at}" for at, _ in _conditional(definition, order))
    where = f" WHERE CASE {tests} ELSE TRUE END" if tests else ""
    return f"WITH hits AS (SELECT {columns} FROM events AS e JOIN rules AS r ON e.event = r.event{where})"


def _case(columns: Sequence[tuple[int, str]]) -> str:
    tests = " ".join(f"WHEN r.rule = {at} THEN e.{name}" for at, name in columns)
    return f"COALESCE(CASE {tests} ELSE 0 END, 0)" if tests else "0"


def _local(offsets: Sequence[tuple[int, int]]) -> str:
    """Local civil time in µs: the later an offset begins, the earlier it is tried."""
    tests = " ".join(f"WHEN e.time_ >= {start} THEN {east * SECOND}" for start, east in reversed(offsets[1:]))
    first = offsets[0][1] * SECOND
    return f"e.time_ + (CASE {tests} ELSE {first} END)" if tests else f"e.time_ + {first}"


def _day(column: str) -> str:
    return f"CAST(({column} - MOD({column}, {DAY})) / {DAY} AS BIGINT)"


def _usage(definition: Definition, order: Order, offsets: Sequence[tuple[int, int]]) -> str:
    return _by_day(definition, order, offsets, {"account": "e.account", "user_": "e.user_", "rule": "r.rule"})


def _daily(definition: Definition, order: Order, offsets: Sequence[tuple[int, int]]) -> str:
    return _by_day(definition, order, offsets, {"account": "e.account", "rule": "r.rule"})


def _by_day(definition: Definition, order: Order, offsets: Sequence[tuple[int, int]], keys: dict[str, str]) -> str:
    value = _case(_numbered(_values(definition, order), definition, order))
    columns = ", ".join(f"{source} AS {name}" for name, source in keys.items())
    hits = _hits(definition, order, f"{columns}, e.time_ AS time_, {_local(offsets)} AS local_, {value} AS value_")
    facts = "COUNT(*) AS n, MIN(time_) AS first_at, MAX(time_) AS last_at, SUM(value_) AS value"
    names = ", ".join(keys)
    return f"{hits} SELECT {names}, {_day('local_')} AS day, {facts} FROM hits GROUP BY {names}, {_day('local_')}"


def _firsts(definition: Definition, order: Order, offsets: Sequence[tuple[int, int]]) -> str:
    hits = _hits(definition, order, "e.account AS account, r.rule AS rule, e.time_ AS time_")
    return f"{hits} SELECT account, rule, MIN(time_) AS first_at FROM hits GROUP BY account, rule"


def _moments(definition: Definition, order: Order, offsets: Sequence[tuple[int, int]]) -> str:
    """Every time of every activation step: what an ordered chain of steps needs."""
    steps = sorted({at for at, rule in enumerate(order.rules) for step in definition.steps().values() if step.rule == rule})
    kept = " OR ".join(f"rule = {at}" for at in steps) or "FALSE"
    hits = _hits(definition, order, "e.account AS account, r.rule AS rule, e.time_ AS time_")
    return f"{hits} SELECT account, rule, time_ AS at, COUNT(*) AS n FROM hits WHERE {kept} GROUP BY account, rule, time_"


def _durations_sql(definition: Definition, order: Order, offsets: Sequence[tuple[int, int]]) -> str:
    measured = _numbered(_durations(definition, order), definition, order)
    columns = f"r.rule AS rule, {_local(offsets)} AS local_, {_case(measured)} AS ms_"
    columns += "".join(f", e.given_{name} AS given_{at}" for at, name in measured)
    kept = " OR ".join(f"(rule = {at} AND given_{at})" for at, _ in measured) or "FALSE"
    whole = "CAST((ms_ - MOD(ms_, 10000)) / 10000 AS BIGINT)"
    keys = f"rule, {_day('local_')}, {whole}"
    hits = _hits(definition, order, columns)
    return f"{hits} SELECT rule, {_day('local_')} AS day, {whole} AS milliseconds, COUNT(*) AS n FROM hits WHERE {kept} GROUP BY {keys}"


def _entities(definition: Definition, order: Order, offsets: Sequence[tuple[int, int]]) -> str:
    """Every time at which something happened to each thing: what pairs an attempt with its own outcome."""
    asked, paths = dict(order.things), _paths(order)
    rules = [(at, asked[rule]) for at, rule in enumerate(order.rules) if rule in asked]
    tests = " ".join(f"WHEN r.rule = {at} THEN e.of_{paths.index(path)}" for at, path in rules if path)
    entity = f"CASE {tests} ELSE NULL END" if tests else "CAST(NULL AS VARCHAR)"
    kept = " OR ".join(f"rule = {at}" for at, _ in rules) or "FALSE"
    hits = _hits(definition, order, f"e.account AS account, r.rule AS rule, {entity} AS entity, e.time_ AS time_")
    return f"{hits} SELECT account, rule, entity, time_ AS at, COUNT(*) AS n FROM hits WHERE {kept} GROUP BY account, rule, entity, time_"


SQL = {"usage": _usage, "daily": _daily, "firsts": _firsts, "moments": _moments, "durations": _durations_sql, "entities": _entities}
