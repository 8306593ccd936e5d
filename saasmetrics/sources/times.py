"""Text, numbers and dates → microseconds since the epoch. A value is readable in one way, or it has a trouble."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import polars as pl

from saasmetrics.clock import SECOND
from saasmetrics.definitions.formats import has_hour, has_zone
from saasmetrics.sources import iso

CLOCK_TIME = r"[Tt ]([01][0-9]|2[0-3]):[0-5][0-9](:([0-5][0-9]|60)([.,][0-9]{1,9})?)?"
NAIVE = rf"^[0-9]{{4}}-[0-9][0-9]-[0-9][0-9]{CLOCK_TIME}$"
ZONED = rf"^[0-9]{{4}}-[0-9][0-9]-[0-9][0-9]{CLOCK_TIME} ?(Z|z|UTC|[+-](0[0-9]|1[0-5])(:?[0-5][0-9])?)$"  # no zone was ever further from UTC
DATE = r"^[0-9]{4}-[0-9][0-9]-[0-9][0-9]$"
NUMBER = r"^-?[0-9]{1,19}(\.[0-9]{1,9})?$"
SLASHED = r"^[0-9]{1,2}[/.][0-9]{1,2}[/.][0-9]{2,4}"
SHORTEST = {"zoned": 20, "naive": 16}  # shorter ones might be an hour without its minutes
ZONES = {True: "times with a zone", False: "times without a zone"}
UNITS = {"s": SECOND, "ms": 1_000, "us": 1, "ns": 0.001}
EARLIEST, LATEST = 631_152_000 * SECOND, 4_102_444_800 * SECOND  # 1990-01-01 .. 2100-01-01

TROUBLES = {
    "unreadable": ("SM309", "unreadable; expected a time such as 2026-01-05T09:00:00Z"),
    "format": ("SM309", "unreadable in the declared format"),
    "day/month": ("SM309", "unreadable: ambiguous day/month order; expected a time such as 2026-01-05T09:00:00Z, or declare time: {format: …}"),
    "unit": ("SM309", "unreadable: a bare number; declare time: {unit: s|ms|us} for the source"),
    "naive": ("SM310", "has no zone: declare timezone: (or time: {zone: …} for the source)"),
    "nonexistent": ("SM309", "does not exist in the declared zone (clocks skip it); declare time: {nonexistent: shift} to move it on"),
    "ambiguous": ("SM309", "exists twice in the declared zone (clocks go back)"),
    "range": ("SM311", "lies outside 1990..2100: check time: {unit: …}"),
    "year": ("SM311", "lies outside 1990..2100: a clock that was wrong, or a day that stands for none"),
}
MOVED = {
    "twice": "to be found twice (clocks go back) taken as {taken}",
    "skipped": "that the clocks skip moved on by the skipped time",
    "unzoned": "without a zone, where others have one, taken as of {zone}",
    "untimed": "without an hour, where others have one, taken as midnight: was the file cut, or made of two exports?",
}


@dataclass(frozen=True)
class Rule:
    """How the times of one source are written; `reporting` is the zone in which a bare date begins."""

    format: str | None = None
    unit: str | None = None
    zone: str | None = None
    ambiguous: str = "earliest"
    nonexistent: str = "refuse"
    reporting: str = "UTC"

    @property
    def bare(self) -> bool:
        """All that is written are days."""
        return bool(self.format) and not has_hour(self.format or "")


class Parsed(NamedTuple):
    """`micros`; `trouble`: a key of TROUBLES where a value could not be read; `moved`: one of MOVED where one was chosen;
    `zoned`: whether all texts of times carry a zone, or none does."""

    micros: pl.Series
    trouble: pl.Series
    moved: pl.Series
    zoned: bool | None = None

    @property
    def good(self) -> pl.Series:
        """The times that are in no trouble."""
        return self.micros.zip_with(self.trouble.is_null(), pl.Series([None], dtype=pl.Int64)).alias(self.micros.name)


NOTHING = pl.Series("moved", [None], pl.String)


def parse(values: pl.Series, rule: Rule) -> Parsed:
    """Any column of times → instants. Nothing is raised and nothing is dropped."""
    quick, zoned = _quick(values, rule)
    if quick is not None:
        return Parsed(quick, _range_trouble(quick), NOTHING.new_from_index(0, len(values)), zoned)
    frame = pl.DataFrame({"text": _text(values, rule)})
    frame = frame.with_columns(text=pl.when(pl.col("text") != "").then(pl.col("text")))
    read = frame.with_columns(kind=_kind(rule)).with_columns(zoned=_zoned(rule), local=_local(rule), number=_number(rule))
    placed = read.with_columns(_placed(rule, "earliest").alias("early"), _placed(rule, "latest").alias("late"), plain=_plain(rule))
    return _judged(placed, rule)


def instant(dtype: pl.DataType, rule: Rule) -> bool:
    """Whether a typed column holds instants that need no reading."""
    aware = isinstance(dtype, pl.Datetime) and (dtype.time_zone is not None or rule.zone == "UTC")
    return aware and rule.format is None


def micros(column: pl.Expr) -> pl.Expr:
    """A typed column of instants → microseconds."""
    return column.dt.cast_time_unit("us").to_physical()


def _quick(values: pl.Series, rule: Rule) -> tuple[pl.Series | None, bool | None]:
    if instant(values.dtype, rule):
        return values.to_frame("t").select(micros(pl.col("t"))).to_series(), None
    plain = values.dtype == pl.String and not rule.format and not rule.unit
    length: Any = (values.str.len_bytes().min() or 0) if plain else 0
    zoned = iso.read(values, "UTC") if length >= SHORTEST["zoned"] else None
    naive = iso.read(values, None) if zoned is None and rule.zone and length >= SHORTEST["naive"] else None
    return (zoned.to_physical(), True) if zoned is not None else (_unmoved(naive, rule.zone) if naive is not None else None, False)


def _unmoved(naive: pl.Series, zone: str | None) -> pl.Series | None:
    """Civil times → microseconds, unless one of them falls into a change of the clocks."""
    placed = naive.dt.replace_time_zone(zone, ambiguous="null", non_existent="null")
    return placed.to_physical() if placed.null_count() == naive.null_count() else None


def _range_trouble(instants: pl.Series) -> pl.Series:
    outside = ~pl.col("t").is_between(EARLIEST, LATEST, closed="left")
    return instants.to_frame("t").select(pl.when(outside).then(pl.lit("year"))).to_series()


def _text(values: pl.Series, rule: Rule) -> pl.Series:
    if isinstance(values.dtype, pl.Datetime):
        return values.dt.replace_time_zone(None).dt.strftime("%Y-%m-%d %H:%M:%S%.6f")
    if values.dtype.is_float():
        there = values.fill_nan(None)
        text, plain = there.cast(pl.String), there.cast(pl.Decimal(38, 6), strict=False).cast(pl.String)
        return plain.zip_with(plain.is_not_null() & text.str.contains("e", literal=True), text)
    return values.cast(pl.String).str.strip_chars()


def _kind(rule: Rule) -> pl.Expr:
    text = pl.col("text")
    if rule.format:
        return pl.when(text.is_not_null()).then(pl.lit("format"))
    number = pl.when(text.str.contains(NUMBER)).then(pl.lit("number"))
    if rule.unit:
        return number.otherwise(pl.when(text.is_not_null()).then(pl.lit("unreadable")))
    kinds = (
        number.when(text.str.contains(ZONED)).then(pl.lit("zoned"))
        .when(text.str.contains(NAIVE)).then(pl.lit("naive"))
        .when(text.str.contains(DATE)).then(pl.lit("date"))
        .when(text.str.contains(SLASHED)).then(pl.lit("slashed"))
    )  # fmt: skip
    return kinds.otherwise(pl.when(text.is_not_null()).then(pl.lit("unreadable")))


def _civil() -> pl.Expr:
    """The ISO text as microseconds of civil time, whatever zone is written behind it."""
    text = pl.col("text")
    minute = text.str.slice(0, 16).str.replace("[Tt]", " ").str.to_datetime("%Y-%m-%d %H:%M", strict=False, time_unit="us")
    second = text.str.extract(r"^.{16}:([0-9][0-9])").cast(pl.Int64).fill_null(0)
    fraction = text.str.extract(r"^.{19}[.,]([0-9]{1,9})").str.pad_end(9, "0").cast(pl.Int64).fill_null(0).floordiv(1_000)
    return minute.to_physical() + second * SECOND + fraction


def _zoned(rule: Rule) -> pl.Expr:
    if rule.format and has_zone(rule.format):
        return pl.col("text").str.to_datetime(rule.format, strict=False, time_unit="us", time_zone="UTC").to_physical()
    parts = pl.col("text").str.extract_groups(r"^.{16}.*?([+-])([0-9][0-9]):?([0-9][0-9])?$")
    minutes = parts.struct["2"].cast(pl.Int64) * 60 + parts.struct["3"].cast(pl.Int64).fill_null(0)
    east = pl.when(parts.struct["1"] == "-").then(-minutes).otherwise(minutes).fill_null(0)
    return pl.when(pl.col("kind") == "zoned").then(_civil() - east * 60 * SECOND)


def _local(rule: Rule) -> pl.Expr:
    if rule.format and not has_zone(rule.format):
        text = pl.col("text")
        if has_hour(rule.format):
            return text.str.to_datetime(rule.format, strict=False, time_unit="us").to_physical()
        return text.str.to_date(rule.format, strict=False).cast(pl.Datetime("us")).to_physical()
    midnight = pl.col("text").str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False).cast(pl.Datetime("us")).to_physical()
    return pl.when(pl.col("kind") == "naive").then(_civil()).when(pl.col("kind") == "date").then(midnight)


def _number(rule: Rule) -> pl.Expr:
    if not rule.unit:
        return pl.lit(None, pl.Int64)
    scaled = pl.col("text").cast(pl.Decimal(38, 9), strict=False) * pl.lit(str(UNITS[rule.unit])).cast(pl.Decimal(38, 9))
    return pl.when(pl.col("kind") == "number").then(scaled.floor().cast(pl.Int64, strict=False))


def _placed(rule: Rule, twice: Literal["earliest", "latest"]) -> pl.Expr:
    written = _in_zone(rule.zone or rule.reporting, twice, shift=rule.nonexistent == "shift")
    return pl.when((pl.col("kind") == "date") | rule.bare).then(_in_zone(rule.reporting, twice, shift=True)).otherwise(written)


def _plain(rule: Rule) -> pl.Expr:
    """The instant where the clocks really showed that time."""
    return _in_zone(rule.zone or rule.reporting, "earliest", shift=False)


def _in_zone(zone: str, twice: Literal["earliest", "latest"], *, shift: bool) -> pl.Expr:
    """Civil time → instant; a time that the clocks skip is null, or moved on by the skipped hour."""
    local = pl.col("local").cast(pl.Datetime("us"))
    there = local.dt.replace_time_zone(zone, ambiguous=twice, non_existent="null").dt.convert_time_zone("UTC").to_physical()
    before = (local - pl.duration(hours=3)).dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return pl.coalesce(there, before.dt.convert_time_zone("UTC").to_physical() + 3 * 3_600 * SECOND) if shift else there


def _judged(placed: pl.DataFrame, rule: Rule) -> Parsed:
    civil = pl.col("zoned").is_null() & (pl.col("kind") != "date") & (not rule.bare)
    twice = (pl.col("early") != pl.col("late")) & pl.col("zoned").is_null()
    skipped = pl.col("plain").is_null() & pl.col("early").is_not_null() & civil
    local = pl.col("late" if rule.ambiguous == "latest" else "early")
    unzoned = (pl.col("kind") == "naive") & (pl.col("kind") == "zoned").any()
    untimed = (pl.col("kind") == "date") & pl.col("kind").is_in(["naive", "zoned"]).any()
    chosen = {"twice": twice, "skipped": skipped, "unzoned": unzoned, "untimed": untimed}
    moved = pl.coalesce(pl.when(holds).then(pl.lit(word)) for word, holds in chosen.items())
    out = placed.with_columns(micros=pl.coalesce("zoned", local, "number")).with_columns(trouble=_trouble(rule, twice), moved=moved)
    good = pl.when(pl.col("trouble").is_null())
    kept = out.select("trouble", micros=good.then("micros"), moved=good.then("moved"))
    zones = {"zoned": True, "naive": False}
    told = {zones[kind] for kind in out["kind"].unique() if kind in zones}
    return Parsed(kept["micros"], kept["trouble"], kept["moved"], told.pop() if len(told) == 1 else None)


def _trouble(rule: Rule, twice: pl.Expr) -> pl.Expr:
    kind, missing = pl.col("kind"), pl.col("micros").is_null()
    needs_zone = (kind == "naive") if rule.zone is None else pl.lit(False)
    return (
        pl.when(kind == "unreadable").then(pl.lit("unreadable"))
        .when(kind == "slashed").then(pl.lit("day/month"))
        .when((kind == "number") & missing).then(pl.lit("range" if rule.unit else "unit"))
        .when(needs_zone).then(pl.lit("naive"))
        .when(missing & pl.col("local").is_not_null()).then(pl.lit("nonexistent"))
        .when(missing & (kind == "format")).then(pl.lit("format"))
        .when(missing & pl.col("text").is_not_null()).then(pl.lit("unreadable"))
        .when(twice & (rule.ambiguous == "refuse")).then(pl.lit("ambiguous"))
        .when(~pl.col("micros").is_between(EARLIEST, LATEST, closed="left")).then(pl.lit("range" if rule.unit else "year"))
    )  # fmt: skip
