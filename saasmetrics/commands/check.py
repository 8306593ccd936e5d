"""`check`: what is wrong with the definition file, alone or beside the data."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from saasmetrics.commands.config import load
from saasmetrics.definitions.lint import lint
from saasmetrics.messages import CODES, FINDINGS, Problem, Refused, say
from saasmetrics.outputs.write import to_stdout


def check(config: Path | None, data: bool, format: str, allow_remote: bool) -> None:
    """Print every finding; exit 1 when one is an error, 2 when the file cannot be used at all."""
    try:
        loaded = load(config, allow_remote=allow_remote)
    except Refused as refused:
        _show(refused.problems, format)
        raise SystemExit(refused.exit) from None
    found = [*loaded.warnings, *lint(loaded)]
    if data:
        from saasmetrics.commands.check_data import check_data

        found += check_data(loaded)
    _show(found, format)
    errors = sum(problem.severity == "error" for problem in found)
    if format in ("full", "concise"):
        d = loaded.definition
        read = f"{len(d.workflows)} workflows, {len(d.steps())} activation steps, {sum(len(w.tiers) for w in d.workflows.values())} tiers read"
        unread = "" if data else " · names of events and columns not looked up: --data"
        say(f"{_counted(errors, 'error')}, {_counted(len(found) - errors, 'warning')} · {read}{unread}")
    if errors:
        raise SystemExit(FINDINGS)


def _show(problems: Sequence[Problem], format: str) -> None:
    text = {"full": _full, "concise": _concise, "github": _github, "json": _json}[format](problems)
    if text:
        to_stdout(text.encode())


def _concise(problems: Sequence[Problem]) -> str:
    from saasmetrics.messages import clean

    marks = {"warning": "warning: ", "error": ""}
    places = {p: f"{clean(p.place)}: " if p.place else "" for p in problems}
    return "".join(f"{places[p]}{p.code} {marks[p.severity]}{clean(p.message)}\n" for p in problems)


def _counted(n: int, what: str) -> str:
    return f"{n} {what}{'s' * (n != 1)}"


def _full(problems: Sequence[Problem]) -> str:
    codes = dict.fromkeys(problem.code for problem in problems)
    remedies = "".join(f"  {code}: {CODES[code].title}: {CODES[code].remedy}\n" for code in codes)
    return _concise(problems) + remedies


def _github(problems: Sequence[Problem]) -> str:
    return "".join(
        f"::{p.severity} file={_property(p.file or '')},line={p.line or 1},col={p.column or 1},title=saasmetrics {p.code}::{_data(p.message)}\n"
        for p in problems
    )


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _json(problems: Sequence[Problem]) -> str:
    rows = [
        {"code": p.code, "severity": p.severity, "message": p.message, "file": p.file, "line": p.line, "column": p.column,
         "remedy": CODES[p.code].remedy}
        for p in problems
    ]  # fmt: skip
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"
