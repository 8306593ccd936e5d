"""`account`: one page on one account. How it stands at T and stood on an earlier day, the way to first value, its work against its
cadence, its people, its money, its tickets, every score with its reasons, the smallest change that would leave each band, and the
events behind what changed.

The smallest change is exact: the fewest signals that, turned, put the score into the next band; of equally many those with the
fewest points. What the data cannot judge stays as it is. Where bands are followed from week to week (health always is, churn
risk with churn_risk.weeks) a better band asks for `margin` points beyond its border, and for `settle` weeks.

## Covers
J11
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from difflib import get_close_matches
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from saasmetrics.catalog import Column
from saasmetrics.commands.config import load
from saasmetrics.commands.reading import reading
from saasmetrics.messages import refuse, report

if TYPE_CHECKING:
    from saasmetrics.definitions.read import Loaded
    from saasmetrics.tables import Asked, Table

NEAR = 3
ON_SCREEN = 16
SHORT: dict[str, list[str]] = {
    "profile": ["about", "now", "then"], "scores": ["signal", "score", "points", "then", "evidence"], "activation": ["step", "required", "at"],
    "work": ["workflow", "cadence", "state", "weekly", "tier", "last"],
    "people": ["user", "role", "state", "n", "last"], "money": ["day", "currency", "before", "after", "through"], "tickets": ["opened", "workflow", "category", "blocking", "resolved"],
}  # fmt: skip
PLACE = Column("position", "key", "order")
TABLES: dict[str, tuple[str, tuple[Column, ...]]] = {
    "profile": ("How does it stand, and how did it stand then?", (PLACE, Column("about", "label", "what"), Column("now", "text", "at T; empty: unknown, or none"), Column("then", "text", "on the earlier day; empty: unknown, none, or not created yet"), Column("changed", "flag", "the two differ"))),
    "leaving": ("What is the smallest change that would take it out of its band?", (Column("score", "key", "the score"), Column("way", "key", "to a better or to a worse band"), Column("points", "score", "points now"), Column("band", "label", "band now; of expansion by its points alone"), Column("change", "list", "the signals that would have to turn"), Column("then_points", "score", "points then"), Column("then_band", "label", "the band of these points"))),
    "scores": ("What is each score made of?", (Column("score", "key", "the score"), PLACE, Column("signal", "label", "its name in the definition"), Column("state", "label", "fired or quiet, of health met, partly or not met; insufficient: too little use to tell; unknown: the input is missing"), Column("points", "score", "what it adds; they add up to the score; empty: signs of readiness to buy have no points"), Column("then", "score", "what it added on the earlier day: the differences add up to the change of the score; empty: not judged then"), Column("evidence", "text", "the numbers"), Column("why", "text", "what it means"))),
    "changes": ("Which events changed since that day?", (Column("event", "key", "a rule or event of the definition that the tables of this page count"), Column("since", "count", "how often since that day"), Column("before", "count", "how often in as many days before it"), Column("last", "date", "the last day with one"))),
    "work": ("What work does it do, against its cadence?", (Column("workflow", "key", "the workflow"), Column("core", "flag", "a core one"), Column("cadence", "label", "how often the work comes up"), Column("state", "label", "steady, irregular, broken, stopped, returned, too young, never, left, unknown: as in value statement, by how regularly it is done; falling: by how much, as declining_workflow of churn risk says"), Column("weekly", "list", "successes in each of the last 12 blocks of 7 days, oldest first"), Column("tier", "label", "the deepest tier reached"), Column("reached", "time", "when it was reached"), Column("last", "date", "the last day with a success"))),
    "activation": ("How did it get to first value?", (PLACE, Column("step", "label", "the step"), Column("kind", "label", "setup, entity, workflow, invite, integration, import"), Column("required", "flag", "needed to be activated"), Column("at", "time", "when it was first done; empty: not yet, or before the export"))),
    "people": ("Who does the work?", (PLACE, Column("user", "label", "the person"), Column("role", "label", "the role"), Column("admin", "flag", "an administrator"), Column("state", "label", "active: core successes in the last 28 days; quiet: none of late; never at work; left"), Column("n", "count", "core successes in the last 28 days"), Column("last", "date", "the last day with a success of any workflow"))),
    "money": ("When did its MRR change, and through what?", (PLACE, Column("day", "date", "the day"), Column("currency", "label", "as written"), Column("before", "money", "until then"), Column("after", "money", "from then on"), Column("through", "text", "new, reactivation, churn: it began, began again or ceased to pay; else what changed; empty: on balance nothing"))),
    "tickets": ("What did it ask for last?", (PLACE, Column("opened", "time", "when"), Column("ticket", "label", "its id"), Column("workflow", "label", "what it is about"), Column("category", "label", "what kind of trouble"), Column("blocking", "flag", "work stood still"), Column("resolved", "time", "when it was solved; empty: not yet, or not said"))),
}  # fmt: skip


def account(
    *, ident: str, since: str | None, config: Path | None, as_of: str | None, limit: int | None, format: str | None, output: str | None, raw: bool, color: Any,
    max_reject: int, strict: bool, allow_empty: bool, allow_remote: bool, verify: bool, store: bool, quiet: bool, verbose: bool,
) -> None:  # fmt: skip
    """Read once, print the page."""
    from saasmetrics.commands.days import day
    from saasmetrics.commands.measure import deliver, format_for
    from saasmetrics.tables import Asked

    loaded, fmt = load(config, allow_remote=allow_remote, verbose=verbose), format_for(format, output)
    progress = not quiet and (verbose or bool(sys.stderr and sys.stderr.isatty()))
    asked = Asked(day("--as-of", as_of), max_reject=max_reject, strict=strict, allow_empty=allow_empty, verify=verify, store=store, progress=progress)
    tables, warnings = page(loaded, ident, day("--since", since), asked)
    if not quiet:
        report((*loaded.warnings, *warnings))
    screen = fmt == "table"
    deliver([brief(table) for table in tables] if screen else tables, fmt, output, ON_SCREEN if screen and limit is None else limit, raw, color, quiet)


def brief(table: Table) -> Table:
    """What fits on a screen: no numbers of places, the earlier day only where it differs, of the signals those that tell."""
    import polars as pl

    names = SHORT.get(table.name.removeprefix("account."))
    if names is None:
        return table
    frame = table.frame
    if "changed" in frame.columns:
        frame = frame.with_columns(then=pl.when("changed").then(pl.col("then").fill_null("unknown")).otherwise(pl.lit("the same")))
    if "evidence" in names:
        frame = frame.filter(~pl.col("state").is_in(["quiet", "insufficient", "unknown"]) | (pl.col("points") != pl.col("then")))
    declared = {column.name: column for column in table.columns}
    columns = tuple(Column(name, "key" if at == 0 else "label" if declared[name].unit == "key" else declared[name].unit, declared[name].meaning) for at, name in enumerate(names))
    return replace(table, columns=columns, frame=frame.select(names))


def page(loaded: Loaded, ident: str, since: date | None, asked: Asked) -> tuple[list[Table], tuple[Any, ...]]:
    """The tables that have rows, and what was odd about the data. Without `since` the earlier day is a week before T."""
    from saasmetrics.account import page as pages
    from saasmetrics.account import scores
    from saasmetrics.facts._replay import replayed

    with reading(loaded, "account", pages.FACTS, asked) as run:
        now = run.book
        _known(ident, pages.names(now))
        begins = since or now.clock.as_of - timedelta(days=7)
        if begins >= now.clock.as_of:
            refuse("SM130", f"--since {begins} is not before {now.clock.as_of}, the day as of which is counted")
        then = replayed(now, begins)
        rows = {
            "profile": pages.profile(now, then, ident), "scores": scores.reasons(now, then, ident), "leaving": scores.exits(now, ident), "changes": pages.events(now, ident, begins),
            "work": pages.work(now, ident), "activation": pages.steps(now, ident), "people": _numbered(pages.people(now, ident)),
            "money": _numbered(pages.money(now, ident)), "tickets": pages.tickets(now, ident),
        }  # fmt: skip
        rows["leaving"] = [(score, way, points, band, *rest) for score, points, band, way, *rest in rows["leaving"]]
    evidence = f"the events behind its risk: saasmetrics explain churn-risk.accounts --account {quote(ident)}"
    notes = [f"account {ident}; the earlier day is {begins}", evidence, *run.notes]
    return [_table(name, loaded, run.book, found, notes) for name, found in rows.items() if found], tuple(run.book.reader.ledger.warnings)


def _numbered(rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [(at, *row) for at, row in enumerate(rows, 1)]


def _known(ident: str, names: Sequence[str]) -> None:
    """An id that nobody has is a slip of the pen: those near to it are named."""
    if ident in names:
        return
    folded = {name.casefold().lstrip("0"): name for name in names}
    near = [folded[ident.casefold().lstrip("0")]] if ident.casefold().lstrip("0") in folded else []
    near += [name for name in names if ident and name.startswith(ident)][:NEAR]
    near += get_close_matches(ident, names, n=NEAR, cutoff=0.6)
    meant = ", ".join(f"'{name}'" for name in list(dict.fromkeys(near))[:NEAR])
    refuse("SM132", f"there is no account '{ident}' among {len(names)}" + (f" — did you mean {meant}?" if meant else ""))


def _table(name: str, loaded: Loaded, book: Any, rows: Sequence[tuple[Any, ...]], notes: Sequence[str]) -> Table:
    import polars as pl

    from saasmetrics.tables import Table, meta

    title, columns = TABLES[name]
    kinds: dict[str, Any] = {"count": pl.Int64, "score": pl.Int64, "number": pl.Int64, "flag": pl.Boolean, "date": pl.Date, "time": pl.Int64, "money": pl.Decimal(38, 2)}
    lists: dict[str, Any] = {"weekly": pl.List(pl.Int64), "change": pl.List(pl.String), "position": pl.Int64}
    schema: dict[str, Any] = {column.name: lists.get(column.name) or kinds.get(column.unit, pl.String) for column in columns}
    frame = pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col(c.name).cast(pl.Datetime("us", "UTC")) for c in columns if c.unit == "time")
    return Table(f"account.{name}", title, columns, frame, meta=meta(loaded, book, notes))
