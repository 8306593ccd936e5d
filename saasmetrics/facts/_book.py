"""Computes facts on demand, each once, from what its function asks for by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from importlib import import_module
from typing import Any

import polars as pl

from saasmetrics import catalog
from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition
from saasmetrics.facts import _lists, _merges
from saasmetrics.facts._admins import admin_last
from saasmetrics.facts._fold import FOLDS, Folded, fold
from saasmetrics.facts._lists import LISTS
from saasmetrics.facts._order import Order
from saasmetrics.facts._seen import SCHEMA, default_as_of, seen
from saasmetrics.facts._visits import SCHEMA as VISITS
from saasmetrics.facts._visits import visits
from saasmetrics.facts._where import holds
from saasmetrics.messages import did_you_mean, refuse, say
from saasmetrics.sources import events
from saasmetrics.sources.ledger import Entry
from saasmetrics.sources.reading import Reader

ByDay = Callable[[events.Part, Clock, Sequence[str], int], pl.DataFrame]
GIVEN = ("definition", "clock", "rules", "export_start", "users_named", "seen", "visits", "admin_last", "step_times", *LISTS, *FOLDS)
FINER = {"firsts": ("daily", "usage"), "daily": ("usage",)}  # an output follows from a finer one, if that is folded anyway


@dataclass
class Book:
    """The facts of one run. Frames are collected once and handed out lazily."""

    definition: Definition
    reader: Reader
    as_of: date | None
    wanted: frozenset[str]
    progress: bool = False
    every_rule: bool = False  # look at all that the definition names, not only at what the tables need
    replayed: bool = False  # the outputs of the fold are kept whole, so that the book can be had as of earlier days
    settle: Callable[[Clock], date] | None = None  # another T, by the clock of the data
    _made: dict[str, Any] = field(default_factory=dict)

    def get(self, name: str) -> Any:
        """A fact by its name, or one of GIVEN."""
        if name not in self._made:
            value = self._given(name) if name in GIVEN else self._fact(name)
            self._made[name] = value.collect(engine="streaming") if isinstance(value, pl.LazyFrame) else value
        made = self._made[name]
        return made.lazy() if isinstance(made, pl.DataFrame) else made

    @cached_property
    def clock(self) -> Clock:
        """T as told, else the end of the last complete local day of the events."""
        told = self._zone_clock if self.as_of else replace(self._zone_clock, as_of=default_as_of(self._read, self._zone_clock))
        return replace(told, as_of=self.settle(told)) if self.settle else told

    @cached_property
    def _closure(self) -> set[str]:
        return closure(self.wanted, self.definition)

    @cached_property
    def parts(self) -> list[events.Part]:
        """The files of the events, each row under the account that it counts for."""
        into = self.merged
        return [replace(p, frame=_merges.moved(p.frame, into), lined=_merges.moved(p.lined, into)) for p in self._read] if into else self._read

    @cached_property
    def _read(self) -> list[events.Part]:
        self._say("reading events")
        return events.read(self.reader, self.definition.sources.events, self._order(()).properties)

    @cached_property
    def rules(self) -> tuple[str, ...]:
        """The rules that the wanted facts need; their number is their place here."""
        asked: set[str] = {*self.definition.rule_names(), *self.definition.rules} if self.every_rule else set()
        for name in self._closure:
            module = import_module(catalog.facts()[name].module) if name in catalog.facts() else None
            asked.update(module.rules(self.definition) if module and hasattr(module, "rules") else ())
        return tuple(sorted(asked))

    @cached_property
    def things(self) -> tuple[tuple[str, str], ...]:
        """The rules of which the wanted facts need every time for each thing, with the column that names the thing."""
        found: dict[str, str] = {}
        for name in sorted(self._closure & {*catalog.facts()}):
            module = import_module(catalog.facts()[name].module)
            for rule, path in module.things(self.definition) if hasattr(module, "things") else ():
                if found.setdefault(rule, path) != path:
                    refuse("SM113", f"rule '{rule}' stands for the entity '{found[rule]}' in one workflow and '{path or 'none'}' in another; declare two rules")
        return tuple(sorted(found.items()))

    @cached_property
    def staff(self) -> tuple[str, ...]:
        """The internal users: theirs is no work of a customer."""
        where = self.definition.internal.users
        people = self.get("people")
        if not where:
            return ()
        if people is not None:
            inside = people.filter(holds(where))
            return tuple(inside.select("user").unique().sort("user").collect()["user"])
        return tuple(name for name in self._distinct("user", where))

    @cached_property
    def folded(self) -> Folded:
        """One pass over the events for every output that the wanted facts need."""
        into = Folded()
        order, twins = self._order(self.staff), self._twins
        for number, part in enumerate(self.parts, 1):
            self._say(f"folding file {number} of {len(self.parts)}")
            if part.entry.rows_read and order.outputs:
                fold(part, order, self._zone_clock, into)
        if twins and order.outputs:
            fold(events.joined(twins), order, self._zone_clock, into, sign=-1)
        return into

    def _order(self, staff: tuple[str, ...]) -> Order:
        asked = {name for name in self._closure if name in FOLDS and (name != "entities" or self.things)}
        return Order(self.definition, self.rules, frozenset(name for name in asked if not asked & {*FINER.get(name, ())}), staff, self.things if "entities" in asked else ())

    @cached_property
    def _twins(self) -> list[events.Part]:
        return events.duplicates(self.parts, self.reader)

    @cached_property
    def _zone_clock(self) -> Clock:
        d = self.definition
        return Clock(self.as_of or date(1970, 1, 2), d.timezone or "UTC", d.week_starts, d.late_after, d.days_off)

    def _fact(self, name: str) -> pl.LazyFrame:
        room = catalog.facts().get(name)
        if room is None:
            refuse("SM501", f"no fact '{name}'{did_you_mean(name, known())}; facts are {', '.join(sorted(known()))}")
        made = getattr(import_module(room.module), name)(*(self.get(need) for need in room.needs))
        return made  # type: ignore[no-any-return]

    def _given(self, name: str) -> Any:
        if name in ("definition", "clock"):
            return self.definition if name == "definition" else self.clock
        if name == "export_start":
            return min((part.span[0] for part in self.parts if part.span != (0, 0)), default=None)
        if name == "users_named":
            return any("user" not in part.entry.missing for part in self.parts)
        if name == "rules":
            return {rule: number for number, rule in enumerate(self.rules)}
        if name in LISTS:
            return self._list(LISTS[name])
        if name == "step_times":
            return self.get(_step_times(self.definition)).rename({"first_at": "at"}, strict=False)
        return {"seen": self._seen, "visits": self._visits, "admin_last": self._admin_last}.get(name, lambda: self._output(name))()

    def _list(self, name: str) -> pl.LazyFrame | None:
        if getattr(self.definition.sources, name):
            self._say(f"reading {name}")
        found = _lists.read(name, self.definition, self.reader, self.clock)
        return _merges.listed(found.lazy(), self.merged, name) if found is not None and self.merged else found.lazy() if found is not None else None

    @cached_property
    def merged(self) -> dict[str, str]:
        """The accounts that are part of another one at T, each with that one."""
        rows = _lists.read("merges", self.definition, self.reader, self._zone_clock)
        return {} if rows is None else _merges.survivors(rows, self.clock.now)

    def _seen(self) -> pl.LazyFrame:
        every = pl.concat([pl.LazyFrame(schema=SCHEMA), *(frame.lazy() for _, frame in self.seen_by_part)])
        return every.group_by("account").agg(pl.col("n").sum(), pl.col("first_at").min(), pl.col("last_at").max())

    @cached_property
    def seen_by_part(self) -> list[tuple[Entry, pl.DataFrame]]:
        found = [(part.entry, seen(part, self.clock, self.staff)) for part in self.parts if part.entry.rows_read]
        return found + [(part.entry, seen(part, self.clock, self.staff, -1)) for part in self._twins]

    def _visits(self) -> pl.LazyFrame:
        return self.by_day(visits, VISITS).join(self.get("accounts").select("account"), on="account", how="semi")

    def _admin_last(self) -> pl.LazyFrame:
        admins = self.get("members").filter("admin").select("account", "user").collect()
        return admin_last(admins, self.parts, self.clock)

    def _output(self, name: str) -> pl.LazyFrame:
        """A fold output as of T, of the accounts that count; from a finer one where that is needed anyway."""
        finer = next((n for n in FINER.get(name, ()) if n in self._closure), None)
        if finer:
            return _coarser(self.get(finer), name)
        frame = self.whole(name) if self.replayed else self.folded.take(name)
        if name == "durations":
            return frame.filter(pl.col("day") < self.clock.day)
        times = {"firsts": pl.col("first_at") < self.clock.now, "moments": pl.col("at") < self.clock.now, "entities": pl.col("at") < self.clock.now}
        kept = frame.filter(times.get(name, pl.col("day") < self.clock.day))
        return kept.join(self.get("accounts").select("account"), on="account", how="semi")

    def whole(self, name: str) -> pl.LazyFrame:
        """An output of the fold with all that the events hold, also after T."""
        key = f"whole {name}"
        if key not in self._made:
            self._made[key] = self.folded.take(name).collect(engine="streaming")
        return self._made[key].lazy()  # type: ignore[no-any-return]

    def by_day(self, counted: ByDay, schema: Mapping[str, Any]) -> pl.LazyFrame:
        """What a function counts in each file before T, the files one after the other."""
        key = f"by day {counted.__name__}"
        if key not in self._made:
            found = [counted(part, self.clock, self.staff, 1) for part in self.parts if part.entry.rows_read]
            twins = [counted(part, self.clock, self.staff, -1) for part in self._twins]
            self._made[key] = pl.concat([pl.DataFrame(schema=schema), *found, *twins])
        return self._made[key].lazy()  # type: ignore[no-any-return]

    def _distinct(self, column: str, where: Sequence[Any]) -> Iterable[str]:
        found = [part.collect(part.frame.select(pl.col(column).cast(pl.String)).unique()) for part in self.parts]
        every = pl.concat(found).unique().drop_nulls().sort(column) if found else pl.DataFrame(schema={column: pl.String})
        return every.filter(holds(where))[column].to_list()

    @cached_property
    def event_names(self) -> dict[str, int]:
        """Every event name in the data and how often it occurs."""
        counts = [part.collect(part.frame.group_by(pl.col("event").cast(pl.String)).len()) for part in self.parts]
        if not counts:
            return {}
        return dict(pl.concat(counts).group_by("event").agg(pl.col("len").sum()).sort("event").iter_rows())

    def _say(self, text: str) -> None:
        if self.progress:
            say(f"… {text}")


def _coarser(finer: pl.LazyFrame, name: str) -> pl.LazyFrame:
    sums = [pl.col("first_at").min()]
    if name == "daily":
        sums += [pl.col("last_at").max(), pl.col("n").sum(), pl.col("value").sum()]
    return finer.group_by("account", "rule", *(["day"] if name == "daily" else [])).agg(sums)


def known() -> set[str]:
    """All names that a room or fact may ask for."""
    return {*catalog.facts(), *GIVEN}


def closure(names: Iterable[str], definition: Definition) -> set[str]:
    """These facts and all that they are made of."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += catalog.facts()[name].needs if name in catalog.facts() else ()
            waiting += [_step_times(definition)] if name == "step_times" else []
    return found


def _step_times(definition: Definition) -> str:
    """An ordered chain needs every time of a step, one in any order only the first."""
    return "moments" if definition.activation and definition.activation.order == "ordered" else "firsts"
