"""What the columns of a sheet hold: kinds, gaps, how many different values, the range of times. One pass, then one for the times."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from saasmetrics.sources import times
from saasmetrics.sources.columns import BLANK
from saasmetrics.sources.numbers import COMMA, plain
from saasmetrics.sources.rows import NEVER
from saasmetrics.start.opening import PLACE, Sheet

MANY = 2_000_000  # rows from which on different values are estimated
SURE = 0.8  # of the values are of a kind: the others are odd ones
SAMPLE, SHOWN, MOST = 20_000, 3, 5
AT_ONCE = 40  # columns
PATTERNS = {
    "zoned": times.ZONED, "naive": times.NAIVE, "date": times.DATE, "slashed": times.SLASHED, "number": r"^-?(0|[1-9][0-9]{0,18})(\.[0-9]{1,9})?$",
    "flag": r"(?i)^(true|false|yes|no)$", "json": r"^\s*[\[{]", "comma": COMMA,
}  # fmt: skip
WORDS = {"zoned": "time", "naive": "time without a zone", "date": "date", "slashed": "day/month time", "number": "number", "comma": "number", "flag": "true/false", "json": "JSON"}
TIMES = ("time", "time without a zone", "date", "day/month time")
CENTS = r",([0-9]{1,2}|[0-9]{4,})$"  # no part of thousands
EPOCHS = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
ENDING = re.compile(r"end|until|expire|cancel|renew|resolved|closed|deactivated|left|_to$", re.IGNORECASE)
TIMELY = re.compile(r"time|date|stamp|created|opened|closed|resolved|start|end|_at$|At$|^ts$|^at$", re.IGNORECASE)


@dataclass(frozen=True)
class Profile:
    """One column: `odd` values are not of its kind; `unit` is that of times in numbers; `first` and `last` are µs."""

    name: str
    kind: str
    rows: int
    empty: int
    distinct: int
    estimated: bool
    examples: tuple[str, ...]
    odd: int = 0
    pattern: str = ""
    unit: str | None = None
    format: str | None = None
    low: float | None = None
    high: float | None = None
    first: int | None = None
    last: int | None = None
    whole: bool = False
    decimal: str = "."
    proved: bool = True  # whether a value shows that the order of day and month is this one
    strange: tuple[tuple[int | None, str], ...] = ()  # of times: line and text of the first that are none

    @property
    def timely(self) -> bool:
        """Whether it can be read as times."""
        return self.kind in TIMES or self.unit is not None

    @property
    def filled(self) -> int:
        return self.rows - self.empty

    @property
    def single(self) -> bool:
        """Whether every row has a value of its own."""
        return self.filled > 1 and self.distinct == self.filled

    @property
    def rule(self) -> times.Rule:
        """How its times are read here: without a zone, as UTC."""
        return times.Rule(format=self.format, unit=self.unit, zone="UTC")


def profiled(sheet: Sheet) -> dict[str, Profile]:
    """Every column and path by its name, in the order of the file."""
    schema = sheet.frame.collect_schema()
    sample = sheet.frame.head(SAMPLE).collect()
    names = [name for name in schema if name not in PLACE]
    made = [one for at in range(0, len(names), AT_ONCE) for one in _some(names[at : at + AT_ONCE], sheet, schema, sample)]
    return {one.name: _ranged(one, sheet) if one.timely else one for one in made}


def _some(names: list[str], sheet: Sheet, schema: pl.Schema, sample: pl.DataFrame) -> Iterator[Profile]:
    asked = {name: _asked(pl.col(name), schema[name], sheet.rows, _likely(sample[name])) for name in names}
    every = [one.alias(f"{at}:{what}") for at, name in enumerate(names) for what, one in asked[name].items()]
    found = sheet.frame.select(every).collect(engine="streaming").row(0, named=True)
    for at, name in enumerate(names):
        yield _profile(name, schema[name], {what: found[f"{at}:{what}"] for what in asked[name]}, sheet.rows, sample)


def _likely(values: pl.Series) -> str | None:
    """The kind of most texts of a sample."""
    texts = values.drop_nulls() if values.dtype == pl.String else values.clear()
    shares = {kind: texts.str.contains(pattern).mean() or 0.0 for kind, pattern in PATTERNS.items()} if texts.len() else {}
    most = max(shares, key=lambda kind: shares[kind], default=None)
    return most if most and shares[most] >= SURE * SURE else None  # type: ignore[operator]


def filled(column: pl.Expr, dtype: Any) -> pl.Expr:
    """The column, null where it says nothing."""
    return pl.when(column.str.strip_chars(BLANK) != "").then(column) if dtype == pl.String else column


def _asked(name: pl.Expr, dtype: Any, rows: int, kind: str | None) -> dict[str, pl.Expr]:
    column = filled(name, dtype)
    asked = {"filled": column.count(), "distinct": column.approx_n_unique() if rows > MANY else column.drop_nulls().n_unique()}
    if kind:
        asked[kind] = column.str.contains(PATTERNS[kind]).sum()
    if kind == "slashed":
        parts = {"days": r"^([0-9]{1,2})[/.]", "months": r"^[0-9]{1,2}[/.]([0-9]{1,2})"}
        asked |= {part: column.str.extract(pattern).cast(pl.Int64, strict=False).max() for part, pattern in parts.items()}
    if kind == "comma":
        asked["cents"] = column.str.contains(CENTS).sum()
    if kind in ("number", "comma") or dtype.is_numeric():
        number = (plain(column, ",") if kind == "comma" else column).cast(pl.Float64, strict=False)
        finite = pl.when(number.is_finite()).then(number)
        asked |= {"low": finite.min(), "high": finite.max(), "whole": (finite == finite.floor()).all()}
    return asked


def _profile(name: str, dtype: Any, found: Mapping[str, Any], rows: int, sample: pl.DataFrame) -> Profile:
    key, odd = _kind(dtype, found)
    kind = WORDS.get(key, key)
    unit = _unit(name, kind, found) if kind == "number" else None
    format_ = _format(found, sample[name]) if key == "slashed" else None
    distinct = min(found["distinct"], found["filled"])
    return Profile(
        name, f"time in {unit}" if unit else kind, rows, rows - found["filled"], distinct, rows > MANY, _examples(sample[name]), odd,
        PATTERNS.get(key, "") if dtype == pl.String else "", unit, format_, found.get("low"), found.get("high"), whole=bool(found.get("whole")), decimal="," if key == "comma" else ".",
        proved=key != "slashed" or max(found["days"] or 0, found["months"] or 0) > 12,
    )  # fmt: skip


def _kind(dtype: Any, found: Mapping[str, Any]) -> tuple[str, int]:
    """(kind, how many values are none of it)."""
    if not found["filled"]:
        return "empty", 0
    if isinstance(dtype, pl.Datetime):
        return "zoned" if dtype.time_zone else "naive", 0
    plain = {pl.Date: "date", pl.Boolean: "flag"}.get(dtype) or ("number" if dtype.is_numeric() else None)
    if plain:
        return plain, 0
    counts = {kind: found[kind] for kind in PATTERNS if kind in found and found.get("cents", 1)}
    most = max(counts, key=lambda kind: counts[kind], default="text")
    sure = counts and counts[most] >= SURE * found["filled"]
    return (most, found["filled"] - counts[most]) if sure else ("text", 0)


def _unit(name: str, kind: str, found: Mapping[str, Any]) -> str | None:
    """The unit in which whole numbers are times between 1990 and 2100."""
    low, high = found.get("low"), found.get("high")
    if low is None or high is None or not TIMELY.search(name.rsplit(".", 1)[-1]):
        return None
    earliest, latest = times.EARLIEST / 1_000_000, times.LATEST / 1_000_000
    return next((unit for unit, scale in EPOCHS.items() if earliest * scale <= low <= high < latest * scale), None)


def _format(found: Mapping[str, Any], values: pl.Series) -> str:
    """Day or month first, as far as a value proves it; else the day."""
    text = str(values.drop_nulls().head(1).to_list()[0])
    sign = "." if "." in text[:3] else "/"
    order = ("%m", "%d") if (found["months"] or 0) > 12 else ("%d", "%m")
    clock = re.search(r"(:\d\d)?(:\d\d)( ?[AP]M)?$", text, re.IGNORECASE)
    hours = "" if clock is None else f" {'%I' if clock[3] else '%H'}:%M{':%S' if clock[1] else ''}{' %p' if clock[3] else ''}"
    return f"{order[0]}{sign}{order[1]}{sign}{'%Y' if re.match(r'.*?[/.].*?[/.][0-9]{4}', text) else '%y'}{hours}"


def _examples(values: pl.Series) -> tuple[str, ...]:
    """The values that a sample has most often, then by the alphabet."""
    texts = values.cast(pl.String, strict=False).drop_nulls() if not values.dtype.is_nested() else pl.Series([], dtype=pl.String)
    counts = texts.to_frame("t").group_by("t").len().sort(["len", "t"], descending=[True, False])
    return tuple(counts["t"].head(SHOWN).to_list())


def _ranged(one: Profile, sheet: Sheet) -> Profile:
    """With the first and the last time; what cannot be read is odd."""
    odd, strange = 0, pl.DataFrame()
    spans: list[tuple[Any, Any]] = []
    line = pl.col("_line") if lined(sheet) else pl.lit(None, pl.Int64).alias("_line")
    for batch in sheet.frame.select(line, pl.col(one.name)).collect_batches(chunk_size=500_000):
        there = batch.filter(pl.col(one.name).is_not_null() & ~_never(one))
        parsed = times.parse(there[one.name], one.rule)
        odd += parsed.trouble.count()
        if parsed.trouble.count() and strange.is_empty():
            strange = there.filter(parsed.trouble.is_not_null()).head(MOST).with_columns(pl.col(one.name).cast(pl.String))
        good = parsed.good.drop_nulls()
        spans += [(good.min(), good.max())] if good.len() else []
    first, last = min((low for low, _ in spans), default=None), max((high for _, high in spans), default=None)
    return replace(one, odd=odd, first=first, last=last, strange=tuple(strange.iter_rows()))


def _never(one: Profile) -> pl.Expr:
    """Days that mean that something has no end, where it may have one."""
    text = pl.col(one.name).cast(pl.String)
    return text.str.contains(NEVER).fill_null(False) if ENDING.search(one.name) else pl.lit(False)


def lined(sheet: Sheet) -> bool:
    """Whether its rows stand in lines of one file."""
    return len(sheet.inputs) == 1 and "_line" in sheet.frame.collect_schema()


def repeats(sheet: Sheet, names: list[str]) -> int:
    """How many rows repeat an earlier one in these columns; eight bytes a row are in memory."""
    if not names:
        return 0
    keys = sheet.frame.select(key=pl.struct(names).hash(7)).collect(engine="streaming")["key"]
    return keys.len() - sum(keys.filter(keys % 8 == part).n_unique() for part in range(8))


def odd_lines(sheet: Sheet, one: Profile) -> Iterator[tuple[int | None, str]]:
    """(line, value) of the first values that are not of the column's kind; the line of a text format only, and of one file."""
    if one.timely:
        yield from one.strange
    elif one.pattern:
        column, told = filled(pl.col(one.name), pl.String), lined(sheet)
        bad = sheet.frame.filter(~column.str.contains(one.pattern)).head(MOST).collect()
        yield from ((row.get("_line") if told else None, row[one.name]) for row in bad.iter_rows(named=True))
