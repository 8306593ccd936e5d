"""`explain`: what a table or a message means, read from the room itself."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from shutil import get_terminal_size
from typing import Any

from saasmetrics import catalog
from saasmetrics.definitions.durations import written
from saasmetrics.messages import CODES, did_you_mean, refuse
from saasmetrics.outputs.write import to_stdout
from saasmetrics.reference.fitted import fitted
from saasmetrics.reference.judged import HEADING, judged
from saasmetrics.reference.words import words_in

PAGED = ("html", "md")
WIDEST = 120
PAGES = ("account", "backtest", "sensitivity")  # commands that tell by themselves how they count


def explain(
    name: str | None, coverage: bool, format: str | None, output: str | None = None, account: str | None = None, config: Path | None = None,
    as_of: str | None = None, limit: int | None = None, store: bool = True,
) -> None:  # fmt: skip
    """Print the explanation of a table, a chapter or a code; without a name, the menu; into a folder, all of it as pages."""
    if account is not None:
        _of_account(name, account, config, as_of, format, output, limit, store)
    elif output is not None or format in PAGED:
        _reference(format or "html", output, name)
    elif coverage:
        _print(catalog.coverage(), format, "\n".join(f"{ident:6} {home}" for ident, home in catalog.coverage().items()))
    elif check := _check(name):
        _print(_rule(check), format, _rule_text(check))
    elif name in CODES:
        code = CODES[name or ""]
        _print({"code": name, **code._asdict()}, format, f"{name}: {code.title}\n\nWhat to do: {code.remedy}.\nExit code: {code.exit}.")
    elif name and name.replace("-", "_") in catalog.folders():
        rooms = catalog.rooms_in(name.replace("-", "_")).values()
        _print({room.key: room.title for room in rooms}, format, "\n".join(f"{room.key:34} {room.title}" for room in rooms))
    elif name in PAGES:
        text = (import_module(f"saasmetrics.commands.{name}").__doc__ or "").partition("\n## ")[0].strip()
        _print({"command": name, "text": text}, format, text)
    elif name == "starter":
        from saasmetrics.commands import starter

        _print({"command": name, "text": starter.__doc__}, format, _starter(starter))
    elif name is None:
        _print(_menu(), format, "\n".join(f"{key:34} {title}" for key, title in _menu().items()))
    elif users := _users(name):
        _print({room.key: _told(room, setting) for room, setting in users}, format, "\n".join(f"{room.key}\n{_setting(room, setting)}" for room, setting in users))
    elif told := _part(name):
        _print(told[0], format, told[1])
    else:
        room = _room(name)
        _print(_data(room), format, _text(room))


def _of_account(name: str | None, account: str, config: Path | None, as_of: str | None, format: str | None, output: str | None, limit: int | None, store: bool) -> None:
    """What a table makes of one account."""
    from saasmetrics.commands.because import because
    from saasmetrics.commands.config import load
    from saasmetrics.commands.days import day
    from saasmetrics.commands.measure import deliver, format_for
    from saasmetrics.tables import Asked

    if name is None:
        refuse("SM130", "name the table, such as explain activation.rate --account ID")
    made = because(_room(name), account, load(config), Asked(as_of=day("--as-of", as_of), store=store))
    deliver(made, "table" if format in (None, "text") and output is None else format_for(format, output), output, limit, False, "auto")


def _reference(format: str, output: str | None, name: str | None) -> None:
    """Every page of the reference."""
    if not output or format not in PAGED or name is not None:
        refuse("SM130", "the whole reference is written as pages: explain -o FOLDER/, with -f html or -f md")
    from saasmetrics.outputs.write import to_directory
    from saasmetrics.reference.as_html import html
    from saasmetrics.reference.as_markdown import markdown
    from saasmetrics.reference.pages import pages

    to_directory(Path(output), (html if format == "html" else markdown)(pages()))


def _starter(module: Any) -> str:
    lines = "\n".join(f"  {metric.name:24} {metric.room}" for metric in module.NINE)
    text = module.__doc__.partition("\n## ")[0].strip()
    return f"{text}\n\nIts lines and the tables they are read off\n{lines}"


def _menu() -> dict[str, str]:
    return {key: room.title for key, room in catalog.rooms().items()}


def _room(name: str) -> catalog.Room:
    key = name.replace("-", "_").replace(" ", ".")
    folder = key.partition(".")[0]
    rooms = {room.key: room for room in catalog.rooms_in(folder).values()} if folder in catalog.folders() else {}
    if key not in rooms:
        rooms = catalog.rooms()
        refuse("SM130", f"there is no table '{name}'{did_you_mean(key, rooms)}; `saasmetrics explain` lists them all")
    return rooms[key]


def _text(room: catalog.Room) -> str:
    """Title, why, columns, settings, limits and the worked examples, in this order."""
    width = max(len(column.name) for column in room.columns)
    columns = "\n".join(f"  {column.name:{width}}  {column.meaning or column.unit}" for column in room.columns)
    settings = "\n".join(_setting(room, s) for s in room.settings.values() if s.name != "by")
    parts = [f"{room.key}\n{room.title}", room.sections.get("Why", ""), f"Columns\n{columns}"]
    parts += [f"Settings (block `{room.folder}:` of the definition file, or --option)\n{settings}"] if settings else []
    parts += [f"Where it can mislead\n{_indented(room.sections['Limits'])}"] if "Limits" in room.sections else []
    rules = judged(room)
    parts += [f"{HEADING}\n" + "\n".join(f"  {name:{max(map(len, rules))}}  {rule}" for name, rule in rules.items())] if rules else []
    parts += ["Timing: lagging, it tells what has happened already"] if catalog.timing(room.folder) == "lagging" else []
    parts += [f"Needs: {room.sections['Needs']}"] if "Needs" in room.sections else []
    parts += [f"Leads with: {room.headline}"] if room.headline else []
    parts += [f"Account by account: {room.behind}"] if room.behind else []
    known = words_in("\n".join(parts))
    parts += ["Words\n" + "\n".join(f"  {word:{max(map(len, known))}}  {meaning}" for word, meaning in known.items())] if known else []
    parts += [f"Example: {heading[9:]}\n{_indented(text)}" for heading, text in room.sections.items() if heading.startswith("Example:")]
    return "\n\n".join(filter(None, parts))


def _check(name: str | None) -> catalog.Check | None:
    """A rule of good definition, by its code or its name."""
    checks = catalog.checks()
    return checks.get(name or "") or next((check for check in checks.values() if check.name == (name or "").replace("-", "_")), None)


def _part(name: str) -> tuple[dict[str, Any], str] | None:
    """What one column or setting of a table means, such as `activation.rate.immature`; both where both are called so."""
    key, _, part = name.replace("-", "_").replace(" ", ".").rpartition(".")
    folder = key.partition(".")[0]
    room = next((room for room in catalog.rooms_in(folder).values() if room.key == key), None) if folder in catalog.folders() else None
    if room is None:
        return None
    data: dict[str, Any] = {}
    lines = []
    if column := next((column for column in room.columns if column.name == part), None):
        data["column"] = column._asdict()
        lines.append(f"{key}.{part} ({column.unit})\n  {column.meaning}")
    if setting := room.settings.get(part):
        data["setting"] = _told(room, setting)
        lines.append(f"Setting of {key}\n{_setting(room, setting)}")
    return (data, "\n\n".join([*lines, f"More: saasmetrics explain {key}"])) if data else None


def _users(name: str) -> list[tuple[catalog.Room, catalog.Setting]]:
    """The tables that a setting such as `adoption.min_age` belongs to."""
    folder, _, setting = name.replace("-", "_").replace(" ", ".").partition(".")
    rooms = catalog.rooms_in(folder) if folder in catalog.folders() else {}
    return [] if setting in rooms else [(room, room.settings[setting]) for room in rooms.values() if setting in room.settings and setting != "by"]


def _told(room: catalog.Room, setting: catalog.Setting) -> dict[str, Any]:
    return {"default": written(setting.default, setting.annotation), "meaning": room.told_of(setting.name)}


def _setting(room: catalog.Room, setting: catalog.Setting) -> str:
    """Its default, and below it what it decides."""
    return "\n".join([f"  {setting.name} = {_shown(written(setting.default, setting.annotation))}", *(f"      {line}" for line in room.told_of(setting.name))])


def _rule(check: catalog.Check) -> dict[str, Any]:
    return {"code": check.code, "name": check.name, "severity": check.severity, "title": check.title, "remedy": check.remedy,
            "why": check.sections["Why"], "example": check.sections["Example"], "instead": check.sections["Instead"], "covers": list(check.covers)}  # fmt: skip


def _rule_text(check: catalog.Check) -> str:
    """What is wrong, why, what to do, and a definition before and after."""
    parts = [f"{check.code} {check.name} ({check.severity})\n{check.title}", check.sections["Why"], f"What to do: {check.remedy}."]
    parts += [f"{heading}\n{_indented(check.sections[heading])}" for heading in ("Example", "Instead")]
    accept = f"accepted:\n  {check.code}: {{why: the reason, until: a day such as 2027-01-31}}"
    return "\n\n".join([*parts, f"To accept it for a time, write into the definition file\n{_indented(accept)}"])


def _data(room: catalog.Room) -> dict[str, Any]:
    return {
        "table": room.key,
        "title": room.title,
        "why": room.sections.get("Why", ""),
        "columns": [{"name": c.name, "unit": c.unit, "meaning": c.meaning} for c in room.columns],
        "settings": {s.name: written(s.default, s.annotation) for s in room.settings.values() if s.name != "by"},
        "meanings": {s.name: room.told_of(s.name) for s in room.settings.values() if s.name != "by"},
        "limits": room.sections.get("Limits", ""),
        "judged": judged(room),
        "timing": catalog.timing(room.folder),
        "covers": list(room.covers),
    }


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)


def _indented(text: str) -> str:
    return "\n".join(f"  {line}".rstrip() for line in text.splitlines())


def _print(data: object, format: str | None, text: str) -> None:
    made = json.dumps(data, ensure_ascii=False, indent=1) if format == "json" else fitted(text, min(get_terminal_size().columns, WIDEST)) if sys.stdout.isatty() else text
    to_stdout((made + "\n").encode())
