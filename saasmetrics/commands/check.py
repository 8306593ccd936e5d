"""`check`: what is wrong with the definition file, alone or beside the data."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from saasmetrics import __version__
from saasmetrics.commands.config import load
from saasmetrics.commands.days import day
from saasmetrics.commands.findings import FORMATS, summary
from saasmetrics.definitions.read import Loaded
from saasmetrics.lint import Linted, lint
from saasmetrics.messages import FINDINGS, Problem, Refused, noun, say


def check(*, config: Path | None, data: bool, locked: bool, format: str | None, today: str | None, allow_remote: bool, store: bool = True) -> None:
    """Print every finding; exit 1 when one is an error, 2 when the file cannot be used at all."""
    format = format or ("github" if os.environ.get("GITHUB_ACTIONS") == "true" else "full")
    try:
        loaded = load(config, allow_remote=allow_remote)
    except Refused as refused:
        _show(Linted(refused.problems, ()), format)
        raise SystemExit(refused.exit) from None
    found = _found(loaded, data, day("--today", today) or date.today(), store)
    if locked:
        found = _with(found, _against_the_lock(loaded, data, store))
    _show(found, format)
    if format in ("full", "concise"):
        say(_told(loaded, found, data))
    if any(problem.severity == "error" for problem in found.problems):
        raise SystemExit(FINDINGS)


def _found(loaded: Loaded, data: bool, today: date, store: bool) -> Linted:
    if not data:
        return _with(lint(loaded, today), loaded.warnings)
    from saasmetrics.commands.check_data import check_data

    return _with(check_data(loaded, today, store), loaded.warnings)


def _against_the_lock(loaded: Loaded, data: bool, store: bool = True) -> list[Problem]:
    from saasmetrics.commands.golden import moved, recoded
    from saasmetrics.definitions import lock as locks

    path = locks.path_of(loaded.path)
    lock = locks.read(path)
    if lock is None:
        return [Problem("SM680", f"there is no lock {path.name} beside it; run `saasmetrics lock` and commit the file", str(loaded.path), 1, 1)]
    found = [*locks.drift(loaded, lock), *recoded(loaded, lock, __version__)]
    return [*found, *moved(loaded, lock, store)] if data else found


def _with(found: Linted, more: Sequence[Problem]) -> Linted:
    return found._replace(problems=(*more, *found.problems))


def _told(loaded: Loaded, found: Linted, data: bool) -> str:
    d = loaded.definition
    counts = {"workflow": len(d.workflows), "activation step": len(d.steps()), "tier": sum(len(w.tiers) for w in d.workflows.values())}
    read = ", ".join(f"{n} {noun(n, what)}" for what, n in counts.items())
    accepted = f" · {len(found.accepted)} accepted" if found.accepted else ""
    unread = "" if data else " · names of events and columns not looked up: --data"
    return f"{summary(found.problems)}{accepted} · {read} read{unread}"


def _show(found: Linted, format: str) -> None:
    if text := FORMATS[format](found):
        from saasmetrics.outputs.write import to_stdout

        to_stdout(text.encode())
