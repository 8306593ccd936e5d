"""What a table or a fact is made of, in letters: while these are the same, so is the table, and it is not worked out again.

They stand for the definition, T, what every list that its facts read can tell by T, the events of all files that begin
before T, and the code. A file that begins later holds nothing that was known at T.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import polars as pl

from saasmetrics.codeprint import of_all
from saasmetrics.definitions.fingerprint import letters
from saasmetrics.definitions.model import Definition
from saasmetrics.facts._by_then import subscriptions_then
from saasmetrics.facts._closure import closure
from saasmetrics.facts._digest import digest
from saasmetrics.facts._lists import LISTS
from saasmetrics.facts._shares import Shared, rows

if TYPE_CHECKING:
    from saasmetrics.facts._book import Book

SMALLER = 10  # events a row: so many that a large fact is worth keeping
STANDING = ("subscribed", "paying", "contract_state")  # facts of subscriptions that say nothing of what comes after T, nor do their letters


def once(book: Book, needs: Iterable[str], about: Any, make: Callable[[], pl.DataFrame], keep: bool = True) -> pl.DataFrame:
    """A table of a book, `about` whatever else it depends on: as an earlier run made it, where facts are kept and it is the same.
    Otherwise it is made, and kept for later runs if that is wished."""
    key, store = _key(book, needs, about), book.reader.store
    if key is None or store is None:
        return make()
    if found := store.found(key):
        return found.read()
    made = make()
    if keep:
        store.put(key, made, {"output": "results"})
    return made


def once_large(book: Book, needs: Iterable[str], about: Any, make: Callable[[], pl.LazyFrame | Shared]) -> Any:
    """The same for a fact that may be too large for memory: it is kept where it is much smaller than the events. To write it down takes
    time, and a run over many days, such as a report, leaves that to whoever asks for it next."""
    key, store = _key(book, needs, about), book.reader.store
    if key is None or store is None:
        return make()
    if found := store.found(key):
        return book.shares.aside(found.scan(), at_once=False)
    made = book.hold(make())
    number = rows(made).select(pl.len()).collect().item()
    if not book.replayed and number * SMALLER <= book.origin.events:
        store.sink(key, rows(made), number, {"output": "results"})
    return made


def lists(needs: Iterable[str], definition: Definition) -> list[str]:
    """Those that these facts are made of, in the order in which they are read: the same whatever is asked for first.

    Who counts as an account decides what the events tell, whether a table looks at accounts or not.
    """
    found = closure([*needs, "accounts"], definition)
    return [name for name in LISTS if name in found]


def told_by(needs: Iterable[str], definition: Definition) -> list[str]:
    """The lists on which these facts depend; of the subscriptions only what STANDING makes of them, where no more is asked."""
    found = closure([*needs, "accounts"], definition, STANDING)
    standing = found & {*STANDING} if "spans" not in found else set()
    return [*(name for name in LISTS if name in found), *sorted(standing)]


def _key(book: Book, needs: Iterable[str], about: Any) -> str | None:
    """Letters for all that a table depends on; None where that cannot be told, or nothing is kept."""
    if book.reader.store is None or (run := _run(book)) is None:
        return None
    return letters([repr(about), run, [(name, _list(book, name)) for name in told_by(needs, book.definition)]])


def _run(book: Book) -> str | None:
    """All that does not depend on the table; None where it cannot be told what the events are."""
    return _known(book, "the run", lambda: _letters(book))


def _letters(book: Book) -> str | None:
    events = book.origin.letters(book.clock)
    if events is None:
        return None
    known = [events, *book.staff], sorted(book.merged.items()), book.get("export_start"), book.get("users_named")
    return letters([known, [repr(book.clock), book.clock.now], book.definition.model_dump_json(), of_all(), pl.__version__])


def _list(book: Book, name: str) -> str | None:
    if name in STANDING:
        part = "who" if name == "subscribed" else "what"
        return _known(book, f"{part} by then", lambda: digest(subscriptions_then(book.get("spans"), part, book.clock)))
    return _known(book, name, lambda: None if (rows := book.told(name)) is None else digest(rows))


def _known(book: Book, what: str, tell: Callable[[], str | None]) -> str | None:
    if what not in book.letters:
        book.letters[what] = tell()
    return book.letters[what]
