"""Runs the rules of good definition over a file, and over its data where they are given.

Errors are definitions that cannot mean what they say, warnings are worth a second look, notes are what the file does
not say yet. A finding that the file accepts is left out, as long as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from saasmetrics import catalog
from saasmetrics.catalog import Check
from saasmetrics.definitions.model import Definition
from saasmetrics.definitions.read import Loaded
from saasmetrics.messages import CODES, Code, Problem
from saasmetrics.rules import Place, covers

if TYPE_CHECKING:
    from saasmetrics.facts._book import Book

GIVEN = ("definition", "today", "raised")
Found = tuple[Check, Place, str]


class Linted(NamedTuple):
    """What the rules have to say, in the order of the file; `accepted` are findings with the reason why they do not matter."""

    problems: tuple[Problem, ...]
    accepted: tuple[tuple[Problem, str], ...]


def lint(loaded: Loaded, today: date, book: Book | None = None, seen: Mapping[str, Any] | None = None) -> Linted:
    """All rules; those that look into the data only with a book. `seen` is what else was found in the data, by name."""
    chosen = [check for check in catalog.checks().values() if book or not facts_of(check)]
    given: dict[str, Any] = {"definition": loaded.definition, "today": today, **(seen or {})}
    found = [one for check in chosen if "raised" not in check.needs for one in _run(check, given, book)]
    given["raised"] = {check.code: [path for other, path, _ in found if other == check] for check in chosen}
    found += [one for check in chosen if "raised" in check.needs for one in _run(check, given, book)]
    told = [(_placed(loaded, one), _reason(loaded.definition, one, today)) for one in found]
    told.sort(key=lambda pair: (pair[0].line or 0, pair[0].column or 0, pair[0].code, pair[0].message))
    return Linted(tuple(p for p, why in told if why is None), tuple((p, why) for p, why in told if why is not None))


def facts_of(check: Check) -> tuple[str, ...]:
    """The facts that a rule looks at."""
    return tuple(need for need in check.needs if need not in GIVEN)


def meaning_of(code: str) -> Code:
    """Title, remedy and exit code, of a rule as of any other message."""
    check = catalog.checks().get(code)
    return Code(1, check.title.rstrip("."), check.remedy) if check else CODES[code]


def _run(check: Check, given: Mapping[str, Any], book: Book | None) -> Iterator[Found]:
    function = getattr(import_module(check.module), check.name)
    values = (given[need] if need in given or book is None else book.get(need) for need in check.needs)
    yield from ((check, path, message) for path, message in function(*values))


def _placed(loaded: Loaded, found: Found) -> Problem:
    check, path, message = found
    severity: Any = check.severity
    return Problem(check.code, message, str(loaded.path), *loaded.place(*path), severity=severity)


def _reason(definition: Definition, found: Found, today: date) -> str | None:
    check, path, _ = found
    accepted = definition.accepted.get(check.code)
    return accepted.why if accepted and accepted.until >= today and covers(accepted, path) else None
