"""The queries that a run asks of a database, in the small vocabulary: the ledger, the days of people, the fold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from saasmetrics.engines._render import quoted
from saasmetrics.engines._stage import Stage
from saasmetrics.facts._order import Order
from saasmetrics.facts._sql import SQL, Offsets, day_of, local
from saasmetrics.facts._visits import HALF_HOUR
from saasmetrics.sources.times import EARLIEST, LATEST

COUNTED = "COUNT(*) AS n, MIN(time_) AS first_at, MAX(time_) AS last_at"
LOST = {"account": "NOT accounted", "event": "accounted AND NOT evented", "time": "accounted AND evented AND NOT timed"}


def ledger(stage: Stage) -> str:
    """How many rows there are, how many lack what, how many lie outside all years; the first and the last time."""
    lost = ", ".join(f"COUNT(CASE WHEN {test} THEN 1 END) AS {name}s" for name, test in LOST.items())
    strange = f"COUNT(CASE WHEN timed AND COALESCE(time_ < {EARLIEST} OR time_ >= {LATEST}, TRUE) THEN 1 END) AS strange"
    return f"WITH {stage.lean.steps('full')} SELECT {COUNTED}, {lost}, {strange} FROM full_"


def repeated(stage: Stage) -> str:
    """How many rows have an id, how many of them are left, and how many of those share it with another one."""
    ids = "SELECT id_, COUNT(*) AS n FROM once_ WHERE id_ IS NOT NULL GROUP BY id_"
    left = "SELECT COALESCE(SUM(n), 0) AS kept, COALESCE(SUM(CASE WHEN n > 1 THEN n ELSE 0 END), 0) AS shared FROM ids_"
    every = "SELECT COUNT(*) AS keyed FROM good_ WHERE id_ IS NOT NULL"
    return f"WITH {stage.steps()}, ids_ AS ({ids}), left_ AS ({left}), every_ AS ({every}) SELECT keyed, kept, shared FROM every_ CROSS JOIN left_"


def names(stage: Stage) -> str:
    """Every event name and how often it occurs, repeated rows included."""
    return f"WITH {stage.lean.steps('good')} SELECT event, COUNT(*) AS n FROM good_ GROUP BY event"


def people(stage: Stage, offsets: Offsets) -> str:
    """All events by account, user and day."""
    return _by(stage, offsets, {"account": "account", "user_": "user_", "day": day_of("local_")})


def visits(stage: Stage, offsets: Offsets) -> str:
    """The same by half hours."""
    half = f"CAST((time_ - MOD(time_, {HALF_HOUR})) / {HALF_HOUR} AS BIGINT)"
    return _by(stage, offsets, {"account": "account", "user_": "user_", "day": day_of("local_"), "half_hour": half})


def folds(stage: Stage, order: Order, offsets: Offsets) -> dict[str, str]:
    """Each output of the fold that is asked for."""
    return {name: f"WITH {_events(stage, order)}, {SQL[name](order, offsets).removeprefix('WITH ')}" for name in sorted(order.outputs)}


def readable(stage: Stage, order: Order) -> str:
    """Of each amount and each promised time: how many are unreadable, one of them, and how much the amounts are together."""
    return f"WITH {_steps(stage, order)} SELECT {', '.join(_told(stage, order))} FROM once_ AS e{_customers(order)}"


def _told(stage: Stage, order: Order) -> Iterator[str]:
    for path, what in {**dict.fromkeys(order.promises, "moment"), **dict.fromkeys(order.numbers, "amount")}.items():
        at = stage.at(path)
        bad = f"given_{at} AND {what}_{at} IS NULL AND event IN ({', '.join(map(quoted, order.events_of(path)))})"
        yield f"COUNT(CASE WHEN {bad} THEN 1 END) AS bad_{what}_{at}"
        if stage.columns[f"p:{path}"].kind.name == "text":
            yield f"MIN(CASE WHEN {bad} THEN text_{at} END) AS example_{what}_{at}"
        if what == "amount":
            yield f"SUM(CAST(ABS(amount_{at}) AS DOUBLE)) AS size_{at}"


def _by(stage: Stage, offsets: Offsets, keys: Mapping[str, str]) -> str:
    times = f"SELECT e.account AS account, e.user_ AS user_, e.time_ AS time_, {local(offsets)} AS local_ FROM once_ AS e"
    listed = ", ".join(f"{source} AS {name}" for name, source in keys.items())
    return f"WITH {(stage if stage.keyed else stage.lean).steps()}, times_ AS ({times}) SELECT {listed}, {COUNTED} FROM times_ GROUP BY {', '.join(keys.values())}"


def _steps(stage: Stage, order: Order) -> str:
    return stage.steps(events=sorted({event for rule in order.rules for event in order.definition.rule(rule).event}))


def _events(stage: Stage, order: Order) -> str:
    """The events and the rules as the texts of the fold name them."""
    columns = [
        *(f"{stage.condition(order.definition.rule(rule).where)} AS if_{at}" for at, rule in order.conditional),
        *(f"amount_{stage.at(path)} AS {name}" for path, name in order.numbers.items()),
        *(f"given_{stage.at(path)} AS given_{name}" for path, name in order.numbers.items()),
        *(f"text_{stage.at(path)} AS of_{at}" for at, path in enumerate(order.paths)),
    ]
    found = f"SELECT {', '.join(['account', 'user_', 'event', 'time_', *columns])} FROM once_ AS e{_customers(order)}"
    pairs = [(event, at) for at, rule in enumerate(order.rules) for event in order.definition.rule(rule).event]
    rules = " UNION ALL ".join(f"SELECT {quoted(event)} AS event, {at} AS rule" for event, at in pairs)
    return f"{_steps(stage, order)}, events_ AS ({found}), rules_ AS ({rules})"


def _customers(order: Order) -> str:
    """Without the colleagues."""
    return f" WHERE COALESCE(NOT e.user_ IN ({', '.join(map(quoted, order.staff))}), TRUE)" if order.staff else ""
