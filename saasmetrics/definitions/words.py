"""The kinds of text in a definition, and the guard that keeps code out of names.

Nothing in a definition is ever run, expanded or put into a query as text. Text that looks as if its writer expected
that is refused all the same: it would silently mean something else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from saasmetrics.definitions.base import By, fail, shown

LONGEST_NAME, LONGEST_SENTENCE = 200, 2_000

TEMPLATE = re.compile(r"\$[{(]|\{\{|\{%|__\w+?__")
PATH = re.compile(r"(^|[/\\])\.\.([/\\]|$)")
SQL = re.compile(
    r"\bselect\s+(\*|.+\bfrom\b.+\bwhere\b)|\bunion\s+(all\s+)?select\b|\b(drop|truncate)\s+table\b"
    r"|\binsert\s+into\b.+\bvalues\b|;\s*(drop|delete|insert|update|select|attach|copy)\b|/\*",
    re.IGNORECASE | re.DOTALL,
)
CALL = re.compile(r"\w\(\s*(['\"*/)]|$)")
EXPRESSION = re.compile(
    r"\w\(|[\"`;=<>*]|(?<!\w)'|'(?!\w)|--|\bselect\b.+\bfrom\b|\bis\s+(not\s+)?null\b", re.IGNORECASE | re.DOTALL
)


def text(value: Any) -> str:
    """Text as written; a number is the text that spells it (`404`, `1.50`)."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return format(value, "f") if isinstance(value, Decimal) else str(value)
    hint = f'; quote it: "{shown(value)}"' if isinstance(value, bool) else ""
    raise fail("SM112", f"{shown(value)} is not text{hint}")


def sentence(value: str) -> str:
    """Words for people: line breaks become spaces."""
    words = " ".join(value.split())
    _lengths(words, LONGEST_SENTENCE)
    return _free_of(words, "a sentence", TEMPLATE)


def literal(value: str) -> str:
    """A name as it stands in the data: any spelling, no control characters, no code."""
    _lengths(value, LONGEST_NAME)
    return _free_of(value, "a name", TEMPLATE, PATH, SQL, CALL)


def name(value: str) -> str:
    """A name given in this file: as in the data, and without blanks around it."""
    if value.strip() and value != value.strip():
        raise fail("SM112", f"{shown(value)} has blanks around it")
    return literal(value)


def column(value: str) -> str:
    """The name of a column, or a path such as properties.plan.name."""
    _lengths(value, LONGEST_NAME)
    return _free_of(value, "the name of a column", TEMPLATE, PATH, SQL, EXPRESSION)


def _lengths(value: str, longest: int) -> None:
    if not value.strip():
        raise fail("SM112", "is empty; write some text")
    if len(value) > longest:
        raise fail("SM112", f"{shown(value)} is longer than {longest} characters")
    if any(unicodedata.category(char) == "Cc" for char in value):
        raise fail("SM112", f"{shown(value)} holds control characters")


def _free_of(value: str, kind: str, *patterns: re.Pattern[str]) -> str:
    if any(pattern.search(value) for pattern in patterns):
        raise fail("SM114", f"not allowed: {shown(value)} is code or a path, not {kind}; nothing is run or expanded")
    return value


def one_or_many(value: Any) -> Any:
    """A single text stands for a list of one."""
    return (value,) if isinstance(value, str | int | Decimal) else value


def spelt(pattern: str, *examples: str) -> WithJsonSchema:
    """What an editor can see of a text while it is written, and proposes."""
    return WithJsonSchema({"type": "string", "pattern": pattern} | ({"examples": [*examples]} if examples else {}))


def _kind(check: Callable[[str], str], pattern: str = r"\S") -> tuple[By, WithJsonSchema]:
    return By(lambda value: check(text(value))), WithJsonSchema({"type": ["string", "number"], "pattern": pattern})


Written = str | float
Text = Annotated[str, By(text, Written)]
Sentence = Annotated[str, *_kind(sentence)]
Literally = Annotated[str, *_kind(literal)]
Name = Annotated[str, *_kind(name, r"^\S(.*\S)?$")]
ColumnName = Annotated[str, *_kind(column)]


def listed_as(item: Any, least: int | None = None) -> By:
    """A list in which a single value may stand for a list of one."""
    return By(one_or_many, item | Annotated[list[item], Field(min_length=least)], before=True)


Texts = Annotated[tuple[Text, ...], listed_as(Written)]
Names = Annotated[tuple[Name, ...], listed_as(Written)]
Columns = Annotated[tuple[ColumnName, ...], listed_as(Written)]
Literals = Annotated[tuple[Literally, ...], Field(min_length=1), listed_as(Written, 1)]
