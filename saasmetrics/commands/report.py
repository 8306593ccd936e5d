"""`report`: the weekly report, printed or written; exit code 1 when an alert is raised.

`{week}` in the name of a file is the first day of the week that is told.

## Covers
M02
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from saasmetrics import outputs
from saasmetrics.commands.config import load
from saasmetrics.commands.days import day
from saasmetrics.commands.measure import WITHOUT_META, deliver, format_for, meta
from saasmetrics.messages import FINDINGS, Refused, refuse, say
from saasmetrics.messages import report as tell

if TYPE_CHECKING:
    from saasmetrics.report.compose import Report
    from saasmetrics.tables import Table

SHORT = ("table", "md", "html")  # for people; the other formats have every number


def report(
    *, config: Path | None, as_of: str | None, if_complete: bool, history: Path | None, format: str | None, output: Sequence[str], limit: int | None, raw: bool, color: Any,
    max_reject: int, strict: bool, allow_empty: bool, allow_remote: bool, verify: bool, store: bool, quiet: bool, verbose: bool,
) -> None:  # fmt: skip
    """Compose it, say what is wrong with the data, hand it over."""
    from saasmetrics.report.compose import Unfinished, compose
    from saasmetrics.tables import Asked

    with _brief() if quiet else nullcontext():
        loaded = load(config, allow_remote=allow_remote, verbose=verbose)
        for name in output:
            format_for(format, name)  # what nobody can write is refused before it is computed
        progress = not quiet and (verbose or bool(sys.stderr and sys.stderr.isatty()))
        asked = Asked(day("--as-of", as_of), max_reject=max_reject, strict=strict, allow_empty=allow_empty, verify=verify, store=store, progress=progress)
        try:
            made = compose(loaded, asked, whole=if_complete, kept=history is not None)
        except Unfinished as reason:
            return None if quiet else say(str(reason))
        if not quiet:
            tell((*loaded.warnings, *made.ledger.warnings))
            tell(tuple(made.ledger.rejects))
        _hand_over(made, history, format, [name.replace("{week}", made.week[0].isoformat()) for name in output], limit or 0, raw, color, quiet)
        for alarm in made.alarms:
            if alarm.raised or alarm.lost:
                say(f"alert {alarm.name}: {alarm.said}: {alarm.why}")
        if any(alarm.raised for alarm in made.alarms):
            raise SystemExit(FINDINGS)


@contextmanager
def _brief() -> Iterator[None]:
    """What goes wrong is said in one line each; `explain CODE` tells what to do."""
    try:
        yield
    except Refused as refused:
        for problem in refused.problems:
            say(str(problem))
        raise SystemExit(refused.exit) from None


def _pages(made: Report, path: Path | None) -> list[Table]:
    """The report, held against what was told before; what has changed is said on stderr too, for whoever reads no further."""
    from saasmetrics.report import history
    from saasmetrics.report.pages import tables

    if path is None:
        return tables(made)
    before = history.read(path)
    found = history.moved(before, made.as_of, made.numbers)
    if found:
        say(f"{len(found)} numbers told before have changed since, the first: {found[0]['metric']} of {found[0]['week']}: {found[0]['because']}")
    return tables(made, found, history.broken(before, made.as_of, made.numbers))


def _hand_over(made: Report, history: Path | None, format: str | None, names: Sequence[str], limit: int, raw: bool, color: Any, quiet: bool = False) -> None:
    """The history is read and written while no other run does; in the folder of the files it is one set with them."""
    from saasmetrics.outputs import write

    folder = _folder(names, format)
    beside = history is not None and folder is not None and folder.exists() and folder.resolve() == history.parent.resolve()
    with write.alone(history) if history else nullcontext():
        pages = _pages(made, history)
        kept = {history.name: _kept(made, history)} if history else {}
        if folder is not None and (beside or len(names) > 1):
            files = _files(pages, names, format, limit, raw)
            write.to_directory(folder, {**files.data, **(kept if beside else {})}, files.about)
            for note in files.notes if not quiet else ():
                say(note)
        else:
            fmt = format_for(format, names[0] if names else None)
            deliver(_for(pages, fmt), fmt, names[0] if names else None, limit, raw, color, quiet)
        if history is not None and not beside:
            write.to_file(history, kept[history.name])


def _kept(made: Report, history: Path) -> bytes:
    """The history with the numbers of this report."""
    import io

    from saasmetrics.report.history import added, read

    sink = io.BytesIO()
    added(read(history), made.as_of, made.numbers).write_parquet(sink)
    return sink.getvalue()


def _folder(names: Sequence[str], format: str | None) -> Path | None:
    """Where the files go; nothing for stdout, a pipe or a device."""
    if len(names) == 1 and _is_folder(names[0]):
        return Path(names[0])
    folders = {Path(name).parent for name in names}
    if len(names) > 1 and (len(folders) > 1 or format):
        refuse("SM130", "several -o go into one folder, each with its format as its ending: they are written as a whole")
    named = [name for name in names if name != "-" and (Path(name).is_file() or not Path(name).exists())]
    return folders.pop() if named else None


def _is_folder(name: str) -> bool:
    return name.endswith("/") or Path(name).is_dir()


def _files(pages: list[Table], names: Sequence[str], format: str | None, limit: int, raw: bool) -> outputs.Files:
    """Each file by its name; where the bytes cannot say where they come from, with what says it."""
    if _is_folder(names[0]):
        fmt = format_for(format, names[0])
        return outputs.render_each(_for(pages, fmt), fmt, limit=limit, raw=raw)
    from saasmetrics.outputs import write

    data: dict[str, bytes] = {}
    notes: list[str] = []
    for name in names:
        fmt, file = format_for(format, name), Path(name).name
        shown = _for(pages, fmt)
        rendered = outputs.render(shown, fmt, limit=limit, raw=raw, color="never", width=0)
        data |= {file: rendered.data} | ({write.beside(Path(file)).name: meta(shown, file, rendered.data)} if fmt in WITHOUT_META else {})
        notes += [f"{file}: {note}" for note in rendered.notes]
    return outputs.Files(data, {}, tuple(notes))


def _for(pages: list[Table], fmt: str) -> list[Table]:
    from saasmetrics.report.pages import short, whole

    return short(pages, fmt) if fmt in SHORT else whole(pages)
