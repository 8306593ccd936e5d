"""What a reader of the tables ought to know about the data they stand on: who was left out, what never occurred."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from saasmetrics.clock import DAY, date_of
from saasmetrics.definitions.model import Definition
from saasmetrics.facts._book import Book
from saasmetrics.facts._closure import closure
from saasmetrics.facts._doubts import doubt
from saasmetrics.facts._where import ours
from saasmetrics.facts.accounts.accounts import own_accounts, segments
from saasmetrics.facts.accounts.subscribed import begun
from saasmetrics.messages import counted, did_you_mean
from saasmetrics.sources.ledger import Entry

CHANGING = {"people": ("members", "roles and teams of users"), "allowances": ("limits", "limits of plans"), "listed": ("accounts", "segments of accounts")}


def close(book: Book) -> list[str]:
    """Complete the ledger with what was left out for its account; what a reader of the tables ought to know."""
    kept = book.get("accounts").collect()
    inside = _internal_accounts(book)
    lost = 0
    for entry, own, strange in _left_out(book, kept, inside):
        entry.filter("internal account", own)
        entry.filter("not in the accounts table", strange)
        lost += strange
    doubt(book)
    return _silence(book) + (undated(book) if _past(book) else []) + _apart(book) + _costs_apart(book) + [text for text, rows in _oddities(book, kept, inside, lost) if rows]


def _left_out(book: Book, kept: pl.DataFrame, inside: pl.DataFrame) -> Iterator[tuple[Entry, int, int]]:
    """Each file's rows of accounts that do not count: of internal ones, and of others."""
    own = pl.col("n").filter(pl.col("account").is_in(inside["account"].implode())).sum()
    outside = book.seen_by_file.join(kept, on="account", how="anti").group_by("place").agg(own=own, n=pl.col("n").sum())
    for place, inner, n in outside.iter_rows():
        yield book.origin.entries[place], inner, n - inner


