"""`check --data`: does every event and column that the definition names occur, and is nothing spelt two ways?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from unicodedata import normalize

from saasmetrics.definitions.read import Loaded
from saasmetrics.facts._book import Book
from saasmetrics.facts._lists import LISTS
from saasmetrics.messages import Problem, Refused, did_you_mean
from saasmetrics.sources.ledger import Ledger
from saasmetrics.sources.reading import Reader


def check_data(loaded: Loaded) -> list[Problem]:
    """Reads all sources. What refuses them is among the findings."""
    ledger = Ledger()
    book = Book(loaded.definition, Reader(loaded.path.parent, loaded.definition.timezone, ledger), None, frozenset(), every_rule=True)
    try:
        names = book.event_names
        for source in LISTS:
            book.get(source)
    except Refused as refused:
        return [*ledger.warnings, *refused.problems]
    return [*ledger.warnings, *_absent(loaded, names), *_near(loaded, names)]


def _absent(loaded: Loaded, names: Mapping[str, int]) -> Iterator[Problem]:
    total = sum(names.values())
    for event, path in _events(loaded):
        if event not in names:
            near = did_you_mean(event, names)
            count = next((f" ({names[name]} rows)" for name in names if f"'{name}'" in near), "")
            yield Problem("SM201", f"event '{event}' never occurs in {total} events{near}{count}", str(loaded.path), *loaded.place(*path))


def _near(loaded: Loaded, names: Mapping[str, int]) -> Iterator[Problem]:
    for event, path in _events(loaded):
        twins = [name for name in names if name != event and _folded(name) == _folded(event) and event in names]
        if twins:
            listed = ", ".join(f"'{name}' ({names[name]} rows)" for name in twins)
            text = f"beside '{event}' ({names[event]} rows) the data hold {listed}"
            yield Problem("SM203", text, str(loaded.path), *loaded.place(*path), severity="warning")


def _folded(name: str) -> str:
    return "".join(char for char in normalize("NFKC", name).casefold() if char.isalnum()).replace("ı", "i")


def _events(loaded: Loaded) -> dict[tuple[str, tuple[str | int, ...]], None]:
    """(event, place in the file) for every event the definition stands on, each event once."""
    found: dict[str, tuple[str | int, ...]] = {}
    definition = loaded.definition
    for rule, path in _places(loaded):
        for event in definition.rule(rule).event:
            found.setdefault(event, ("rules", rule, "event") if rule in definition.rules else path)
    return dict.fromkeys(found.items())


def _places(loaded: Loaded) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    d = loaded.definition
    for name, work in d.workflows.items():
        for key in ("attempt", "success", "failure"):
            if getattr(work, key):
                yield getattr(work, key), ("workflows", name, key)
        for tier, refs in work.tiers.items():
            yield from ((ref, ("workflows", name, "tiers", tier)) for ref in refs)
    yield from ((step.rule, ("activation", "steps", name, "rule")) for name, step in d.steps().items())
    yield from ((feature.rule, ("features", name, "rule")) for name, feature in d.features.items())
    yield from ((name, ("rules", name, "event")) for name in d.rules)
