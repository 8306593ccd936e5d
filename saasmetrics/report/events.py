"""The event by which an account came into a number or moved it, with its time."""

from __future__ import annotations

import polars as pl

from saasmetrics.catalog import HOME, Room
from saasmetrics.facts._book import Book
from saasmetrics.report.line import Behind, Rows

NEEDED = Room("report", "events", HOME, "", ("daily",), {})  # what a run has to be asked for
RISING = ("entered", "up", "joined the base")


def named(moves: Rows, behind: Behind, book: Book, since: int) -> dict[str, str]:
    """Account → the first event since that day where it rose, else the last of the weeks told; of a number that asks for first
    times, the last of these."""
    if behind.events is None or not moves:
        return {}
    numbers = {book.get("rules")[rule]: rule for rule in behind.events(book.definition)}
    mine = pl.col("account").cast(pl.String).is_in([move["account"] for move in moves])
    days = book.get("daily").filter(mine & pl.col("rule").is_in(list(numbers)) & (pl.col("n") > 0)).collect()
    if behind.once:
        firsts = days.group_by("account", "rule").agg(pl.col("first_at").min())
        return _told(firsts.sort("first_at", "rule", descending=True), "first_at", "last step", numbers, book)
    days = days.filter(pl.col("day") < book.clock.first_day(book.clock.last_complete("week") + 1, "week"))
    last = _told(days.sort("last_at", "rule", descending=True), "last_at", "last", numbers, book)
    first = _told(days.filter(pl.col("day") >= since).sort("first_at", "rule"), "first_at", "first", numbers, book)
    rising = {move["account"] for move in moves if move["what"] in RISING}
    return last | {account: text for account, text in first.items() if account in rising}


def added(moves: Rows, events: dict[str, str]) -> Rows:
    """The moves with their events, where there are any."""
    return [{**move, "because": "; ".join(filter(None, (move["because"], events.get(move["account"]))))} for move in moves]


def _told(rows: pl.DataFrame, at: str, how: str, numbers: dict[int, str], book: Book) -> dict[str, str]:
    """The first row of each account, in words."""
    local = pl.col(at).cast(pl.Datetime("us", "UTC")).dt.convert_time_zone(book.clock.zone).dt.strftime("%Y-%m-%d %H:%M")
    heads = rows.group_by("account", maintain_order=True).first().select(pl.col("account").cast(pl.String), "rule", local)
    return {account: f"{how}: {numbers[rule]} on {time}" for account, rule, time in heads.iter_rows()}
