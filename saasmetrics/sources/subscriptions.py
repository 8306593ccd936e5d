"""The subscriptions: what an account pays, from its first day to the first day no longer covered (null: open).

Grain: one span, whatever the shape of the export. Columns: account, start, end, renews, cancelled (local day numbers), mrr
(ten-thousandths), currency (in capitals), seats, plan, kind (recurring, usage, module), months (of a term).
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.revenue import Revenue
from saasmetrics.definitions.sources import Subscriptions
from saasmetrics.messages import counted
from saasmetrics.sources import contradictions, shapes
from saasmetrics.sources.amounts import amounts
from saasmetrics.sources.columns import present
from saasmetrics.sources.numbers import plain, scaled, whole
from saasmetrics.sources.reading import Reader
from saasmetrics.sources.recurring import kinds, monthly, months
from saasmetrics.sources.rows import Rows, leave_out
from saasmetrics.sources.rows import read as read_rows

TIMES = ["start", "end", "renews", "cancelled"]
A_FEW = 3  # ends may look so by chance
LASTING = (pl.col("end") > pl.col("start")).fill_null(True)  # of a day at least; without an end it goes on


def read(reader: Reader, source: Subscriptions, told: Revenue, clock: Clock) -> pl.DataFrame:
    """All spans. What is no recurring revenue is left out and counted; overlapping spans add up, and are counted."""
    spans = _spans(reader.once(f"subscriptions that count by {told!r}", lambda: _counted(reader, source, told)), source, clock, reader)
    reader.once("overlaps of subscriptions", lambda: _say_overlaps(spans.frame, reader))
    reader.once("ends of subscriptions", lambda: _say_covered_ends(spans.frame, reader))
    return spans.frame.select("account", *TIMES, "mrr", "currency", "seats", "plan", "kind", "months")


def _say_unread(rows: Rows, source: Subscriptions, reader: Reader) -> None:
    """A column that may say who pays, and one that may say what the amounts are for, where nothing says that they are monthly already."""
    amount = source.mapping["mrr"]
    for entry in rows.entries:
        if state := entry.unread.get("kind"):
            told = f"a column '{state}' is not read: who is on trial, paused or gone without an end date counts as paying"
            reader.ledger.warn("SM321", f"{told}; declare it as `kind` if it says that", entry.path, entry.head)
        name = entry.unread.get("interval")
        if name and "mrr" not in amount.lower() and "month" not in amount.lower():
            told = f"'{amount}' is taken as the amount of one month, though a column '{name}' stands beside it"
            reader.ledger.warn("SM321", f"{told}: declare it as `interval` if it says what the amount is for, as `term` if only how long a term is", entry.path, entry.head)


def _counted(reader: Reader, source: Subscriptions, told: Revenue) -> Rows:
    """What counts for revenue, each row by its amount of one month."""
    rows = read_rows(reader, source, "subscriptions", [], TIMES, ["account"])
    _say_unread(rows, source, reader)
    dated = leave_out(rows, pl.col("start").is_null(), "without start", "SM320", "no start date", reader)
    signed, decimal = source.shape == "movements", source.decimal
    once = contradictions.once_each(kinds(dated, told, reader), reader, again=signed)
    amounts(once, "mrr", scaled(plain(pl.col("mrr"), decimal)), "amount", reader, signed=signed)
    amounts(once, "discount", scaled(plain(pl.col("discount"), decimal)), "discount", reader, optional=True)
    amounts(once, "seats", whole(plain(pl.col("seats"), decimal)), "seats", reader, optional=True)
    paid = contradictions.overdiscounted(once, reader) if told.discounts == "subtract" and not signed else once
    written = pl.col("currency").str.strip_chars().str.to_uppercase()
    named = paid.frame.with_columns(currency=pl.when(present(pl.col("currency"))).then(written).otherwise(pl.lit(told.currency, pl.String)))
    sized = months(months(Rows(named, paid.entries), "interval", source, reader), "term", source, reader)
    return monthly(sized, source, told)


def _spans(rows: Rows, source: Subscriptions, clock: Clock, reader: Reader) -> Rows:
    """The rows as spans of local days."""
    sound = contradictions.of_dates(rows, source, clock, reader) if source.shape == "spans" else rows
    days = Rows(sound.frame.with_columns(clock.day_of(pl.col(name)).alias(name) for name in TIMES), rows.entries)
    if source.shape == "movements":
        return shapes.movements(days, clock, reader)
    if source.shape == "snapshots":
        return shapes.snapshots(days, clock)
    return Rows(days.frame.with_columns(pl.col("end") + int(source.covers_end)), rows.entries)


def _say_overlaps(spans: pl.DataFrame, reader: Reader) -> None:
    """Of the same plan, or of none: a module beside a plan is no overlap."""
    ordered = spans.filter(LASTING).sort("account", "start", "end", nulls_last=True)
    reach = pl.col("end").fill_null(2**30).cum_max().shift(1).over("account", "plan", "kind")
    overlaps = ordered.filter(pl.col("start") < reach)["account"].n_unique()
    if overlaps:
        reader.ledger.warn("SM321", f"{counted(overlaps, 'account')} with subscriptions that overlap: the amounts are added")


def _say_covered_ends(spans: pl.DataFrame, reader: Reader) -> None:
    """Most ends stand just before the next subscription, or before whole months are over: they may be the last day covered."""
    begins = spans.select("account", end="start", begins=pl.lit(True)).unique()
    ended = spans.filter(pl.col("end").is_not_null())
    after = ended.join(begins, on=["account", "end"], how="anti").with_columns(pl.col("end") + 1).join(begins, on=["account", "end"], how="left")
    whole = pl.col("end").cast(pl.Date).dt.day() == pl.col("start").cast(pl.Date).dt.day()
    found = after.filter(pl.col("begins").fill_null(False) | whole).height
    if found >= A_FEW and 2 * found > ended.height:
        told = f"{found} of {counted(ended.height, 'end date')} of subscriptions look like the last day covered, and count as the first one that is not"
        reader.ledger.warn("SM321", f"{told}: if they are the last, declare `covers_end: true`; else customers seem to leave a day early, or for a day")
