"""The events of a table in a database: it counts and folds them there; what comes here are facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition
from saasmetrics.engines import _texts
from saasmetrics.engines._columns import Column, Kind
from saasmetrics.engines._render import named
from saasmetrics.engines._stage import Stage
from saasmetrics.facts._fold import SCHEMAS as FOLDED
from saasmetrics.facts._fold import Folded, keep
from saasmetrics.facts._order import Order
from saasmetrics.facts._origin import PEOPLE, Origin, Span
from saasmetrics.facts._visits import SCHEMA as VISITS
from saasmetrics.messages import refuse
from saasmetrics.sources.columns import compare, locate
from saasmetrics.sources.events import say_filtered, wants
from saasmetrics.sources.ledger import Entry
from saasmetrics.sources.reading import Reader
from saasmetrics.sources.times import TROUBLES

SCHEMAS: dict[str, dict[str, Any]] = {**FOLDED, "people": PEOPLE, "visits": VISITS}


@dataclass
class Rows(Origin):
    """One table of a database, asked through `ask`: a name and a text of the small vocabulary in, rows out."""

    definition: Definition
    order: Order  # of all rules: which properties make up a row
    entry: Entry
    reader: Reader
    kinds: Mapping[str, Kind]
    ask: Callable[[str, str], pl.DataFrame]
    zone: Clock  # whose days count; its T does not matter
    merged: Callable[[], Mapping[str, str]]
    say: Callable[[str], None]

    @property
    def entries(self) -> Sequence[Entry]:
        """One page."""
        return [self.entry]

    @cached_property
    def spans(self) -> Sequence[Span]:
        """By a first look at all rows, which fills the ledger, too."""
        told = self.state
        self.entry.rows_read = told["n"]
        for name in _texts.LOST:
            self.entry.filter(f"without {name}", told.get(f"{name}s", 0))
        if told.get("strange"):
            refuse("SM311", f"{told['strange']} rows with a time that {TROUBLES['range'][1]}", self.entry.path)
        say_filtered(self.reader.ledger, self.definition.sources.events, [self.entry])
        return [(told["first_at"], told["last_at"])] if told["first_at"] is not None else []

    @cached_property
    def state(self) -> dict[str, Any]:
        """How many rows there are, first and last time: to be the same at the end of the run."""
        return self.look()

    def look(self) -> dict[str, Any]:
        """The state of the table now."""
        return self._one("rows", _texts.ledger(self._stage({})))

    def folded(self, order: Order) -> Folded:
        """Each output by a query of its own."""
        into = Folded()
        if self._offsets and order.outputs and any(order.definition.rule(rule).event for rule in order.rules):
            self._check(order)
            for name, text in _texts.folds(self._once, order, self._offsets).items():
                keep(into, name, self._facts(name, text))
        return into

    def people(self) -> pl.LazyFrame:
        """By account, user and day."""
        return self._people.with_columns(place=pl.lit(0, pl.Int32))

    def visits(self) -> pl.LazyFrame:
        """By half hours."""
        return self._by_day("visits", _texts.visits)

    def names(self) -> dict[str, int]:
        """Counted at the database."""
        return dict(sorted(self.ask("names", _texts.names(self._stage({}))).iter_rows()))

    @cached_property
    def _people(self) -> pl.LazyFrame:
        return self._by_day("people", _texts.people)

    def _by_day(self, name: str, text: Callable[..., str]) -> pl.LazyFrame:
        return self._facts(name, text(self._once, self._offsets)).lazy() if self._offsets else pl.LazyFrame(schema=SCHEMAS[name])

    def _facts(self, name: str, text: str) -> pl.DataFrame:
        """Facts in our types; some databases write names in capitals."""
        self.say(f"asking the database for {name}")
        small = self.ask(name, text).rename(lambda told: told.lower().removesuffix("_"))
        return small.select(pl.col(column).cast(dtype) for column, dtype in SCHEMAS[name].items())

    def _one(self, name: str, text: str) -> dict[str, Any]:
        return {told.lower(): value for told, value in self.ask(name, text).row(0, named=True).items()}

    @property
    def _offsets(self) -> list[tuple[int, int]]:
        return self.zone.offsets(*self.spans[0]) if self.spans else []

    @cached_property
    def _once(self) -> Stage:
        """Without repeated rows, which are counted here."""
        stage = self._stage(self.merged())
        told = self._one("repeated", _texts.repeated(stage)) if stage.keyed else {}
        self.entry.filter("duplicate", told.get("keyed", 0) - told.get("kept", 0))
        if told.get("shared"):
            self.reader.ledger.warn("SM321", f"{told['shared']} rows share their event id with another event; all of them are kept", self.entry.path)
        return stage

    def _stage(self, merged: Mapping[str, str]) -> Stage:
        return Stage(table(self.definition), self._columns, self.order, self.reader.rule(self.definition.sources.events), merged)

    @cached_property
    def _columns(self) -> Mapping[str, Column]:
        asked = wants(self.definition.sources.events, self.order.properties)
        found = locate(asked, list(self.kinds), self.entry)
        compare(asked, [self.entry], self.reader.ledger)
        inside = [want.path for want in found if want.path not in self.kinds]
        if inside:
            refuse("SM134", f"'{inside[0]}' lies inside a column", self.entry.path)
        numbers = {f"p:{path}": at for at, path in enumerate(self.order.properties)}
        return {want.name: Column(want.path, self.kinds[want.path], f"raw_{numbers.get(want.name, want.name)}") for want in asked if want in found}

    def _check(self, order: Order) -> None:
        """Refuse amounts and promised times that are unreadable, and amounts that do not add up exactly."""
        told = self._one("readable", _texts.readable(self._once, order)) if order.numbers or order.promises else {}
        for code, what, paths in (("SM313", "amount", order.numbers), ("SM309", "moment", order.promises)):
            for path in paths:
                at = self._once.at(path)
                bad, example = told.get(f"bad_{what}_{at}"), told.get(f"example_{what}_{at}")
                if bad:
                    refuse(code, f"{bad} rows with a value in column '{path}' that is no {what}" + (f", such as '{example}'" if example else ""), self.entry.path)
        summed = [self._once.at(path) for path, name in order.numbers.items() for used in order.values.values() if used == name]
        if sum(told.get(f"size_{at}") or 0 for at in summed) > 2**62:
            refuse("SM313", "amounts too large to add up exactly", self.entry.path)


def table(definition: Definition) -> str:
    """The name of the table, as the texts name it."""
    return ".".join(map(named, (definition.sources.events.table or "events").split(".")))


def supposed(definition: Definition, order: Order) -> dict[str, Kind]:
    """The types that the columns usually have: texts, and an instant, or a whole number where a unit is declared."""
    source = definition.sources.events
    asked = [want for want in wants(source, order.properties) if want.required or want.declared or want.name == "user"]
    of_time = Kind("integer" if source.times.unit else "instant")
    return {want.path: of_time if want.name == "time" or want.path in order.promises else Kind("text") for want in asked}
