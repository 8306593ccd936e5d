"""Made-up tables, hostile names and a way to run code in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from saasmetrics.catalog import Column
from saasmetrics.tables import Table

HOSTILE = [
    "",
    " ",
    "[/nope]",
    "[bold red]x[/]",
    "[link=file:///etc/passwd]x[/link]",
    ":skull: Ltd",
    "\x1b[31mred\x1b[0m",
    "\x1b]8;;https://evil.example\x07click\x1b]8;;\x07",
    "\x1b]52;c;cm0gLXJm\x07",
    "\x9b2J\x9dtitle",
    "\rAcme\b\b\b\bEvil",
    "abc\u202egnp.exe",
    "\u2066x\u2069\u200f\u061c",
    "zero\u200bwidth\u200d\ufeff",
    "nul\x00byte\x7f",
    "two\nlines\r\nand\tmore",
    "line\u2028para\u2029next\x85end",
    "\n::error::pwned",
    "::warning file=x::pwned",
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "'=already",
    "a|b\\|c\\",
    "`x` *y* _z_ **w** ~~v~~ # h",
    "<script>alert(1)</script>&lt;b&gt;",
    '"quoted", and; "more"',
    "![x](javascript:alert(1)) https://evil.example www.evil.example",
    "x" * 300,
    "日本語 👩‍💻 🇩🇪 e\u0301\u0327 שלום مرحبا",
]
META = {
    "as_of": "2026-11-16",
    "timezone": "Europe/Berlin",
    "definitions": {"file": "saasmetrics.yml", "fingerprint": "9f3c2a1deadbeef"},
    "version": "0.1.0",
    "inputs": [{"path": f"{n}.csv", "bytes": 9, "sha256": "00"} for n in range(3)],
    "ledger": [{"path": "0.csv", "rows_read": 1204, "used": 1190, "filtered": {"internal": 14}, "rejected": {}}],
    "notes": ["1 event without account ignored"],
}
Make = Callable[..., Table]
Run = Callable[..., "subprocess.CompletedProcess[bytes]"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test that asks for `hostile` meets all of the names."""
    if "hostile" in metafunc.fixturenames:
        metafunc.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))


@pytest.fixture
def make() -> Make:
    """`make("account key", "mrr money", rows=[…])`: a table."""

    def made(*columns: str, rows: Sequence[Sequence[Any]], picture: str = "", name: str = "a.b", **meta: Any) -> Table:
        declared = tuple(Column(*column.split(), f"the {column.split()[0]}") for column in columns)
        frame = pl.DataFrame(rows, schema=[column.name for column in declared], orient="row", infer_schema_length=None)
        return Table(name, "A title", declared, frame, tuple(picture.split()), meta)

    return made


@pytest.fixture
def all_units(make: Make) -> Table:
    """One column of each unit, a full row, a row of nulls, a row of empties and extremes."""
    units = ["key", "label", "text", "date", "time", "count", "share", "days", "money", "score", "flag", "list"]
    noon = datetime(2026, 5, 1, 12, 0, 0, 250000, tzinfo=UTC)
    full = ["acct_1", "pro", "Why, you ask?", date(2026, 5, 1), noon, 1204, 0.1 + 0.2, 4.125, Decimal("1234.50")]
    empty = ["", "", "", date(1990, 1, 1), noon, -1, 0.0, -0.0, Decimal("0.00"), float("inf"), False, []]
    rows = [[*full, 71.25, True, ["a", "b"]], ["acct_2", *[None] * 11], empty]
    return make(*(f"{unit}_column {unit}" for unit in units), rows=rows, **META)


@pytest.fixture
def run() -> Run:
    """Python code in a process of its own that has imported `write` and `Path`."""

    def ran(code: str, *args: object, wait: bool = True, **options: Any) -> Any:
        source = f"import os, sys\nfrom pathlib import Path\nfrom saasmetrics.outputs import write\n{code}"
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *sys.path]), **options.pop("env", {})}
        command = [sys.executable, "-c", source, *map(str, args)]
        if not wait:
            return subprocess.Popen(command, env=environment, **options)
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        return subprocess.run(command, env=environment, check=False, timeout=60, **options)

    return ran
