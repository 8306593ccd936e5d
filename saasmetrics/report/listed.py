"""The accounts that the report names, each with why it is named, its numbers and its last events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from saasmetrics.clock import date_of
from saasmetrics.facts._book import Book
from saasmetrics.messages import counted
from saasmetrics.outputs.cells import civil, number, share
from saasmetrics.report.line import Rows

LAST = 6  # kinds of events
Get = Callable[[str], pl.DataFrame]
About = Callable[[Mapping[str, Any]], str | None]


def _scored(row: Mapping[str, Any], score: str) -> str | None:
    if row[score] is None:
        return row["band"]  # type: ignore[no-any-return]
    return f"{row['band']}, {row[score]} points" + (f" ({', '.join(row['contributions'])}): {row['evidence']}" if row["contributions"] else "")


def _weekly(values: Sequence[int | None]) -> str:
    return " ".join("·" if value is None else str(value) for value in values)


def _activation(row: Mapping[str, Any]) -> str:
    done = f"{row['state']}, {row['done']} of {row['required']} steps"
    return f"{done} on {row['activated_at']:%Y-%m-%d}" if row["activated_at"] else done + (f", waits at {row['stuck_at']}" if row["stuck_at"] else "")


def _people(row: Mapping[str, Any]) -> str | None:
    """Nothing where the events name nobody."""
    seats = "an unknown number of" if row["seats"] is None else row["seats"]
    return f"{row['active_users']} of {seats} paid seats" if row["active_users"] is not None else None


ABOUT: tuple[tuple[str, str, About], ...] = (
    ("churn risk", "churn_risk.accounts", lambda row: _scored(row, "score")),
    ("expansion", "expansion.accounts", lambda row: _scored(row, "readiness")),
    ("core work, 30 days", "engagement.trend", lambda row: f"{row['n']}, {row['n_before']} before: {row['state']}" + (f" ({share(row['trend'])})" if row["trend"] is not None else "")),
    ("core work by week", "engagement.trend", lambda row: _weekly(row["weekly"])),
    ("people at work", "expansion.accounts", _people),
    ("depth", "expansion.accounts", lambda row: row["tiers"]),
    ("money", "expansion.accounts", lambda row: f"{number(row['mrr'], 'money')} {row['currency'] or ''} a month" if row["mrr"] is not None else None),
    ("renewal", "churn_risk.accounts", lambda row: f"in {counted(row['renews_in'], 'day')}" if row["renews_in"] is not None else None),
    ("first value", "activation.accounts", _activation),
)


def listed(named: Mapping[str, Sequence[str]], get: Get, book: Book) -> Rows:
    """account → why it is named; account, position, about and what is told of it."""
    tables = {table: _rows(civil(get(table), book.clock.zone), named) for table in dict.fromkeys(table for _, table, _ in ABOUT)}
    events = _events(book, list(named))
    found = []
    for account, why in named.items():
        told = [("named for", "; ".join(why)), *_told(account, tables), ("last events", events.get(account))]
        found += [{"account": account, "about": about, "told": text} for about, text in told if text]
    return found


def _rows(table: pl.DataFrame, named: Iterable[str]) -> dict[str, dict[str, Any]]:
    return {row["account"]: row for row in table.filter(pl.col("account").is_in([*named])).iter_rows(named=True)} if len(table) else {}


def _told(account: str, tables: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Iterator[tuple[str, str | None]]:
    for about, table, tell in ABOUT:
        row = tables[table].get(account)
        yield about, tell(row) if row else None


def _events(book: Book, accounts: Sequence[str]) -> dict[str, str]:
    """What each account did last, of all that the report counts."""
    names = {place: rule for rule, place in book.get("rules").items()}
    mine = book.get("daily").filter(pl.col("account").cast(pl.String).is_in(accounts) & (pl.col("n") > 0)).group_by(pl.col("account").cast(pl.String), "rule")
    last = mine.agg(pl.col("day").max()).sort(["account", "day", "rule"], descending=[False, True, False]).group_by("account", maintain_order=True).head(LAST).collect()
    told: dict[str, list[str]] = {}
    for account, rule, day in last.select("account", "rule", "day").iter_rows():
        told.setdefault(account, []).append(f"{names[rule]} {date_of(day)}")
    return {account: ", ".join(parts) for account, parts in told.items()}
