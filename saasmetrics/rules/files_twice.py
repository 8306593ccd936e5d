"""Two sources read the same files.

## Code
SM650 warning

## Why
Most often a line was copied and its path forgotten: the table of users holds accounts, and nobody is an admin.

## Remedy
give each source its own file

## Example
sources: {events: {files: e.csv}, accounts: {files: a.csv, segments: [plan]}, users: {files: a.csv}}

## Instead
sources: {events: {files: e.csv}, accounts: {files: a.csv, segments: [plan]}, users: {files: u.csv}}
"""

from __future__ import annotations

from saasmetrics.definitions.base import shown
from saasmetrics.definitions.model import Definition
from saasmetrics.rules import Findings


def files_twice(definition: Definition) -> Findings:
    seen: dict[str, str] = {}
    for table in type(definition.sources).model_fields:
        source = getattr(definition.sources, table)
        for file in dict.fromkeys(source.files) if source else ():
            first = seen.setdefault(file, table)
            if first != table:
                yield ("sources", table, "files"), f"{first} and {table} both read {shown(file)}; give each source its own file"
