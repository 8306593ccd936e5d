"""All that is to be known of some files before there is a definition: sheets with their profiles, kinds, events and troubles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from saasmetrics.definitions.columns import COLUMNS
from saasmetrics.messages import Problem, counted
from saasmetrics.sources import doubts, times
from saasmetrics.sources.columns import present
from saasmetrics.sources.lateness import Lateness, measured
from saasmetrics.sources.ledger import Ledger
from saasmetrics.sources.parquet import as_text
from saasmetrics.start.opening import Sheet, Told, opened
from saasmetrics.start.profile import Profile, lined, odd_lines, profiled, repeats
from saasmetrics.start.roles import Kind, kind_of

EVERYTHING = 10**12
PLACES = {table: at for at, table in enumerate(COLUMNS)}


@dataclass
class Looked:
    """One sheet and what it is taken for."""

    sheet: Sheet
    profiles: Mapping[str, Profile]
    kind: Kind

    @property
    def label(self) -> str:
        return self.sheet.label

    def text(self, name: str) -> pl.Expr:
        """The column that is taken for that one, as text; null where there is none."""
        column = self.kind.columns.get(name, "")
        return as_text(pl.col(column), self.sheet.frame.collect_schema()[column]) if column in self.profiles else pl.lit(None, pl.String)

    @cached_property
    def when(self) -> Profile | None:
        """The column of times that matters most: of the events their time."""
        named = (self.profiles.get(self.kind.columns.get(name, "")) for name in ("time", "created", "opened", "start", "joined", "month"))
        timely = [one for one in named if one and one.timely] + [one for one in self.profiles.values() if one.timely]
        return timely[0] if timely else None

    @cached_property
    def repeats(self) -> int:
        return repeats(self.sheet, list(self.profiles))

    @cached_property
    def accounts(self) -> pl.Series:
        """The accounts it names."""
        return self.sheet.frame.select(account=self.text("account")).filter(present(pl.col("account"))).unique().collect(engine="streaming")["account"].sort()

    @cached_property
    def events(self) -> pl.DataFrame:
        """Every name of an event: rows, accounts, users."""
        frame = self.sheet.frame.select(event=self.text("event"), account=self.text("account"), user=self.text("user")).filter(pl.col("event").is_not_null())
        counted = frame.group_by("event").agg(rows=pl.len(), accounts=pl.col("account").n_unique() - pl.col("account").is_null().any(), users=pl.col("user").n_unique() - pl.col("user").is_null().any())
        return counted.sort(["rows", "event"], descending=[True, False]).collect(engine="streaming")

    @cached_property
    def lateness(self) -> Lateness | None:
        """How late its events arrived, where a column tells."""
        if self.kind.table != "events" or not all(name in self.kind.columns and self.profiles[self.kind.columns[name]].timely for name in ("time", "ingested")):
            return None
        late = self.sheet.frame.select(late=self.instants("ingested") - self.instants("time"))
        return measured(late.collect(engine="streaming")["late"])

    def instants(self, name: str) -> pl.Expr:
        """The times of a column that is taken for that one, as µs; null where unreadable."""
        one = self.profiles[self.kind.columns[name]]
        return pl.col(one.name).map_batches(lambda values: times.parse(values, one.rule).good, return_dtype=pl.Int64, is_elementwise=True)


@dataclass
class Survey:
    """What was looked at, and what could not be."""

    looked: list[Looked]
    refused: list[Problem]
    ledger: Ledger

    def of(self, table: str) -> list[Looked]:
        """The sheets taken for that table, the largest first."""
        return sorted((one for one in self.looked if one.kind.table == table), key=lambda one: -one.sheet.rows)

    def findings(self) -> list[Problem]:
        """Everything that is wrong or odd, at its place."""
        return list(dict.fromkeys([*self.refused, *self.ledger.rejects, *(found for one in self.looked for found in _findings(one)), *self.ledger.warnings]))


def survey(patterns: Sequence[str], told: Told, columns: Mapping[str, str] | None = None) -> Survey:
    """Look at files, patterns and folders. Malformed rows are counted and listed, and hinder nothing."""
    ledger = Ledger(max_reject=EVERYTHING)
    sheets, refused = opened(patterns, told, ledger)
    looked = []
    for sheet in sheets:
        profiles = profiled(sheet)
        looked.append(Looked(sheet, profiles, kind_of(sheet, profiles, columns)))
        for given in sheet.inputs:
            given.check_unchanged()
    return Survey(sorted(looked, key=lambda one: PLACES.get(one.kind.table, len(PLACES))), refused, ledger)


def _findings(one: Looked) -> Iterator[Problem]:
    yield from one.sheet.problems
    for profile in one.profiles.values():
        yield from _odd(one, profile)
    if one.repeats:
        yield _told(one, "SM321", f"{counted(one.repeats, 'row')} {'repeats' if one.repeats == 1 else 'repeat'} an earlier one in every column")
    yield from _keys(one)
    yield from _doubted(one)
    yield from _lacking(one)
    if one.kind.preset and (one.kind.preset.note or one.kind.preset.unfit):
        yield _told(one, "SM321", f"{one.kind.preset.title}: {one.kind.preset.unfit or one.kind.preset.note}")
    if not one.sheet.rows:
        yield _told(one, "SM315", "no rows")


def _odd(one: Looked, profile: Profile) -> Iterator[Problem]:
    found = list(odd_lines(one.sheet, profile)) if profile.odd else []
    for line, value in found:
        at = f"line {line}: " if line else ""
        yield _told(one, "SM309" if profile.timely else "SM321", f"{at}{profile.name} '{value}' is no {profile.kind}, as {profile.filled - profile.odd} others are", line)
    if profile.odd > len(found):
        yield _told(one, "SM309" if profile.timely else "SM321", f"{profile.odd} values of {profile.name} are no readable {profile.kind}")
    if profile.kind == "time without a zone" and one.when is profile and not one.kind.preset:
        yield _told(one, "SM310", f"{profile.name} carries no zone: a definition has to declare timezone:")
    if profile.kind == "day/month time" and profile.format and not profile.proved:
        yield _told(one, "SM309", f"{profile.name}: no value proves whether the day or the month stands first")


def _doubted(one: Looked) -> Iterator[Problem]:
    """Accounts that are perhaps none, or others: the first of each sort, and its line."""
    for what, names in doubts.of(one.accounts).items():
        here = one.sheet.frame.filter(one.text("account").is_in(names.implode())) if lined(one.sheet) else one.sheet.frame.clear().with_columns(_line=None)
        (line, name), *_ = [*here.select("_line", one.text("account")).head(1).collect().rows(), (None, names[0])]
        yield _told(one, "SM321", f"{f'line {line}: ' if line else ''}account '{name}': {what}{doubts.more(names)}", line)


def _lacking(one: Looked) -> Iterator[Problem]:
    """Columns of what it is taken for that one of its files has, and another has not."""
    files = [(given.shown, {*frame.collect_schema()}) for given, frame in zip(one.sheet.inputs, one.sheet.frames, strict=True)]
    for name in one.kind.columns.values() if one.sheet.format != "ndjson" else ():
        without = [shown for shown, names in files if name not in names]
        if without and len(without) < len(files):
            yield Problem("SM312", f"column '{name}' missing in {len(without)} of {len(files)} files", without[0], severity="warning")


def _keys(one: Looked) -> Iterator[Problem]:
    columns, profiles = one.kind.columns, one.profiles
    for name in [name for name in ("account", "event", "time") if name in columns and one.kind.table == "events"] or [name for name in ("account",) if name in columns]:
        empty = profiles[columns[name]].empty if columns[name] in profiles else one.sheet.rows
        if empty:
            yield _told(one, "SM320", f"{empty} of {one.sheet.rows} rows have no {columns[name]}: they are left out")
    key = profiles.get(columns.get("id", columns.get("ticket", "")))
    again = key.filled - key.distinct if key and not key.estimated else 0
    if key and again > one.repeats:
        yield _told(one, "SM321", f"{again} rows have a {key.name} that an earlier row has, {one.repeats} of them with the same content")


def _told(one: Looked, code: str, message: str, line: int | None = None) -> Problem:
    return Problem(code, message, one.sheet.inputs[0].shown if len(one.sheet.inputs) == 1 else one.label, line, severity="warning")
