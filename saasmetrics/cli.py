"""The command line: parses, calls once, prints. Every folder of metrics is a command; its rooms' settings are its options."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from saasmetrics import __version__, catalog
from saasmetrics.messages import guarded

Format = Literal["table", "csv", "json", "ndjson", "parquet", "md", "html", "xlsx"]
CheckFormat = Literal["full", "concise", "github", "json", "sarif"]

app = typer.Typer(
    help="Account-level truth about the value of a B2B SaaS product, from its exports.",
    no_args_is_help=True, add_completion=True, rich_markup_mode=None, pretty_exceptions_enable=False,
)  # fmt: skip

Config = Annotated[Path | None, typer.Option("-c", "--config", metavar="FILE", help="the definition file", envvar="SAASMETRICS_CONFIG")]
COMMON: dict[str, tuple[Any, Any]] = {
    "table": (Annotated[str | None, typer.Argument(help="one table of the chapter; none: all of them", show_default=False)], None),
    "config": (Config, None),
    "as_of": (Annotated[str | None, typer.Option(metavar="DATE", help="count what happened before this local day [default: the last complete day of the data]", show_default=False)], None),
    "by": (Annotated[list[str], typer.Option(metavar="SEGMENT", help="split by a segment; may be repeated", show_default=False)], ()),
    "where": (Annotated[list[str], typer.Option("-w", "--where", metavar="COLUMN=VALUE", help="only these accounts; may be repeated", show_default=False)], ()),
    "limit": (Annotated[int | None, typer.Option("-n", "--limit", min=0, metavar="N", help="rows a table; 0: all [default: 20 on a terminal, else all]", show_default=False)], None),
    "format": (Annotated[Format | None, typer.Option("-f", "--format", help="[default: table on a terminal, csv when piped]", show_default=False)], None),
    "output": (Annotated[str | None, typer.Option("-o", "--output", metavar="FILE", help="write to a file (format from its ending), or to a folder when it ends with /", show_default=False)], None),
    "max_reject": (Annotated[int, typer.Option(metavar="N", min=0, help="malformed rows to leave out and count before refusing")], 0),
    "strict": (Annotated[bool, typer.Option("--strict", help="refuse when anything was left out or doubtful")], False),
    "allow_empty": (Annotated[bool, typer.Option("--allow-empty", help="no rows, or no event of a rule, is right")], False),
    "allow_remote": (Annotated[bool, typer.Option("--allow-remote", help="follow URLs in the definition file")], False),
    "verify": (Annotated[bool, typer.Option("--verify", help="check the checksums of every Parquet page")], False),
    "raw": (Annotated[bool, typer.Option("--raw", help="csv: leave cells that look like formulas as they are")], False),
    "quiet": (Annotated[bool, typer.Option("-q", "--quiet", help="no warnings, no progress")], False),
    "verbose": (Annotated[bool, typer.Option("-v", "--verbose", help="say which files are read and what is left out")], False),
    "color": (Annotated[Literal["auto", "always", "never"], typer.Option(help="colours")], "auto"),
}  # fmt: skip
REPORTING: dict[str, tuple[Any, Any]] = {
    "output": (Annotated[list[str], typer.Option("-o", "--output", metavar="FILE", help="write to a file (format from its ending; {week} is the first day of the week), or to a folder when it ends with /; several files of one folder are written as a whole", show_default=False)], ()),
    "if_complete": (Annotated[bool, typer.Option("--if-complete", help="do nothing until the data reach beyond the week")], False),
}  # fmt: skip
LOOKING: dict[str, tuple[Any, Any]] = {
    "files": (Annotated[list[str], typer.Argument(metavar="FILES…", help="exports: CSV, NDJSON, Parquet, also gz, bz2, zst; patterns; folders", show_default=False)], ...),
    "separator": (Annotated[Literal[",", ";", "\t", "|"] | None, typer.Option(metavar="CHAR", help="between the values of a CSV line [default: by its first line]", show_default=False)], None),
    "encoding": (Annotated[Literal["utf-8", "latin-1", "utf-16", "cp1252"] | None, typer.Option(help="of CSV files [default: by their bytes]", show_default=False)], None),
}  # fmt: skip
BEGINNING: dict[str, tuple[Any, Any]] = {
    "output": (Annotated[str, typer.Option("-o", "--output", metavar="FILE", help="the definition file to write; -: print it")], "saasmetrics.yml"),
    "force": (Annotated[bool, typer.Option("--force", help="overwrite it")], False),
    **{name: (Annotated[str | None, typer.Option(metavar="COLUMN", help="the column of the events for this, where the guess is wrong", show_default=False)], None) for name in ("account", "user", "time", "event")},
    "timezone": (Annotated[str | None, typer.Option(metavar="ZONE", help="whose days and weeks count, such as Europe/Berlin", show_default=False)], None),
}  # fmt: skip
SHOWING: dict[str, tuple[Any, Any]] = {
    "output": (Annotated[str, typer.Option("-o", "--output", metavar="FOLDER", help="where to put the data and their definition file")], "saasmetrics-demo"),
    "force": (Annotated[bool, typer.Option("--force", help="make the data anew in a folder that is there")], False),
    "color": COMMON["color"],
}  # fmt: skip
REPLAYING: dict[str, tuple[Any, Any]] = {
    "score": (Annotated[Literal["churn-risk", "expansion", "qualification", "health"] | None, typer.Argument(help="one score; none: all that the data can judge", show_default=False)], None),
    "horizon": (Annotated[int, typer.Option(min=1, metavar="DAYS", help="days within which what a score foretells has to come")], 90),
    "replays": (Annotated[int, typer.Option(min=1, max=120, metavar="N", help="how many past months to begin on")], 12),
    "top": (Annotated[float, typer.Option(min=0.001, max=1, metavar="SHARE", help="the share with the highest scores that would be acted on")], 0.1),
    "min_lift": (Annotated[float | None, typer.Option(min=0, metavar="X", help="exit 1 when that share is worth less than this lift", show_default=False)], None),
}  # fmt: skip
COMPARING: dict[str, tuple[Any, Any]] = {
    "old": (Annotated[str, typer.Argument(help="the old definition: a file, or a revision of git such as main or HEAD~1", show_default=False)], ...),
    "new": (Annotated[str | None, typer.Argument(help="the new one: a file [default: that of -c]", show_default=False)], None),
    "data": (Annotated[bool, typer.Option("--data", help="the headline numbers under both, and the accounts that change sides")], False),
    "most": (Annotated[float | None, typer.Option(metavar="SHARE", min=0, help="exit 1 when a headline number moves by more than this share of itself", show_default=False)], None),
    **{name: COMMON[name] for name in ("config", "as_of", "limit", "format", "output", "raw", "color")},
}  # fmt: skip


def _version(value: bool) -> None:
    if value:
        typer.echo(f"saasmetrics {__version__}")
        raise typer.Exit


@app.callback()
def main(version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="print the version")] = False) -> None:
    """Account-level truth about the value of a B2B SaaS product, from its exports."""


@app.command()
def check(
    config: Config = None,
    data: Annotated[bool, typer.Option("--data", help="look into the data too: every event and column must exist")] = False,
    locked: Annotated[bool, typer.Option("--locked", help="the meaning must be that of the lock, or a change must tell why")] = False,
    format: Annotated[CheckFormat | None, typer.Option("-f", "--format", help="[default: github in GitHub Actions, else full]", show_default=False)] = None,
    today: Annotated[str | None, typer.Option(metavar="DAY", help="hold reviews and acceptances against this day [default: today]", show_default=False)] = None,
    allow_remote: Annotated[bool, typer.Option("--allow-remote", help="follow URLs in the definition file")] = False,
) -> None:
    """Check the definition file, alone or against the data."""
    from saasmetrics.commands.check import check as run

    chosen = format or ("github" if os.environ.get("GITHUB_ACTIONS") == "true" else "full")
    guarded(lambda: run(config, data, locked, chosen, today, allow_remote))


@app.command()
def lock(
    config: Config = None,
    as_of: Annotated[str | None, typer.Option(metavar="DATE", help="the day of the locked numbers [default: the last complete day of the data]", show_default=False)] = None,
    data: Annotated[bool, typer.Option("--data/--no-data", help="lock the numbers of the headline tables, too")] = True,
    allow_remote: Annotated[bool, typer.Option("--allow-remote", help="follow URLs in the definition file")] = False,
) -> None:
    """Write down what the definition means, so that no change of meaning goes unnoticed."""
    from saasmetrics.commands.lock import lock as run

    guarded(lambda: run(config, as_of, data, allow_remote))


@app.command()
def explain(
    metric: Annotated[str | None, typer.Argument(help="a table such as activation.rate, or a code such as SM305", show_default=False)] = None,
    coverage: Annotated[bool, typer.Option("--coverage", help="every id of the catalogue with its home")] = False,
    format: Annotated[Literal["text", "json"], typer.Option("-f", "--format")] = "text",
) -> None:
    """Say what a table or a message means, and how each number is defined."""
    from saasmetrics.commands.explain import explain as run

    guarded(lambda: run(metric, coverage, format))


@app.command()
def schema() -> None:
    """Print the JSON Schema of the definition file, for editors."""
    from saasmetrics.commands.schema import schema as run

    guarded(run)


def _diff(**given: Any) -> None:
    """Say what another definition says otherwise and, with data, what it does to the numbers and to whom."""
    from saasmetrics.commands.diff import diff as run

    guarded(lambda: run(**given))


def _starter(**given: Any) -> None:
    """Print the nine numbers to begin with, a line each."""
    from saasmetrics.commands.starter import starter as run

    guarded(lambda: run(**given))


def _inspect(**given: Any) -> None:
    """Say what is in exports, without a definition file: columns, times, repeats, events."""
    from saasmetrics.commands.inspect import inspect as run

    guarded(lambda: run(**given))


def _init(**given: Any) -> None:
    """Write a definition file to begin with, from exports alone; every guess is marked."""
    from saasmetrics.commands.init import init as run

    guarded(lambda: run(**given))


def _report(**given: Any) -> None:
    """Print or write the weekly report: what changed, why, what to do next."""
    from saasmetrics.commands.report import report as run

    guarded(lambda: run(**given))


def _backtest(**given: Any) -> None:
    """Say what the scores were worth: replayed on past days and held against what became of the accounts."""
    from saasmetrics.commands.backtest import backtest as run

    guarded(lambda: run(**given))


def _demo(**given: Any) -> None:
    """Make the exports of a made-up product and print its nine numbers; no files are needed."""
    from saasmetrics.commands.demo import demo as run

    guarded(lambda: run(**given))


def _folder_command(folder: str) -> Callable[..., None]:
    def command(**given: Any) -> None:
        from saasmetrics.commands.measure import measure as run

        settings = {name: given.pop(name) for name in list(given) if name not in COMMON}
        guarded(lambda: run(folder, settings, **given))

    command.__doc__ = catalog.folders()[folder]
    command.__signature__ = inspect.Signature(_parameters(folder))  # type: ignore[attr-defined]
    return command


def _parameters(folder: str) -> list[inspect.Parameter]:
    """The options of every command, then the settings of the folder's rooms."""
    return _keywords({**COMMON, **_settings(folder)})