def _silence(book: Book) -> list[str]:
    """Days before T of which the events say nothing: perhaps nothing happened, perhaps the export ends there."""
    spans, clock = book.origin.spans, book.clock
    if not spans:
        return []
    first, last = (clock.local_day(time) for time in (min(low for low, _ in spans), max(high for _, high in spans)))
    if first >= clock.day:
        return [f"the first event is of {date_of(first)}: at T nothing had happened yet"]
    quiet = clock.day - last - 1
    told = f"the last event is of {date_of(last)}: the {quiet} days between it and T were quiet, or are missing from the export"
    return [told] if quiet > max(1, clock.late_after // DAY) else []


def _past(book: Book) -> bool:
    """Whether events are known of days after T: the last day of all is never over."""
    return any(book.clock.local_day(high) > book.clock.day for _, high in book.origin.spans)


def undated(book: Book) -> list[str]:
    """What changes in time, but is told by lists without a history."""
    asked = closure(book.wanted, book.definition)
    lists = [(what, book.get(name)) for name, (fact, what) in CHANGING.items() if fact in asked and (name != "listed" or segments(book.definition))]
    told = [what for what, rows in lists if rows is not None and "valid_from" not in rows.collect_schema()]
    return [f"{', '.join(told)}: as the files tell them, not as of an earlier day (a column valid_from would give them a history)"] if told else []


def _apart(book: Book) -> list[str]:
    """Amounts of several currencies that no rates make one."""
    if "ledger" not in closure(book.wanted, book.definition):
        return []
    names = book.get("ledger").select(pl.col("currency").fill_null("no currency")).unique().sort("currency").collect()["currency"]
    rated = book.get("quoted") is not None and book.definition.revenue.currency
    why = "sources.rates lacks a rate of some, in a month from the first on in which they are paid" if rated else "sources.rates with revenue.currency would add them"
    told = f"amounts in {', '.join(names)} stand apart, each in rows of its own ({why})"
    return [told] if len(names) > 1 else []


def _costs_apart(book: Book) -> list[str]:
    """Costs in a currency in which no revenue is, and which no rate converts."""
    if "spending" not in closure(book.wanted, book.definition):
        return []
    earned = book.get("ledger").select("currency").unique()
    apart = book.get("spending").join(earned, on="currency", how="anti", nulls_equal=True).group_by("currency").agg(pl.col("month_day").min()).sort("currency")
    told = "costs in {} are of no use, and what those months cost is unknown: no revenue is in it, and it has no rate (sources.rates, with revenue.currency) in every month from {} on"
    return [told.format(name or "no currency", date_of(first)) for name, first in apart.collect().rows()]


def unmatched(book: Book) -> list[tuple[str, tuple[str, ...]]]:
    """Rules of activation and of core workflows whose event never occurs, each with the place that names the event."""
    d = book.definition
    places: dict[str, tuple[str, ...]] = {
        w.success: ("workflows", name, "success") for name, w in d.workflows.items() if name in d.core_workflows()
    }
    places |= {step.rule: ("activation", "steps", name, "rule") for name, step in d.steps().items() if step.required}
    silent = [rule for rule in places if rule in book.rules and book.rules.index(rule) not in book.heard]
    names = book.event_names if silent else {}
    gone = [rule for rule in silent if not any(names.get(event) for event in d.rule(rule).event)]
    return [(_unmatched_text(rule, d, names), ("rules", rule, "event") if rule in d.rules else places[rule]) for rule in gone]


def unheard(book: Book) -> list[str]:
    """Other rules that the tables use and that match no row: worth a warning."""
    d = book.definition
    whole = closure(book.wanted, d) & {"usage", "daily", "firsts"}  # the other outputs of the fold hold some rules only
    silent = [rule for at, rule in enumerate(book.rules) if at not in book.heard] if whole else []
    names = book.event_names if silent else {}
    rows = {rule: sum(names.get(event, 0) for event in d.rule(rule).event) for rule in silent}
    never = [_unmatched_text(rule, d, names) for rule, n in rows.items() if not n]
    return never + [f"rule '{rule}' holds for none of the {counted(n, 'row')} of its event" for rule, n in rows.items() if n and d.rule(rule).where]


def _internal_accounts(book: Book) -> pl.DataFrame:
    listed = book.get("listed")
    found = own_accounts(listed, book.definition, book.clock) if listed is not None else book.get("seen").filter(ours(book.definition, "accounts"))
    inside: pl.DataFrame = found.select(pl.col("account").cast(pl.Categorical)).collect()
    return inside


def _oddities(book: Book, kept: pl.DataFrame, inside: pl.DataFrame, lost: int) -> list[tuple[str, int]]:
    listed = book.get("listed") is not None
    strange = kept.filter(~pl.col("listed"), pl.col("created_at").is_not_null()).height if listed else 0
    silent = kept.filter(~pl.col("listed"), pl.col("created_at").is_null()).height
    backdated, undated = int(kept["backdated"].sum()), kept["created_at"].null_count()
    older = int(kept["left_truncated"].sum()) - undated
    unpaid, untold = _outside(book, "spans", kept, inside), _outside(book, "raised", kept, inside)
    return [
        (f"{counted(inside.height, 'internal account')} and {counted(len(book.staff), 'internal user')} left out", inside.height + len(book.staff)),
        (f"{counted(len(book.merged), 'merged account')} counted as part of another (sources.merges)", len(book.merged)),
        (f"{counted(strange, 'account')} with events but no row in the accounts table: counted from the first event", strange),
        (f"{counted(silent, 'account')} with a subscription, but neither an event nor a row in the accounts table: counted, of unknown age", silent),
        (f"{counted(lost, 'row')} of accounts that are not in the accounts table left out", lost),
        (f"{counted(unpaid, 'subscription')} of accounts that are not in the accounts table left out: what they pay is in no amount", unpaid),
        (f"{counted(untold, 'ticket')} of accounts with neither an event nor a row in the accounts table left out", untold),
        (f"{counted(backdated, 'account')} with events before the listed creation: counted from the first event", backdated),
        (f"{counted(older, 'account')} older than the export: what came first is unknown", older),
        (f"{counted(undated - silent, 'account')} with neither a date of creation nor an event", undated - silent),
    ]


def _outside(book: Book, name: str, kept: pl.DataFrame, inside: pl.DataFrame) -> int:
    """Rows of a list that the tables asked for, from before T, of accounts that do not count and are not our own."""
    rows = book.get(name) if name in closure(book.wanted, book.definition) else None
    if rows is None:
        return 0
    listed = book.get("listed")
    early = begun(rows, book.clock) if name == "spans" else rows
    named: pl.DataFrame = early.select(pl.col("account").cast(pl.Categorical)).collect()
    known = [kept, inside, *([listed.collect()] if listed is not None else ())]
    for accounts in known:
        named = named.join(accounts.select(pl.col("account").cast(pl.Categorical)), on="account", how="anti")
    return named.height


def _unmatched_text(rule: str, definition: Definition, names: dict[str, int]) -> str:
    events_ = definition.rule(rule).event
    hint = next((did_you_mean(event, names) for event in events_ if did_you_mean(event, names)), "")
    listed = ", ".join(f"'{event}'" for event in events_)
    near = next((f" ({counted(names[name], 'row')})" for name in names if f"'{name}'" in hint), "")
    return f"event {listed} occurs in none of the {counted(sum(names.values()), 'row')}{hint}{near}"
