"""What was told when a file of events was read: kept as plain data, so that it can be told again word for word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from saasmetrics.sources.ledger import Entry, Ledger

Page = dict[str, Any]


@dataclass
class Tape(Ledger):
    """Hands on what is told of one file, and remembers it."""

    entry: Entry = field(default_factory=lambda: Entry("", ""))
    to: Ledger = field(default_factory=Ledger)
    told: list[list[Any]] = field(default_factory=list)

    def reject(self, entry: Entry, code: str, reason: str, places: list[tuple[int, str]], count: int | None = None) -> None:
        self.told.append(["reject", code, reason, places, count])
        self.to.reject(entry, code, reason, places, count)

    def warn(self, code: str, message: str, path: str | None = None, line: int | None = None) -> None:
        self.told.append(["warn", code, message, path == self.entry.path, line])
        self.to.warn(code, message, path, line)


def page(tape: Tape, span: tuple[int, int], columns: Sequence[str]) -> Page:
    """All that is known of a file after it was read for these columns."""
    return {**counts(tape.entry), "span": list(span), "columns": sorted(columns), "told": tape.told}


def counts(entry: Entry) -> Page:
    """What the ledger holds of a file of which nothing had to be said."""
    return {"rows": entry.rows_read, "filtered": dict(entry.filtered), "missing": dict(entry.missing), "unread": dict(entry.unread), "kinds": dict(entry.kinds), "pointed": dict(entry.pointed)}


def known(pages: Iterable[Page], columns: Sequence[str]) -> Page | None:
    """The page of a file as if it were read for these columns; None when only reading tells.

    Of a file with nothing to say the pages add up: no column of it holds anything that concerns another.
    """
    asked, quiet = sorted(columns), [one for one in pages if not one["told"]]
    exact = next((one for one in pages if one["columns"] == asked), None)
    if exact or not quiet or not {*asked} <= {name for one in quiet for name in one["columns"]}:
        return exact
    told = {part: _of_columns(quiet, part, asked) for part in ("missing", "kinds", "pointed")}
    return {**quiet[0], **told, "columns": asked}


def tell(told: Page, entry: Entry, ledger: Ledger) -> None:
    """Tell a file's page to the ledger of this run."""
    entered(told, entry)
    for what, *said in told["told"]:
        if what == "reject":
            code, reason, places, count = said
            ledger.reject(entry, code, reason, [(line, text) for line, text in places], count)
        else:
            code, message, own, line = said
            ledger.warn(code, message, entry.path if own else None, line)


def entered(told: Page, entry: Entry) -> None:
    """Write what the ledger held then on the page of this run."""
    entry.rows_read = told["rows"]
    for rule, rows in told["filtered"].items():
        entry.filter(rule, rows)
    entry.missing |= told["missing"]
    entry.unread |= told["unread"]
    entry.kinds |= told["kinds"]
    entry.pointed |= told["pointed"]


def _of_columns(pages: Iterable[Page], part: str, columns: Sequence[str]) -> Mapping[str, Any]:
    """`missing`, `kinds` or `pointed`, for the columns asked for and those that are always read."""
    every = {name: value for one in pages for name, value in one[part].items()}
    return {name: value for name, value in every.items() if not name.startswith("p:") or name[2:] in columns}
