"""Events chosen to be read in two ways: at the edges of days, with ties, gaps, odd numbers and hostile texts; and the
definition that asks every kind of question of them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import polars as pl
import yaml

from saasmetrics.definitions.read import Loaded, read

COLUMNS = {"account": "account_id", "user": "user_id", "time": "timestamp", "event": "event", "id": "event_id"}
HOSTILE = ["o'hara", 'say "hi"', "back\\slash", "a%b_c", "100%", "'; DROP TABLE events; --", "line\nbreak", "tab\there", "ümläut ☃", "𝄞", "null", "NULL", "a,b", "TRUE", "true", " true"]
NUMBERS = [
    "7", "7.0", "007", " 12 ", "+3", "-3", "0.00005", "0.00004", "-0.00005", "1.23456789", "99999999999999", "100000000000000", "99999999999999.99999",
    "1e3", "", "abc", "1,5", "\u00a05\u2003", "5\n", "5\u0085", "\x0b 5\x0c", "\f6", "f5", "x5", "0b5", "t5", "₀5", "٣", "-", ".5", "5.", "0", "-0", "12.5", "12.50",
]  # fmt: skip
WRITTEN = ["7", "7.0", " 12 ", "+3", "-0.00005", "0.00005", "1.23456789", "12345678.99999", "", None]  # amounts that can be read
EVENTS = ["posted", "opened", "it's done", "ne\"w", "other", "timed"]
SPRING, AUTUMN = datetime(2025, 3, 30, 1, tzinfo=UTC), datetime(2025, 10, 26, 1, tzinfo=UTC)  # Berlin's clocks change then
EDGES = [SPRING, AUTUMN, *(datetime(2025, month, day, hour, tzinfo=UTC) for month, day, hour in ((3, 29, 23), (3, 30, 22), (10, 25, 22), (10, 26, 23), (1, 31, 23), (12, 31, 23)))]


def micros(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000


@cache
def frame(rows: int = 2_000, seed: int = 7) -> pl.DataFrame:
    """The events, with columns of every type that is read."""
    dice = random.Random(seed)
    made = [_row(dice, at) for at in range(rows)]
    made += [dict(dice.choice(made)) for _ in range(rows // 20)]  # repeated as they are
    made += [{**dice.choice(made), "note": "another"} for _ in range(rows // 40)]  # one id, another content
    schema = {
        "event_id": pl.String, "account_id": pl.String, "user_id": pl.String, "event": pl.String, "timestamp": pl.Datetime("us", "UTC"), "note": pl.String,
        "amount": pl.String, "figure": pl.String, "cents": pl.Decimal(12, 2), "seconds": pl.Float64, "tries": pl.Int64, "ok": pl.Boolean, "due": pl.Datetime("us", "UTC"), "ms": pl.String,
    }  # fmt: skip
    return pl.DataFrame(made, schema=schema, orient="row")


def _row(dice: random.Random, at: int) -> dict[str, object]:
    time = micros(dice.choice(EDGES)) + dice.choice([-1, 0, 1, dice.randrange(3_600_000_000), -dice.randrange(86_400_000_000)])
    kind = dice.choice(EVENTS)
    return {
        "event_id": dice.choice([f"e{at}", f"e{at}", None, ""]), "account_id": dice.choice([*HOSTILE, "a1", "a2", "a3", None, "", " \t", " a1"]),
        "user_id": dice.choice(["u1", "u2", "o'u", "staff", None, ""]), "event": dice.choice([kind] * 9 + [None, "", " "]),
        "timestamp": _at(time) if dice.random() < 0.99 else None, "note": dice.choice([*HOSTILE, None, ""]),
        "amount": dice.choice(WRITTEN), "figure": dice.choice(NUMBERS), "cents": dice.choice([Decimal("12.34"), Decimal("-0.01"), Decimal("0"), None]),
        "seconds": dice.choice([0.00005, 0.5, 7.0, 12.34565, -1.5, 1e13, None]), "tries": dice.choice([0, 1, 7, -2, 10**15, None]), "ok": dice.choice([True, False, None]),
        "due": dice.choice([_at(time), _at(time - 1), _at(time + 1), None]), "ms": dice.choice(["15000", "1.5", "-3.00009", "250", "250.4", None]),
    }  # fmt: skip


def _at(time: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=time)


QUESTIONS: dict[str, dict[str, object]] = {
    "text": {"note": "o'hara"}, "not_text": {"note": {"ne": "TRUE"}}, "flag_in_text": {"note": True}, "flag": {"ok": True}, "no_flag": {"ok": {"ne": False}},
    "flag_as_text": {"ok": "true"}, "number_in_text": {"figure": 7}, "tiny": {"figure": {"gt": 0}}, "fraction": {"figure": {"in": [0.0001, "12.5", -3]}},
    "none_of": {"note": {"not_in": ["100%", "NULL", 7, True]}}, "whole": {"tries": {"ge": 1}}, "whole_as_text": {"tries": "7"}, "large": {"tries": {"gt": 5}},
    "double": {"seconds": {"le": 12.3457}}, "double_is": {"seconds": {"in": [0.0001, 7]}}, "decimal": {"cents": {"lt": 12.34}}, "decimal_is": {"cents": -0.01},
    "percent": {"note": {"like": "*%*"}}, "one": {"note": {"like": "a?b_c"}}, "slash": {"note": {"like": "back\\*"}}, "wide": {"note": {"like": "?"}},
    "broken": {"note": {"like": "line*break"}}, "beyond": {"note": {"gt": "o"}}, "below": {"note": {"le": "null"}}, "there": {"note": {"exists": True}},
    "gone": {"figure": {"exists": False}}, "kept": {"due": {"met": True}}, "late": {"due": {"met": False}}, "both": {"ok": True, "figure": {"ge": 7}, "note": {"exists": True}},
}  # fmt: skip


def definition(folder: Path, zone: str = "Europe/Berlin", *, where: dict[str, object] | None = None, questions: Sequence[str] = tuple(QUESTIONS), keyed: bool = True, merges: str = "") -> Loaded:
    """Each question as a rule, of several events."""
    rules = {name: {"event": EVENTS[at % 3 : at % 3 + 2], "where": QUESTIONS[name]} for at, name in enumerate(questions)}
    columns = {name: column for name, column in COLUMNS.items() if keyed or name != "id"}
    told = {
        "version": 1, "timezone": zone, "sources": {"events": {"columns": columns, **(where or {"files": "events.parquet"})}}, "rules": rules,
        "internal": {"users": {"user": {"like": "staff*"}}},
        "workflows": {
            "posting": {"success": "posted", "attempt": "opened", "failure": "it's done", "value": "amount", "entity": "note", "core": True},
            "timing": {"success": "timed", "duration": "ms"},
        },
        "features": {name: {"rule": name} for name in questions},
        "activation": {"within": "14d", "order": "ordered", "steps": {"one": {"rule": "opened"}, "two": {"rule": "posted"}}},
    }  # fmt: skip
    if merges:
        told["sources"]["merges"] = {"files": merges}  # type: ignore[index]
    path = folder / f"{'table' if where else 'files'}.yaml"
    path.write_text(yaml.safe_dump(told), "utf-8")
    return read(path)
