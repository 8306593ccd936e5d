"""What of the data makes the first day, the last day or the name of an account doubtful: said aloud, refused by --strict."""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import DAY, date_of
from saasmetrics.facts._book import Book
from saasmetrics.facts._closure import closure
from saasmetrics.facts._lists import LISTS
from saasmetrics.messages import counted
from saasmetrics.sources import doubts

FAR = 90  # days without any event, of a product that is used
YEAR = 365  # days by which one account may well be the first of all
NAMED = ("listed", "spans", "people", "raised")  # the lists whose rows name accounts


def doubt(book: Book) -> None:
    """What neither a file nor a row shows alone."""
    _alone(book)
    _early(book)
    _names(book)
    _near(book)
    for column in sorted({told.value for told in book.definition.workflows.values() if told.value}):
        doubts.say_pointed(column, book.origin.entries, book.reader)


def _alone(book: Book) -> None:
    """A last day far from all others decides T, and makes every account silent: one clock that went wrong is enough."""
    last = None if book.as_of else book.get("seen").select(pl.col("last_at").max()).collect().item()
    hole = book.clock.day - 1 - book.clock.local_day(last) if last is not None else 0
    if hole > FAR:
        told = f"T is {book.clock.as_of}, the day of the last event; nothing happened in the {hole} days before it. Was a clock wrong? --as-of says another T"
        book.reader.ledger.warn("SM321", told)


def _early(book: Book) -> None:
    """A first day long before all others: what accounts did first would seem to have been seen."""
    seen = book.get("seen").select(pl.col("account").cast(pl.String), "first_at").sort("first_at", "account").head(2).collect().rows()
    if len(seen) == 2 and (seen[1][1] - seen[0][1]) // DAY > YEAR:
        account, days = seen[0][0], [date_of(book.clock.local_day(time)) for _, time in seen]
        told = f"the first event is of {days[0]}, by account '{account}'; no other account has one before {days[1]}. Was a clock wrong? What accounts did first counts as seen from the first event on"
        book.reader.ledger.warn("SM321", told)


def _names(book: Book) -> None:
    """Ids in what has no lines, which would have told of them: Parquet, tables of a database."""
    entries = book.origin.entries
    unread = book.seen_by_file.filter(pl.col("place").is_in([place for place, entry in enumerate(entries) if not entry.lined]))
    for what, names in doubts.of(unread["account"].unique().cast(pl.String)).items():
        name = names.sort()[0]
        first = unread.filter(pl.col("account").cast(pl.String) == name)["place"].min()
        book.reader.ledger.warn("SM321", f"account '{name}': {what}{doubts.more(names)}", entries[int(str(first))].path)


def _near(book: Book) -> None:
    """Accounts that are nearly those of the accounts table; without one, nearly those of the events."""
    asked = closure(book.wanted, book.definition)
    lists = {LISTS[name]: book.get(name) for name in NAMED if name in asked}
    told = {what: _ids(rows) for what, rows in {"events": book.get("seen"), **lists}.items() if rows is not None}
    base = "accounts" if "accounts" in told else "events"
    for what, ids in told.items():
        strange = ids.join(told[base], on="account", how="anti")
        same = strange.cast(pl.String).join(told[base].cast(pl.String), on=_alike(), suffix="_there") if strange.height else strange
        for one, other in same.sort(pl.all()).head(1).iter_rows():
            count = same["account"].n_unique()
            book.reader.ledger.warn("SM321", f"account '{one}' of the {what} is not among the {base}, where '{other}' is: the same? ({counted(count, 'id')} like this)")


def _ids(rows: pl.LazyFrame) -> pl.DataFrame:
    """The accounts, each once."""
    return rows.select(pl.col("account").cast(pl.Categorical)).unique().collect()


def _alike() -> pl.Expr:
    """What is left of an id without what a spreadsheet or a data frame would take away or add."""
    return pl.col("account").str.strip_chars().str.to_lowercase().str.strip_chars_start("0").str.replace(r"\.0+$", "")
