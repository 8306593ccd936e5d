"""`backtest`: what the scores were worth. Each is replayed as of the first days of past months, from one reading of the inputs, and
held against what became of the accounts within the horizon.

A look is one account on one of these days. Looks without a score, and days whose horizon is not over, are not counted but told.
The outcome of churn risk and of health is churn: an account that pays stops paying. Where no subscriptions are declared it is
silence: an account that was at work does none of its core workflows for journey.silent_periods periods. That of expansion is more MRR, of accounts that pay; that of qualification a first payment, of
accounts that never paid. Intervals leave out one account after the other (jackknife): the looks at one account are no independent
evidence. Beside the score stand two naive ways to choose as many accounts: those that have been silent for the most days (without
any event), and chance. The highest share is chosen day by day, to the nearest whole account and at least one; equals at its border count in
part. The horizon begins with the day itself. A band is that of the day's points alone: coverage, weeks before and risk hold nothing back.

How early a signal is: the days from the first look at which it fired to what it foretells (Kaplan–Meier; for whom it has not come
yet counts until the data end), each account once. It may have fired up to a month before that look, so the true lead is as much as a
month longer. Who was found firing on the first day of all began to before, and is left out.

What is known at T only is known on the past days too: who is internal, mergers, and changes of dates of subscriptions; also roles
and teams of users, limits and segments, where their tables have no history (valid_from): a note says so. Nothing that happened
after a day counts for its score.

## Covers
T03
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from saasmetrics.catalog import Column
from saasmetrics.commands.config import load
from saasmetrics.commands.reading import reading
from saasmetrics.messages import refuse, report

if TYPE_CHECKING:
    from saasmetrics.backtest.kinds import Kind
    from saasmetrics.backtest.observing import Observed
    from saasmetrics.definitions.read import Loaded
    from saasmetrics.facts._book import Book
    from saasmetrics.tables import Asked, Table

LOOK = "accounts on one of the days replayed"
ESTIMATE = "95 % interval; empty: too few to tell"
REACHES = "95 % interval (log–log); empty: not known to come to so many"
WORTH = (
    Column("score", "key", "the score"), Column("position", "key", "order"), Column("foretells", "label", "the outcome it ought to foretell"),
    Column("chosen_by", "label", "how the accounts to act on are chosen: by the band that asks for action; the share with the highest scores; as many that were silent longest; as many by chance"),
    Column("verdict", "label", "better than both (chance, and days of silence); better than chance; no better than chance; worse than silence, though better than chance; worse than chance; insufficient: fewer than five accounts with the outcome; baseline"),
    Column("lift", "number", "precision / share with the outcome among all looks: 1 is chance"), Column("lift_low", "number", ESTIMATE), Column("lift_high", "number", ESTIMATE),
    Column("precision", "share", "of the looks chosen, those with the outcome within the horizon"), Column("low", "share", ESTIMATE), Column("high", "share", ESTIMATE),
    Column("recall", "share", "of the looks with the outcome, those chosen"),
    Column("lead_days", "days", "median days from the first of these days on which an account was chosen to its outcome"),
    Column("against_silence", "number", "precision / that of choosing as many by days of silence (the share --top)"), Column("against_low", "number", ESTIMATE), Column("against_high", "number", ESTIMATE),
    Column("looks", "count", f"{LOOK}, with a score"), Column("accounts", "count", "different accounts among them"), Column("came", "count", "looks with the outcome"),
    Column("chosen", "number", "looks chosen; of equal scores at the border an equal part each"), Column("hits", "number", "of these, those with the outcome"),
)  # fmt: skip
BANDS = (
    Column("score", "key", "the score"), Column("position", "key", "order, the likeliest first"), Column("band", "label", "the band"),
    Column("looks", "count", LOOK), Column("accounts", "count", "different accounts"), Column("came", "count", "looks with the outcome within the horizon"),
    Column("rate", "share", "came / looks"), Column("low", "share", ESTIMATE), Column("high", "share", ESTIMATE),
    Column("lift", "number", "rate / that of all looks"), Column("lift_low", "number", ESTIMATE), Column("lift_high", "number", ESTIMATE),
    Column("lead_days", "days", "median days from the first of these days in the band to the outcome"),
)  # fmt: skip
SIGNALS = (
    Column("score", "key", "the score"), Column("position", "key", "order in the definition"), Column("signal", "label", "its name; of health the parts, which fire when they are less than half met"),
    Column("verdict", "label", "alone: foretells, foretells the contrary, not shown; and what it does to the score's highest share; insufficient: never fired, or in too few accounts"),
    Column("judged", "count", "looks that the data could judge by it"), Column("fired", "count", "of these, those it fired for"), Column("accounts", "count", "different accounts it fired for"),
    Column("hits", "count", "of the fired, those with the outcome"), Column("rate", "share", "hits / fired"), Column("low", "share", ESTIMATE), Column("high", "share", ESTIMATE),
    Column("lift", "number", "rate / that of the looks judged by it"), Column("lift_low", "number", ESTIMATE), Column("lift_high", "number", ESTIMATE),
    Column("lead_days", "days", "median days from its first firing to the outcome"),
    Column("adds", "number", "precision of the score's highest share / that of the score without it: above 1 it helps"), Column("adds_low", "number", ESTIMATE), Column("adds_high", "number", ESTIMATE),
)  # fmt: skip
LEADS = (
    Column("score", "key", "the score"), Column("position", "key", "order in the definition"), Column("signal", "label", "its name; first the band that asks for action"),
    Column("half_days", "days", "days by which it had come to half of those for whom it fired (Kaplan–Meier); empty: not to so many, or none fired"),
    Column("half_low", "days", REACHES), Column("half_high", "days", REACHES),
    Column("quarter_days", "days", "the same for a quarter"), Column("quarter_low", "days", REACHES), Column("quarter_high", "days", REACHES), Column("reached", "share", "to how many it had come by the longest time watched"),
    Column("fired", "count", "accounts for which it came to fire"), Column("came", "count", "of these, those to which what it foretells has come"),
    Column("before", "count", "for which it fired on the first day replayed: not counted"),
)  # fmt: skip


def backtest(
    *, score: str | None, horizon: int, replays: int, top: float, min_lift: float | None, config: Path | None, as_of: str | None, limit: int | None, format: str | None,
    output: str | None, raw: bool, color: Any, max_reject: int, strict: bool, allow_empty: bool, allow_remote: bool, verify: bool, store: bool, quiet: bool, verbose: bool,
) -> None:  # fmt: skip
    """Replay, print, and fail when a score is worth less than asked."""
    from saasmetrics.commands.days import day
    from saasmetrics.commands.measure import deliver, format_for
    from saasmetrics.tables import Asked

    loaded, fmt = load(config, allow_remote=allow_remote, verbose=verbose), format_for(format, output)
    progress = not quiet and (verbose or bool(sys.stderr and sys.stderr.isatty()))
    asked = Asked(day("--as-of", as_of), max_reject=max_reject, strict=strict, allow_empty=allow_empty, verify=verify, store=store, progress=progress)
    tables, warnings = made(loaded, _kinds(loaded, score), asked, horizon, replays, top)
    if not quiet:
        report((*loaded.warnings, *warnings))
    deliver(tables, fmt, output, limit, raw, color, quiet)
    if min_lift is not None:
        enforce(tables[0], min_lift)


def _kinds(loaded: Loaded, score: str | None) -> list[Kind]:
    from saasmetrics.backtest.kinds import KINDS, possible

    found = possible(loaded.definition)
    if score and KINDS[score] not in found:
        refuse("SM131", f"backtest {score} needs `sources.subscriptions:` in the definition file", str(loaded.path))
    return [KINDS[score]] if score else found


def made(loaded: Loaded, kinds: Sequence[Kind], asked: Asked, horizon: int, replays: int, top: float) -> tuple[list[Table], tuple[Any, ...]]:
    """The four tables, and what was odd about the data."""
    from saasmetrics.backtest import leads, observing, verdicts
    from saasmetrics.facts._findings import undated

    with reading(loaded, "backtest", {fact for kind in kinds for fact in kind.facts}, asked) as run:
        book = run.book
        since = book.get("accounts").select("observed_from").first().collect()
        chosen = observing.days(book.clock, since.item() if since.height else None, horizon, replays)
        seen = observing.observed(kinds, book, chosen, horizon)
        told = [*_told(seen, horizon, chosen), *undated(book)]
    rows: dict[str, list[tuple[Any, ...]]] = {"worth": [], "bands": [], "signals": [], "leads": []}
    for kind, found in seen.items():
        rows["worth"] += [_placed(kind, row) for row in verdicts.worth(kind, found, top)]
        rows["bands"] += [(kind.name, *row) for row in verdicts.bands(kind, found)]
        rows["leads"] += [(kind.name, *row) for row in leads.leads(kind, found, book.clock.settled)]
        rows["signals"] += [(kind.name, *row[:2], row[-1], *row[2:-1]) for row in verdicts.signals(found, top)]
    return [_table(name, loaded, book, rows[name], [*told, *run.notes]) for name in rows], book.reader.ledger.warnings  # type: ignore[return-value]


def _placed(kind: Kind, row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Values in the order of WORTH."""
    at, label, looks, accounts, came, chosen, hits, p, low, high, recall, lift, lift_low, lift_high, lead, *against, verdict = row
    return (
        kind.name, at, kind.foretells, label, verdict, lift, lift_low, lift_high, p, low, high, recall, lead, *against, looks, accounts, came, chosen, hits,
    )  # fmt: skip


