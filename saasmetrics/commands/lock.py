"""`lock`: write down what the definition means, and the numbers of its headlines, in a file beside it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from saasmetrics import __version__
from saasmetrics.commands.config import load
from saasmetrics.commands.days import day
from saasmetrics.commands.findings import FORMATS
from saasmetrics.commands.golden import code, golden
from saasmetrics.definitions import lock as locks
from saasmetrics.definitions.read import Loaded
from saasmetrics.lint import Linted, lint
from saasmetrics.messages import FINDINGS, Problem, say
from saasmetrics.outputs.write import to_file, to_stdout


def lock(config: Path | None, as_of: str | None, data: bool, allow_remote: bool, store: bool = True) -> None:
    """Refused with exit 1 for a definition with errors, and for another meaning without its reason."""
    loaded = load(config, allow_remote=allow_remote)
    path = locks.path_of(loaded.path)
    before = locks.read(path)
    errors = [problem for problem in _problems(loaded, before) if problem.severity == "error"]
    if errors:
        to_stdout(FORMATS["full"](Linted(tuple(errors), ())).encode())
        say(f"{path} stays as it was")
        raise SystemExit(FINDINGS)
    numbers = golden(loaded, day("--as-of", as_of), store) if data else {}
    made = locks.current(loaded, __version__, code(loaded), numbers)
    to_file(path, locks.written(made).encode())
    say(f"{path}: revision {made.revision}, definition {made.definition}, {len(made.parts)} parts, numbers of {len(numbers.get('tables', ()))} tables")


def _problems(loaded: Loaded, before: locks.Lock | None) -> list[Problem]:
    """Review days and acceptances are no matter of the lock, so the day does not count here."""
    found = lint(loaded, date.min).problems
    return [*found, *(locks.drift(loaded, before) if before else ())]
