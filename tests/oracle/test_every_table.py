"""Every table has a second witness: rows worked out in plain Python from the words of its definition."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

import oracle
from saasmetrics import catalog


def test_every_table_has_an_oracle() -> None:
    modules = [import_module(f"oracle.{found.name}") for found in iter_modules(oracle.__path__) if not found.name.startswith("test_")]
    told = {name for module in modules for name in getattr(module, "TABLES", ())}
    assert told == set(catalog.rooms())
