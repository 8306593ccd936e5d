"""xlsx: a sheet a table, numbers as numbers and ids as text, where it all comes from on the last sheet. Needs the extra `excel`."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from typing import Any

from saasmetrics.messages import clean, refuse
from saasmetrics.outputs import Rendered
from saasmetrics.outputs.cells import words
from saasmetrics.outputs.provenance import origin
from saasmetrics.tables import Table

FORMATS = {"share": "0.0%", "ratio": "0.0%", "money": "#,##0.00", "count": "#,##0", "days": "0.0", "score": "0", "date": "yyyy-mm-dd", "time": "yyyy-mm-dd hh:mm:ss"}
MADE = datetime(2000, 1, 1)  # the same bytes each time
LONGEST, WIDEST = 32_767, 60  # letters that a cell can hold, and that a column shows
ROWS = 1_048_575
NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\']")


def render(tables: Sequence[Table]) -> Rendered:
    """All tables as one workbook. Text is never taken for a formula, a number or a link."""
    try:
        import xlsxwriter
    except ImportError:
        refuse("SM130", "xlsx needs the package xlsxwriter; install it with: pip install 'saasmetrics[excel]'")
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False})
    book.set_properties({"created": MADE})
    styles = {unit: book.add_format({"num_format": told}) for unit, told in FORMATS.items()}
    head = book.add_format({"bold": True, "bottom": 1})
    for table in tables:
        _sheet(book.add_worksheet(_name(table.name)), table, styles, head)
    _origin(book.add_worksheet("about"), tables, head)
    book.close()
    return Rendered(out.getvalue())


def _sheet(sheet: Any, table: Table, styles: dict[str, Any], head: Any) -> None:
    if table.frame.height > ROWS:
        refuse("SM130", f"{table.name} has {table.frame.height} rows, more than a sheet holds; write parquet or csv")
    for at, column in enumerate(table.columns):
        values = table.frame[column.name].to_list()
        sheet.write_string(0, at, column.name, head)
        if column.meaning:
            sheet.write_comment(0, at, column.meaning[:LONGEST], {"author": ""})
        for row, value in enumerate(values, 1):
            _cell(sheet, row, at, value, column.unit, styles.get(column.unit))
        sheet.set_column(at, at, min(WIDEST, max([len(column.name), *(len(words(value, column.unit)) for value in values[:1000])]) + 2))
    sheet.freeze_panes(1, 0)
    if table.frame.height:
        sheet.autofilter(0, 0, table.frame.height, len(table.columns) - 1)


def _cell(sheet: Any, row: int, at: int, value: Any, unit: str, style: Any) -> None:
    if value is None or isinstance(value, float) and not isfinite(value):
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, at, value)
    elif isinstance(value, int | float | Decimal) and unit != "key":
        sheet.write_number(row, at, value, style)
    elif isinstance(value, datetime):
        sheet.write_datetime(row, at, value.replace(tzinfo=None), style)
    elif isinstance(value, date):
        sheet.write_datetime(row, at, datetime(value.year, value.month, value.day), style)
    else:
        sheet.write_string(row, at, clean(words(value, unit))[:LONGEST])


def _origin(sheet: Any, tables: Sequence[Table], head: Any) -> None:
    lines = [*(origin(tables[0].meta) if tables else []), *dict.fromkeys(note for table in tables for note in table.meta.get("notes", ()))]
    lines += [f"{table.name}: {table.title}" for table in tables]
    lines += [f"{one['path']}: {one['bytes']} bytes, sha256 {one['sha256']}" for one in (tables[0].meta.get("inputs", ()) if tables else ())]
    for row, line in enumerate(lines):
        sheet.write_string(row, 0, clean(line)[:LONGEST], head if not row else None)
    sheet.set_column(0, 0, WIDEST * 2)


def _name(name: str) -> str:
    return NOT_IN_A_NAME.sub(" ", name)[:31]