def _keywords(kinds: dict[str, tuple[Any, Any]]) -> list[inspect.Parameter]:
    keyword = inspect.Parameter.KEYWORD_ONLY
    return [inspect.Parameter(name, keyword, default=default, annotation=kind) for name, (kind, default) in kinds.items()]


def _settings(folder: str) -> dict[str, tuple[Any, Any]]:
    found: dict[str, list[str]] = {}
    annotations: dict[str, str] = {}
    for room in catalog.rooms_in(folder).values():
        for setting in room.settings.values():
            if setting.name != "by":
                found.setdefault(setting.name, []).append(room.name)
                annotations[setting.name] = setting.annotation
    return {name: (_option(name, annotations[name], rooms), None) for name, rooms in found.items()}


def _option(name: str, annotation: str, rooms: Sequence[str]) -> Any:
    """Settings are read as text and checked as the definition file's are; a choice is listed by --help."""
    kind = annotation.removeprefix("Sequence[").removesuffix("]") if annotation.startswith("Sequence") else annotation
    choices = kind[len("Literal[") : -1].replace("'", "") if kind.startswith("Literal[") else kind.lower()
    what = f"for {', '.join(rooms)}; several values with commas" if annotation.startswith("Sequence") else f"for {', '.join(rooms)}"
    flag = f"--{name.replace('_', '-')}"
    return Annotated[str | None, typer.Option(flag, metavar=f"[{choices.replace(', ', '|')}]", help=what, show_default=False)]


