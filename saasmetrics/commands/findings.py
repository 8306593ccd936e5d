"""Findings as text for people, for GitHub, and for programs (JSON, SARIF)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from saasmetrics import __version__, catalog
from saasmetrics.lint import Linted, meaning_of
from saasmetrics.messages import Problem, clean, noun

MARKS = {"error": "", "warning": "warning: ", "note": "note: "}
GITHUB = {"error": "error", "warning": "warning", "note": "notice"}
SARIF = "https://json.schemastore.org/sarif-2.1.0.json"


def concise(found: Linted) -> str:
    """A line each: place, code, message."""
    places = {p: f"{clean(p.place)}: " if p.place else "" for p in found.problems}
    return "".join(f"{places[p]}{p.code} {MARKS[p.severity]}{clean(p.message)}\n" for p in found.problems)


def full(found: Linted) -> str:
    """The lines, then what each code means and what to do, once; then what is accepted, and why."""
    codes = dict.fromkeys(problem.code for problem in found.problems)
    remedies = "".join(f"  {code}: {meaning_of(code).title}: {meaning_of(code).remedy}\n" for code in codes)
    accepted = "".join(f"{clean(p.place)}: {p.code} accepted: {clean(why)}\n" for p, why in found.accepted)
    return concise(found) + remedies + accepted


def github(found: Linted) -> str:
    """Annotations of a pull request."""
    return "".join(
        f"::{GITHUB[p.severity]} file={_property(p.file or '')},line={p.line or 1},col={p.column or 1},title=saasmetrics {p.code}::{_data(p.message)}\n"
        for p in found.problems
    )


def to_json(found: Linted) -> str:
    return json.dumps([_row(problem) for problem in found.problems], ensure_ascii=False, indent=1) + "\n"


def sarif(found: Linted) -> str:
    """SARIF 2.1.0; an accepted finding is a result that is suppressed, with its reason."""
    results = [_result(problem) for problem in found.problems]
    results += [_result(problem) | {"suppressions": [{"kind": "external", "justification": why}]} for problem, why in found.accepted]
    codes = sorted({problem.code for problem in (*found.problems, *(p for p, _ in found.accepted))})
    driver = {"name": "saasmetrics", "version": __version__, "rules": [_rule(code) for code in codes]}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": SARIF, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=1) + "\n"


FORMATS: Mapping[str, Callable[[Linted], str]] = {"full": full, "concise": concise, "github": github, "json": to_json, "sarif": sarif}


def summary(problems: Sequence[Problem]) -> str:
    """`1 error, 2 warnings, 0 notes`"""
    counts = {kind: sum(problem.severity == kind for problem in problems) for kind in MARKS}
    return ", ".join(f"{n} {noun(n, kind)}" for kind, n in counts.items() if n or kind != "note")


def _row(p: Problem) -> dict[str, Any]:
    return {"code": p.code, "severity": p.severity, "message": p.message, "file": p.file, "line": p.line, "column": p.column,
            "remedy": meaning_of(p.code).remedy}  # fmt: skip


def _result(p: Problem) -> dict[str, Any]:
    where = {"artifactLocation": {"uri": quote((p.file or "").replace("\\", "/"))}, "region": {"startLine": p.line or 1, "startColumn": p.column or 1}}
    return {"ruleId": p.code, "level": p.severity, "message": {"text": p.message}, "locations": [{"physicalLocation": where}]}


def _rule(code: str) -> dict[str, Any]:
    check, meaning = catalog.checks().get(code), meaning_of(code)
    why = " ".join(check.sections["Why"].split()) if check else meaning.title
    return {"id": code, "name": check.name if check else code, "shortDescription": {"text": meaning.title}, "fullDescription": {"text": why}, "help": {"text": meaning.remedy}}


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
