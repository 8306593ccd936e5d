"""`init`: a definition file to begin with, from exports alone.

The vendor is recognised by its columns, everything else is guessed by names, contents and rhythms. Each guess is marked
with its reason. The file passes `check`, and gives tables as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from saasmetrics.messages import Problem, Refused, noun, refuse, report, say

if TYPE_CHECKING:
    from saasmetrics.start.survey import Looked, Survey

NO_DAY = date(2000, 1, 1)  # nothing in a new file falls due
MARK = "# guess: "
MOST_WARNINGS = 12


def init(
    files: Sequence[str], *, output: str, force: bool, timezone: str | None, separator: str | None, encoding: str | None, quiet: bool, **columns: str | None,
) -> None:  # fmt: skip
    """Look, guess, check what was guessed, write, say what comes next."""
    from saasmetrics.start.opening import Told
    from saasmetrics.start.proposal import proposed
    from saasmetrics.start.survey import survey
    from saasmetrics.start.writing import written

    if "-" in files:
        refuse("SM130", "a definition names files: what comes from a pipe cannot be named")
    target = _target(output, force)
    home = Path.cwd() if target is None else target.parent.resolve()
    told = {name: column for name, column in columns.items() if column}
    found = survey(files, Told(Path.cwd(), separator, encoding), told)
    events = _events(found, told)
    made = proposed(found, events)
    if not made.works:
        refuse("SM130", f"no event of {events.label} can stand for work: all names are of logins, page views or code", events.label)
    text = written(found, made, home, timezone)
    doubts = _checked(text, target or home / "saasmetrics.yml")
    _put(text, target)
    if not quiet:
        _say(found, doubts, text, target)


def _target(output: str, force: bool) -> Path | None:
    if output == "-":
        return None
    path = Path(output)
    if path.exists() and not force:
        refuse("SM130", f"{output} is there already; --force overwrites it, -o FILE writes another")
    return path


def _events(found: Survey, told: Mapping[str, str]) -> Looked:
    """The sheet of the events; what is missing in it is asked for, never invented."""
    from saasmetrics.definitions.base import shown
    from saasmetrics.definitions.words import column as column_name
    from saasmetrics.start.measures import grouping
    from saasmetrics.start.proposal import allowed
    from saasmetrics.start.roles import Role

    sheets = found.of("events")
    if not sheets and found.refused:
        raise Refused(found.refused)
    if not found.looked:
        from saasmetrics.commands.inspect import passed_over

        refuse("SM301", f"no export among these files{passed_over(found)}")
    if not sheets:
        listed = "; ".join(f"{one.label}: {', '.join(list(one.profiles)[:12])}" for one in found.looked[:4])
        refuse("SM305", f"no file has columns for the name and the time of events; name them with --event, --time and --account COLUMN ({listed})")
    events = sheets[0]
    for name, column in told.items():
        if column not in events.profiles:
            refuse("SM305", f"--{name} {column}: there is no such column; there are {', '.join(events.profiles)}", events.label)
    grouped = grouping(events) if events.kind.missing == ["account"] else None
    if grouped:
        events.kind.roles["account"] = Role(grouped, "BY CONTENT ALONE: it has one value for each user, and no name tells")
    for name, column in events.kind.columns.items():
        if not allowed(column_name, column):
            refuse("SM305", f"the column for the {name} is called {shown(column)}, which no definition can name: is the line with the names missing?", events.label)
    if events.kind.missing:
        asked = " and ".join(f"--{name} COLUMN" for name in events.kind.missing)
        refuse("SM305", f"no column for the {' and the '.join(events.kind.missing)}: say {asked}. There are {', '.join(events.profiles)}", events.label)
    return events


def _checked(text: str, path: Path) -> list[Problem]:
    """What `check` will say; raises when the file could not be used at all."""
    from saasmetrics.definitions.read import parse
    from saasmetrics.lint import lint

    loaded = parse(text.encode(), path)
    return [*loaded.warnings, *lint(loaded, NO_DAY).problems]


def _put(text: str, target: Path | None) -> None:
    from saasmetrics.outputs.write import to_file, to_stdout

    if target is None:
        to_stdout(text.encode())
    else:
        to_file(target, text.encode())


def _say(found: Survey, doubts: Sequence[Problem], text: str, target: Path | None) -> None:
    problems = found.findings()
    report(tuple(problems[:MOST_WARNINGS]))
    if len(problems) > MOST_WARNINGS:
        say(f"{len(problems) - MOST_WARNINGS} more findings: saasmetrics inspect lists them")
    name = "the definition" if target is None else str(target)
    config = "" if target is None or target.name == "saasmetrics.yml" and target.parent == Path() else f" -c {target}"
    wrong = [problem for problem in doubts if problem.severity == "error"]
    say(f"wrote {name}: {text.count(MARK)} guesses to look at, each marked `{MARK.strip()}`; `check` has {_counted(len(doubts) - len(wrong))} to make")
    report(tuple(wrong))
    for command, what in (("check --data", "hold it against the data"), ("starter", "nine numbers to begin with"), ("activation", "a chapter of tables")):
        say(f"  saasmetrics {command}{config}".ljust(48) + what)


def _counted(remarks: int) -> str:
    return "no remark" if not remarks else f"{remarks} {noun(remarks, 'remark')}"
