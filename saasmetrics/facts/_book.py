"""Computes facts on demand, each once, from what its function asks for by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from importlib import import_module
from typing import Any, ClassVar, Literal

import polars as pl

from saasmetrics import catalog
from saasmetrics.clock import Clock, date_of
from saasmetrics.definitions.model import Definition
from saasmetrics.facts import _lists, _merges, _shares
from saasmetrics.facts._by_then import by_then
from saasmetrics.facts._closure import GIVEN, behind, closure, kept, known, rules, things
from saasmetrics.facts._fold import FOLDS, SCHEMAS, Folded, before
from saasmetrics.facts._lists import LISTS
from saasmetrics.facts._made_of import once, once_large
from saasmetrics.facts._order import Order
from saasmetrics.facts._origin import TIMES, Origin, of_staff
from saasmetrics.facts._origins import files
from saasmetrics.facts._shares import Shared, Shares, changed
from saasmetrics.facts._where import ours
from saasmetrics.facts.accounts._history import USER, row_at
from saasmetrics.facts.scores._bands import PAST, past
from saasmetrics.messages import did_you_mean, refuse, under_way
from saasmetrics.sources.reading import Reader

FEW = 1_000_000  # events
LARGEST = ("usage", "entities")  # where they are kept whole, they are cut where they are used, and not held a second time
SMALL = ("durations", "firsts")  # of however many events
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
    database: Callable[..., Origin] | None = None  # that holds the events, if no files do
    _made: dict[str, Any] = field(default_factory=dict)
    keeps: ClassVar[bool] = True  # small facts, for later runs

    def get(self, name: str) -> Any:
        """A fact by its name, or one of GIVEN."""
        return _shares.rows(self.held(name))

    def held(self, name: str) -> Any:
        """The same as it is held, in parts or whole."""
        if name == "daily" and "usage" in self._closure:  # the same rows without the user: a key may stand there several times
            return changed(self.held("usage"), lambda rows: rows.select([*SCHEMAS[name]]))
        if name in LARGEST and self._whole:
            return self._output(name)
        if name not in self._made:
            self._made[name] = self.hold(self._given(name) if name in GIVEN else self._fact(name))
        return self._made[name]

    def hold(self, value: Any) -> Any:
        """Rows that are not there yet, worked out."""
        return value.collect(engine=self.engine) if isinstance(value, pl.LazyFrame) else value

    def let_go(self, begin: str = "") -> None:
        """Facts whose names begin so are not needed again, and take no more memory."""
        for name in [name for name in self._made if name.startswith(begin)]:
            del self._made[name]

    @cached_property
    def shares(self) -> Shares:
        """Those of the accounts in which the largest facts are made."""
        return _shares.of(self.origin.events)

    @cached_property
    def engine(self) -> Literal["streaming", "in-memory"]:
        """The streaming engine holds little in memory, but is set up anew for each query: of few events the other one is done by then."""
        return "in-memory" if self.origin.events < FEW else "streaming"

    @cached_property
    def letters(self) -> dict[str, str | None]:
        """Those that tell what facts and tables are made of, as far as they are known."""
        return {}

    @cached_property
    def clock(self) -> Clock:
        """T as told, else the end of the last complete local day of the events."""
        told = self._zone_clock if self.as_of else replace(self._zone_clock, as_of=self._last_complete_day())
        return replace(told, as_of=self.settle(told)) if self.settle else told

    @cached_property
    def _closure(self) -> set[str]:
        return closure(self.wanted, self.definition)

    @cached_property
    def origin(self) -> Origin:
        """Where the events come from."""
        self._say("reading events")
        origin = (self.database or files)(self.definition, self._order(()), self.reader, self._zone_clock, lambda: self.merged, self._say)
        again = self._whole and "admin_last" in self._closure
        origin.finest = "visits" if "visits" in self._closure else "people" if again else ""
        return origin

    @cached_property
    def rules(self) -> tuple[str, ...]:
        """The rules that the wanted facts need; their number is their place here."""
        named = {*self.definition.rule_names(), *self.definition.rules} if self.every_rule else set()
        return tuple(sorted(named | rules(self._closure, self.definition)))

    @cached_property
    def staff(self) -> tuple[str, ...]:
        """The internal users: theirs is no work of a customer."""
        people = self.get("people")
        if not self.definition.internal.users:
            return ()
        named = pl.LazyFrame({"user": self.origin.users()}, schema={"user": pl.String}) if people is None else row_at(people, pl.lit(self.clock.now - 1), USER)
        return tuple(named.filter(ours(self.definition, "users")).select("user").unique().sort("user").collect()["user"])

    @cached_property
    def folded(self) -> Folded:
        """Every output of the fold that the wanted facts need."""
        return self.origin.folded(self._order(self.staff))

    @cached_property
    def heard(self) -> set[int]:
        """The numbers of the rules that hold for any event."""
        return self.folded.rules if "folded" in vars(self) else self.origin.heard(self._order(self.staff))

    def _order(self, staff: tuple[str, ...]) -> Order:
        of_things = tuple(sorted(things(self._closure, self.definition).items()))
        asked = {name for name in self._closure if name in FOLDS and (name != "entities" or of_things)}
        return Order(self.definition, self.rules, frozenset(name for name in asked if not asked & {*FINER.get(name, ())}), staff, of_things if "entities" in asked else ())

    def _last_complete_day(self) -> date:
        """The start of the day in which the last event lies."""
        return date_of(self._zone_clock.local_day(max((high for _, high in self.origin.spans), default=self._zone_clock.now)))

    @cached_property
    def _zone_clock(self) -> Clock:
        d = self.definition
        return Clock(self.as_of or date(1970, 1, 2), d.timezone or "UTC", d.week_starts, d.late_after, d.days_off)

    def _fact(self, name: str) -> pl.LazyFrame | Shared:
        room = catalog.facts().get(name)
        if room is None:
            refuse("SM501", f"no fact '{name}'{did_you_mean(name, known())}; facts are {', '.join(sorted(known()))}")
        function, needs = getattr(import_module(room.module), name), room.needs
        if "Large" in room.sections:
            return once_large(self, needs, name, lambda: self.shares.made(function, [*map(self.held, needs)]))  # type: ignore[no-any-return]
        if name in kept():
            return once(self, needs, name, lambda: self.hold(function(*map(self.get, needs))), self.keeps).lazy()
        return function(*map(self.get, needs))  # type: ignore[no-any-return]

    def _given(self, name: str) -> Any:
        if name in ("definition", "clock"):
            return self.definition if name == "definition" else self.clock
        if name == "export_start":
            return min((low for low, _ in self.origin.spans), default=None)
        if name == "users_named":
            return any("user" not in entry.missing for entry in self.origin.entries)
        if name == "rules":
            return {rule: number for number, rule in enumerate(self.rules)}
        if name in LISTS:
            return self._list(LISTS[name])
        if name in ("step_times", "stable_weeks"):
            found = [self.get(fact) for fact in behind(name, self.definition)]
            return found[0].rename({"first_at": "at"}, strict=False) if found else None
        if name in PAST:
            return past(self, name)
        return {"seen": self._seen, "visits": self._visits, "admin_last": self._admin_last}.get(name, lambda: self._output(name))()

    def _list(self, name: str) -> pl.LazyFrame | None:
        if getattr(self.definition.sources, name):
            self._say(f"reading {name}")
        found = _lists.read(name, self.definition, self.reader, self.clock)
        return _merges.listed(found.lazy(), self.merged, name) if found is not None and self.merged else found.lazy() if found is not None else None

    def told(self, name: str) -> pl.LazyFrame | None:
        """A list without what only later days tell."""
        return by_then(LISTS[name], self.get(name), self, self.clock)

    @cached_property
    def merged(self) -> dict[str, str]:
        """The accounts that are part of another one at T, each with that one."""
        rows = _lists.read("merges", self.definition, self.reader, self._zone_clock)
        return {} if rows is None else _merges.survivors(rows, self.clock.now)

    def _seen(self) -> pl.LazyFrame:
        return self.seen_by_file.lazy().group_by("account").agg(TIMES)

    @cached_property
    def seen_by_file(self) -> pl.DataFrame:
        """The accounts before T, with the place of their file among the entries; an account may have several rows of one file."""
        return self._moved(self.origin.seen(self.staff, self.clock).lazy()).collect()

    def _visits(self) -> pl.LazyFrame | Shared:
        return changed(self.whole("visits"), lambda rows: self._that_count(rows.filter(pl.col("day") < self.clock.day)))

    def _admin_last(self) -> pl.LazyFrame:
        admins = self.get("members").filter("admin").select("account", "user").collect()
        return self._moved(self.origin.last_days(_merges.before(admins, self.merged), self.clock)).group_by("account").agg(pl.col("day").max())

    @cached_property
    def _whole(self) -> bool:
        """Whether the outputs of the fold are kept whole: also where a score is asked for as of earlier weeks."""
        return self.replayed or any(score(self.definition).weeks for name, (_, score) in PAST.items() if name in self._closure)

    def _output(self, name: str) -> pl.LazyFrame | Shared:
        """A fold output as of T, of the accounts that count; from a finer one where that is needed anyway."""
        if name == "firsts" and self._closure & {*FINER[name]}:
            return self.get("rule_days").select([*SCHEMAS[name]])  # type: ignore[no-any-return]
        return changed(self.whole(name) if self._whole else self._counted(name), lambda rows: self._that_count(rows.filter(before(name, self.clock))))

    def _that_count(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        return rows.join(self.get("accounts").select("account"), on="account", how="semi") if "account" in rows.collect_schema() else rows

    def _counted(self, name: str) -> pl.LazyFrame | Shared:
        rows = self._moved(self.folded.take(name) if name in FOLDS else self._of_all(name))
        return rows if name in SMALL else self.shares.aside(rows, at_once=name not in FOLDS)

    def whole(self, name: str) -> pl.DataFrame | Shared:
        """An output of the fold, or `days`, `people` or `visits` without colleagues, with all that the events hold, also after T."""
        key = f"whole {name}"
        if key not in self._made:
            self._made[key] = self.hold(self._counted(name))
        return self._made[key]  # type: ignore[no-any-return]

    def every(self, name: str) -> pl.LazyFrame:
        """The rows of `whole`."""
        return _shares.rows(self.whole(name))  # type: ignore[no-any-return]

    def _of_all(self, name: str) -> pl.LazyFrame:
        if name == "days":  # where people are looked for anyway, the events need not be read once more
            return self.every("people").group_by("account", "day").agg(TIMES) if "admin_last" in self._closure else self.origin.days(self.staff)
        frame = self.origin.visits() if name == "visits" else self.origin.people().drop("place")
        return frame.filter(~of_staff(frame, self.staff))

    def _moved(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """Facts under the accounts that they count for."""
        return _merges.moved(frame, self.merged) if self.merged and "account" in frame.collect_schema() else frame

    @cached_property
    def event_names(self) -> dict[str, int]:
        """Every event name in the data and how often it occurs."""
        return self.origin.names()

    def _say(self, text: str) -> None:
        if self.progress:
            under_way(text)
