"""Strict JSON: `{"meta": …, "data": [rows]}` for one table, a list of such objects for several; one row a line.

Floats in full; what is no number (NaN, infinity) is null. Money is a text such as "1234.50": a reader that makes
binary floats of all numbers shall not change an amount unseen.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from saasmetrics.outputs import Rendered
from saasmetrics.outputs.cells import exact_time
from saasmetrics.outputs.provenance import about
from saasmetrics.tables import Table

# Valid in JSON, yet able to command a terminal or to turn a text round: written as \u escapes.
UNSEEN = re.compile("[\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def render(tables: Sequence[Table]) -> Rendered:
    """One object, or a list of them."""
    objects = [_object(table) for table in tables]
    whole = objects[0] if len(objects) == 1 else "[" + ",\n".join(objects) + "]"
    return Rendered(f"{whole}\n".encode())


def rows(table: Table) -> list[dict[str, Any]]:
    """The rows as JSON knows them."""
    return [{name: plain(value) for name, value in row.items()} for row in table.frame.iter_rows(named=True)]


def plain(value: object) -> Any:
    """One value in JSON's few types."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return exact_time(value)
    if isinstance(value, date):
        return value.isoformat()
    return [plain(each) for each in value] if isinstance(value, list) else value


def dumps(value: object) -> str:
    """JSON that is safe to look at."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _object(table: Table) -> str:
    meta = ",\n".join(f"{dumps(key)}: {dumps(value)}" for key, value in about(table).items())
    data = ",".join(f"\n{dumps(row)}" for row in rows(table))
    return f'{{"meta": {{\n{meta}\n}},\n"data": [{data}\n]}}'
