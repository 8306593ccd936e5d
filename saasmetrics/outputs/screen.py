"""What the terminal in front of us can show."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass

from saasmetrics.messages import clean
from saasmetrics.outputs import Color
from saasmetrics.outputs.cells import ASCII, UNICODE, Glyphs

NARROWEST = 20


@dataclass(frozen=True)
class Screen:
    """A width (None: no end), the depth of its colours (None: none), its encoding and the glyphs it has."""

    width: int | None
    colors: str | None
    encoding: str
    glyphs: Glyphs

    def safe(self, text: str) -> str:
        """Text from data that can neither command this screen nor be too much for its encoding."""
        return clean(text).encode(self.encoding, "backslashreplace").decode(self.encoding)


def screen(color: Color = "auto", width: int | None = None) -> Screen:
    """The screen stdout is; without one, lines have no end, so that every value is complete. A file (0) is the same on any machine."""
    if width == 0 and color == "never":
        return Screen(None, None, "utf-8", UNICODE)
    tty = sys.stdout is not None and sys.stdout.isatty()
    if width is None:
        width = shutil.get_terminal_size().columns if tty else 0
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return Screen(max(width, NARROWEST) if width else None, _colors(color, tty), encoding, _glyphs(encoding))


def _colors(color: Color, tty: bool) -> str | None:
    term = os.environ.get("TERM", "dumb")
    plain = not tty or term == "dumb" or bool(os.environ.get("NO_COLOR"))
    if color == "never" or (color == "auto" and plain):
        return None
    if os.environ.get("COLORTERM") in ("truecolor", "24bit"):
        return "truecolor"
    return "256" if "256" in term else "standard"


def _glyphs(encoding: str) -> Glyphs:
    try:
        "".join(UNICODE).encode(encoding)
    except UnicodeEncodeError:
        return ASCII
    return ASCII if os.environ.get("TERM") in ("dumb", "linux") else UNICODE
