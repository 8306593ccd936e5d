"""The texts of the fold: SQL in a small vocabulary that any engine runs with the same meaning.

Times are µs since the epoch, days are integers from the zone's offsets, values are ten-thousandths.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from saasmetrics.clock import DAY, SECOND
from saasmetrics.facts._order import Order

Offsets = Sequence[tuple[int, int]]
ACCOUNT_RULE_TIME = "e.account AS account, r.rule AS rule, e.time_ AS time_"


def _hits(order: Order, columns: str) -> str:
    tests = " ".join(f"WHEN r.rule = {at} THEN e.if_{at}" for at, _ in order.conditional)
    where = f" WHERE CASE {tests} ELSE TRUE END" if tests else ""
    return f"WITH hits AS (SELECT {columns} FROM events_ AS e JOIN rules_ AS r ON e.event = r.event{where})"


def _case(columns: Mapping[int, str]) -> str:
    tests = " ".join(f"WHEN r.rule = {at} THEN e.{name}" for at, name in columns.items())
    return f"COALESCE(CASE {tests} ELSE 0 END, 0)" if tests else "0"


def _any(rules: Sequence[int]) -> str:
    return " OR ".join(f"rule = {at}" for at in rules) or "FALSE"


def local(offsets: Offsets) -> str:
    """Local civil time in µs: the later an offset begins, the earlier it is tried."""
    tests = " ".join(f"WHEN e.time_ >= {start} THEN {east * SECOND}" for start, east in reversed(offsets[1:]))
    first = offsets[0][1] * SECOND
    return f"e.time_ + (CASE {tests} ELSE {first} END)" if tests else f"e.time_ + {first}"


def day_of(column: str) -> str:
    """The day number of a civil time."""
    return f"CAST(({column} - MOD({column}, {DAY})) / {DAY} AS BIGINT)"


def _by_day(keys: Mapping[str, str], order: Order, offsets: Offsets) -> str:
    facts = "COUNT(*) AS n, MIN(time_) AS first_at, MAX(time_) AS last_at, SUM(value_) AS value"
    names = ", ".join(keys)
    return f"{_of_days(keys, order, offsets)} SELECT {names}, {day_of('local_')} AS day, {facts} FROM hits GROUP BY {names}, {day_of('local_')}"


def rows_by_day(output: str, order: Order, offsets: Offsets) -> str:
    """The rows that an output of BY_DAY adds up, each with its day: for an engine that adds them up quicker in another way."""
    keys = BY_DAY[output]
    return f"{_of_days(keys, order, offsets)} SELECT {', '.join(keys)}, {day_of('local_')} AS day, time_, value_ FROM hits"


def _of_days(keys: Mapping[str, str], order: Order, offsets: Offsets) -> str:
    columns = ", ".join(f"{source} AS {name}" for name, source in keys.items())
    return _hits(order, f"{columns}, e.time_ AS time_, {local(offsets)} AS local_, {_case(order.values)} AS value_")


def _firsts(order: Order, offsets: Offsets) -> str:
    return f"{_hits(order, ACCOUNT_RULE_TIME)} SELECT account, rule, MIN(time_) AS first_at FROM hits GROUP BY account, rule"


def _moments(order: Order, offsets: Offsets) -> str:
    """Every time of every activation step: what an ordered chain of steps needs."""
    steps = {step.rule for step in order.definition.steps().values()}
    kept = _any([at for at, rule in enumerate(order.rules) if rule in steps])
    times = f"SELECT account, rule, time_ AS at, COUNT(*) AS n FROM hits WHERE {kept}"
    return f"{_hits(order, ACCOUNT_RULE_TIME)} {times} GROUP BY account, rule, time_"


def _durations(order: Order, offsets: Offsets) -> str:
    columns = f"r.rule AS rule, {local(offsets)} AS local_, {_case(order.durations)} AS ms_"
    columns += "".join(f", e.given_{name} AS given_{at}" for at, name in order.durations.items())
    kept = " OR ".join(f"(rule = {at} AND given_{at})" for at in order.durations) or "FALSE"
    whole = "CAST((ms_ - MOD(ms_, 10000)) / 10000 AS BIGINT)"
    counted = f"SELECT rule, {day_of('local_')} AS day, {whole} AS milliseconds, COUNT(*) AS n FROM hits WHERE {kept}"
    return f"{_hits(order, columns)} {counted} GROUP BY rule, {day_of('local_')}, {whole}"


def _entities(order: Order, offsets: Offsets) -> str:
    """Every time at which something happened to each thing: what pairs an attempt with its own outcome."""
    asked = dict(order.things)
    rules = {at: asked[rule] for at, rule in enumerate(order.rules) if rule in asked}
    tests = " ".join(f"WHEN r.rule = {at} THEN e.of_{order.paths.index(path)}" for at, path in rules.items() if path)
    entity = f"CASE {tests} ELSE NULL END" if tests else "CAST(NULL AS VARCHAR)"
    hits = _hits(order, f"e.account AS account, r.rule AS rule, {entity} AS entity, e.time_ AS time_")
    times = f"SELECT account, rule, entity, time_ AS at, COUNT(*) AS n FROM hits WHERE {_any([*rules])}"
    return f"{hits} {times} GROUP BY account, rule, entity, time_"


BY_DAY = {
    "usage": {"account": "e.account", "user_": "e.user_", "rule": "r.rule"},
    "daily": {"account": "e.account", "rule": "r.rule"},
}  # fmt: skip
SQL: dict[str, Callable[[Order, Offsets], str]] = {
    **{name: partial(_by_day, keys) for name, keys in BY_DAY.items()}, "firsts": _firsts, "moments": _moments, "durations": _durations, "entities": _entities,
}  # fmt: skip