def _asked_folder() -> str | None:
    """The folder that this run is about: only its rooms are read, so that `--help` stays quick."""
    names = {name.replace("_", "-"): name for name in catalog.folders()}
    return next((names[word] for word in sys.argv[1:] if word in names), None)


def _build() -> None:
    _starter.__signature__ = inspect.Signature(_keywords({name: COMMON[name] for name in COMMON if name not in ("table", "by")}))  # type: ignore[attr-defined]
    shown = {name: COMMON[name] for name in ("limit", "format", "output", "raw", "quiet", "color")}
    _inspect.__signature__ = inspect.Signature(_keywords({**LOOKING, **shown}))  # type: ignore[attr-defined]
    _demo.__signature__ = inspect.Signature(_keywords(SHOWING))  # type: ignore[attr-defined]
    _init.__signature__ = inspect.Signature(_keywords({**LOOKING, **BEGINNING, "quiet": COMMON["quiet"]}))  # type: ignore[attr-defined]
    told = {name: COMMON[name] for name in COMMON if name not in ("table", "by", "where")}
    _report.__signature__ = inspect.Signature(_keywords({**told, **REPORTING}))  # type: ignore[attr-defined]
    _backtest.__signature__ = inspect.Signature(_keywords({**REPLAYING, **told}))  # type: ignore[attr-defined]
    for name, command in {"demo": _demo, "backtest": _backtest, "starter": _starter, "report": _report, "inspect": _inspect, "init": _init}.items():
        app.command(name)(command)
    _diff.__signature__ = inspect.Signature(_keywords(COMPARING))  # type: ignore[attr-defined]
    app.command("diff")(_diff)
    asked = _asked_folder()
    for folder, text in catalog.folders().items():
        name = folder.replace("_", "-")
        if folder == asked or asked is None and os.environ.get("_SAASMETRICS_COMPLETE"):
            app.command(name)(_folder_command(folder))
        else:
            app.command(name, help=text)(lambda: None)


_build()


def run() -> None:
    """The entry point."""
    guarded(app)
