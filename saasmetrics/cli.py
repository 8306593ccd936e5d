"""The command line: parses, calls once, prints. Every folder of metrics is a command; its rooms' settings are its options."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal

import typer

from saasmetrics import __version__, catalog
from saasmetrics.messages import guarded
from saasmetrics.options import (
    BEGINNING,
    COMMON,
    COMPARING,
    LOOKED_AT,
    LOOKING,
    REPLAYING,
    REPORTING,
    SHOWING,
    CheckFormat,
    Config,
)

app = typer.Typer(
    help="Account-level truth about the value of a B2B SaaS product, from its exports.",
    no_args_is_help=True, add_completion=True, rich_markup_mode=None, pretty_exceptions_enable=False,
)  # fmt: skip


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
    """Say what is in exports; no definition file is needed."""
    from saasmetrics.commands.inspect import inspect as run

    guarded(lambda: run(**given))


def _init(**given: Any) -> None:
    """Write a definition file to begin with, from exports alone."""
    from saasmetrics.commands.init import init as run

    guarded(lambda: run(**given))


def _report(**given: Any) -> None:
    """Print or write the weekly report: what changed, why, what to do next."""
    from saasmetrics.commands.report import report as run

    guarded(lambda: run(**given))


def _account(**given: Any) -> None:
    """Show one account on one page: how it stands, why, and what changed."""
    from saasmetrics.commands.account import account as run

    guarded(lambda: run(**given))


def _backtest(**given: Any) -> None:
    """Say what the scores were worth: replayed on past days and held against what became of the accounts."""
    from saasmetrics.commands.backtest import backtest as run

    guarded(lambda: run(**given))


def _demo(**given: Any) -> None:
    """Make the data of a made-up product, print nine numbers."""
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
    _account.__signature__ = inspect.Signature(_keywords({**LOOKED_AT, **told}))  # type: ignore[attr-defined]
    for name, command in {"demo": _demo, "account": _account, "backtest": _backtest, "starter": _starter, "report": _report, "inspect": _inspect, "init": _init}.items():
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
