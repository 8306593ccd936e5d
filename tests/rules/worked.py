"""The worked examples of the rules: a definition, and perhaps files beside it, as the docstring has them."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from saasmetrics.commands.check_data import check_data
from saasmetrics.definitions.read import Loaded, parse
from saasmetrics.lint import Linted, lint

TODAY = date(2026, 11, 22)
REST = {  # what a definition cannot do without, where an example leaves it out
    "version": "version: 1\n",
    "sources": "sources: {events: {files: events.csv}}\n",
    "workflows": "workflows: {invoicing: {success: invoice_posted}}\n",
}


def whole(text: str) -> str:
    """The definition completed."""
    keys = {line.split(":")[0] for line in text.splitlines()}
    return "".join(block for key, block in REST.items() if key not in keys) + text + "\n"


def loaded(text: str, home: Path = Path()) -> Loaded:
    return parse(whole(text).encode(), home / "d.yaml")


def findings(section: str, home: Path, today: date = TODAY) -> Linted:
    """What all rules say about an example; with data, where it has some."""
    text, *files = re.split(r"^--- (\S+)$", section, flags=re.MULTILINE)
    for name, content in zip(files[::2], files[1::2], strict=True):
        (home / name).write_text(content.strip() + "\n", "utf-8")
    definition = loaded(text.strip(), home)
    return check_data(definition, today) if files else lint(definition, today)
