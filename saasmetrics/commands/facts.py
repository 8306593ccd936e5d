"""`facts`: the facts of large inputs that are kept beside the definition file, so that no run works them out again.

They stand in `.saasmetrics/`, which may be deleted at any time. `export` writes what the definition makes of its events as
Parquet files, for other tools: counts that add up, also of days after T, without colleagues and under merged accounts.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from saasmetrics.commands.config import load
from saasmetrics.messages import refuse, say
from saasmetrics.outputs.write import to_directory, to_stdout
from saasmetrics.store import FOLDER, LIMIT, Store

if TYPE_CHECKING:
    import polars as pl

    from saasmetrics.definitions.read import Loaded
    from saasmetrics.facts._book import Book

FOLDED = ("usage", "moments", "durations", "entities")
COLUMNS = {
    "account": "the account, under the name of the one that it became part of",
    "user": "who did it",
    "rule": "the kind of event, by its name in the definition",
    "day": "local days since 1970-01-01, in the zone of the definition",
    "half_hour": "half hours since 1970-01-01 UTC",
    "milliseconds": "how long it took",
    "entity": "the thing that it happened to",
    "at": "when, in microseconds since 1970-01-01 UTC",
    "n": "how many; to be summed: rows that repeat another are taken off by negative counts",
    "first_at": "the first time, in microseconds since 1970-01-01 UTC; to be taken the least of",
    "last_at": "the last time, in microseconds since 1970-01-01 UTC; to be taken the greatest of",
    "value": "the sum of the values, in ten-thousandths; to be summed",
}


def facts(what: str, *, config: Path | None, output: str | None, allow_remote: bool, quiet: bool, verbose: bool) -> None:
    """Say what is kept, remove it, or write the facts of the definition."""
    loaded = load(config, allow_remote=allow_remote, verbose=verbose)
    home = loaded.path.parent / FOLDER
    if what == "export":
        _export(loaded, Path(output or "facts"), quiet)
    elif not home.is_dir():
        say(f"{home}: nothing is kept")
    elif what == "info":
        to_stdout(_info(home).encode())
    else:
        _clear(home)


def _info(home: Path) -> str:
    store = Store(home)
    store.open()
    sizes: dict[str, list[int]] = {}
    for chunk in store.every():
        sizes.setdefault(str(chunk["output"]).split()[0], []).append(chunk["bytes"])
    inputs, whole = sum(bool(known["pages"]) for known in store.index["inputs"].values()), sum(map(sum, sizes.values()))
    store.close()
    lines = [f"{name.ljust(12)}{len(some):>8} tables {_megabytes(sum(some)):>10}" for name, some in sorted(sizes.items())]
    return "\n".join([f"{home}: {inputs} inputs, {_megabytes(whole)} of at most {_megabytes(LIMIT)}", *lines, ""])


def _clear(home: Path) -> None:
    store = Store(home)
    store.open()
    try:
        if not store.alone():
            refuse("SM401", "another run is using it; try again when that has finished", str(home))
        store.forget(0)
        say(f"{home}: nothing is kept any more" if not store.trouble else f"{home}: {store.trouble}")
    finally:
        store.close()


def _export(loaded: Loaded, folder: Path, quiet: bool) -> None:
    from saasmetrics.catalog import Room
    from saasmetrics.tables import Asked, running

    room = Room("facts", "export", loaded.path, "", (*FOLDED, "visits", "accounts"), {})
    with running(loaded, [room], Asked(store=True, allow_empty=True, progress=not quiet), replayed=True, every_rule=True) as run:
        files = {f"{name}.parquet": _bytes(frame) for name, frame in _frames(run.book)}
    about = {name: {"columns": {column: COLUMNS[column] for column in _columns(data)}} for name, data in files.items()}
    to_directory(folder, files, about)
    say(f"{folder}: {', '.join(files)}; manifest.json says what each column means")


def _frames(book: Book) -> Iterator[tuple[str, pl.DataFrame]]:
    import polars as pl

    names = pl.LazyFrame({"rule": range(len(book.rules)), "name": book.rules}, schema={"rule": pl.Int16, "name": pl.String})
    for name in FOLDED:
        yield name, book.every(name).join(names, on="rule").drop("rule").rename({"name": "rule"}).collect()
    yield "visits", book.every("visits").collect()


def _bytes(frame: pl.DataFrame) -> bytes:
    sink = io.BytesIO()
    frame.sort(frame.columns).write_parquet(sink)
    return sink.getvalue()


def _columns(data: bytes) -> list[str]:
    import polars as pl

    return [*pl.read_parquet_schema(io.BytesIO(data))]


def _megabytes(size: int) -> str:
    return f"{size / 2**20:,.1f} MiB"
