"""From the rows of a table to what the fold reads, as SQL: account, user_, event, time_, and of each property what is asked.

Each step is a query over the one before it: raw (the columns as they are), read (as texts, µs and amounts), full (amounts
out of texts, and whether anything is missing), good (without incomplete rows), once (without repeated ones).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from saasmetrics.definitions.conditions import Condition
from saasmetrics.engines import _columns, _where
from saasmetrics.engines._columns import Column
from saasmetrics.engines._render import named, quoted
from saasmetrics.facts._order import Order
from saasmetrics.sources.times import Rule

NO_TEXT = "CAST(NULL AS VARCHAR)"


@dataclass(frozen=True)
class Stage:
    """A table, what is read of it, and how. A property's columns bear its number in the order."""

    table: str  # quoted
    columns: Mapping[str, Column]  # account, event, time, perhaps user and id, and p:NAME for each property
    order: Order
    rule: Rule
    merged: Mapping[str, str]  # rows of two accounts that became one may be twins

    def steps(self, upto: str = "once", events: Sequence[str] = ()) -> str:
        """The queries up to one of them, to stand behind WITH; only of some events, where they are told."""
        texts = {"raw": self._raw(events), "read": self._read, "full": self._full, "good": "SELECT * FROM full_ WHERE accounted AND evented AND timed", "once": self._once}
        names = list(texts)[: list(texts).index(upto) + 1]
        return ", ".join(f"{name}_ AS ({texts[name]})" for name in names)

    @property
    def keyed(self) -> bool:
        """Whether the rows have an id, so that repeated ones show."""
        return "id" in self.columns

    @property
    def lean(self) -> Stage:
        """Without the properties."""
        core = {name: column for name, column in self.columns.items() if not name.startswith("p:")}
        return replace(self, columns=core, order=replace(self.order, rules=(), outputs=frozenset(), things=()))

    def at(self, path: str) -> int:
        """The number of a property."""
        return self.order.properties.index(path)

    def condition(self, where: Sequence[Condition]) -> str:
        """Conditions over the columns of `once`."""
        text, amount, moment, given = (lambda path, what=what: f"{what}_{self.at(path)}" for what in ("text", "amount", "moment", "given"))
        return _where.holds(where, text, amount, moment, given)

    def _raw(self, events: Sequence[str]) -> str:
        listed = ", ".join(f"{self._spelt(column)} AS {column.raw}" for column in self.columns.values())
        event = self.columns["event"]
        kept = f" WHERE {self._spelt(event)} IN ({', '.join(map(quoted, events))})" if events and event.kind.name == "text" else ""
        return f"SELECT {listed} FROM {self.table} AS source{kept}"

    @staticmethod
    def _spelt(column: Column) -> str:
        return f"SM_TEXT(source.{named(column.path)})" if column.kind.name == "text" else f"source.{named(column.path)}"

    @property
    def _read(self) -> str:
        time, own = self.columns["time"], _columns.text(self.columns["account"])
        user, key = (_columns.text(self.columns[name]) if name in self.columns else NO_TEXT for name in ("user", "id"))
        parts = [
            f"{self._moved(own)} AS account", f"{user} AS user_", f"{_columns.text(self.columns['event'])} AS event",
            f"{_columns.moment(time, self.rule)} AS time_", f"{_columns.given(time)} AS timed", f"{key} AS id_", *self._properties(),
        ]  # fmt: skip
        return f"SELECT {', '.join(parts)} FROM raw_"

    def _properties(self) -> Iterator[str]:
        for at, path in enumerate(self.order.properties):
            column = self.columns[f"p:{path}"]
            written = column.kind.name == "text"
            yield f"{_columns.given(column)} AS given_{at}"
            if written or path in self._texts:
                yield f"{_columns.text(column)} AS text_{at}"
            elif self.keyed:
                yield f"{column.raw} AS content_{at}"
            if path in self._amounts:
                yield f"{_columns.plain(_columns.text(column))} AS plain_{at}" if written else f"{_columns.number(column)} AS amount_{at}"
            if path in self.order.promises:
                yield f"{_columns.moment(column, self.rule)} AS moment_{at}"

    @property
    def _full(self) -> str:
        there = [f"{_columns.present(name)} AS {name}ed" for name in ("account", "event")]
        written = [self.at(path) for path in sorted(self._amounts) if self.columns[f"p:{path}"].kind.name == "text"]
        dotted = ", ".join(["r.*", *(f"{_columns.dotted(f'r.plain_{at}')} AS dotted_{at}" for at in written)])
        amounts = [f"{_columns.of_dotted(f'd.plain_{at}', f'd.dotted_{at}')} AS amount_{at}" for at in written]
        return f"SELECT d.*, {', '.join([*there, *amounts])} FROM " + (f"(SELECT {dotted} FROM read_ AS r) AS d" if written else "read_ AS d")

    @property
    def _once(self) -> str:
        if not self.keyed:
            return "SELECT * FROM good_"
        return "SELECT * FROM good_ WHERE id_ IS NULL UNION ALL SELECT DISTINCT * FROM good_ WHERE id_ IS NOT NULL"

    def _moved(self, account: str) -> str:
        """An account, or the one that it became part of."""
        known = " ".join(f"WHEN {quoted(name)} THEN {quoted(into)}" for name, into in sorted(self.merged.items()))
        return f"CASE {account} {known} ELSE {account} END" if self.keyed and known else account

    @cached_property
    def _conditions(self) -> list[Condition]:
        return [condition for rule in self.order.rules for condition in self.order.definition.rule(rule).where]

    @cached_property
    def _texts(self) -> set[str]:
        return {*self.order.paths, *(condition.column for condition in self._conditions if _where.as_text(condition))}

    @cached_property
    def _amounts(self) -> set[str]:
        return {*self.order.numbers, *(condition.column for condition in self._conditions if _where.as_number(condition))}
