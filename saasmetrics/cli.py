"""The command line: parses, calls once, prints. Every folder of metrics is a command; its rooms' settings are its options."""

# ruff: noqa: E402
from __future__ import annotations

import gc
import os

gc.disable()  # nothing that is imported is garbage: a fifth of the time of short commands
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")  # nor does what else is installed have a say in a definition

import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Annotated, Any

import typer

from saasmetrics import __version__, catalog
from saasmetrics.engines import addressed
from saasmetrics.messages import guarded
from saasmetrics.options import COMMANDS, COMMON, Options

WHAT = "Account-level truth about the value of a B2B SaaS product, from its exports."
BEGIN = "To begin: `saasmetrics demo`; or `saasmetrics init exports/`, then `saasmetrics starter`."


def _version(value: bool) -> None:
    if value:
        typer.echo(f"saasmetrics {__version__}")
        raise typer.Exit


def _main(version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="print the version")] = False) -> None:
    """What is asked of no command."""


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

        told = {name: given.pop(name) for name in list(given) if name not in COMMON}
        settings = {name: ",".join(text) or None if isinstance(text, list) else text for name, text in told.items()}
        _begin(run, folder, settings, **given)

    command.__signature__ = inspect.Signature(_parameters(folder))  # type: ignore[attr-defined]
    return command


def _parameters(folder: str) -> list[inspect.Parameter]:
    """The options of every command, then the settings of the folder's rooms."""
    return _keywords({**COMMON, **_settings(folder)})


def _keywords(kinds: Options) -> list[inspect.Parameter]:
    keyword = inspect.Parameter.KEYWORD_ONLY
    return [inspect.Parameter(name, keyword, default=default, annotation=kind) for name, (kind, default) in kinds.items()]


def _settings(folder: str) -> Options:
    found: dict[str, dict[str, catalog.Setting]] = {}
    for room in catalog.rooms_in(folder).values():
        for setting in room.settings.values():
            if setting.name != "by":
                found.setdefault(setting.name, {})[room.name] = setting
    return {name: (_option(name, rooms), None) for name, rooms in found.items()}


def _option(name: str, rooms: Mapping[str, catalog.Setting]) -> Any:
    """Settings are read as text and checked as the definition file's are; a choice is listed by --help."""
    several = any(setting.annotation.startswith("Sequence") for setting in rooms.values())
    what = f"for {', '.join(rooms)}{'; several values with commas, or repeated' if several else ''}{_default(rooms)}"
    choices = dict.fromkeys(word for setting in rooms.values() for word in _words(setting.annotation))
    return Annotated[list[str] | None if several else str | None, typer.Option(f"--{name.replace('_', '-')}", metavar=f"[{'|'.join(choices)}]", help=what, show_default=False)]


def _default(rooms: Mapping[str, catalog.Setting]) -> str:
    """What holds where nothing is said: of all its tables the same, and written as it would be here."""
    told = {"", *(_written(setting) for setting in rooms.values())}
    return f" [default: {max(told)}]" if len(told) == 2 else ""


def _written(setting: catalog.Setting) -> str:
    if isinstance(setting.default, list | tuple):
        return ",".join(map(str, setting.default))
    return "" if setting.default is None or setting.annotation == "Duration" else str(setting.default).lower() if isinstance(setting.default, bool) else str(setting.default)


def _words(annotation: str) -> list[str]:
    """What a table takes: the words of a choice, or what kind of value."""
    kind = annotation.removeprefix("Sequence[").removesuffix("]") if annotation.startswith("Sequence") else annotation
    if kind.startswith("Literal["):
        return kind[len("Literal[") : -1].replace("'", "").split(", ")
    return [{"Delay": "days"}.get(kind, kind.lower())]


def application(words: Sequence[str]) -> typer.Typer:
    """The command that the words begin with; else all, of which only one that they ask for has its options: the others need not be looked at."""
    app = typer.Typer(help=WHAT, epilog=BEGIN, no_args_is_help=True, add_completion=True, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.callback()(_main)
    chapters = {folder.replace("_", "-"): (folder, text) for folder, text in catalog.folders().items()}
    known = [*COMMANDS, *chapters]
    asked = next((word for word in words if word in known), None)
    every = asked is None and "_SAASMETRICS_COMPLETE" in os.environ
    for name in [asked] if asked and asked == words[0] else known:
        folder, text = chapters.get(name, ("", ""))
        run = _unasked if not every and name != asked else _folder_command(folder) if folder else _command(name)
        more = f"What the definition file sets goes before a default. `saasmetrics explain {name}` lists the tables, explain {name}.TABLE says what each setting decides." if folder else None
        app.command(name, help=text or COMMANDS[name].help, short_help=text or None, epilog=more)(run)
    return app


def _unasked() -> None:
    """Listed, and not run."""


def run() -> None:
    """The entry point."""
    guarded(application(sys.argv[1:]))
