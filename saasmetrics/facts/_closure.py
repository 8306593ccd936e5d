"""What facts are made of: all that has to be there before they can be worked out."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache
from importlib import import_module

from saasmetrics import catalog
from saasmetrics.definitions.model import Definition
from saasmetrics.facts._fold import FOLDS
from saasmetrics.facts._lists import LISTS
from saasmetrics.facts.scores._bands import PAST
from saasmetrics.messages import refuse

GIVEN = ("definition", "clock", "rules", "export_start", "users_named", "seen", "visits", "admin_last", "step_times", "stable_weeks", *PAST, *LISTS, *FOLDS)
LARGE = (*FOLDS, "visits", "admin_last", "step_times")  # of what is given


def known() -> set[str]:
    """All names that a room or fact may ask for."""
    return {*catalog.facts(), *GIVEN}


def closure(names: Iterable[str], definition: Definition, whole: Collection[str] = ()) -> set[str]:
    """These facts and all that they are made of; what those in `whole` are made of is not looked at."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            if name in whole:
                continue
            waiting += catalog.facts()[name].needs if name in catalog.facts() else ()
            waiting += behind(name, definition)
    return found


@cache
def kept() -> frozenset[str]:
    """The facts that are kept from run to run: those made straight from what has about a row for each day or event. They are small, and with
    them a table needs nothing larger. What names rules by their numbers holds for one run only."""
    known = catalog.facts()
    numbered = {name for name, room in known.items() if any(column.name == "rule" for column in room.columns)}
    large = {*LARGE, *numbered, *(name for name, room in known.items() if "Large" in room.sections)}
    return frozenset(name for name, room in known.items() if name not in large and large & {*room.needs})


def in_force(names: Iterable[str], definition: Definition) -> set[str]:
    """The lists of which these facts, or what they are made of, take the row in force: what it says may be another from day to day."""
    modules = (import_module(catalog.facts()[name].module) for name in closure(names, definition) if name in catalog.facts())
    return {name for module in modules if hasattr(module, "in_force") for name in module.in_force(definition)}


def behind(name: str, definition: Definition) -> list[str]:
    """What is given is made of: an ordered chain needs every time of a step, one in any order only the first; weeks are judged only
    by limits that are stated."""
    if name == "step_times":
        return ["moments" if definition.activation and definition.activation.order == "ordered" else "firsts"]
    if name == "stable_weeks":
        return ["stability"] if definition.reliability.watched else []
    return [PAST[name][0]] if name in PAST else ["members"] if name == "admin_last" else []


def rules(names: Iterable[str], definition: Definition) -> set[str]:
    """The rules that these facts need."""
    modules = (import_module(catalog.facts()[name].module) for name in names if name in catalog.facts())
    return {rule for module in modules if hasattr(module, "rules") for rule in module.rules(definition)}


def things(names: Iterable[str], definition: Definition) -> dict[str, str]:
    """The rules of which these facts need every time for each thing, with the column that names the thing."""
    found: dict[str, str] = {}
    for name in sorted({*names} & {*catalog.facts()}):
        module = import_module(catalog.facts()[name].module)
        for rule, path in module.things(definition) if hasattr(module, "things") else ():
            if found.setdefault(rule, path) != path:
                refuse("SM113", f"rule '{rule}' stands for the entity '{found[rule]}' in one workflow and '{path or 'none'}' in another; declare two rules")
    return found
