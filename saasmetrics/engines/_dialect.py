"""What differs between databases: a handful of templates. All else is one text, rendered by sqlglot."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Dialect:
    """A database's SQL. In a template, x (and y) stand for what is given."""

    name: str  # as sqlglot calls it
    micros: str  # an instant → µs since 1970
    civil: str  # a time without a zone, meant as UTC → µs since 1970
    whole: str = "DIV(x, y)"  # a whole number by one that divides it
    text: str = "x"  # a text such that its bytes are compared
    escape: bool = False  # LIKE has to be told that the backslash escapes
    bare: bool = False  # names in plain small letters stay without quotes: quoted they would be other names
