"""`report`: the weekly report, printed or written; exit code 1 when an alert is raised.

`{week}` in the name of a file is the first day of the week that is told.

## Covers
M02
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from saasmetrics import outputs
from saasmetrics.commands.config import load
from saasmetrics.commands.measure import day, deliver, format_for
from saasmetrics.messages import FINDINGS, refuse, say
from saasmetrics.messages import report as tell

if TYPE_CHECKING:
    from saasmetrics.report.compose import Report
    from saasmetrics.report.line import Rows
    from saasmetrics.tables import Table

SHORT = ("table", "md", "html")  # for people; the other formats have every number


def report(
    *, config: Path | None, as_of: str | None, if_complete: bool, history: Path | None, format: str | None, output: Sequence[str], limit: int | None, raw: bool, color: Any,
    max_reject: int, strict: bool, allow_empty: bool, allow_remote: bool, verify: bool, quiet: bool, verbose: bool,
) -> None:  # fmt: skip
    """Compose it, say what is wrong with the data, hand it over."""
    from saasmetrics.report.compose import Unfinished, compose
    from saasmetrics.report.pages import tables
    from saasmetrics.tables import Asked

    loaded = load(config, allow_remote=allow_remote, verbose=verbose)
    progress = not quiet and (verbose or bool(sys.stderr and sys.stderr.isatty()))
    asked = Asked(day(as_of), max_reject=max_reject, strict=strict, allow_empty=allow_empty, verify=verify, progress=progress)
    try:
        made = compose(loaded, asked, whole=if_complete, kept=history is not None)
    except Unfinished as reason:
        return None if quiet else say(str(reason))
    if not quiet:
        tell((*loaded.warnings, *made.ledger.warnings))
        tell(tuple(made.ledger.rejects))
    _hand_over(made, tables(made, _moved(made, history)), format, output, limit or 0, raw, color)
    if history is not None:
        _keep(made, history)
    raised = [alarm for alarm in made.alarms if alarm.raised]
    for alarm in raised:
        say(f"alert {alarm.name}: {alarm.said}: {alarm.why}")
    if raised:
        raise SystemExit(FINDINGS)


def _moved(made: Report, history: Path | None) -> Rows:
    """What was told before and has changed: said on stderr too, for whoever reads no further."""
    from saasmetrics.report.history import moved, read

    found = moved(read(history), made.as_of, made.numbers) if history else []
    if found:
        say(f"{len(found)} numbers told before have changed since, the first: {found[0]['metric']} of {found[0]['week']}: {found[0]['because']}")
    return found


def _keep(made: Report, history: Path) -> None:
    import io

    from saasmetrics.outputs import write
    from saasmetrics.report.history import added, read

    sink = io.BytesIO()
    added(read(history), made.as_of, made.numbers).write_parquet(sink)
    write.to_file(history, sink.getvalue())


def _hand_over(made: Report, pages: list[Table], format: str | None, output: Sequence[str], limit: int, raw: bool, color: Any) -> None:
    from saasmetrics.outputs import write

    names = [name.replace("{week}", made.week[0].isoformat()) for name in output]
    if len(names) < 2:
        name = names[0] if names else None
        fmt = format_for(format, name)
        deliver(_for(pages, fmt), fmt, name, limit, raw, color)
        return
    folders = {Path(name).parent for name in names}
    if len(folders) > 1 or format:
        refuse("SM130", "several -o go into one folder, each with its format as its ending: they are written as a whole")
    files = {Path(name).name: _bytes(pages, outputs.format_of(name), raw) for name in names}
    write.to_directory(folders.pop(), files)


def _bytes(pages: list[Table], fmt: str, raw: bool) -> bytes:
    return outputs.render(_for(pages, fmt), fmt, raw=raw, color="never", width=0).data


def _for(pages: list[Table], fmt: str) -> list[Table]:
    from saasmetrics.report.pages import short

    return short(pages, fmt) if fmt in SHORT else pages
