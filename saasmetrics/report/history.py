"""The numbers told before, in a small Parquet file: the next report says which of them have changed since, and through what.

Grain: one number of one week, as one report told it. A number that has not changed is not told again.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from saasmetrics import __version__
from saasmetrics.clock import Clock, date_of
from saasmetrics.definitions.fingerprint import fingerprint
from saasmetrics.facts._digest import digest
from saasmetrics.messages import refuse
from saasmetrics.replay import Replays
from saasmetrics.report import weeks
from saasmetrics.report.difference import differing, sketch
from saasmetrics.report.line import Rows

SCHEMA = {
    "told": pl.Date, "week": pl.Date, "metric": pl.String, "value": pl.Float64, "definitions": pl.String, "code": pl.String, "inputs": pl.String,
}  # fmt: skip
LISTS = {"accounts": "accounts", "users": "members", "subscriptions": "contracts", "tickets": "tickets", "incidents": "incidents"}
ENDS = ("end", "cancelled")  # days on which something happened to a subscription
WAY = 3  # in which the letters of a list are made; letters of another way say nothing
NAMED = 5  # accounts
BY_EVENTS = ["first_at", "last_at", "backdated", "left_truncated", "observed_from"]  # of an account, but told by the events
DAYS = 98  # days whose events are counted one by one
Inputs = dict[str, Any]
Source = tuple[str, str, Inputs, Mapping[int, str]]  # the definitions, the code, what was known, and how accounts are called


class Told(NamedTuple):
    """One number of one week, with what it was made from."""

    week: date
    metric: str
    value: float | None
    definitions: str
    code: str
    inputs: Inputs
    names: Mapping[int, str] = {}  # of accounts, by their letters: of numbers that are told now


def read(path: Path) -> pl.DataFrame:
    """The numbers told so far; none when there is no such file yet."""
    if not path.exists():
        return pl.DataFrame(schema=SCHEMA)
    try:
        found = pl.read_parquet(io.BytesIO(path.read_bytes()))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        refuse("SM303", f"no history of reports: {str(error).splitlines()[0]}", str(path))
    if dict(found.schema) != SCHEMA:
        refuse("SM303", f"no history of reports: it has the columns {', '.join(found.columns)}", str(path))
    return found


def added(history: pl.DataFrame, as_of: date, numbers: list[Told]) -> pl.DataFrame:
    """With the numbers of this report that are new or have changed. Told twice, a report leaves the same history."""
    before = history.filter(pl.col("told") != as_of)
    known = _last(before.filter(pl.col("told") < as_of))
    fresh = [one for one in numbers if (one.week, one.metric) not in known or known[one.week, one.metric].value != one.value]
    rows = [{**{name: getattr(one, name) for name in SCHEMA if name != "told"}, "told": as_of, "inputs": json.dumps(one.inputs, sort_keys=True)} for one in fresh]
    return pl.concat([before, pl.DataFrame(rows, schema=SCHEMA)]).sort("told", "week", "metric")


def moved(history: pl.DataFrame, as_of: date, numbers: list[Told]) -> Rows:
    """Numbers of weeks past that are not what was told last before `as_of`, each with the causes that can be seen."""
    known = _last(history.filter(pl.col("told") < as_of))
    pairs = ((known[now.week, now.metric], now) for now in numbers if (now.week, now.metric) in known)
    found = [(then, now) for then, now in pairs if then.value != now.value]
    return [{"week": now.week, "metric": now.metric, "told_before": then.value, "now": now.value, "because": "; ".join(causes(then, now))} for then, now in found]


def broken(history: pl.DataFrame, as_of: date, numbers: list[Told]) -> dict[str, date]:
    """Metric → the first week that was told by the definitions of today, where earlier ones were told by others, be it the same number."""
    first = {(row["week"], row["metric"]): row["definitions"] for row in history.filter(pl.col("told") < as_of).sort("told", descending=True).iter_rows(named=True)}
    ours, mine = sorted({now.week for now in numbers}), {now.metric: now.definitions for now in numbers}
    others = {metric: [week for (week, name), told in first.items() if name == metric and told != definitions and week >= ours[0]] for metric, definitions in mine.items()}
    ends = {metric: next((week for week in ours if week > max(weeks)), None) for metric, weeks in others.items() if weeks}
    return {metric: week for metric, week in ends.items() if week}


def causes(then: Told, now: Told) -> list[str]:
    """What differs between then and now, of all that the number is made from."""
    found = []
    if then.definitions != now.definitions:
        found.append(f"the definition was changed ({then.definitions} → {now.definitions})")
    if then.code != now.code:
        found.append(f"another version of saasmetrics ({then.code} → {now.code})")
    found += [f"{what}{_whose(then.inputs.get('work'), now.inputs.get('work'), now.names)}" for what in _events(then, now)]
    merged = sorted({*now.inputs.get("merged", [])} ^ {*then.inputs.get("merged", [])})
    if merged:
        found.append(f"merged accounts: {_few(merged)}")
    lists = {name: (then.inputs.get(name), now.inputs.get(name)) for name in LISTS}
    found += [f"{name} were changed afterwards{_whose(*pair, now.names)}" for name, pair in lists.items() if _differs(*pair)]
    return found or ["events that were there before have other content now" if _comparable(then, now) else "not known: another version of saasmetrics or Polars kept what was known then"]


def told_for(history: pl.DataFrame, metric: str, clock: Clock) -> Told | None:
    """What was told last of the week that was the last complete one on a day."""
    return _last(history).get((weeks.week(clock)[0], metric))


def made_from(at: Replays, day: date, known: Mapping[int, str]) -> Source:
    """What a number of that day is made from: the definitions, the code, what was known; `known` are the names of accounts."""
    return fingerprint(at.run.book.definition), __version__, inputs(at, day), known


def inputs(at: Replays, day: date) -> Inputs:
    """What was known on a day, small enough to keep: events by day and by account, the accounts merged, letters of each list."""
    book = at.book(day)
    counts = at.events_by_day.filter(pl.col("day") < book.clock.day)
    recent = counts.filter(pl.col("day") >= book.clock.day - DAYS)
    events = {"rows": int(counts["n"].sum()), "days": {date_of(one).isoformat(): n for one, n in recent.iter_rows()}}
    work = book.every("days").filter(pl.col("day") < book.clock.day).group_by("account").agg(pl.col("n").sum())
    lists = {name: _letters(_known(book.get(fact), book.clock)) for name, fact in LISTS.items()}
    return {"events": events, "work": _letters(work), "merged": sorted(book.merged), **lists}


def _known(frame: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """The rows of a list as they were before T: what happened to them afterwards is not yet, nor are those that began then."""
    names = frame.collect_schema().names()
    limits = {name: clock.now for name in names if name.endswith("_at")} | {name: clock.day for name in ENDS if name in names}
    begun = frame.filter(pl.col("start") < clock.day) if "start" in names else frame
    return begun.with_columns(pl.when(pl.col(name) < limit).then(name).alias(name) for name, limit in limits.items())


def _letters(frame: pl.LazyFrame) -> str:
    """Letters for a list, which tell the accounts that differ, if it has any: the same for the same rows in any order. Other releases of
    Polars give other letters, so its own stands before them."""
    names = [name for name in frame.collect_schema().names() if name not in BY_EVENTS]
    return f"{pl.__version__}/{WAY}:{(sketch if 'account' in names else digest)(frame.select(names))}"


def _whose(then: str | None, now: str | None, known: Mapping[int, str]) -> str:
    """The accounts whose rows differ, as far as that can be told."""
    if not then or not now or _made(then) != _made(now) or len(then) != len(now) or then == now or not known:
        return ""
    found, more = differing(then.partition(":")[2], now.partition(":")[2], known)
    if not more:
        return f", of {_few(found)}"
    return f", of many accounts ({_few(found, more)})" if found else ", of many accounts"


def _few(names: Sequence[str], more: bool = False) -> str:
    return f"{', '.join(names[:NAMED])}{', …' * (more or len(names) > NAMED)}"


def _differs(then: str | None, now: str | None) -> bool:
    """Whether a list is another one than then, where that can be told."""
    return then != now and (then is None or now is None or _made(then) == _made(now))


def _comparable(then: Told, now: Told) -> bool:
    pairs = [(then.inputs.get(name), now.inputs.get(name)) for name in LISTS]
    return all(_made(one) == _made(two) for one, two in pairs if one and two)


def _made(letters: str) -> str:
    """How they were made."""
    return letters.partition(":")[0]


def _events(was: Told, is_: Told) -> list[str]:
    """How many more or fewer there are by day. They came late, unless some are gone, or another definition (of a zone, of who is internal) counts them."""
    then, now, same = was.inputs.get("events", {}), is_.inputs.get("events", {}), was.definitions == is_.definitions
    more = now.get("rows", 0) - then.get("rows", 0)
    days = sorted({*then.get("days", {})} & {*now.get("days", {})} | {day for day in now.get("days", {}) if day >= min(then.get("days", {}), default="")})
    changed = [(day, now["days"].get(day, 0) - then["days"].get(day, 0)) for day in days]
    told = [f"{n:+d} on {day}" for day, n in changed if n]
    older = more - sum(n for _, n in changed)
    told += [f"{older:+d} on earlier days"] if older else []
    what = "late events" if same and more > 0 and not any("-" in one.split()[0] for one in told) else "other events than then"
    return [f"{what}: {', '.join(told[:6])}{', …' * (len(told) > 6)}"] if told else []


def _last(history: pl.DataFrame) -> dict[tuple[date, str], Told]:
    rows = history.sort("told", "week", "metric").iter_rows(named=True)
    return {(row["week"], row["metric"]): Told(row["week"], row["metric"], row["value"], row["definitions"], row["code"], json.loads(row["inputs"])) for row in rows}
