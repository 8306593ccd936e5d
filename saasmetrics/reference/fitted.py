"""The text of `explain` as a terminal of some width shows it: lines end where words do, under what they belong to."""

from __future__ import annotations

import re
from textwrap import fill

LIMITS, EXAMPLE = "Where it can mislead", "\n\nExample"
NAMED = re.compile(r" *\S+ {2,}")


def fitted(text: str, width: int) -> str:
    """Worked examples stay as they are."""
    told, example, rest = text.partition(EXAMPLE)
    first, *others = told.split("\n\n")
    title = first if first.count("\n") < 2 else _flowing(first)
    return "\n\n".join([_wrapped(title, width), *(_wrapped(_flowing(part), width) for part in others)]) + example + rest


def _flowing(part: str) -> str:
    """A paragraph as one line; lists and what is indented for itself keep their lines."""
    head, _, body = part.partition("\n")
    if head == LIMITS and not re.search(r"^ {3}", body, re.MULTILINE):
        return f"{head}\n  {' '.join(body.split())}"
    return part if re.search(r"^ ", part, re.MULTILINE) else " ".join(part.split())


def _wrapped(part: str, width: int) -> str:
    return "\n".join(fill(line, width, subsequent_indent=" " * _indent(line, width), break_long_words=False, break_on_hyphens=False) for line in part.splitlines())


def _indent(line: str, width: int) -> int:
    """Of what follows: below the meaning of a name, else as far in as the line begins."""
    named = NAMED.match(line)
    return named.end() if named and 2 * named.end() < width else len(line) - len(line.lstrip())
