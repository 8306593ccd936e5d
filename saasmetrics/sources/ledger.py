"""The row ledger: rows_read = used + filtered (by rule) + rejected (by reason), for every file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from saasmetrics.messages import Problem, Refused

SHOWN = 20
LONGEST = 500


@dataclass
class Entry:
    """What became of the rows of one file."""

    source: str
    path: str
    bytes: int = 0
    sha256: str = ""
    rows_read: int = 0
    filtered: dict[str, int] = field(default_factory=dict)
    rejected: dict[str, int] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)  # optional columns it lacks → a near name, if any
    unread: dict[str, str] = field(default_factory=dict)  # of these → a column that may be it under another name
    lined: bool = True  # its rows stand in lines
    loose: bool = False  # its rows are objects, each with the keys it needs
    kinds: dict[str, str] = field(default_factory=dict)  # how a column is held: of a format with types numbers, text, times …, of any times with a zone or without
    pointed: dict[str, list[Any]] = field(default_factory=dict)  # of a CSV: line and text of the first value with a point, if all such may be thousands; else nothing

    @property
    def head(self) -> int | None:
        """The line of its header, if it has lines."""
        return 1 if self.lined else None

    @property
    def used(self) -> int:
        return self.rows_read - sum(self.filtered.values()) - sum(self.rejected.values())

    def filter(self, rule: str, rows: int) -> None:
        if rows:
            self.filtered[rule] = self.filtered.get(rule, 0) + rows

    def input(self) -> dict[str, Any]:
        return {"source": self.source, "path": self.path, "bytes": self.bytes, "sha256": self.sha256}

    def counts(self) -> dict[str, Any]:
        """Plain data for meta."""
        kept = {"rows_read": self.rows_read, "used": self.used}
        return {"source": self.source, "path": self.path, **kept, "filtered": self.filtered, "rejected": self.rejected}


@dataclass
class Ledger:
    """All files of a run, the problems met and the tolerance for malformed rows."""

    max_reject: int = 0
    strict: bool = False
    entries: list[Entry] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    rejects: list[Problem] = field(default_factory=list)
    rejected: int = 0

    def open(self, source: str, path: str, size: int = 0) -> Entry:
        entry = Entry(source, path, size)
        self.entries.append(entry)
        return entry

    def reject(self, entry: Entry, code: str, reason: str, places: list[tuple[int, str]], count: int | None = None) -> None:
        """Rows that cannot be used: (line, what is wrong) each, up to SHOWN of them; `count` when there are more."""
        rows = len(places) if count is None else count
        if not rows:
            return
        entry.rejected[reason] = entry.rejected.get(reason, 0) + rows
        self.rejected += rows
        room = max(0, SHOWN - len(self.rejects))
        self.rejects += [Problem(code, brief(what), entry.path, line) for line, what in places[:room]]
        if self.rejected > self.max_reject:
            raise Refused([*self.warnings, *(self.rejects or [Problem(code, f"{rows} rows: {reason}", entry.path)])])

    def warn(self, code: str, message: str, path: str | None = None, line: int | None = None) -> None:
        """Something to know; with --strict it stops the run."""
        problem = Problem(code, brief(message), path, line, severity="warning")
        if problem not in self.warnings:
            self.warnings.append(problem)

    def enforce(self) -> None:
        """With --strict, refuse when anything was left out or doubtful; files passed over by rule, and rows that are no revenue, are neither."""
        doubts = [Problem("SM314", w.message, w.file, w.line) for w in self.warnings if w.code not in ("SM322", "SM323")]
        if self.strict and doubts:
            raise Refused(doubts)


def brief(text: str) -> str:
    """Without the middle of a value that nobody would read to its end."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST // 2]} … {text[-LONGEST // 2 :]}"
