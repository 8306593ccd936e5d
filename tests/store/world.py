"""A small product whose files of events come, go and change, and all that a book tells of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from saasmetrics import catalog
from saasmetrics.definitions.read import read
from saasmetrics.facts import _origins
from saasmetrics.facts._book import Book
from saasmetrics.facts._findings import close, unheard
from saasmetrics.messages import Refused
from saasmetrics.replay import replaying
from saasmetrics.sources import remembered
from saasmetrics.sources.ledger import Ledger
from saasmetrics.sources.reading import Reader
from saasmetrics.store import FOLDER, Store
from saasmetrics.tables import Asked

DEFINITION = """\
version: 1
timezone: {zone}
sources:
  events:
    files: events/*
    columns: {{id: id}}
  accounts: {{files: accounts.csv, segments: [plan]}}
  users: {{files: users.csv}}
  subscriptions: {{files: subscriptions.csv, columns: {{account: account_id, start: start_date, end: end_date, mrr: mrr}}}}
  merges: {{files: merges.csv}}
internal: {{users: {{role: staff}}, accounts: {{plan: ours}}}}
rules:
  well: {{event: posted, where: {{{where}}}}}
workflows:
  work: {{attempt: opened, success: well, failure: failed, value: amount, duration: ms, entity: thing}}
activation:
  order: ordered
  steps: {{begun: {{kind: setup, rule: opened}}, done: {{rule: well}}}}
"""
COLUMNS = ("id", "account_id", "user_id", "event", "timestamp", "status", "amount", "ms", "thing")
ROOMS = (
    "activation.accounts", "activation.rate", "churn_risk.accounts", "engagement.active_accounts", "engagement.active_users", "engagement.rhythm", "revenue.mrr",
    "value.completion_accounts",
)  # fmt: skip
TIMES = {"first_at": pl.col("first_at").min(), "last_at": pl.col("last_at").max()}
Row = tuple[str | None, ...]


def keep_all(patched: pytest.MonkeyPatch) -> None:
    """Whatever its size, it is worth keeping."""
    for module in (_origins, remembered):
        patched.setattr(module, "WORTH", 0)


@dataclass
class World:
    """What stands on disk, and how it is read."""

    home: Path
    zone: str = "Europe/Berlin"
    where: str = "status: ok"
    staff: tuple[str, ...] = ()
    merges: tuple[tuple[str, str], ...] = ()
    plans: tuple[tuple[str, str], ...] = ()
    paid: tuple[tuple[str, str, str, str], ...] = ()
    as_of: date = date(2026, 4, 20)
    rows: dict[str, list[Row]] = field(default_factory=dict)

    def write(self) -> None:
        """The definition and all files; those that are as they were are not touched."""
        _put(self.home / "d.yaml", DEFINITION.format(zone=self.zone, where=self.where))
        _put(self.home / "users.csv", "account_id,user_id,role,invited_at\n" + "".join(f"a,{name},staff,\n" for name in self.staff))
        _put(self.home / "accounts.csv", "account_id,created_at,plan\n" + "".join(f"{name},2026-03-16T08:00:00Z,{plan}\n" for name, plan in self.plans))
        _put(self.home / "subscriptions.csv", "account_id,start_date,end_date,mrr\n" + "".join(f"{','.join(row)}\n" for row in self.paid))
        _put(self.home / "merges.csv", "from,to\n" + "".join(f"{old},{new}\n" for old, new in self.merges))
        for path in (self.home / "events").iterdir():
            if path.name not in self.rows:
                path.unlink()
        for name, rows in self.rows.items():
            frame = pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
            if name.endswith(".parquet"):
                frame.with_columns(pl.col("timestamp").str.to_datetime(time_zone="UTC")).write_parquet(self.home / "events" / name)
            else:
                _put(self.home / "events" / name, frame.write_csv())

    def told(self, wanted: Iterable[str], *, store: bool, verify: bool = False) -> Any:
        """Every fact of the book, and all that is said beside it; or why it is refused."""
        definition = read(self.home / "d.yaml").definition
        reader = Reader(self.home, definition.timezone, Ledger(max_reject=9), verify, store=Store(self.home / FOLDER) if store else None)
        book = Book(definition, reader, self.as_of, frozenset(wanted), replayed=True, every_rule=True)
        try:
            with reader.kept():
                facts = _facts(book)
                notes = [*close(book), *unheard(book)]
                reader.finish()
        except Refused as refused:
            return [str(problem) for problem in refused.problems]
        entries = [(entry.input(), entry.counts()) for entry in reader.ledger.entries]
        return facts, notes, repr(entries), book.event_names, reader.ledger.warnings

    def shown(self, *, store: bool) -> Any:
        """Some tables of T and of a week before, and all that is said beside them; or why they are refused."""
        rooms = [catalog.rooms()[name] for name in ROOMS]
        asked = Asked(as_of=self.as_of, by=("plan",), max_reject=9, store=store, allow_empty=True)
        try:
            with replaying(read(self.home / "d.yaml"), rooms, asked) as at:
                frames = [at.rows(room, day) for room in rooms for day in (self.as_of - timedelta(7), self.as_of)]
        except Refused as refused:
            return [str(problem) for problem in refused.problems]
        return [(frame.schema, frame.rows()) for frame in frames], at.run.notes, repr([entry.counts() for entry in at.run.book.reader.ledger.entries])


def _facts(book: Book) -> dict[str, list[Any]]:
    folds = sorted({"usage", "daily", "firsts", "moments", "durations", "entities"} & {*book.wanted})
    found = {name: book.every(name) for name in folds if name in book._order(book.staff).outputs}
    found |= {name: book.every(name) for name in ("days", "people", "visits")} | {"seen": book.get("seen")}
    return {name: _whole(frame) for name, frame in found.items()}


def _whole(frame: pl.LazyFrame) -> list[Any]:
    """Added up, in one order."""
    names = frame.collect_schema().names()
    sums = [TIMES.get(name, pl.col(name).sum().alias(name)) for name in names if name in ("n", "value", *TIMES)]
    keys = [name for name in names if name not in ("n", "value", *TIMES)]
    whole = frame.group_by(keys).agg(sums).collect()
    there = whole.filter(pl.col("n") != 0) if "n" in names else whole
    return sorted(map(repr, there.select(pl.col(names).cast(pl.String)).rows()))


def _put(path: Path, text: str) -> None:
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")
