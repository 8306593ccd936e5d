"""`diff`: two definitions, in words, and with data in numbers and accounts."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Any

from saasmetrics import __version__
from saasmetrics.catalog import Column
from saasmetrics.commands.config import load
from saasmetrics.commands.days import day
from saasmetrics.commands.measure import deliver, format_for
from saasmetrics.definitions.compare import differences
from saasmetrics.definitions.fingerprint import fingerprint
from saasmetrics.definitions.read import Loaded, parse
from saasmetrics.messages import FINDINGS, noun, refuse, say

if TYPE_CHECKING:
    import polars as pl

    from saasmetrics.tables import Table

WORDS = (
    Column("place", "key", "where it stands in the file"),
    Column("old", "text", "what it was; – nothing; of a list what is gone"),
    Column("new", "text", "what it is; – nothing; of a list what is new"),
)


def diff(
    old: str, new: str | None, *, config: Path | None, data: bool, tables: Sequence[str], by: Sequence[str], as_of: str | None, most: float | None,
    most_accounts: int | None, format: str | None, output: str | None, limit: int | None, raw: bool, color: Any, store: bool = True,
) -> None:  # fmt: skip
    """Print what differs; exit 1 when a number moves by more than `most` of itself, or more accounts than `most_accounts` change sides."""
    fmt = format_for(format, output)
    after = load(Path(new)) if new else load(config)
    before = _before(old, after)
    made = [_words(before, after)]
    if data:
        made += _effects(before, after, day("--as-of", as_of), [*tables], tuple(by), store)
    elif tables or by or (most, most_accounts) != (None, None):
        refuse("SM130", "--table, --by, --most and --most-accounts look at numbers; they need --data")
    deliver(made, fmt, output, 0 if limit is None else limit, raw, color)
    if said := _beyond(made, most, most_accounts):
        say(said)
        raise SystemExit(FINDINGS)


def _beyond(made: Sequence[Table], most: float | None, most_accounts: int | None) -> str:
    """What is more than it may be; empty when nothing is."""
    told = _too_far(made[1].frame, most) if most is not None else []
    flips = made[2].frame["account"].n_unique() if most_accounts is not None else 0
    return "; ".join(told + ([f"{flips} {'account changes' if flips == 1 else 'accounts change'} sides, more than {most_accounts}"] if most_accounts is not None and flips > most_accounts else []))


def _too_far(numbers: pl.DataFrame, most: float) -> list[str]:
    from saasmetrics.commands.effects import beyond, of_one_alone

    moved, alone = numbers.filter(beyond(most)).height, numbers.filter(of_one_alone())["metric"].unique(maintain_order=True)
    told = [f"{moved} {noun(moved, 'number')} moved by more than {most:g} of what they were"] if moved else []
    return told + ([f"known by one of the two definitions alone: {', '.join(alone)}"] if len(alone) else [])


def _before(old: str, after: Loaded) -> Loaded:
    """A file, else a revision of git, in which the file stood at the same place."""
    if Path(old).is_file():
        return load(Path(old))
    if which("git") is None:
        refuse("SM101", f"'{old}' is no file, and there is no git here to look for a revision of that name")
    command = ["git", "show", "--end-of-options", f"{old}:./{after.path.name}"]
    try:
        done = subprocess.run(command, cwd=after.path.parent, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", b"").decode("utf-8", "replace").strip().partition("\n")[0] or str(error)
        refuse("SM101", f"'{old}' is neither a file nor a revision of git that holds {after.path.name}: {said}")
    return parse(done.stdout, after.path)


def _words(old: Loaded, new: Loaded) -> Table:
    import polars as pl

    rows = differences(old.definition, new.definition)
    frame = pl.DataFrame(rows, schema={column.name: pl.String for column in WORDS}, orient="row")
    letters = f"{fingerprint(old.definition)} → {fingerprint(new.definition)}"
    return _table("diff.definition", "What the new definition says otherwise.", WORDS, frame, {"notes": [f"definitions {letters}" if rows else "they mean the same"]})


def _effects(old: Loaded, new: Loaded, as_of: date | None, tables: Sequence[str], by: tuple[str, ...], store: bool) -> list[Table]:
    from saasmetrics.commands.effects import Question, accounts, numbers, sides, titles
    from saasmetrics.commands.numbers import named

    question = Question([named(table) for table in tables], by, store)
    found = sides(old, new, as_of, question)
    notes = {"as_of": found["nn"].as_of.isoformat(), "notes": ["the data are what sources names; definition + data + together = change, exactly"]}
    return [_table(name, title, columns, frame, notes) for (name, title, columns), frame in zip(titles(), (numbers(found, question), accounts(found)), strict=True)]


def _table(name: str, title: str, columns: tuple[Column, ...], frame: pl.DataFrame, meta: dict[str, Any]) -> Table:
    from saasmetrics.tables import Table

    return Table(name, title, columns, frame, meta={"version": __version__, **meta})