def _told(seen: dict[Kind, Observed], horizon: int, chosen: list[int]) -> list[str]:
    from saasmetrics.clock import date_of

    if not chosen:
        return [f"no first day of a month has both 56 days of events before it and {horizon} complete days after it: nothing could be replayed"]
    apart = ", ".join(f"{kind.name} {found.apart}" for kind, found in seen.items())
    return [f"{len(chosen)} days replayed, {date_of(chosen[0])} to {date_of(chosen[-1])}, each with the {horizon} days after it; what followed later days is not over", f"looks without a score, not counted: {apart}"]


def _table(name: str, loaded: Loaded, book: Book, rows: list[tuple[Any, ...]], notes: Sequence[str]) -> Table:
    import polars as pl

    from saasmetrics.tables import Table, meta

    columns, title = {
        "worth": (WORTH, "What were the scores worth: how much oftener than by chance did what they foretell come?"),
        "bands": (BANDS, "How often did it come in each band?"),
        "signals": (SIGNALS, "What does each signal foretell, and what does the score lose without it?"),
        "leads": (LEADS, "How long after it first fires does what a signal foretells come?"),
    }[name]
    kinds: dict[str, Any] = {"count": pl.Int64, "share": pl.Float64, "days": pl.Float64, "number": pl.Float64}
    schema = {column.name: pl.Int64 if column.name == "position" else kinds.get(column.unit, pl.String) for column in columns}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return Table(f"backtest.{name}", title, columns, frame, meta=meta(loaded, book, notes))


def enforce(worth: Table, least: float) -> None:
    """Exit 1 when the highest share of a score is worth less than asked, or when that cannot be told."""
    for row in worth.frame.to_dicts():
        if row["chosen_by"].startswith("top ") and (row["lift"] is None or row["lift"] < least):
            found = "cannot be told" if row["lift"] is None else f"is {row['lift']:.2f} ({row['verdict']})"
            refuse("SM141", f"the lift of {row['score']} {found}; at least {least:g} is asked for")
