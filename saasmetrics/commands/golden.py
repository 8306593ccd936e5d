"""The numbers of the headline tables, as the lock keeps them: to see whether they move though nothing was changed.

Of the units that prices stand on, the lock keeps what speaks for them too: it is held against later data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from saasmetrics import catalog, codeprint
from saasmetrics.catalog import Room
from saasmetrics.definitions.fingerprint import fingerprint, letters
from saasmetrics.definitions.lock import Lock
from saasmetrics.definitions.read import Loaded
from saasmetrics.messages import Problem

if TYPE_CHECKING:
    from saasmetrics.tables import Table

ENGINE = "engine"
TESTS = "pricing.candidate_tests"
KEPT = ("goes with what they pay", "goes with staying", "goes with expansion")


def headline_rooms(loaded: Loaded) -> list[Room]:
    """The tables that the definition names as headlines, those that exist."""
    rooms = catalog.rooms()
    return [rooms[name] for name in dict.fromkeys(loaded.definition.headlines) if name in rooms]


def code(loaded: Loaded) -> dict[str, str]:
    """The code that computes them, and the engine below."""
    return {ENGINE: codeprint.of_engine()} | {room.key: codeprint.of_table(room) for room in headline_rooms(loaded)}


def golden(loaded: Loaded, as_of: date | None, store: bool = True) -> dict[str, Any]:
    """T, the letters of the inputs, and for each table its size, its letters and, unless it lists accounts, its first row."""
    from saasmetrics.tables import Asked, compute

    rooms = headline_rooms(loaded)
    tables, _ = compute(loaded, [*rooms, *_price_tests(loaded, rooms)], Asked(as_of=as_of, store=store), skip=True)
    if not tables:
        return {}
    meta, verdicts = tables[0].meta, next((_verdicts(table) for table in tables if table.name == TESTS), {})
    tables = [table for table in tables if table.name in loaded.definition.headlines]
    inputs = sorted([entry["source"], entry["path"].rpartition("/")[2], entry["sha256"]] for entry in meta["inputs"])
    return {"as_of": meta["as_of"], "inputs": letters(inputs), "tables": {table.name: _told(table) for table in tables}} | ({"meters": verdicts} if verdicts else {})


def moved(loaded: Loaded, lock: Lock, store: bool = True) -> Iterator[Problem]:
    """Numbers that are others than in the lock, though definition and data are the same."""
    before = lock.golden
    if not before or lock.definition != fingerprint(loaded.definition):
        return
    now = golden(loaded, date.fromisoformat(str(before["as_of"])), store)
    if now.get("inputs") != str(before["inputs"]):
        yield _problem(loaded, "SM684", "the data are others than when the numbers were locked, so they are not compared", "note")
        yield from _drifted(loaded, before, store) if "meters" in before else ()
        return
    for name, table in now["tables"].items():
        if (old := before["tables"].get(name)) and _plain(old) != _plain(table):
            yield _problem(loaded, "SM683", f"{name}: {_difference(old, table)}, for the same definition and the same data")


def recoded(loaded: Loaded, lock: Lock, version: str) -> Iterator[Problem]:
    """Headline tables that other code computes now."""
    now = code(loaded)
    tables = sorted(name for name in now if str(lock.code.get(name, now[name])) != now[name])
    if tables:
        since = f"saasmetrics {lock.version} → {version}" if lock.version != version else f"saasmetrics {version}"
        yield _problem(loaded, "SM685", f"other code than when locked computes {', '.join(tables)} ({since}); compare the numbers with --data", "warning")


def _drifted(loaded: Loaded, before: Mapping[str, Any], store: bool) -> Iterator[Problem]:
    """Units of price that later data judge otherwise."""
    now = golden(loaded, None, store)
    for meter, verdicts in now.get("meters", {}).items():
        old = before["meters"].get(meter, {})
        for test, verdict in verdicts.items():
            if old.get(test, verdict) != verdict:
                told = f"pricing: whether '{meter}' {test} was '{old[test]}' as of {before['as_of']}, is '{verdict}' as of {now['as_of']}: look at what prices stand on"
                yield Problem("SM683", told, str(loaded.path), *loaded.place("pricing", "meters", meter), severity="warning")


def _price_tests(loaded: Loaded, rooms: Sequence[Room]) -> list[Room]:
    """The tests of the declared units, unless they are a headline anyway."""
    tests = catalog.rooms()[TESTS]
    return [tests] if loaded.definition.pricing.meters and tests not in rooms else []


def _verdicts(table: Table) -> dict[str, dict[str, str]]:
    """Meter → what speaks for it → the verdict over all accounts."""
    told: dict[str, dict[str, str]] = {}
    for row in table.frame.sort("meter", "measure").to_dicts():
        if row["segment"] == "all" and row["criterion"] in KEPT:
            told.setdefault(row["meter"], {})[f"{row['criterion']} ({row['measure']})"] = row["verdict"]
    return told


def _told(table: Table) -> dict[str, Any]:
    from saasmetrics.outputs.csv import plain, render

    told: dict[str, Any] = {"rows": table.frame.height, "letters": letters(render([table], raw=True).data.decode())}
    if table.frame.height and "account" not in table.frame.columns:
        told["first"] = {name: plain(value) for name, value in table.frame.row(0, named=True).items() if value is not None}
    return told


def _difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    first = [f"{name} {was} → {new['first'].get(name, 'nothing')}" for name, was in _plain(old.get("first", {})).items() if str(new.get("first", {}).get(name)) != was]
    rows = [f"{old['rows']} → {new['rows']} rows"] if old["rows"] != new["rows"] else []
    return ", ".join((first + rows)[:3]) or "other values below the first row"


def _plain(told: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _plain(value) if isinstance(value, Mapping) else str(value) for key, value in told.items()}


def _problem(loaded: Loaded, code: str, message: str, severity: Any = "error") -> Problem:
    return Problem(code, message, str(loaded.path), *loaded.place("headlines"), severity=severity)
