"""The tables of one chapter: computed in one pass, then printed or written."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from shutil import get_terminal_size
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from saasmetrics import catalog, outputs
from saasmetrics.commands.config import load
from saasmetrics.commands.days import day
from saasmetrics.commands.settings import parsed
from saasmetrics.messages import did_you_mean, refuse, report, say

if TYPE_CHECKING:
    from saasmetrics.definitions.read import Loaded
    from saasmetrics.tables import Table

ON_SCREEN, OF_SEVERAL = 20, 8  # rows of a table alone, and of each table of a chapter
WITHOUT_META = ("csv", "ndjson")  # what their bytes cannot say stands in FILE.meta.json beside them


def measure(
    folder: str, settings: Mapping[str, str | None], *, table: str | None, config: Path | None, limit: int | None, format: str | None,
    output: str | None, raw: bool, color: Any, **given: Any,
) -> None:  # fmt: skip
    """Compute and hand over; what is wrong with the data goes to stderr before the tables do."""
    loaded = load(config, allow_remote=given["allow_remote"], verbose=given["verbose"])
    fmt = format_for(format, output)
    rooms = _rooms(folder, table)
    shown = [room for room in rooms if room.name in catalog.leading(folder)] if table is None and on_screen(fmt, output) else rooms
    asked = parsed(folder, settings)
    tables = computed(loaded, shown, asked, folder, skip=table is None, **given)
    deliver(tables, fmt, output, limit, raw, color, given["quiet"])
    for room in rooms if not given["quiet"] else ():
        if room not in shown:
            say(f"more: {folder} {room.name}".replace("_", "-").ljust(38) + shorten(room.title, max(20, get_terminal_size().columns - 40), placeholder=" …"))


def computed(
    loaded: Loaded, rooms: Sequence[catalog.Room], settings: Mapping[str, Any], what: str, *, skip: bool, as_of: str | None, by: Sequence[str],
    where: Sequence[str], max_reject: int, strict: bool, allow_empty: bool, allow_remote: bool, verify: bool, store: bool, quiet: bool, verbose: bool,
) -> list[Table]:  # fmt: skip
    """The tables, after what is wrong with the data has been said."""
    from saasmetrics.tables import Asked, compute

    asked = Asked(
        day("--as-of", as_of), tuple(by), conditions(where), settings, max_reject, strict, allow_empty, verify, store,
        progress=not quiet and (verbose or bool(sys.stderr and sys.stderr.isatty())),
    )  # fmt: skip
    tables, ledger = compute(loaded, rooms, asked, skip=skip)
    if not tables:
        refuse("SM131", f"no table of '{what}' has its input in the definition file", str(loaded.path))
    if not quiet:
        report((*loaded.warnings, *ledger.warnings))
        if ledger.rejects:
            report(tuple(ledger.rejects))
    return tables


def deliver(tables: Sequence[Table], fmt: str, output: str | None, limit: int | None, raw: bool, color: Any, quiet: bool = False) -> None:
    """To stdout, a file or a folder; what a person should know of its making goes to stderr, unless quiet."""
    from saasmetrics.outputs import write

    if output is not None and (output.endswith("/") or Path(output).is_dir()):
        files = outputs.render_each(tables, fmt, limit=limit or 0, raw=raw)
        write.to_directory(Path(output), files.data, files.about)
        notes: tuple[str, ...] = files.notes
    elif output in (None, "-"):
        shown = limit if limit is not None else 0 if not on_screen(fmt, output) else ON_SCREEN if len(tables) == 1 else OF_SEVERAL
        rendered = outputs.render(tables, fmt, limit=shown, raw=raw, color=color)
        write.to_stdout(rendered.data)
        notes = rendered.notes
    else:
        rendered = outputs.render(tables, fmt, limit=limit or 0, raw=raw, color="never", width=0)
        write.to_file(Path(output), rendered.data, meta(tables, Path(output).name, rendered.data) if fmt in WITHOUT_META else None)
        if fmt == "csv" and len(tables) > 1 and not quiet:
            say(f"{len(tables)} tables in one CSV, a blank line between them; -o FOLDER/ writes a file each")
        notes = rendered.notes
    for note in notes if not quiet else ():
        say(note)


def meta(tables: Sequence[Any], file: str, data: bytes) -> bytes:
    """Where the tables come from, for what stands beside a file that cannot say it, and by which that file is known."""
    from saasmetrics.outputs.json import dumps
    from saasmetrics.outputs.provenance import about
    from saasmetrics.outputs.write import proof

    return (dumps([{**about(table), "file": file, **proof(data)} for table in tables]) + "\n").encode()


def _rooms(folder: str, table: str | None) -> list[catalog.Room]:
    known = catalog.rooms_in(folder)
    if table is None:
        return list(known.values())
    name = table.replace("-", "_")
    if name not in known:
        refuse("SM130", f"'{folder.replace('_', '-')}' has no table '{table}'{did_you_mean(name, known)}; tables: {', '.join(known)}")
    return [known[name]]


def format_for(format: str | None, output: str | None) -> str:
    """As told, else by the file's ending, else what suits where stdout goes."""
    check_name(output)
    if format:
        return format
    if output and not output.endswith("/") and output != "-" and not Path(output).is_dir():
        return outputs.format_of(output)
    return "table" if output is None and sys.stdout is not None and sys.stdout.isatty() else "csv"


def check_name(output: str | None) -> None:
    """Refuse what names nothing: an empty text would be this folder."""
    if output is not None and (not output or output.encode(errors="ignore").decode() != output):
        refuse("SM130", f"-o '{output}' names neither a file nor a folder{', as it is not UTF-8' if output else ''}")


def on_screen(fmt: str, output: str | None) -> bool:
    """Whether a table goes to a terminal."""
    return fmt == "table" and output is None and sys.stdout is not None and sys.stdout.isatty()


def conditions(texts: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Which accounts, as --where takes them."""
    parts = [text.partition("=") for text in texts]
    for text, (_, sign, _) in zip(texts, parts, strict=True):
        if not sign:
            refuse("SM130", f"--where '{text}' is not COLUMN=VALUE, such as plan=pro")
    return tuple((column, value) for column, _, value in parts)


