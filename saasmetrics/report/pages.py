"""The report as tables, which every output format can show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from saasmetrics.catalog import Column
from saasmetrics.outputs.cells import number, spark
from saasmetrics.report.change import pull
from saasmetrics.report.compose import PICTURES, Report, Told
from saasmetrics.report.line import Rows, Unit
from saasmetrics.tables import Table

LINES = (
    Column("position", "key", "order of the lines"),
    Column("block", "label", "value delivery, adoption, retention and revenue predictors, quality"),
    Column("metric", "label", "what is told"),
    Column("answer", "text", "how it stands, in words"),
    Column("change", "text", "against the week before, with its interval"),
    Column("direction", "label", "up or down outside that interval, no clear change inside; not judged: no interval can be told"),
    Column("good", "flag", "whether the direction is a good one; empty: there is none"),
    Column("trend", "list", "the last twelve weeks, oldest first, each as it stood then, by the definitions of today"),
    Column("defined", "date", "the first week that was told by the definitions of today, where the weeks before were told by others; empty: none, or no history"),
    Column("value", "number", "the number: a share, accounts, successes, days or milliseconds; empty: unknown"),
    Column("before", "number", "the number a week before"),
    Column("change_low", "number", "95 % interval of the change by account; where no accounts stand behind the line, a wider one: from one week's interval to the other's"),
    Column("change_high", "number", "its other end"),
    Column("base", "count", "what it stands on"),
    Column("status", "label", "as in the table; no input: the definition file lacks it"),
    Column("timing", "label", "leading or lagging"),
    Column("more", "label", "the command with the whole table"),
)
CHANGES = (
    Column("metric", "key", "the line of the report"),
    Column("position", "key", "the largest change first"),
    Column("account", "label", "the account"),
    Column("what", "label", "entered, left, up, down; of a rate also: joined the base, left the base"),
    Column("before", "number", "its part of the number a week before"),
    Column("now", "number", "its part of the number now"),
    Column("because", "text", "what its row of the table says, and the event with its local time: of what rose the first of the week, else the last"),
)
QUESTIONS = (
    Column("position", "key", "order of the questions"),
    Column("question", "label", "what a dashboard ought to answer"),
    Column("answer", "text", "the answer"),
    Column("look_at", "list", "the accounts to look at first"),
    Column("more", "label", "the command with the whole table"),
)
NEXT = (
    Column("position", "key", "the most money at stake first"),
    Column("what", "label", "keep: at high risk; grow: ready"),
    Column("account", "label", "the account"),
    Column("score", "score", "risk, or readiness"),
    Column("mrr", "money", "monthly recurring revenue; empty: unknown"),
    Column("currency", "label", "its currency"),
    Column("why", "text", "the numbers behind it"),
)
ALERTS = (
    Column("alert", "key", "its name in the definition file"),
    Column("raised", "flag", "whether the number is beyond its bound"),
    Column("said", "text", "the number and the bound; or why it cannot be judged"),
    Column("why", "text", "why somebody has to look"),
)
MOVED = (
    Column("week", "key", "first day of the week"),
    Column("metric", "key", "the line of the report"),
    Column("told_before", "number", "what the last report told"),
    Column("now", "number", "what the same week shows now"),
    Column("because", "text", "what has changed since in all that it is made from"),
)
LISTED = (
    Column("account", "key", "an account that the report names"),
    Column("position", "key", "order"),
    Column("about", "label", "what is told"),
    Column("told", "text", "as it stands in the tables"),
)
POINTS = {"share": (100, " points"), "count": (1, ""), "days": (1, " days"), "ms": (1, " ms"), "number": (1, ""), "money": (1, "")}


def tables(report: Report, moved: Sequence[dict[str, Any]] = (), broken: Mapping[str, date] | None = None) -> list[Table]:
    """What changed, why, what to do next; before it the numbers of past weeks that are not what was told."""
    moves = [{"metric": told.line.name, **move} for told in report.lines for move in _placed(told.moves)]
    alarms = [{**alarm._asdict(), "alert": alarm.name} for alarm in sorted(report.alarms, key=lambda one: not one.raised)]
    return [
        *([_table("report.moved", "Numbers told before that have changed since.", MOVED, moved, report)] if moved else []),
        *([_table("report.alerts", "What raised an alarm.", ALERTS, alarms, report)] if alarms else []),
        _table("report.lines", _headline(report), LINES, [_line(told) | {"defined": (broken or {}).get(told.line.name)} for told in report.lines], report),
        _table("report.next", "What to do next: accounts at high risk to keep, and ready ones to grow; the most money at stake first.", NEXT, report.steps, report),
        _table("report.questions", "The seven questions, and where to look.", QUESTIONS, [answer._asdict() for answer in report.answers], report),
        _table("report.changes", "Who changed since the week before.", CHANGES, moves, report, ("groups", "metric")),
        *(Table(room.key, room.title, room.columns, frame, tuple(room.picture), report.meta) for room, frame in report.pictures),
        _table("report.accounts", "The accounts named here, one by one.", LISTED, report.listed, report, ("groups", "account")),
    ]


def _headline(report: Report) -> str:
    """The week, and at once what changed in it, through whom, and whom to look at next."""
    first, last = report.week
    beyond = [told for told in report.lines if told.change and told.change.direction in ("up", "down")]
    found = [f"{told.line.name} {told.change.direction}{_through(told.moves, told.change.size)}" for told in beyond if told.change]
    heads = {step["what"]: step["account"] for step in reversed(report.steps)}
    steps = "; ".join(f"to {what} first: {heads[what]}" for what in ("keep", "grow") if what in heads)
    return f"The week of {first} to {last}: {'; '.join(found) or 'no number changed beyond chance'}." + (f" {steps[:1].upper()}{steps[1:]}." if steps else "")


def _through(moves: Rows, size: float) -> str:
    """The account that moved the number furthest the way it went; where several did alike, one of them."""
    along = sorted((move for move in moves if pull(move) * size > 0), key=lambda move: -abs(pull(move)))
    if not along:
        return ""
    alike = len(along) > 1 and abs(pull(along[0])) == abs(pull(along[1]))
    told = f"{along[0]['account']} ({'no longer in it' if along[0]['what'] == 'left' else along[0]['what']})"  # who left the number did not leave the vendor
    return f", through {told} among others" if alike else f", most through {told}"


KEPT = {
    "report.moved": [column.name for column in MOVED],
    "report.alerts": [column.name for column in ALERTS],
    "report.lines": ["metric", "answer", "change", "good", "trend"], "report.next": ["what", "account", "mrr", "currency", "why"],
    "report.questions": ["question", "answer", "look_at"], "report.changes": [column.name for column in CHANGES],
    "report.accounts": ["account", "about", "told"], "activation.steps": ["step", "entered", "reached", "lost", "of_all", "median_days", "stuck_now"],
}  # fmt: skip
FOLDED = ("report.changes", "report.accounts", *PICTURES)  # told where it does not stand in the way


def short(tables_: Sequence[Table], fmt: str) -> list[Table]:
    """What a person reads: the words, not the numbers behind them; on a screen without the accounts behind each line."""
    left_out = {"table": ("good", "currency"), "md": ("good",), "html": ()}[fmt]
    shown = [table for table in tables_ if fmt == "html" or table.name not in FOLDED]
    told = KEPT | ({"report.lines": ["metric", "change", "trend", "answer"]} if fmt == "table" else {})  # a screen is often too narrow for all beside the answer
    kept = [_only(_parted(table), [name for name in told.get(table.name, table.frame.columns) if name not in left_out]) for table in shown]
    return [_drawn(table) for table in kept] if fmt == "md" else kept


def _drawn(table: Table) -> Table:
    """A trend as a line of little columns, for what is pasted as text."""
    if "trend" not in table.frame.columns:
        return table
    columns = tuple(column._replace(unit="text") if column.name == "trend" else column for column in table.columns)
    lines = pl.Series("trend", [spark(trend) for trend in table.frame["trend"].to_list()], dtype=pl.String)
    return replace(table, columns=columns, frame=table.frame.with_columns(lines))


def _parted(table: Table) -> Table:
    """A trend has a gap where the weeks before were told by other definitions."""
    if table.name != "report.lines" or table.frame["defined"].is_null().all():
        return table
    week = date.fromisoformat(table.meta["week"])
    after = [None if since is None else (week - since).days // 7 + 1 for since in table.frame["defined"]]
    trends = [trend if n is None else [*trend[: len(trend) - n], None, *trend[len(trend) - n :]] for trend, n in zip(table.frame["trend"].to_list(), after, strict=True)]
    said = "a gap in a trend: the weeks before it were told by other definitions, and are told anew here"
    return replace(table, frame=table.frame.with_columns(pl.Series("trend", trends, dtype=pl.List(pl.Float64))), meta={**table.meta, "notes": [*table.meta["notes"], said]})


def whole(tables_: Sequence[Table]) -> list[Table]:
    """What a program reads: every number of the report; whole tables have commands of their own."""
    return [table for table in tables_ if table.name not in PICTURES]


def _only(table: Table, names: Sequence[str]) -> Table:
    columns = tuple(next(column for column in table.columns if column.name == name) for name in names)
    return Table(table.name, table.title, columns, table.frame.select(names), table.picture, table.meta)


def _line(told: Told) -> dict[str, Any]:
    line, reading, change = told.line, told.reading, told.change
    before = None if change is None or reading.value is None else reading.value - change.size
    return {
        "block": line.block, "metric": line.name, "answer": reading.said, "change": _words(told), "direction": change.direction if change else None,
        "good": _good(told), "trend": told.trend if any(value is not None for value in told.trend) else [], "value": reading.value, "before": before, "change_low": change.low if change else None,
        "change_high": change.high if change else None, "base": reading.base, "status": reading.status, "timing": line.timing,
        "more": line.room.replace("_", "-").replace(".", " "),
    }  # fmt: skip


def _good(told: Told) -> bool | None:
    direction = told.change.direction if told.change else ""
    return direction == told.line.better if direction in ("up", "down") else None


ARROWS = {"up": "▲ ", "down": "▼ ", "no clear change": "", "not judged": ""}


def _words(told: Told) -> str | None:
    if told.change is None:
        return None
    size, low, high = told.change
    if not size and not low and not high:
        return "none"
    sure = f" ({_signed(low, told.line.unit)} to {_signed(high, told.line.unit)})" if low is not None and high is not None else ""
    return f"{ARROWS[told.change.direction]}{_signed(size, told.line.unit)}{POINTS[told.line.unit][1]}{sure}"


def _signed(size: float, unit: Unit) -> str:
    times = POINTS[unit][0]
    whole = unit in ("count", "money") and (round(size) or not size)  # what is less than one is not made 0
    text = number(round(abs(size)), "count") if whole else number(abs(size) * times, "number")
    return f"{'+' if size > 0 else '−' if size < 0 else ''}{text}"


def _placed(moves: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"position": at, **move} for at, move in enumerate(moves, 1)]


def _table(name: str, title: str, columns: tuple[Column, ...], rows: Sequence[dict[str, Any]], report: Report, picture: tuple[str, ...] = ()) -> Table:
    kinds: dict[str, Any] = {
        "count": pl.Int64, "score": pl.Int64, "number": pl.Float64, "flag": pl.Boolean, "money": pl.Decimal(38, 2),
    }  # fmt: skip
    lists: dict[str, Any] = {"week": pl.Date, "defined": pl.Date, "trend": pl.List(pl.Float64), "look_at": pl.List(pl.String), "position": pl.Int64}
    schema = {column.name: lists.get(column.name, kinds.get(column.unit, pl.String)) for column in columns}
    placed = [{"position": at, **row} for at, row in enumerate(rows, 1)]
    return Table(name, title, columns, pl.DataFrame([{key: row.get(key) for key in schema} for row in placed], schema=schema), picture, {**report.meta, "week": report.week[0].isoformat()})
