"""The text for each database is what was reviewed: a change of it, by us or by sqlglot, shows here first.

To write the texts anew after a change that is meant: UPDATE_SQL=1 pytest tests/engines/test_sql.py
"""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path

import pytest

from saasmetrics.commands.sql import script
from saasmetrics.engines import named, names
from saasmetrics.engines._render import rendered
from saasmetrics.messages import Refused
from tests.engines import rows

HOME = Path(__file__).parent / "sql"


KINDS = [
    "text", "not_text", "flag_in_text", "number_in_text", "fraction", "none_of", "whole_as_text", "percent", "slash", "beyond", "there", "gone", "kept", "late",
]  # fmt: skip


def reviewed(dialect: str, folder: Path) -> str:
    """Every kind of condition once; and each output of the fold, without conditions."""
    conditions = rows.definition(folder, where={"table": "product.events"}, questions=KINDS, keyed=False)
    outputs = rows.definition(folder, where={"table": "events"}, questions=())
    tables = ["activation.steps", "reliability.latency", "value.completion", "value.vanity"]
    return "\n".join(script(*asked, dialect, date(2026, 1, 1)) for asked in ((conditions, ["adoption.features"]), (outputs, tables)))


STEP = re.compile(r"^(?:WITH |\), )(\w+) AS \(\n(.*?)(?=^\))", re.MULTILINE | re.DOTALL)


def short(text: str) -> str:
    """Each step in full where it stands first; after that only the query in which it stood."""
    stood: dict[tuple[str, str], str] = {}

    def told(step: re.Match[str], query: str) -> str:
        name, body = step.groups()
        first = stood.setdefault((name, body), query)
        return step[0] if first == query else step[0].replace(body, f"  ... of {first}\n")

    queries = re.split(r"^(?=-- )", text, flags=re.MULTILINE)
    return "".join(STEP.sub(lambda step, at=f"query {at}": told(step, at), query) for at, query in enumerate(queries))


@pytest.mark.parametrize("dialect", names())
def test_texts_are_those_reviewed(dialect: str, tmp_path: Path) -> None:
    text = short(reviewed(dialect, tmp_path))
    path = HOME / f"{dialect}.sql"
    if os.environ.get("UPDATE_SQL"):
        path.write_text(text, "utf-8")
    assert text == path.read_bytes().decode()
    assert len(set(re.findall(r"AS if_\d+", text))) == len(KINDS)
    assert set(re.findall(r"^-- (\w+)", text, re.MULTILINE)) == {"rows", "readable", "daily", "people", "repeated", "usage", "moments", "durations", "entities", "visits"}


@pytest.mark.parametrize("dialect", names())
def test_hooks(dialect: str) -> None:
    """Nothing of the small vocabulary's own is left."""
    told = named(dialect).DIALECT
    core = "SELECT CAST((a - MOD(a, 10)) / 10 AS BIGINT) AS b, SM_MICROS(c) AS c, SM_CIVIL(d) AS d, SM_TEXT(e) AS e, SUM(f) AS f FROM \"t\""
    text = rendered(core, told)
    assert "SM_" not in text
    assert not text.startswith("SELECT *")
    assert "CAST(SUM(f) AS" in " ".join(text.split()).replace("CAST( SUM", "CAST(SUM")


def test_what_is_no_table_is_said(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="did you mean 'activation.rate'"):
        script(rows.definition(tmp_path), ["activation.rat"], "duckdb", date(2026, 1, 1))
    with pytest.raises(Refused, match="there is no database 'duckbd' — did you mean 'duckdb'"):
        script(rows.definition(tmp_path), [], "duckbd", date(2026, 1, 1))
