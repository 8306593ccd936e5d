"""What stands on each page: read from the docstrings of the tables, the rules, the messages and the commands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from saasmetrics import catalog
from saasmetrics.catalog import Check, Room
from saasmetrics.definitions.durations import written
from saasmetrics.messages import CODES
from saasmetrics.options import COMMANDS
from saasmetrics.reference import Block, Grid, Heading, Listing, Page, Prose
from saasmetrics.reference.judged import HEADING, judged
from saasmetrics.reference.keys import keys
from saasmetrics.reference.words import WORDS

EXITS = {0: "a warning: it stops nothing", 1: "found something", 2: "usage or definition", 3: "input refused", 4: "output or environment", 5: "a bug"}


def pages() -> list[Page]:
    """The index first, then the chapters, then what holds for all of them."""
    chapters = [_chapter(folder) for folder in catalog.folders()]
    others = [Page("definition", "The definition file", list(keys())), Page("rules", "Rules of good definition", list(_rules())), Page("messages", "Messages", list(_messages()))]
    return [_index(), *chapters, *others]


def _index() -> Page:
    tables: list[tuple[str, ...]] = []
    for folder, text in catalog.folders().items():
        tables.append((f"[{_spaced(folder)}]({folder})", text))
    blocks: list[Block] = [
        Heading("Chapters"), Grid(("chapter", "question"), tables),
        Heading("Beyond the tables"),
        Grid(("page", "what it tells"), [
            ("[The definition file](definition)", "every key, what fits, its default"),
            ("[Rules of good definition](rules)", "what `check` finds, why it matters, a definition before and after"),
            ("[Messages](messages)", "every code, what to do about it, the exit code"),
        ]),
        Heading("Words"), Grid(("word", "meaning"), [*WORDS.items()]),
        Heading("Commands"), Grid(("command", "what it does"), [(f"`saasmetrics {name}`", told.help) for name, told in COMMANDS.items()]),
        Heading("Tables"), Grid(("table", "question"), [(_link(room), room.title) for room in catalog.rooms().values()]),
    ]  # fmt: skip
    return Page("index", "Reference", blocks)


def _chapter(folder: str) -> Page:
    rooms = catalog.rooms_in(folder).values()
    told: list[Block] = [Prose(catalog.folders()[folder]), Grid(("table", "question"), [(_link(room), room.title) for room in rooms])]
    return Page(folder, _spaced(folder), [*told, *(block for room in rooms for block in _table(room))])


def _table(room: Room) -> Iterator[Block]:
    """Title, why, columns, settings, limits and the worked examples, as `explain` has them."""
    yield Heading(room.key, 2, room.name)
    yield Prose(f"**{room.title}**")
    yield from _prose(room.sections.get("Why", ""))
    yield Listing(f"saasmetrics {room.folder} {room.name} -f table".replace("_", "-"))
    yield Grid(("column", "unit", "meaning"), [(f"`{column.name}`", column.unit, column.meaning) for column in room.columns])
    settings = [setting for setting in room.settings.values() if setting.name != "by"]
    if settings:
        yield Grid(("setting", "default", "decides"), [(f"`{one.name}`", _default(written(one.default, one.annotation)), "; ".join(room.told_of(one.name))) for one in settings])
    yield from _prose(room.sections.get("Limits", ""))
    if rules := judged(room):
        yield Grid(("part", HEADING.lower()), [(f"`{name}`", rule) for name, rule in rules.items()])
    if notes := _notes(room):
        yield Prose(" ".join(notes))
    for heading, text in room.sections.items():
        if heading.startswith("Example:"):
            yield Heading(heading.removeprefix("Example:").strip().capitalize(), 4)
            yield Listing(text)


def _notes(room: Room) -> list[str]:
    """What it needs, where it stands in time, which number leads, what shows the same account by account."""
    needs = [f"Needs in the definition file: {', '.join(f'`{need}`' for need in room.sections['Needs'].split())}."] if "Needs" in room.sections else []
    lagging = ["Lagging: it tells what has happened already."] if catalog.timing(room.folder) == "lagging" else []
    split = ["Can be split with `--by SEGMENT`."] if "by" in room.settings else []
    behind = [f"Account by account: {_link(catalog.rooms()[room.behind])}."] if room.behind in catalog.rooms() else []
    leads = [f"Leads with `{room.headline}`."] if room.headline else []
    return [*needs, *lagging, *leads, *split, *behind]


def _rules() -> Iterator[Block]:
    checks = catalog.checks().values()
    yield Grid(("code", "severity", "what is wrong"), [(f"[{check.code}](rules#{check.code})", check.severity, check.title) for check in checks])
    for check in checks:
        yield from _rule(check)


def _rule(check: Check) -> Iterator[Block]:
    yield Heading(f"{check.code} {check.name.replace('_', ' ')}", 2, check.code)
    yield Prose(f"**{check.title}**")
    yield from _prose(check.sections["Why"])
    yield Prose(f"What to do: {check.remedy}.")
    yield Listing(check.sections["Example"])
    yield Prose("Instead:")
    yield Listing(check.sections["Instead"])


def _messages() -> Iterator[Block]:
    yield Grid(("exit", "meaning"), [(str(number), text) for number, text in EXITS.items()])
    for code, told in CODES.items():
        yield Heading(f"{code} {told.title}", 3, code)
        yield Prose(f"What to do: {told.remedy}. Exit {told.exit}.")


def _prose(text: str) -> Iterator[Block]:
    """Paragraphs; what is indented stands as it is."""
    for part in re.split(r"\n\s*\n", text.strip("\n")):
        if part.strip():
            yield Listing(part) if part.startswith("    ") else Prose(" ".join(part.split()))


def _link(room: Room) -> str:
    return f"[{room.key}]({room.folder}#{room.name})"


def _spaced(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _default(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple | list) else "" if value is None else str(value)
