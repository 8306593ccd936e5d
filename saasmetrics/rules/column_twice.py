"""Two columns of a source are read from the same column of the file.

## Code
SM649 error

## Why
One of the two is a slip of the pen: an end that equals its start, an arrival that equals its event.

## Remedy
map each name to its own column, or leave out what the file does not hold

## Example
sources: {events: {files: e.csv}, subscriptions: {files: s.csv, columns: {start: start_date, end: start_date}}}

## Instead
sources: {events: {files: e.csv}, subscriptions: {files: s.csv, columns: {start: start_date, end: end_date}}}
"""

from __future__ import annotations

from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings

OTHERS = {"account", "user"}  # users_as_accounts tells of these


def column_twice(definition: Definition) -> Findings:
    for table in type(definition.sources).model_fields:
        source, seen = getattr(definition.sources, table), dict[str, str]()
        for name, column in source.columns.items() if source else ():
            first = seen.setdefault(column, name)
            if first != name and {first, name} != OTHERS:
                yield ("sources", table, "columns", name), f"{first} and {name} are both the column '{column}'; map each to its own"
