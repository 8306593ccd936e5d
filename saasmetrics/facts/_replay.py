"""The facts as they were known at earlier days: the events are read and folded once, whatever the number of days.

Accounts that were merged by T count as one at every earlier day, too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from typing import Any

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.sources import Source
from saasmetrics.facts import _lists, _merges
from saasmetrics.facts._book import Book
from saasmetrics.facts._by_then import by_then
from saasmetrics.facts._in_turn import FRESH, so_far, turn
from saasmetrics.facts._lists import LISTS
from saasmetrics.facts._origin import TIMES, Origin
from saasmetrics.facts._shares import Shared, changed
from saasmetrics.facts.accounts import members
from saasmetrics.sources.files import Input, expand
from saasmetrics.sources.ledger import Entry, Ledger
from saasmetrics.sources.reading import Reader

OF_DAYS = ("activity", "user_activity")  # facts that say of a day what no later T changes, but for who counts
WEEKS = 13  # those of a weekly report
DATED = ("subscriptions", "rates", "tickets", "incidents", "costs")  # what these lists tell depends on T


@dataclass
class Quiet(Reader):
    """Reads files again of which everything has been said and hashed; and each list once, whatever the number of days."""

    known: dict[str, Any] = field(default_factory=dict)

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        if name not in self.known:
            self.known[name] = make()
        return self.known[name]

    def files(self, name: str, source: Source) -> list[tuple[Entry, Input]]:
        return [(self.ledger.open(name, given.shown, given.size), given) for given in expand(source.files, self.base, self.ledger, follow=True)]


@dataclass
class Replay(Book):
    """A book as of an earlier day than the one it is made from."""

    later: Book | None = None
    keeps = False

    @property
    def _source(self) -> Book:
        assert self.later is not None
        return self.later

    @cached_property
    def origin(self) -> Origin:
        """That of the later book: nothing is read again."""
        return self._source.origin

    @cached_property
    def rules(self) -> tuple[str, ...]:
        """Those of the later book."""
        return self._source.rules

    @cached_property
    def staff(self) -> tuple[str, ...]:
        """As known at the later T."""
        return self._source.staff

    @cached_property
    def merged(self) -> dict[str, str]:
        """As known at the later T."""
        return self._source.merged

    @cached_property
    def letters(self) -> dict[str, str | None]:
        """The same for all books of that day."""
        return self._source._made.setdefault(f"letters {self.clock.day}", {})  # type: ignore[no-any-return]

    def whole(self, name: str) -> pl.DataFrame | Shared:
        """That of the later book."""
        return self._source.whole(name)

    def _fact(self, name: str) -> pl.LazyFrame | Shared:
        same = self.definition is self._source.definition
        ago, rest = divmod(self._source.clock.day - self.clock.day, 7)
        if same and name in OF_DAYS:
            return changed(self._always(name), partial(self._of_day, name))
        if same and name == "rule_days" and not rest and 0 < ago <= WEEKS:
            known = self._always("weekly").lazy().filter((pl.col("ago") >= ago) & (pl.col("until") < ago))
            return self._in_order(known).filter(pl.col("n") > 0).drop("ago", "until")
        return super()._fact(name)

    def _of_day(self, name: str, rows: pl.LazyFrame) -> pl.LazyFrame:
        found = self._in_order(rows.filter(pl.col("day") < self.clock.day))
        return found.join(self.get("members").filter("service"), on=["account", "user"], how="anti", maintain_order="left") if name == "user_activity" else found

    def _in_order(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        return rows.join(self.get("accounts").select("account"), on="account", how="semi", maintain_order="left")

    def _always(self, name: str) -> Any:
        """What does not depend on T, worked out once for all the days of the later book."""
        made = self._source._made
        if f"always {name}" not in made:
            always = Always(self.definition, self.reader, self._source.as_of, self.wanted, every_rule=self.every_rule, replayed=True, later=self._source)
            made[f"always {name}"] = always.hold(_weekly(always.get("daily"), self._source.clock)) if name == "weekly" else always.held(name)
        return made[f"always {name}"]

    def _list(self, name: str) -> pl.LazyFrame | None:
        return by_then(name, self._listed(name), self._source, self.clock)

    def told(self, name: str) -> pl.LazyFrame | None:
        """As it is."""
        return self.get(name)  # type: ignore[no-any-return]

    def _listed(self, name: str) -> pl.LazyFrame | None:
        """The list as it is read for that day."""
        if name not in DATED:
            return self._source.get(next(key for key, table in LISTS.items() if table == name))  # type: ignore[no-any-return]
        found = _lists.read(name, self.definition, self._quiet, self.clock)
        return None if found is None else _merges.listed(found.lazy(), self.merged, name) if self.merged else found.lazy()

    @property
    def _quiet(self) -> Quiet:
        """One for all the days of the later book."""
        made = self._source._made
        return made.setdefault("quiet", Quiet(self.reader.base, self.reader.zone, Ledger(max_reject=2**62)))  # type: ignore[no-any-return]

    def _seen(self) -> pl.LazyFrame:
        return self.every("days").filter(pl.col("day") < self.clock.day).group_by("account").agg(TIMES)

    def _admin_last(self) -> pl.LazyFrame:
        admins = self.get("members").filter("admin").select("account", "user")
        known = self.every("people").filter(pl.col("day") < self.clock.day).join(admins, on=["account", "user"], how="semi")
        return known.group_by("account").agg(pl.col("day").max())


class Then(Replay):
    """An earlier day that is only asked what its tables are made of: no list is held for it."""

    def get(self, name: str) -> Any:
        """Lists are read for whoever asks."""
        return self._list(LISTS[name]) if name in LISTS else super().get(name)


class Always(Replay):
    """The work of all days that the events tell of, of every account, of machines as of people."""

    @cached_property
    def letters(self) -> dict[str, str | None]:
        """Nothing of it is the same as of any T."""
        return {"the run": None}

    def _fact(self, name: str) -> pl.LazyFrame | Shared:
        return pl.LazyFrame(schema=members.SCHEMA) if name == "members" else Book._fact(self, name)

    def _output(self, name: str) -> Any:
        return self.whole(name)


def _weekly(daily: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """`rule_days` by weeks before T: a row holds as of `ago` and the weeks after it, down to `until`, in which the rule happened again.

    Weeks that are not asked for are one: as good as days where only the first time and the last day count.
    """
    ago = (clock.day - 1 - pl.col("day")).floordiv(7).clip(upper_bound=WEEKS).cast(pl.Int32)
    found = daily.with_columns(ago=ago).filter(pl.col("ago") > 0).group_by("account", "rule", "ago")
    weeks = found.agg(pl.col("first_at").min(), last_day=pl.col("day").max(), n=pl.col("n").sum())
    ordered = weeks.with_columns(_week=pl.col("rule").cast(pl.Int64) * 2 * WEEKS - pl.col("ago")).sort(turn("_week")).drop("_week")
    fresh = FRESH | (pl.col("rule") != pl.col("rule").shift(1)).fill_null(True)
    until = pl.when(~fresh.shift(-1, fill_value=True)).then(pl.col("ago").shift(-1)).otherwise(0)
    return ordered.with_columns(pl.when(fresh).then("first_at").forward_fill(), n=so_far("n", fresh), until=until)


def replayed(later: Book, as_of: date, kind: type[Replay] = Replay) -> Replay:
    """`later`, which was made with `replayed`, as of an earlier day."""
    return kind(later.definition, later.reader, as_of, later.wanted, every_rule=later.every_rule, replayed=True, later=later)
