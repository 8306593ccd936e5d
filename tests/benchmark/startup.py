"""Start-up: our command line beside a typer app that has the same commands and options and does nothing."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

from .data import Place

OURS = {
    "help": ["--help"],
    "help_command": ["activation", "--help"],
    "check": ["check", "-c"],
    "explain": ["explain", "activation.rate"],
}
HEAD = """from typing import Annotated, Optional
import typer
app = typer.Typer(help="A bare app.", no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)
"""


def command(name: str, place: Place) -> list[str]:
    """What to run for `start.ours.help` or `start.bare.help`."""
    _, who, what = name.split(".")
    told = OURS[what] + ([str(place.definition("ids"))] if what == "check" else [])
    program = ["-m", "saasmetrics"] if who == "ours" else [str(place.folder / "bare_app.py")]
    return [sys.executable, *program, *told]


def write_bare(folder: Path) -> None:
    """The bare app."""
    from saasmetrics import catalog, cli

    text = "".join(_source(folder, told, cli._folder_command(folder)) for folder, told in catalog.folders().items())
    (folder / "bare_app.py").write_text(f"{HEAD}{text}app()\n", "utf-8")


def _source(folder: str, told: str, made: Callable[..., None]) -> str:
    options = "".join(f"    {parameter},\n" for parameter in _parameters(made))
    return f"\n\n@app.command({folder.replace('_', '-')!r}, help={told!r})\ndef {folder}(\n{options}) -> None: ...\n"


def _parameters(made: Callable[..., None]) -> Iterator[str]:
    hints = {} if hasattr(made, "__signature__") else get_type_hints(made, include_extras=True)
    for name, parameter in inspect.signature(made).parameters.items():
        kind, info = get_args(hints.get(name, parameter.annotation))[:2]
        kind_text, default = _kind(kind)
        declared = "".join(f"{word!r}, " for word in getattr(info, "param_decls", None) or ())
        made_by = type(info).__name__.removesuffix("Info")
        yield f"{name}: Annotated[{kind_text}, typer.{made_by}({declared}help={info.help!r})] = {default}"


def _kind(kind: Any) -> tuple[str, str]:
    if kind is bool:
        return "bool", "False"
    return ("list[str]", "[]") if "list" in str(kind) else ("Optional[str]", "None")


if __name__ == "__main__":
    write_bare(Path(sys.argv[1]))
