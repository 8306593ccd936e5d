"""`check --data`: the rules that look into the data, too, and whatever is wrong with the data themselves."""

from __future__ import annotations

from datetime import date

from saasmetrics import catalog
from saasmetrics.definitions.read import Loaded
from saasmetrics.engines import database
from saasmetrics.facts._book import Book
from saasmetrics.facts._doubts import doubt
from saasmetrics.facts._lists import LISTS
from saasmetrics.lint import Linted, facts_of, lint
from saasmetrics.messages import Problem, Refused
from saasmetrics.sources.lateness import of_source
from saasmetrics.sources.ledger import Ledger
from saasmetrics.sources.reading import Reader
from saasmetrics.store import FOLDER, Store


def check_data(loaded: Loaded, today: date, store: bool = True) -> Linted:
    """Reads all sources. What refuses them is among the findings, beside what the file alone shows."""
    ledger = Ledger()
    needs = frozenset(need for check in catalog.checks().values() for need in facts_of(check))
    reader = Reader(loaded.path.parent, loaded.definition.timezone, ledger, store=Store(loaded.path.parent / FOLDER) if store else None)
    try:
        with reader.kept(), database(loaded) as origin:
            book = Book(loaded.definition, reader, None, needs, every_rule=True, database=origin)
            for source in LISTS:
                book.get(source)
            doubt(book)
            reader.say_twins()
            found = lint(loaded, today, book, {"names": book.event_names, "lateness": of_source(reader, loaded.definition.sources.events)})
    except Refused as refused:
        found = lint(loaded, today)
        return found._replace(problems=tuple(dict.fromkeys((*ledger.warnings, *refused.problems, *found.problems))))
    return found._replace(problems=(*_empty(book), *ledger.warnings, *found.problems))


def _empty(book: Book) -> list[Problem]:
    """That there are no events at all is the reason for most else that is found."""
    entries = book.origin.entries
    return [] if sum(entry.rows_read for entry in entries) else [Problem("SM315", "no rows in the event files", entries[0].path if len(entries) == 1 else None)]
