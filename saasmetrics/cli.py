"""The command line: parses, calls once, prints. Every folder of metrics is a command; its rooms' settings are its options."""

# ruff: noqa: E402
from __future__ import annotations

import gc
import os

gc.disable()  # nothing that is imported is garbage: a fifth of the time of short commands
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")  # nor does what else is installed have a say in a definition

import inspect
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Annotated, Any

import typer

from saasmetrics import __version__, catalog
from saasmetrics.engines import addressed
from saasmetrics.messages import guarded
from saasmetrics.options import COMMANDS, COMMON, Options

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


def _command(name: str) -> Callable[..., None]:
    def command(**given: Any) -> None:
        run = getattr(import_module(f"saasmetrics.commands.{name}"), name)
        _begin(run, **given)

    command.__signature__ = inspect.Signature(_keywords(COMMANDS[name].options))  # type: ignore[attr-defined]
    return command


def _begin(run: Callable[..., None], *asked: Any, **given: Any) -> None:
    gc.freeze()
    gc.enable()
    guarded(lambda: addressed(run, *asked, **given))


def _folder_command(folder: str) -> Callable[..., None]:
    def command(**given: Any) -> None:
        from saasmetrics.commands.measure import measure as run

        settings = {name: given.pop(name) for name in list(given) if name not in COMMON}
        _begin(run, folder, settings, **given)

    command.__doc__ = catalog.folders()[folder]
    command.__signature__ = inspect.Signature(_parameters(folder))  # type: ignore[attr-defined]
    return command


def _parameters(folder: str) -> list[inspect.Parameter]:
    """The options of every command, then the settings of the folder's rooms."""
    return _keywords({**COMMON, **_settings(folder)})


def _keywords(kinds: Options) -> list[inspect.Parameter]:
    keyword = inspect.Parameter.KEYWORD_ONLY
    return [inspect.Parameter(name, keyword, default=default, annotation=kind) for name, (kind, default) in kinds.items()]


def _settings(folder: str) -> Options:
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
    for name, told in COMMANDS.items():
        app.command(name, help=told.help)(_command(name))
    asked = _asked_folder()
    for folder, text in catalog.folders().items():
        name = folder.replace("_", "-")
        if folder == asked or asked is None and os.environ.get("_SAASMETRICS_COMPLETE"):
            app.command(name, short_help=text)(_folder_command(folder))
        else:
            app.command(name, help=text, short_help=text)(lambda: None)


_build()


def run() -> None:
    """The entry point."""
    guarded(app)
