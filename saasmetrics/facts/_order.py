"""What one run asks of the fold, and which columns of the events that takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from saasmetrics.definitions.fingerprint import letters, rule_meaning
from saasmetrics.definitions.model import Definition
from saasmetrics.definitions.work import Rule
from saasmetrics.messages import refuse


@dataclass(frozen=True)
class Order:
    """The rules, and the outputs at the grain that the tables need."""

    definition: Definition
    rules: tuple[str, ...]
    outputs: frozenset[str]
    staff: tuple[str, ...] = ()  # users who count for nothing
    things: tuple[tuple[str, str], ...] = ()  # rule → the column that says which thing; empty: none is declared

    @cached_property
    def meant(self) -> dict[str, Rule]:
        """What each rule stands for."""
        return {name: self.definition.rule(name) for name in self.rules}

    @cached_property
    def events(self) -> list[str]:
        """The events that any rule stands for."""
        return sorted({event for rule in self.meant.values() for event in rule.event})

    @cached_property
    def properties(self) -> list[str]:
        """The event columns that the conditions, values, durations and things are read from."""
        asked = {condition.column for rule in self.meant.values() for condition in rule.where}
        return sorted({*asked, *self.numbers, *self.paths})

    @cached_property
    def conditional(self) -> list[tuple[int, str]]:
        """The rules with conditions, each with its number."""
        return [(at, rule) for at, rule in enumerate(self.rules) if self.meant[rule].where]

    @cached_property
    def promises(self) -> dict[str, str]:
        """Each event column that is read as the time by which something was promised, and what it is called."""
        asked = {c.column for rule in self.meant.values() for c in rule.where if c.op == "met"}
        return {path: f"promised_{at}" for at, path in enumerate(sorted(asked))}

    @cached_property
    def numbers(self) -> dict[str, str]:
        """Each event column that is read as a number, and what the SQL calls it."""
        paths = sorted({*self._values.values(), *self._durations.values()})
        return {path: f"number_{at}" for at, path in enumerate(paths)}

    @cached_property
    def values(self) -> dict[int, str]:
        """Number of a rule → the number column that is its value."""
        return self._numbered(self._values)

    @cached_property
    def durations(self) -> dict[int, str]:
        """Number of a rule → the number column that says how long it took."""
        return self._numbered(self._durations)

    @cached_property
    def paths(self) -> list[str]:
        """The event columns that say which thing."""
        return sorted({path for _, path in self.things if path}) if "entities" in self.outputs else []

    def events_of(self, path: str) -> list[str]:
        """The events from which a rule reads that column as a number or as a promised time."""
        promised = {name for name in self.rules if any(c.op == "met" and c.column == path for c in self.meant[name].where)}
        counted = {name for columns in (self._values, self._durations) for name, column in columns.items() if column == path}
        return sorted({event for name in promised | counted for event in self.meant[name].event})

    def pieces(self, output: str) -> dict[str, list[int]]:
        """What an output is asked for, rule by rule: letters for its meaning, and the numbers of the rules that mean it."""
        found: dict[str, list[int]] = {}
        for at, column in self._columns(output).items():
            found.setdefault(letters([self._meanings[at], column]), []).append(at)
        return found

    def of(self, numbers: Iterable[int], outputs: Iterable[str]) -> Order:
        """The same for some of the rules and outputs."""
        rules = tuple(self.rules[at] for at in sorted(set(numbers)))
        return Order(self.definition, rules, frozenset(outputs), self.staff, tuple(pair for pair in self.things if pair[0] in rules))

    @cached_property
    def _meanings(self) -> list[Any]:
        return [rule_meaning(rule) for rule in self.meant.values()]

    def _columns(self, output: str) -> dict[int, str | None]:
        """Numbers of the rules that an output holds, each with the column that it reads for it."""
        if output in ("durations", "entities"):
            columns = self._durations if output == "durations" else dict(self.things)
            return {at: columns[rule] for at, rule in enumerate(self.rules) if rule in columns}
        steps = {step.rule for step in self.definition.steps().values()}
        kept = [at for at, rule in enumerate(self.rules) if output != "moments" or rule in steps]
        return {at: self._values.get(self.rules[at]) if output in ("usage", "daily") else None for at in kept}

    @property
    def _values(self) -> dict[str, str]:
        summed = self.outputs & {"usage", "daily"}
        return {w.success: w.value for w in self.definition.workflows.values() if summed and w.value and w.success in self.rules}

    @property
    def _durations(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for rule, column in _timed(self.definition) if "durations" in self.outputs else ():
            if found.setdefault(rule, column) != column:
                refuse("SM113", f"rule '{rule}' takes as long as '{found[rule]}' says in one place and as '{column}' says in another; declare two rules")
        return {rule: column for rule, column in found.items() if rule in self.rules}

    def _numbered(self, columns: Mapping[str, str]) -> dict[int, str]:
        return {at: self.numbers[columns[rule]] for at, rule in enumerate(self.rules) if rule in columns}


def _timed(definition: Definition) -> Iterator[tuple[str, str]]:
    """Rule and column of all that says how long it took."""
    yield from ((w.success, w.duration) for w in definition.workflows.values() if w.duration)
    yield from ((rule, screen.duration) for screen in definition.reliability.screens.values() for rule in screen.rule)
